"""Names that must not leave the photos' own place: --path-mode hash."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
from program import column, manifest, summary, table, verger
from small_photos import plant


def digest(path: str) -> str:
    return hashlib.sha256(path.encode()).hexdigest()


def test_no_name_is_left(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    out = tmp_path / "hashed"
    (photos / "Label 0" / "broken.jpg").write_bytes(b"no photo")
    result = summary("run", photos, out, "--path-mode", "hash", *tiny)
    assert [reject["path"] for reject in result["rejects"]] == [digest("Label 0/broken.jpg")]
    names = [str(file.relative_to(photos)) for file in photos.rglob("*.jpg")]
    read = pq.read_table(out / "Preprocessing", columns=["path"])["path"].to_pylist()
    assert sorted(read) == sorted(map(digest, names))
    for file in out.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        assert not any(name.encode() in content for name in [*names, str(photos)]), file
    assert set(table(out)["label"].to_pylist()) == {"Label 0", "Label 1"}
    verger("verify", out)


def test_same_features(photos: Path, out: Path, tiny: list[str], tmp_path: Path) -> None:
    verger("run", photos, tmp_path / "hashed", "--path-mode", "hash", *tiny)
    digests = table(tmp_path / "hashed")["path"].to_pylist()
    hashed = dict(zip(digests, column(tmp_path / "hashed", "features"), strict=True))
    for path, features in zip(table(out)["path"].to_pylist(), column(out, "features"), strict=True):
        assert (hashed[digest(path)] == features).all()


def test_growth(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    arguments: list[str | bytes | Path] = [
        "run",
        photos,
        tmp_path / "hashed",
        "--path-mode",
        "hash",
        *tiny,
    ]
    verger(*arguments)
    plant(photos, 4, first=100)
    assert summary(*arguments)["extracted"] == 4


def test_modes_do_not_mix(photos: Path, out: Path, tiny: list[str], tmp_path: Path) -> None:
    refused = verger("run", photos, out, "--path-mode", "hash", *tiny, check=2).stderr
    assert "--path-mode plain" in refused
    verger("run", photos, tmp_path / "hashed", "--path-mode", "hash", *tiny)
    assert "--path-mode hash" in verger("run", photos, tmp_path / "hashed", *tiny, check=2).stderr
    assert manifest(out)["path_mode"] == "plain"
