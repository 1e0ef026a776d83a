"""What the chain keeps, carries over and drops, on conftest.py's Spark of one process."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from verger.errors import BadCall, TooManyRejects
from verger.moments import Moments
from verger.runs.listing import listing, photos_of
from verger.runs.manifest import HASH, PLAIN, Manifest, PcaSettings
from verger.runs.output import Output
from verger.runs.storage import open_place
from verger.spark import executors, run
from verger.spark.conftest import CONTEXT, Orchard, Rdd
from verger.spark.job import _refuse_other_path_mode
from verger.spark.summary import summary_json, summary_text


def counts(manifest: Manifest, out: Path) -> tuple[int, int, int]:
    """Photos, rows and labels; that moments and Results hold the same rows is asserted."""
    output = Output.open(open_place(out))
    assert Moments.load(output.read(manifest.moments)).count == manifest.rows
    assert sum(result.part.rows for result in output.reduced().results) == manifest.rows
    return manifest.inputs, manifest.rows, manifest.labels


def test_rows_of_missing_photos_stay(orchard: Orchard) -> None:
    first = orchard.run()
    before = orchard.results()
    orchard.photo(4).unlink()
    orchard.plant(1, first=20)
    second = orchard.run()
    assert counts(second, orchard.out) == (21, 21, 2)
    assert second.preprocessing[0] == first.preprocessing[0], "the part is kept whole"
    assert (orchard.summary.vanished, orchard.summary.extracted) == (1, 1)
    document = json.loads(summary_json(second, orchard.summary))
    assert (document["vanished_kept"], document["inputs"], document["reused"]) == (1, 21, 20)
    line = "1 photo is no longer listed in PHOTOS; the rows stay (--sync drops them)"
    assert line in summary_text(second, orchard.summary)
    after = orchard.results()
    removed = "Label 0/frame_0004.jpg"
    assert after[removed]["features"] == before[removed]["features"]


@pytest.mark.parametrize("mode", [PLAIN, HASH])
def test_rows_of_a_folder_that_cannot_be_listed_stay(
    mode: str, orchard: Orchard, monkeypatch: pytest.MonkeyPatch
) -> None:
    orchard.run(path_mode=mode)
    orchard.photo(4).unlink()  # of Label 0
    (orchard.photos / "Label 0" / "._frame_0006.jpg").write_bytes(b"no photo")
    (orchard.photos / "Label 0" / "frame_0006.NEF").write_bytes(b"a photo's RAW file")
    access = os.access

    def denied(name: bytes, kind: int, **options: bool) -> bool:
        return not name.endswith(b"/Label 1") and access(name, kind, **options)

    with monkeypatch.context() as patched:
        patched.setattr(os, "access", denied)
        manifest = orchard.run(path_mode=mode, sync=True)
    # Hashes do not tell which rows lie in the folder: then all stay.
    assert counts(manifest, orchard.out)[1] == (19 if mode == PLAIN else 20)
    document = json.loads(summary_json(manifest, orchard.summary))
    assert document["unread_folders"] == [{"path": "Label 1", "reason": "Permission denied"}]
    assert document["passed_over"] == {"mac_side_files": 1, "raw": 1}
    assert "cannot list the folder Label 1: " in summary_text(manifest, orchard.summary)
    assert counts(orchard.run(path_mode=mode, sync=True), orchard.out)[1] == 19


def test_rows_of_missing_photos_are_carried_over(orchard: Orchard) -> None:
    """The part goes, for a photo of it changed; a label that is only in old rows counts."""
    (orchard.photos / "Lost").mkdir()
    lost = orchard.photos / "Lost" / "lost.jpg"
    lost.write_bytes(orchard.photo(7).read_bytes() + b"\n")
    orchard.run()
    before = orchard.results()
    lost.unlink()
    orchard.photo(3).write_bytes(orchard.photo(5).read_bytes() + b"\n")
    manifest = orchard.run()
    assert counts(manifest, orchard.out) == (21, 21, 3)
    assert (orchard.summary.vanished, orchard.summary.extracted) == (1, 1)
    after = orchard.results()
    assert set(after) == set(before)
    changed = "Label 1/frame_0003.jpg"
    for path, row in after.items():
        same = row["features"] == before[path]["features"]
        assert same is (path != changed), path
    (part,) = manifest.preprocessing
    table = pq.read_table(orchard.out / part.file.name)
    assert table["path"].to_pylist() == sorted(after), "in the order of their paths"
    row = table.filter(table["label"].combine_chunks().to_numpy(False) == "Lost").to_pylist()[0]
    assert row["sha256"] == sha256(orchard.photo(7).read_bytes() + b"\n").hexdigest()
    assert row["size"] == orchard.photo(7).stat().st_size + 1
    # Nothing is to do any more.
    again = orchard.run()
    assert (again, orchard.summary.extracted) == (manifest, 0)


def test_rows_of_missing_photos_are_dropped_by_sync(orchard: Orchard) -> None:
    orchard.run()
    for photo in (orchard.photos / "Label 1").iterdir():
        photo.unlink()
    assert counts(orchard.run(), orchard.out) == (20, 20, 2)
    manifest = orchard.run(sync=True)
    assert counts(manifest, orchard.out) == (10, 10, 1)
    assert (orchard.summary.vanished, orchard.summary.extracted) == (0, 0)
    assert "vanished" not in summary_text(manifest, orchard.summary)


def test_rejects_of_missing_photos_go(orchard: Orchard) -> None:
    bad = orchard.photos / "Label 0" / "bad.jpg"
    bad.write_bytes(b"no photo")
    assert counts(orchard.run(), orchard.out) == (21, 20, 2)
    bad.unlink()
    orchard.photo(0).unlink()
    manifest = orchard.run()
    assert counts(manifest, orchard.out) == (20, 20, 2)
    assert (manifest.rejects, orchard.summary.extracted) == ([], 0)


def test_rows_of_another_network_go(orchard: Orchard, networks: list[Path]) -> None:
    orchard.run()
    orchard.photo(0).unlink()
    orchard.network = networks[1]
    manifest = orchard.run()
    assert counts(manifest, orchard.out) == (19, 19, 2)
    assert "20 rows of another network were removed" in summary_text(manifest, orchard.summary)


def test_a_part_that_a_killed_run_left_goes_even_if_nothing_else_is_new(orchard: Orchard) -> None:
    first = orchard.run()
    (entry,) = first.preprocessing
    there = orchard.out / entry.file.name
    stray = there.with_name("part-00077.parquet")
    stray.write_bytes(there.read_bytes())
    results = orchard.results()
    latest = orchard.run()
    assert not stray.exists()
    assert latest.preprocessing == first.preprocessing
    assert orchard.results() == results


def test_a_photo_that_is_there_twice_is_extracted_once(orchard: Orchard) -> None:
    content = orchard.photo(2).read_bytes()
    (orchard.photos / "Label 1" / "twin.jpg").write_bytes(content)
    orchard.run()
    assert (orchard.summary.extracted, orchard.summary.reused) == (20, 1)
    (orchard.photos / "Label 1" / "later.jpg").write_bytes(content)
    manifest = orchard.run()
    assert (orchard.summary.extracted, orchard.summary.reused) == (0, 22)
    assert counts(manifest, orchard.out) == (22, 22, 2)
    rows = orchard.results()
    twins = ("Label 0/frame_0002.jpg", "Label 1/twin.jpg", "Label 1/later.jpg")
    assert len({tuple(rows[path]["features"]) for path in twins}) == 1


def test_keep_pca_keeps_the_pca(orchard: Orchard) -> None:
    first = orchard.run()
    results, before = orchard.files("Results"), orchard.results()
    orchard.plant(10, first=20)
    projected = orchard.run(keep_pca=True)
    assert counts(projected, orchard.out) == (30, 30, 2)
    assert first.reduction is not None
    assert projected.reduction is not None
    assert projected.reduction.pca == first.reduction.pca
    assert projected.reduction.moments == first.moments.sha256 != projected.moments.sha256
    after = orchard.files("Results")
    assert len(after) == 2
    assert results.items() <= after.items(), "old parts are not touched"
    assert all(orchard.results()[path] == row for path, row in before.items())
    drift = json.loads(summary_json(projected, orchard.summary))["drift"]
    assert (drift["photos"], drift["refit"]) == (10, False)
    assert 0 < drift["residual"] < 2 * drift["expected_residual"] < 0.1, "of the same kind"
    assert "the mean of 10 new photos is" in summary_text(projected, orchard.summary)

    nothing_new = orchard.run(keep_pca=True)
    assert nothing_new == projected, "no version without a change"
    assert "PCA kept; no new photos" in summary_text(projected, orchard.summary)

    fitted = orchard.run()
    assert fitted.reduction is not None
    assert fitted.moments == projected.moments
    assert fitted.reduction.moments == fitted.moments.sha256, "it is fitted to all photos again"
    assert fitted.reduction.pca.sha256 != projected.reduction.pca.sha256
    assert "drift" not in summary_json(fitted, orchard.summary)
    assert orchard.run() == fitted


def test_a_pca_is_kept_with_its_settings(orchard: Orchard) -> None:
    orchard.run(PcaSettings(components=2, scores="spark"))
    orchard.plant(5, first=20)
    manifest = orchard.run(PcaSettings(components=50, fewer_will_do=True), keep_pca=True)
    assert manifest.reduction is not None
    assert manifest.reduction.settings == PcaSettings(components=2, scores="spark")
    assert {len(row["pca_features"]) for row in orchard.results().values()} == {2}


def test_a_pca_that_is_not_there_cannot_be_kept(orchard: Orchard, networks: list[Path]) -> None:
    with pytest.raises(BadCall, match="no PCA"):
        orchard.run(keep_pca=True)
    assert orchard.files("Preprocessing") == {}, "the error comes before any work"
    orchard.run()
    orchard.network = networks[1]
    with pytest.raises(BadCall, match="network"):
        orchard.run(keep_pca=True)


def test_no_path_is_kept_where_paths_are_hashed(orchard: Orchard) -> None:
    (orchard.photos / "Label 0" / "bad.jpg").write_bytes(b"no photo")
    manifest = orchard.run(path_mode=HASH)
    assert counts(manifest, orchard.out) == (21, 20, 2)
    assert (manifest.path_mode, manifest.photos) == (HASH, "")
    listed = photos_of(listing(open_place(orchard.photos)))
    by_hash = {sha256(photo.path.encode()).hexdigest(): photo for photo in listed}
    for path, row in orchard.results().items():
        assert row["label"] == by_hash[path].label
    (reject,) = manifest.rejects
    assert by_hash[reject.path].path == "Label 0/bad.jpg"
    for file in orchard.out.rglob("*"):
        if file.is_file():
            assert b"frame_" not in file.read_bytes()
            assert b"bad.jpg" not in file.read_bytes()

    orchard.photo(3).unlink()
    orchard.plant(1, first=20)
    assert counts(orchard.run(path_mode=HASH), orchard.out) == (22, 21, 2)
    assert (orchard.summary.extracted, orchard.summary.vanished) == (1, 1)


@pytest.mark.parametrize(("there", "other"), [(PLAIN, HASH), (HASH, PLAIN)])
def test_an_output_keeps_its_path_mode(orchard: Orchard, there: str, other: str) -> None:
    orchard.run(path_mode=there)
    output = Output.open(open_place(orchard.out))
    _refuse_other_path_mode(output, there)
    with pytest.raises(BadCall, match=f"made with --path-mode {there}: give that mode"):
        _refuse_other_path_mode(output, other)


def test_too_many_rejects_take_no_rows_away(orchard: Orchard) -> None:
    first = orchard.run()
    for number in range(20):
        orchard.photo(number).unlink()
    for number in range(10):
        (orchard.photos / "Label 0" / f"bad {number}.jpg").write_bytes(os.urandom(50))
    with pytest.raises(TooManyRejects, match="10 of 30 photos were rejected"):
        orchard.run()
    assert orchard.latest() == first
    # Nothing that reads like the output's state, for that is as it was.
    manifest = orchard.chain.manifest
    assert manifest is not None
    line = "10 photos extracted, kept for the next run; the output did not change\n"
    assert summary_text(manifest, orchard.summary).startswith(f"{line}  rejected Label 0/bad")
    document = json.loads(summary_json(manifest, orchard.summary))
    assert (document["committed"], document["extracted"], document["rejected"]) == (False, 10, 10)
    assert not {"inputs", "rows", "labels"} & document.keys()


def test_a_first_run_of_too_many_rejects_is_a_version_and_says_so(orchard: Orchard) -> None:
    for number in range(10):
        (orchard.photos / "Label 0" / f"bad {number}.jpg").write_bytes(os.urandom(50))
    with pytest.raises(TooManyRejects):
        orchard.run()
    manifest = orchard.latest()
    assert (manifest.inputs, manifest.rows) == (30, 20)
    assert summary_text(manifest, orchard.summary).startswith("30 photos, 2 labels, 10 rejects by ")


def test_parts_go_out_in_waves(orchard: Orchard, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wave of two tasks, of three photos each; parts that are there are read likewise."""
    sizes: list[int] = []

    def parallelize(items: Sequence[Any], partitions: int) -> Rdd:
        sizes.append(len(items))
        return Rdd(items, partitions)

    monkeypatch.setattr(CONTEXT, "parallelize", parallelize)
    monkeypatch.setattr(executors, "_WAVE", 1)
    monkeypatch.setattr(run, "_FEW_PARTS", 0)
    monkeypatch.setattr(run, "rows_a_part", lambda photos, slots, most: 3)
    first = orchard.run()
    assert [part.rows for part in first.preprocessing] == [3] * 6 + [2]
    assert sizes[:4] == [2, 2, 2, 1]
    before = orchard.results()
    orchard.photo(3).write_bytes(orchard.photo(5).read_bytes() + b"\n")
    del sizes[:]
    manifest = orchard.run()
    assert sizes[:5] == [2, 2, 2, 1, 1]
    assert counts(manifest, orchard.out) == (20, 20, 2)
    assert (orchard.summary.extracted, len(manifest.preprocessing)) == (1, 7)
    after = orchard.results()
    changed = [path for path in after if after[path]["features"] != before[path]["features"]]
    assert changed == ["Label 1/frame_0003.jpg"]
