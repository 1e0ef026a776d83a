"""Does `verger evaluate` detect copies of photos that lie in another output?

Takes photos of a folder, plants changed copies of some in a second folder (JPEG of quality 75,
cropped by 5 % and mirrored by Pillow), and runs `verger evaluate OUT --test COPIES`: `photos_alike`
is how many of the copies it detects. Of frames named as in Fruits-360, every other one
is planted in a third folder.
Photos of another set (--unrelated) count how many are called alike wrongly.

    python bench/leaks/run.py PHOTOS [--unrelated PHOTOS] [--copies 500]
"""

from __future__ import annotations

import argparse
import io
import json
import random
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import PIL
from PIL import Image, ImageOps

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import row
from machine import BUILD, save

FRAME = re.compile(r"_?(\d+)_100\.\w+$")


def encode(image: Image.Image, quality: int = 95) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def crop(image: Image.Image) -> bytes:
    """Without 2.5 % at each side."""
    width, height = image.size
    left, top = round(width * 0.025), round(height * 0.025)
    return encode(image.crop((left, top, width - left, height - top)))


CHANGES: dict[str, Callable[[Image.Image], bytes]] = {
    "JPEG, quality 75": lambda image: encode(image, 75),
    "cropped by 5 %": crop,
    "mirrored": lambda image: encode(ImageOps.mirror(image)),
}


def photos_of(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.suffix.lower() in (".jpg", ".jpeg"))


def link(photos: list[Path], folder: Path, labels: Sequence[str] = ()) -> Path:
    """A folder of labels with links to the photos: by their own label, or by `labels` in turn."""
    for number, photo in enumerate(photos):
        label = labels[number % len(labels)] if labels else photo.parent.name
        place = folder / label / f"{number}_{photo.name}"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(photo.resolve())
    return folder


def in_order(frames: list[Path]) -> list[Path]:
    """Frames of each turn by their angle."""

    def place(frame: Path) -> tuple[str, str, int]:
        match = FRAME.search(frame.name)
        assert match is not None
        return str(frame.parent), frame.name[: match.start()], int(match[1])

    return sorted(frames, key=place)


def run(photos: Path, out: Path) -> Path:
    command: list[str | Path] = [BUILD / "verger", "run", photos, out, "-q", "--no-report"]
    subprocess.run(command, check=True, capture_output=True)
    return out


def share_alike(out: Path, other: Path, photos: int) -> float:
    """Of the `photos` of the output `other`, the share that is called alike one of `out`."""
    command: list[str | Path] = [BUILD / "verger", "evaluate", out, "--test", other, "--json"]
    command += ["-q", "--no-background", "--shrinkage", "0.2", "--transform", "root"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(json.loads(done.stdout)["test"]["photos_alike"] / photos)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", type=Path)
    parser.add_argument("--unrelated", type=Path, help="photos of other things")
    parser.add_argument("--copies", type=int, default=500)
    parser.add_argument("--most", type=int, default=4000, help="photos of PHOTOS at most")
    parser.add_argument("--quick", action="store_true", help="50 copies of 500 photos")
    options = parser.parse_args()
    copies, most = (50, 500) if options.quick else (options.copies, options.most)
    photos = photos_of(options.photos)
    sample = sorted(random.Random(3).sample(photos, min(most, len(photos))))
    rows = []
    with tempfile.TemporaryDirectory(dir=BUILD) as name:
        folder = Path(name)
        out = run(link(sample, folder / "photos"), folder / "out")
        planted = random.Random(4).sample(sample, min(copies, len(sample)))
        for number, (change, apply) in enumerate(CHANGES.items()):
            place = folder / f"copies {number}"
            for index, photo in enumerate(planted):
                label = place / photo.parent.name
                label.mkdir(parents=True, exist_ok=True)
                with Image.open(photo) as image:
                    (label / f"copy{index}.jpg").write_bytes(apply(image.convert("RGB")))
            share = share_alike(out, run(place, folder / f"out {number}"), len(planted))
            print(f"{change}: {share:.4f} of {len(planted)} copies", flush=True)
            rows.append(row(f"{change}, copies detected", share, "share", at_least=0.99))
        frames = in_order([photo for photo in photos if FRAME.search(photo.name)])
        if frames:
            halves = [link(frames[half::2], folder / f"frames {half}") for half in (0, 1)]
            outs = [run(half, folder / f"out of {half.name}") for half in halves]
            share = share_alike(outs[0], outs[1], len(frames[1::2]))
            print(f"neighbouring frames: {share:.4f} of {len(frames) // 2}", flush=True)
            rows.append(row("neighbouring frames detected", share, "share", at_least=0.99))
        if options.unrelated:
            other = photos_of(options.unrelated)
            # Under labels of PHOTOS: photos of one label are called alike sooner.
            labels = sorted({photo.parent.name for photo in sample})
            outside = run(link(other, folder / "other", labels), folder / "out of other")
            share = share_alike(out, outside, len(other))
            print(f"unrelated: {share:.4f} of {len(other)}", flush=True)
            rows.append(row("unrelated photos called alike", share, "share", at_most=0.01))
    save(
        "leaks",
        {"copies": len(planted), "photos": len(sample)},
        title="Copies that verger evaluate finds in another output",
        rows=rows,
        versions={"Pillow": PIL.__version__},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
