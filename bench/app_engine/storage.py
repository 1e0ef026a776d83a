"""What do fewer bits of weights cost the phone app, and what do they save?

For each storage: bytes of network.bin after brotli, and how far the engine's features, computed in
Node, are from the program's: the largest difference of a photo as a share of its largest feature,
and the cosine.

    python bench/app_engine/storage.py [--photos DIR] [--most 60] [--model NAME]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "cli"), str(ROOT / "python")]
from app.network_file import network_file  # noqa: E402
from app.node import node, run  # noqa: E402
from program import draw_orchard, table, verger  # noqa: E402

STORAGES = ("fp32", "fp16", "int12", "int11", "int10", "int9", "int8")
BROTLI = """
const zlib = require("node:zlib");
const options = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11,
                            [zlib.constants.BROTLI_PARAM_LGWIN]: 24 } };
const file = require("node:fs").readFileSync(process.argv[1]);
console.log(zlib.brotliCompressSync(file, options).length);
"""


def brotli(path: Path) -> int:
    """Bytes of the file after brotli at its best."""
    command = [node(), "-e", BROTLI, str(path)]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--photos", type=Path, help="by default the sample orchard")
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--model", default="efficientnet-lite0")
    parser.add_argument("--storages", nargs="*", default=STORAGES)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        photos = options.photos or draw_orchard(folder / "orchard", 4)
        paths = sorted(photos.rglob("*.jpg"))
        paths = paths[:: max(1, len(paths) // options.most)][: options.most]
        for at, path in enumerate(paths):
            link = folder / "sample" / "photos" / f"{at:04}.jpg"
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(path.resolve())
        verger("run", folder / "sample", folder / "out", "-q", "--no-report", "--model",
               options.model)  # fmt: skip
        expected = np.stack(table(folder / "out", "Preprocessing")["features"].to_numpy())
        images = [ImageOps.exif_transpose(Image.open(path)).convert("RGB") for path in paths]
        for storage in options.storages:
            file = network_file(options.model, storage)
            answers = run(file, images, folder / storage)
            features = np.stack([answer.features for answer in answers])
            shares = np.abs(features - expected).max(1) / np.abs(expected).max(1)
            norms = np.linalg.norm(features, axis=1) * np.linalg.norm(expected, axis=1)
            cosines = (features * expected).sum(1) / norms
            print(
                f"{storage:6} {len(file):10,} B"
                f"  brotli {brotli(folder / storage / 'network.bin'):10,} B"
                f"  difference median {np.median(shares):.5f} largest {shares.max():.5f}"
                f"  cosine mean {cosines.mean():.6f} least {cosines.min():.6f}",
                flush=True,
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())
