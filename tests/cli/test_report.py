"""`verger report`, and the page that every run makes: what it says, and when it is there."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
from program import column, manifest, stamps, table, verger
from small_photos import jpeg, plant

PAGE = "report.html"


def block(page: Path, name: str) -> str:
    """A block of the page's data."""
    match = re.search(rf'id="{name}">([^<]*)</script>', page.read_text())
    assert match is not None
    return match[1]


def data_of(out: Path) -> dict[str, Any]:
    """What the page shows."""
    return dict(json.loads(block(out / PAGE, "data")))


def test_its_numbers_are_those_of_the_tables(small_out: Path) -> None:
    data = data_of(small_out)
    rows = table(small_out)
    assert data["inputs"] == data["rows"] == rows.num_rows == 40
    labels = {each["name"]: each["rows"] for each in data["labels"]}
    assert labels == {"Label 0": 20, "Label 1": 20}
    pca = json.loads((small_out / "Model/pca.json").read_text())
    assert data["variance"] == pca["explained_variance_ratio"]
    document = next((small_out / "_verger").glob("manifest-*.json")).read_bytes()
    assert data["settings"]["manifest_sha256"] == hashlib.sha256(document).hexdigest()

    scores = column(small_out, "pca_features")
    points = data["map"]
    assert points["points"] == 40
    levels = np.frombuffer(base64.b64decode(block(small_out / PAGE, "data-coords")), "<u2")
    for number, (least, greatest) in enumerate(points["ranges"]):
        exact = scores[:, number]
        assert np.float32(least) == exact.min()
        assert np.float32(greatest) == exact.max()
        read = least + levels.reshape(-1, 40)[number] / 65535 * (greatest - least)
        assert np.abs(read - exact).max() <= 0.51 * (greatest - least) / 65535
    paths = rows["path"].to_pylist()
    for number, ends in enumerate(data["ends"]):
        order = np.argsort(scores[:, number], kind="stable")[:8]
        assert [end["path"] for end in ends["least"]] == [paths[at] for at in order]
        assert [np.float32(end["score"]) for end in ends["least"]] == scores[order, number].tolist()


def test_every_run_makes_it_and_no_report_does_not(
    small: Path, tiny: list[str], tmp_path: Path
) -> None:
    stderr = verger("run", small, tmp_path / "out", *tiny).stderr
    assert (tmp_path / "out" / PAGE).is_file()
    assert "thumbnails: 40 photos" in stderr
    verger("run", small, tmp_path / "without", *tiny, "--no-report")
    assert not (tmp_path / "without" / PAGE).exists()
    verger("verify", tmp_path / "out")


def test_a_run_that_changes_nothing_leaves_it(photos: Path, out: Path, tiny: list[str]) -> None:
    before = stamps([out / PAGE])
    verger("run", photos, out, *tiny)
    assert stamps([out / PAGE]) == before


def test_it_goes_with_the_version_that_it_shows(photos: Path, out: Path, tiny: list[str]) -> None:
    verger("reduce", out, "--components", "3")
    assert not (out / PAGE).exists()
    plant(photos, 4, first=100)
    verger("run", photos, out, *tiny, "--no-report")
    assert not (out / PAGE).exists()
    verger("run", photos, out, *tiny)
    assert data_of(out)["inputs"] == 44


def test_forget_removes_it(out: Path, photos: Path) -> None:
    removed = "Label 1/frame_0001.jpg"
    verger("forget", out, removed)
    assert not (out / PAGE).exists()
    verger("report", out, "--photos", photos)
    assert data_of(out)["inputs"] == 39
    # The proof alone, with a page that was made since.
    verger("forget", out, removed)
    assert (out / PAGE).is_file()


def test_the_same_output_makes_the_same_bytes(out: Path, small: Path) -> None:
    pages = []
    for threads in ("1", "4"):
        verger("report", out, "--photos", small, "--threads", threads)
        pages.append((out / PAGE).read_bytes())
    assert pages[0] == pages[1]


def test_photos_that_are_gone_or_changed_have_no_thumbnail(out: Path, photos: Path) -> None:
    (photos / "Label 0/frame_0000.jpg").unlink()
    (photos / "Label 0/frame_0002.jpg").write_bytes(jpeg(99))
    verger("report", out, "--photos", photos)
    points = data_of(out)["thumbnails"]["points"]
    assert points == list(range(2, 40))


def test_photos_that_are_nowhere_cost_only_the_thumbnails(out: Path, tmp_path: Path) -> None:
    document = json.loads(verger("report", out, "--photos", tmp_path / "nowhere", "--json").stdout)
    assert document["report"] == str(out / PAGE)
    assert document["bytes"] == (out / PAGE).stat().st_size
    assert data_of(out)["thumbnails"]["points"] == []


def test_hashed_paths_show_neither_photos_nor_paths(
    small: Path, tiny: list[str], tmp_path: Path
) -> None:
    verger("run", small, tmp_path / "out", *tiny, "--path-mode", "hash")
    data = data_of(tmp_path / "out")
    assert data["hashed"] is True
    assert data["thumbnails"]["points"] == []
    text = (tmp_path / "out" / PAGE).read_text()
    assert "frame_" not in text
    assert str(small) not in text


def test_rejects_are_counted_by_their_reasons(
    photos: Path, tiny: list[str], tmp_path: Path
) -> None:
    for number in range(2):
        (photos / f"Label 1/empty_{number}.jpg").write_bytes(b"")
    (photos / "Label 1/page.jpg").write_bytes(b"<html>no photo</html>")
    verger("run", photos, tmp_path / "out", *tiny, "--max-reject-rate", "1")
    data = data_of(tmp_path / "out")
    assert data["rejected"] == 3
    assert [reason["count"] for reason in data["reasons"]] == [2, 1]
    assert [each["rejects"] for each in data["labels"]] == [0, 3]
    assert [each["path"] for each in data["rejects"]] == [
        each["path"] for each in manifest(tmp_path / "out")["rejects"]
    ]


def test_an_output_without_results_has_a_page_too(
    small: Path, tiny: list[str], tmp_path: Path
) -> None:
    verger("extract", small, tmp_path / "out", *tiny)
    verger("report", tmp_path / "out")
    data = data_of(tmp_path / "out")
    assert "map" not in data
    assert data["labels"][0]["rows"] == 20


def test_an_evaluation_is_shown(out: Path, tmp_path: Path) -> None:
    file = tmp_path / "evaluation.json"
    file.write_text('{"random": {"accuracy": 0.99}, "naive": 0.99, "honest": 0.9}')
    verger("report", out, "--evaluation", file)
    assert data_of(out)["sections"]["evaluation"]["honest"] == 0.9
    file.write_text("no JSON")
    assert "section evaluation" in verger("report", out, "--evaluation", file, check=2).stderr


def test_a_page_that_cannot_be_put_is_no_failed_run(
    small: Path, tiny: list[str], tmp_path: Path
) -> None:
    # Of all files of such an output the page alone is so large.
    limited = ["bash", "-c", 'ulimit -f 40; exec "$@"', "bash"]
    done = verger("run", small, tmp_path / "out", *tiny, prefix=limited)
    assert "warning: report.html was not written" in done.stderr
    assert not (tmp_path / "out" / PAGE).exists()
    assert not list((tmp_path / "out").glob(".*"))
    verger("verify", tmp_path / "out")
    verger("run", small, tmp_path / "out", *tiny)
    assert data_of(tmp_path / "out")["inputs"] == 40


def test_no_output_is_said(tmp_path: Path) -> None:
    assert "has no output" in verger("report", tmp_path, check=4).stderr
