"""A photo that is forgotten is as if it had never been there."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from program import column, manifest, parts, summary, table, verger
from small_photos import plant

GONE = "Label 0/frame_0002.jpg"


def files(out: Path) -> list[Path]:
    return [file for file in sorted(out.rglob("*")) if file.is_file()]


def assert_no_trace(out: Path, paths: list[str]) -> None:
    """Neither as bytes nor behind compression, in no file."""
    for file in files(out):
        content = file.read_bytes()
        assert not [path for path in paths if path.encode() in content], file
        if file.suffix == ".parquet":
            assert not set(paths) & set(pq.read_table(file, columns=["path"])["path"].to_pylist())


def moments(out: Path) -> tuple[int, np.ndarray, np.ndarray]:
    """Count, mean, scatter: docs/feature-format.md, "Saved moments"."""
    data = (out / manifest(out)["moments"]["name"]).read_bytes()
    dimension = int.from_bytes(data[12:16], "little")
    numbers = np.frombuffer(data[24:-64], np.float64)
    return int.from_bytes(data[16:24], "little"), numbers[:dimension], numbers[dimension:]


def assert_as_if_never_there(out: Path, without: Path) -> None:
    assert (
        table(out)
        .drop("pca_features")
        .sort_by("path")
        .equals(table(without).drop("pca_features").sort_by("path"))
    )
    count, mean, scatter = moments(out)
    wanted_count, wanted_mean, wanted_scatter = moments(without)
    assert count == wanted_count
    np.testing.assert_allclose(mean, wanted_mean, rtol=1e-12)
    np.testing.assert_allclose(scatter, wanted_scatter, rtol=1e-9, atol=1e-12 * scatter.max())
    pca, expected = (
        json.loads((place / "Model" / "pca.json").read_text()) for place in (out, without)
    )
    assert pca["rows"] == expected["rows"]
    np.testing.assert_allclose(pca["components"], expected["components"], atol=1e-9)


def test_photo(photos: Path, out: Path, tiny: list[str], tmp_path: Path) -> None:
    result = summary("forget", out, GONE)
    assert (result["rows"], result["rejects"], result["parts"], result["reduced"]) == (
        1,
        0,
        1,
        True,
    )
    assert result["files_read"] == len(files(out))
    assert_no_trace(out, [GONE])
    verger("verify", out)

    (photos / GONE).unlink()
    verger("run", photos, tmp_path / "without", *tiny)
    assert_as_if_never_there(out, tmp_path / "without")
    assert summary("run", photos, out, *tiny)["extracted"] == 0
    assert_no_trace(out, [GONE])


def test_label_and_folder(photos: Path, out: Path, tiny: list[str], tmp_path: Path) -> None:
    plant(photos / "Field" / "West", 6, first=200)
    verger("run", photos, out, *tiny)
    all_paths = table(out)["path"].to_pylist()
    removed = [path for path in all_paths if path.startswith(("Field", "Label 1"))]
    assert len(removed) == 26
    stdout = verger("forget", out, "Label 1", "Field/West/").stdout
    assert "26 rows" in stdout
    assert_no_trace(out, removed)
    assert manifest(out)["labels"] == 1
    verger("verify", out)
    for folder in ("Field", "Label 1"):
        shutil.rmtree(photos / folder)
    verger("run", photos, tmp_path / "without", *tiny)
    assert_as_if_never_there(out, tmp_path / "without")


def test_reject(photos: Path, out: Path, tiny: list[str]) -> None:
    (photos / "Label 0" / "broken.jpg").write_bytes(b"no photo")
    verger("run", photos, out, *tiny)
    result = summary("forget", out, "Label 0/broken.jpg")
    assert (result["rows"], result["rejects"]) == (0, 1)
    assert_no_trace(out, ["Label 0/broken.jpg"])
    assert manifest(out)["rejects"] == []
    verger("verify", out)


def test_path_that_is_part_of_another(photos: Path, out: Path, tiny: list[str]) -> None:
    """Bytes of the one that stays prove nothing against the one that went."""
    inner = photos / "Copies" / "Label 0" / "frame_0002.jpg"
    inner.parent.mkdir(parents=True)
    inner.write_bytes((photos / GONE).read_bytes() + b"\n")
    (photos / "Copies" / "Label 0" / "frame_0002.jpg.jpg").write_bytes(b"no photo")
    verger("run", photos, out, *tiny)
    verger("forget", out, GONE)
    left = table(out)["path"].to_pylist()
    assert GONE not in left
    assert "Copies/Label 0/frame_0002.jpg" in left
    verger("verify", out)


def test_a_name_that_is_not_there_beside_one_that_is(out: Path) -> None:
    before = {file: file.read_bytes() for file in files(out)}
    refused = verger("forget", out, GONE, "Label 7", check=4).stderr
    assert "'Label 7'" in refused
    assert GONE not in refused
    assert {file: file.read_bytes() for file in files(out)} == before


@pytest.mark.parametrize("names", [[GONE], ["Label 1"], [GONE, "Label 1/"]])
def test_again_only_proves(names: list[str], out: Path) -> None:
    """As after a kill between the new version and its proof."""
    verger("forget", out, *names)
    before = {file: file.read_bytes() for file in files(out)}
    stdout = verger("forget", out, *names).stdout
    assert "it was forgotten before, or was never there" in stdout
    assert f"Verified: none of {len(before)} files contains" in stdout
    assert {file: file.read_bytes() for file in files(out)} == before


@pytest.mark.parametrize("place", ["_verger/notes.txt", "Model/copy.json"])
def test_again_finds_what_still_holds_it(place: str, out: Path) -> None:
    verger("forget", out, GONE)
    (out / place).write_text(f'{{"mine": "{GONE}"}}')
    stderr = verger("forget", out, GONE, check=1).stderr
    assert place in stderr
    assert GONE in stderr


def test_more_rejects_than_a_manifest_lists(photos: Path, out: Path, tiny: list[str]) -> None:
    """It lists the first hundred of those that are left."""
    bad = [f"Label 1/bad {number:03}.jpg" for number in range(150)]
    for name in bad:
        (photos / name).write_bytes(name.encode())
    verger("run", photos, out, *tiny, "--max-reject-rate", "100%")
    assert [reject["path"] for reject in manifest(out)["rejects"]] == bad[:100]
    result = summary("verify", out)
    assert (result["inputs"], result["rows"], result["rejects"]) == (190, 40, 150)
    assert summary("forget", out, *bad[:7])["rejects"] == 7
    assert [reject["path"] for reject in manifest(out)["rejects"]] == bad[7:107]
    assert summary("verify", out)["rejects"] == 143
    assert_no_trace(out, bad[:7])
    result = summary("run", photos, out, *tiny, "--max-reject-rate", "100%")
    assert (result["inputs"], result["rows"]) == (190, 40)


@pytest.mark.parametrize("name", ["", "/"])
def test_no_name(name: str, out: Path) -> None:
    """As an unset variable of a shell gives."""
    assert "give the name of a photo" in verger("forget", out, name, check=2).stderr


def test_everything(out: Path) -> None:
    assert "would be left" in verger("forget", out, "Label 0", "Label 1", check=4).stderr
    verger("verify", out)


def test_part_of_a_killed_run(photos: Path, out: Path) -> None:
    """What no manifest names yet holds paths as well."""
    stray = out / "Preprocessing" / "part-00077.parquet"
    shutil.copy(parts(out, "Preprocessing")[0], stray)
    verger("forget", out, GONE)
    assert not stray.exists()
    assert_no_trace(out, [GONE])


def test_features_alone(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    verger("extract", photos, tmp_path / "out", *tiny)
    assert summary("forget", tmp_path / "out", GONE)["reduced"] is False
    assert_no_trace(tmp_path / "out", [GONE])
    verger("verify", tmp_path / "out")


@pytest.mark.parametrize("name", [GONE, "Label 0"])
def test_hashed_paths(name: str, photos: Path, tiny: list[str], tmp_path: Path) -> None:
    out = tmp_path / "out"
    verger("run", photos, out, "--path-mode", "hash", *tiny)
    before = len(column(out, "features"))
    verger("forget", out, name)
    assert len(column(out, "features")) == before - (1 if name == GONE else 20)
    assert_no_trace(out, [hashlib.sha256(GONE.encode()).hexdigest()])
    left = table(out)["path"].to_pylist()
    verger("forget", out, left[0])
    assert table(out)["path"].to_pylist() == left[1:]
