"""--precision: part of what an output's rows are, kept by later runs."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import numpy as np
import pytest
from program import BUILD, TIMEOUT, Floats, column, manifest, start, summary, verger, wait_until
from small_photos import plant

USAGE = 2


def features_of(out: Path) -> Floats:
    return column(out, "features", "Preprocessing")


def test_int8_is_calibrated_on_the_photos_and_kept(
    photos: Path, tmp_path: Path, tiny: list[str]
) -> None:
    exact, out = tmp_path / "exact", tmp_path / "out"
    verger("extract", photos, exact, *tiny)
    verger("extract", photos, out, *tiny, "--precision", "int8")
    model = manifest(out)["model"]
    assert model["precision"] == "int8"
    assert model["calibration"]
    assert model["identity"].startswith(manifest(exact)["model"]["identity"] + ":int8=")
    fp32, int8 = features_of(exact), features_of(out)
    assert not np.array_equal(fp32, int8)
    assert np.abs(fp32 - int8).max() < 0.05 * np.abs(fp32).max()

    # New photos, other than those it was calibrated on, and no option: as the rows are.
    plant(photos, 3, first=40)
    grown = summary("extract", photos, out, *tiny)
    assert grown["extracted"] == 3
    assert grown["model"]["precision"] == "int8"
    assert manifest(out)["model"] == model
    np.testing.assert_array_equal(features_of(out)[:1], int8[:1])
    assert summary("extract", photos, out, *tiny, "--precision", "int8")["extracted"] == 0


def test_rows_of_two_precisions_never_mix(photos: Path, out: Path, tiny: list[str]) -> None:
    assert summary("extract", photos, out, *tiny, "--precision", "int8")["extracted"] == 40
    assert summary("extract", photos, out, *tiny, "--precision", "fp32")["extracted"] == 40
    assert "precision" not in manifest(out)["model"]


def test_the_embedded_network_brings_its_calibration(orchard: Path, tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    done = verger("run", orchard, one, "--precision", "int8")
    assert "by efficientnet-lite0 in int8" in done.stdout
    (tmp_path / "few").mkdir()
    for photo in sorted(orchard.rglob("*.jpg"))[:3]:
        (tmp_path / "few" / photo.name).write_bytes(photo.read_bytes())
    verger("extract", tmp_path / "few", other, "--precision", "int8")
    assert manifest(one)["model"] == manifest(other)["model"]


def test_a_compiled_network_changes_nothing(orchard: Path, tmp_path: Path) -> None:
    """Of two runs at once, and those after: by what they keep, by what is damaged, by nothing."""
    compiled = tmp_path / "cache" / "verger" / "compiled"
    cache = {"XDG_CACHE_HOME": str(tmp_path / "cache")}
    options = ["--precision", "int8", "--threads", "2"]
    both = [
        start("extract", orchard, tmp_path / name, *options, env={**os.environ, **cache})
        for name in ("one", "other")
    ]
    for running in both:
        _, stderr = running.communicate(timeout=TIMEOUT)
        assert running.returncode == 0, stderr
    (file,) = compiled.iterdir()
    whole = file.read_bytes()

    inode = file.stat().st_ino
    verger("extract", orchard, tmp_path / "by-kept", *options, env=cache)
    assert (file.stat().st_ino, file.read_bytes()) == (inode, whole)
    for name, damage in {"by-cut": whole[:-9], "by-flipped": whole[:-9] + bytes(9)}.items():
        file.write_bytes(damage)
        verger("extract", orchard, tmp_path / name, *options, env=cache)
        assert file.stat().st_ino != inode
        inode, made_again = file.stat().st_ino, file.read_bytes()
        # Whole again: the next run takes it. Its size differs a little from that of the first.
        verger("extract", orchard, tmp_path / f"{name}-again", *options, env=cache)
        assert (file.stat().st_ino, file.read_bytes()) == (inode, made_again)
    (tmp_path / "no-folder").touch()
    nowhere = {"XDG_CACHE_HOME": str(tmp_path / "no-folder")}
    quiet = verger("extract", orchard, tmp_path / "by-none", *options, env=nowhere)
    assert "no-folder" not in quiet.stderr
    assert list(compiled.iterdir()) == [file]

    expected = features_of(tmp_path / "one")
    runs = ("other", "by-kept", "by-cut", "by-cut-again", "by-flipped", "by-flipped-again")
    for name in (*runs, "by-none"):
        assert features_of(tmp_path / name).tobytes() == expected.tobytes(), name


def test_int8_says_what_is_wrong(tmp_path: Path, tiny: list[str]) -> None:
    (tmp_path / "photos" / "a").mkdir(parents=True)
    (tmp_path / "photos" / "a" / "b.jpg").write_bytes(b"no photo")
    refused = verger(
        "extract", tmp_path / "photos", tmp_path / "out", *tiny, "--precision", "int8", check=USAGE
    )
    assert "none of 1 can be decoded" in refused.stderr
    assert not list((tmp_path / "out").rglob("manifest*"))
    refused = verger("run", "photos", "out", "--precision", "fp16", check=USAGE)
    assert "--precision" in refused.stderr


def test_an_interrupted_calibration_leaves_nothing(tmp_path: Path) -> None:
    weights = BUILD / "test-data" / "resnet50.h5"
    if not weights.is_file():
        pytest.skip(f"NOT TESTED: {weights} is not there: run 'make build-tests'")
    photos, out = plant(tmp_path / "photos", 150), tmp_path / "out"
    running = start("extract", photos, out, "--model", weights, "--precision", "int8")
    # The run has begun; its photos take seconds.
    wait_until(lambda: running.poll() is not None or (out / "_verger").is_dir())
    assert running.poll() is None
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=TIMEOUT)
    assert running.returncode == 130, stderr
    assert not list(out.rglob("*.parquet"))
    assert not list(out.rglob("manifest*"))
