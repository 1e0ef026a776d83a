"""Files that are no photos of the user's: no rows, no labels, no rejects; one line says how many.

By the program, by the wheel, and in a bucket. Sources of the kinds: "photoprism/photoprism#1543",
"photoview/photoview#32" (@eaDir), "udacity/deep-learning-v2-pytorch#217" (__MACOSX),
"SanjaySoniLV/ProjectKestrel#58" (._ files), "deckerst/aves#1045" (RAW beside JPEG),
"photoprism/photoprism#3954" (Google's names).
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import verger as wheel
from object_server import BUCKET, Objects, serving
from program import ROOT, manifest, summary, table, verger
from small_photos import jpeg, plant
from verger.model import Model
from verger.runs.files import Files
from verger.runs.listing import listing, photos_of
from verger.runs.storage import S3Settings, open_place

TIFF = b"II*\0\x08\0\0\0" + bytes(300)
FTYP = b"\0\0\0\x18ftyp"


@pytest.fixture(scope="module")
def devices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, int]]:
    """What tools/make_device_folder.py makes, and what it says of it."""
    folder = tmp_path_factory.mktemp("devices") / "photos"
    tool = ROOT / "tools" / "make_device_folder.py"
    tool_run = subprocess.run(
        [sys.executable, tool, folder], capture_output=True, check=True, timeout=300
    )
    return folder, json.loads(tool_run.stdout)


def test_a_folder_as_devices_leave_it(
    devices: tuple[Path, dict[str, int]], tmp_path: Path, tiny: list[str]
) -> None:
    photos, passed_over = devices
    assert len(passed_over) == 12, "every kind"
    out = tmp_path / "out"
    result = summary("run", photos, out, *tiny)
    assert (result["inputs"], result["rows"], result["rejected"]) == (1000, 1000, 0)
    assert result["passed_over"] == passed_over
    assert set(table(out)["label"].to_pylist()) == {f"Label {number}" for number in range(4)}
    lines = verger("run", photos, out, *tiny).stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("passed over: ")]
    assert "600 side files of Macs, 602 hidden files, 356 files in system folders" in line
    assert "284 RAW files" in line
    place, files = open_place(photos), Files()
    assert sum(1 for _ in photos_of(listing(place, files=files))) == 1000
    assert f"passed over: {files.passed_over}" == line


def test_the_same_in_a_bucket(
    devices: tuple[Path, dict[str, int]], tmp_path: Path, tiny: list[str]
) -> None:
    """Page by page: no page parts the files of a shot."""
    photos, passed_over = devices
    all_files = (file for file in photos.rglob("*") if file.is_file())
    content = {f"Photos/{file.relative_to(photos)}": file.read_bytes() for file in all_files}
    with serving(Objects(content, page=13)) as env:
        url = f"s3://{BUCKET}/Photos"
        result = json.loads(
            verger("extract", url, tmp_path / "out", *tiny, "--json", env=env).stdout
        )
        files = Files()
        settings = S3Settings(env["AWS_ENDPOINT_URL_S3"], "us-east-1", "a", "b")
        listed = sum(1 for _ in photos_of(listing(open_place(url, settings), files=files)))
    assert (result["rows"], result["rejected"], listed) == (1000, 0, 1000)
    assert result["passed_over"] == passed_over
    counts = [count for count in files.counts.passed_over if count]
    assert sorted(counts) == sorted(passed_over.values())


def test_the_wheel_warns_in_one_line(tmp_path: Path, tiny: list[str]) -> None:
    photos = plant(tmp_path / "photos", 4)
    (photos / "Label 0" / "._frame_0000.jpg").write_bytes(b"AppleDouble")
    model = Model.open(tiny[1], tiny[3])
    with pytest.warns(UserWarning, match="^passed over: 1 side file of a Mac$"):
        batch = wheel.extract(photos, model)
    assert batch["path"].to_pylist() == sorted(
        f"Label {number % 2}/frame_{number:04}.jpg" for number in range(4)
    )
    batch = wheel.extract(photos, model, include_hidden=True)
    assert batch.num_rows == 5
    assert batch["error"].null_count == 4


@pytest.mark.parametrize("ending", ["DNG", "CR2", "NEF", "ARW", "CR3", "RAF", "ORF", "RW2", "HIF"])
def test_a_raw_file_beside_its_photo_is_the_same_photo(
    ending: str, tmp_path: Path, tiny: list[str]
) -> None:
    """Of any make; one without its photo is a reject, for nobody's photo goes without a word."""
    photos = plant(tmp_path / "photos", 20)
    content = {"CR3": FTYP + b"crx " + TIFF, "HIF": FTYP + b"heic" + TIFF}.get(ending, TIFF)
    for photo in list(photos.rglob("*.jpg")):
        photo.with_suffix(f".{ending}").write_bytes(content)
    result = summary("run", photos, tmp_path / "out", *tiny)
    assert (result["rows"], result["rejected"]) == (20, 0)
    assert result["passed_over"] == {"heic" if ending == "HIF" else "raw": 20}
    alone = photos / "Label 0" / f"alone.{ending}"
    alone.write_bytes(content)
    result = summary("run", photos, tmp_path / "out", *tiny)
    assert (result["rows"], result["rejected"]) == (20, 1)
    assert result["rejects"][0]["path"] == f"Label 0/alone.{ending}"


def test_a_folder_of_other_images_alone_is_told_how_to_convert_them(
    tmp_path: Path, tiny: list[str]
) -> None:
    photos = tmp_path / "photos"
    for name in ("a/1.CR3", "a/2.NEF", "b/3.heic", "b/4.MOV"):
        (photos / name).parent.mkdir(parents=True, exist_ok=True)
        (photos / name).write_bytes(TIFF)
    for command in ("run", "extract"):
        done = verger(command, photos, tmp_path / "out", *tiny, check=4)
        assert "no photos in it" in done.stderr
        assert "it holds 2 RAW files, 1 HEIC file, 1 video" in done.stderr
        assert "mogrify -format jpg" in done.stderr
    with pytest.raises(wheel.BadInput, match="mogrify -format jpg"):
        wheel.extract(photos)
    # Images by other names than theirs are a way on.
    shutil.rmtree(photos / "b")
    (photos / "a" / "1.CR3").rename(photos / "a" / "1.jpg")
    (photos / "a" / "2.NEF").write_bytes(jpeg(1))
    (photos / "a" / "2.NEF").rename(photos / "a" / "2.jpg")
    assert summary("extract", photos, tmp_path / "out", *tiny, check=3)["rejected"] == 1


def test_rows_of_what_is_now_passed_over_are_as_of_photos_that_are_gone(
    tmp_path: Path, tiny: list[str]
) -> None:
    photos, out = plant(tmp_path / "photos", 6), tmp_path / "out"
    (photos / ".thumbnails").mkdir()
    (photos / ".thumbnails" / "1.jpg").write_bytes(jpeg(50))
    assert summary("run", photos, out, *tiny, "--include-hidden")["rows"] == 7
    done = verger("run", photos, out, *tiny)
    assert "1 photo is no longer listed in PHOTOS; the rows stay (--sync drops them)" in done.stdout
    assert "passed over: 1 hidden file" in done.stdout
    assert manifest(out)["inputs"] == 7
    assert summary("run", photos, out, *tiny, "--sync")["rows"] == 6
