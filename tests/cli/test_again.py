"""A second run does what is missing, mends what is damaged, and touches nothing else."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from program import (
    TIMEOUT,
    assert_near,
    assert_same,
    column,
    manifest,
    parts,
    stamps,
    start,
    summary,
    table,
    verger,
    wait_until,
)
from small_photos import jpeg, plant, tiny_network

A_DAY = 24 * 3600


def first_photo(photos: Path) -> Path:
    return photos / "Label 0" / "frame_0000.jpg"


def done(result: dict[str, int]) -> tuple[int, int, int]:
    return result["rows"], result["extracted"], result["reused"]


def test_new_photos_only(photos: Path, out: Path, tiny: list[str]) -> None:
    before = stamps(parts(out, "Preprocessing"))
    plant(photos, 10, first=100)
    assert done(summary("run", photos, out, *tiny)) == (50, 10, 40)
    now = stamps(parts(out, "Preprocessing"))
    assert before.items() <= now.items()
    assert len(now) == len(before) + 1
    assert manifest(out)["inputs"] == 50
    verger("verify", out)

    once = out.parent / "once"
    verger("run", photos, once, *tiny)
    assert table(out).drop("pca_features").equals(table(once).drop("pca_features"))
    assert_near(column(out, "pca_features"), column(once, "pca_features"), 1e-5)


def test_touched_photo(photos: Path, out: Path, tiny: list[str]) -> None:
    """Its content is known: it is read, not extracted."""
    os.utime(first_photo(photos), (time.time(), time.time() - A_DAY))
    assert done(summary("run", photos, out, *tiny)) == (40, 0, 40)
    result = summary("run", photos, out, *tiny)
    assert done(result) == (40, 0, 40)
    verger("verify", out)


def test_changed_photo(photos: Path, out: Path, tiny: list[str]) -> None:
    first_photo(photos).write_bytes(jpeg(999))
    assert done(summary("run", photos, out, *tiny)) == (40, 1, 39)


def paths(out: Path) -> list[str]:
    sorted_paths: list[str] = table(out)["path"].to_pylist()
    return sorted_paths


def test_renamed_photo(photos: Path, out: Path, tiny: list[str]) -> None:
    first_photo(photos).rename(photos / "Label 1" / "moved.jpg")
    assert done(summary("run", photos, out, "--sync", *tiny)) == (40, 0, 40)
    labels = dict(zip(paths(out), table(out)["label"].to_pylist(), strict=True))
    assert labels["Label 1/moved.jpg"] == "Label 1"
    assert "Label 0/frame_0000.jpg" not in labels


def test_copied_photo(photos: Path, out: Path, tiny: list[str]) -> None:
    shutil.copy(first_photo(photos), photos / "Label 1" / "copy.jpg")
    assert done(summary("run", photos, out, *tiny)) == (41, 0, 41)
    rows = dict(zip(paths(out), column(out, "features"), strict=True))
    assert (rows["Label 1/copy.jpg"] == rows["Label 0/frame_0000.jpg"]).all()


def test_copies_in_one_run(photos: Path, tmp_path: Path, tiny: list[str]) -> None:
    """Extracted once, wherever the copies are met: side by side, in other batches and parts."""

    def original(number: int) -> str:
        return f"Label {number % 2}/frame_{number % 40:04}.jpg"

    twins = photos / "Twins"
    twins.mkdir()
    for number in range(60):
        shutil.copy(photos / original(number), twins / f"{number}.jpg")
    (twins / "broken.jpg").write_bytes(b"no photo")
    shutil.copy(twins / "broken.jpg", twins / "broken again.jpg")
    result = summary("run", photos, tmp_path / "out", "--batch", "3", *tiny)
    assert done(result) == (100, 41, 61)
    assert [reject["reason"] for reject in result["rejects"]][0] == result["rejects"][1]["reason"]
    rows = dict(zip(paths(tmp_path / "out"), column(tmp_path / "out", "features"), strict=True))
    for number in range(60):
        assert (rows[f"Twins/{number}.jpg"] == rows[original(number)]).all()


def test_vanished_photo_stays(photos: Path, out: Path, tiny: list[str]) -> None:
    first_photo(photos).unlink()
    result = summary("run", photos, out, *tiny)
    assert done(result) == (40, 0, 40)
    assert result["vanished_kept"] == 1
    assert "Label 0/frame_0000.jpg" in paths(out)
    assert "1 photo is no longer listed in PHOTOS" in verger("run", photos, out, *tiny).stdout


def test_vanished_photo_goes_with_sync(photos: Path, out: Path, tiny: list[str]) -> None:
    first_photo(photos).unlink()
    result = summary("run", photos, out, "--sync", *tiny)
    assert done(result) == (39, 0, 39)
    assert result["vanished_kept"] == 0
    assert "Label 0/frame_0000.jpg" not in paths(out)
    verger("verify", out)


def test_vanished_photo_outlives_the_part_it_was_in(
    photos: Path, out: Path, tiny: list[str]
) -> None:
    before = dict(zip(paths(out), column(out, "features"), strict=True))
    first_photo(photos).unlink()
    (photos / "Label 1" / "frame_0001.jpg").write_bytes(jpeg(999))
    assert done(summary("run", photos, out, *tiny)) == (40, 1, 39)
    after = dict(zip(paths(out), column(out, "features"), strict=True))
    assert (after["Label 0/frame_0000.jpg"] == before["Label 0/frame_0000.jpg"]).all()
    verger("verify", out)


def test_what_a_killed_run_left_in_vain_goes(photos: Path, out: Path, tiny: list[str]) -> None:
    """A part whose rows are all there already, as a killed forget or run may leave it."""
    part, *_ = parts(out, "Preprocessing")
    results = stamps(parts(out, "Results"))
    shutil.copy(part, part.with_name("part-00077.parquet"))
    verger("verify", out, check=5)
    assert done(summary("run", photos, out, *tiny)) == (40, 0, 40)
    verger("verify", out)
    assert stamps(parts(out, "Results")) == results
    version = manifest(out)
    verger("run", photos, out, *tiny)
    assert manifest(out) == version, "nothing is left to tidy"


def test_extract_makes_results_void(photos: Path, out: Path, tiny: list[str]) -> None:
    """New features and old Results are not of one piece: the old ones go."""
    plant(photos, 2, first=100)
    verger("extract", photos, out, *tiny)
    assert parts(out, "Results") == []
    assert "verger reduce" in verger("show", out, check=4).stderr


def test_another_model_extracts_all_anew(photos: Path, out: Path, tiny: list[str]) -> None:
    other = [*tiny[:3], "tensorflow"]
    assert done(summary("run", photos, out, *other)) == (40, 40, 0)
    verger("verify", out)


@pytest.mark.parametrize("kind", ["Preprocessing", "Results"])
@pytest.mark.parametrize("harm", ["flip", "cut", "remove"])
def test_damaged_part(
    harm: str, kind: str, photos: Path, out: Path, small_out: Path, tiny: list[str]
) -> None:
    part = parts(out, kind)[0]
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 0x10
    if harm == "remove":
        part.unlink()
    else:
        part.write_bytes(content if harm == "flip" else content[: len(content) // 2])
    result = verger("verify", out, check=5)
    assert f"{kind}/{part.name}" in result.stdout
    assert "run" in result.stderr
    assert any(
        f"{kind}/{part.name}" in problem for problem in summary("verify", out, check=5)["problems"]
    )
    again = summary("run", photos, out, *tiny)
    assert again["repaired_parts"] == (kind == "Preprocessing")
    assert_same(out, small_out)


def test_damaged_manifest(out: Path, photos: Path, tiny: list[str]) -> None:
    latest = sorted((out / "_verger").glob("manifest-*.json"))[-1]
    latest.write_bytes(latest.read_bytes()[:100])
    for command in (["verify"], ["show"], ["run", str(photos)]):
        options = tiny if command[0] == "run" else []
        assert latest.name in verger(*command, out, *options, check=5).stderr


def test_rows_of_another_network_go(
    photos: Path, out: Path, tiny: list[str], tmp_path: Path
) -> None:
    rows = manifest(out)["rows"]
    other = tiny_network(tmp_path / "other.onnx", 6)
    stdout = verger("run", photos, out, "--model", other, *tiny[2:]).stdout
    assert f"{rows} rows of another network were removed\n" in stdout
    assert "another network" not in verger("run", photos, out, "--model", other, *tiny[2:]).stdout


@pytest.mark.parametrize("name", ["notes.txt", "someone.parquet"])
def test_foreign_file(name: str, photos: Path, out: Path, tiny: list[str]) -> None:
    """Not ours to overwrite, nor to publish beside."""
    (out / "Results" / name).write_text("mine")
    refused = verger("run", photos, out, *tiny, check=4)
    assert f"Results/{name}" in refused.stderr
    assert "move it away" in refused.stderr
    assert (out / "Results" / name).read_text() == "mine"
    assert f"Results/{name}" in verger("verify", out, check=5).stdout


def test_foreign_part(photos: Path, out: Path, tiny: list[str]) -> None:
    """A Parquet file that someone else named as we name ours."""
    foreign = out / "Preprocessing" / "part-00099.parquet"
    pq.write_table(pa.table({"a": [1, 2]}), foreign)
    assert foreign.name in verger("run", photos, out, *tiny, check=4).stderr
    assert foreign.is_file()


def test_two_runs_at_once(tmp_path: Path, tiny: list[str]) -> None:
    """One has the output, the other says so. tests/faults/crowd.py lets many begin together."""
    photos = plant(tmp_path / "photos", 400)
    out = tmp_path / "out"
    first = start("run", photos, out, *tiny, "--batch", "1", "--threads", "1")
    wait_until((out / "Preprocessing").is_dir)  # made under the lock
    first.send_signal(signal.SIGSTOP)
    try:
        stderr = verger("run", photos, out, *tiny, check=6).stderr
    finally:
        first.send_signal(signal.SIGCONT)
    message = first.communicate(timeout=TIMEOUT)[1]
    assert "another run is writing to it" in stderr
    assert first.returncode == 0, message
    assert verger("show", out).stdout.endswith("Dimensions: (400, 4)\n")
    verger("verify", out)


def test_output_within_the_photos(photos: Path, tiny: list[str]) -> None:
    """Nothing in OUT is taken for a photo."""
    out = photos / "out"
    verger("run", photos, out, *tiny)
    (out / "report.png").write_bytes(jpeg(1))
    assert summary("run", photos, out, *tiny)["inputs"] == 40


def test_same_pixels_twice(tmp_path: Path, tiny: list[str]) -> None:
    """Few photos, two of them alike: the default number of components gives way."""
    photos = plant(tmp_path / "photos", 5)
    shutil.copy(photos / "Label 0" / "frame_0000.jpg", photos / "Label 1" / "copy.jpg")
    assert summary("run", photos, tmp_path / "out", *tiny)["components"] == 4


def test_part_that_lacks_features(photos: Path, out: Path, tiny: list[str]) -> None:
    """A part that Verger did not write: the message names the remedy, and the remedy works."""
    [part] = parts(out, "Preprocessing")
    rows = pq.read_table(part)
    features = pa.array(
        [None, *rows["features"].to_pylist()[1:]], rows.schema.field("features").type
    )
    pq.write_table(rows.set_column(2, rows.schema.field("features"), features), part)
    shutil.rmtree(out / "_verger")  # as if a run had been killed
    shutil.rmtree(out / "Results")
    (photos / "Label 1" / "frame_0001.jpg").write_bytes(jpeg(77))
    stderr = verger("run", photos, out, *tiny, check=5).stderr
    assert f"{part}: has no features of Label 0/frame_0000.jpg: remove it" in stderr
    part.unlink()
    assert done(summary("run", photos, out, *tiny)) == (40, 40, 0)
