"""New photos in an old PCA, and how far they lie from it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from program import column, manifest, parts, stamps, summary, table, verger
from small_photos import fruit, plant


def pca_of(out: Path) -> dict[str, list[float]]:
    document: dict[str, list[float]] = json.loads((out / "Model" / "pca.json").read_text())
    return document


def projected(out: Path) -> np.ndarray:
    """By numpy, from the document and the features."""
    pca = pca_of(out)
    scores: np.ndarray = (column(out, "features") - np.array(pca["mean"])) @ np.array(
        pca["components"]
    ).T
    return scores


def test_new_photos_are_projected_with_the_old_pca(
    photos: Path, out: Path, tiny: list[str]
) -> None:
    before, results = pca_of(out), stamps(parts(out, "Results"))
    plant(photos, 12, first=100)
    result = summary("run", photos, out, "--keep-pca", *tiny)
    assert pca_of(out) == before
    assert results.items() <= stamps(parts(out, "Results")).items(), "old Results stay as they are"
    assert len(table(out)) == 52
    np.testing.assert_allclose(column(out, "pca_features"), projected(out), rtol=1e-4, atol=1e-5)
    assert result["drift"]["photos"] == 12
    assert result["drift"]["refit"] is False
    verger("verify", out)


def test_drift_is_what_numpy_finds(photos: Path, out: Path, tiny: list[str]) -> None:
    for index in range(10):
        pale = photos / "Label 0" / f"pale_{index}.png"
        Image.eval(fruit(500 + index), lambda value: 200 + value // 8).save(pale)
    drift = summary("run", photos, out, "--keep-pca", *tiny)["drift"]
    rows = dict(zip(table(out)["path"].to_pylist(), column(out, "features"), strict=True))
    new = np.array([vector for path, vector in rows.items() if "pale" in path], np.float64)
    pca = {key: np.array(value) for key, value in pca_of(out).items() if isinstance(value, list)}
    total = pca["explained_variance"][0] / pca["explained_variance_ratio"][0]
    about = new - pca["mean"]
    inside = about @ pca["components"].T
    assert drift["photos"] == 10
    shift = np.linalg.norm(about.mean(axis=0)) / np.sqrt(total)
    assert drift["mean_shift"] == pytest.approx(shift, rel=1e-6)
    residual = 1 - (inside**2).sum() / (about**2).sum()
    assert drift["residual"] == pytest.approx(residual, rel=1e-6, abs=1e-9)
    expected = 1 - pca["explained_variance_ratio"].sum()
    assert drift["expected_residual"] == pytest.approx(expected, abs=1e-12)
    assert drift["refit"] is True


def test_advice_in_words(photos: Path, out: Path, tiny: list[str]) -> None:
    assert "no new photos" in verger("run", photos, out, "--keep-pca", *tiny).stdout
    plant(photos, 12, first=100)
    assert "it still fits" in verger("run", photos, out, "--keep-pca", *tiny).stdout
    for index in range(10):
        Image.new("RGB", (20, 20), (index, 0, 0)).save(photos / "Label 1" / f"night_{index}.png")
    assert "fit it again" in verger("run", photos, out, "--keep-pca", *tiny).stdout


def test_the_next_run_without_it_fits_anew(photos: Path, out: Path, tiny: list[str]) -> None:
    plant(photos, 12, first=100)
    verger("run", photos, out, "--keep-pca", *tiny)
    assert manifest(out)["reduction"]["moments"] != manifest(out)["moments"]["sha256"]
    result = summary("run", photos, out, *tiny)
    assert result["extracted"] == 0
    assert json.loads((out / "Model" / "pca.json").read_text())["rows"] == 52
    verger("verify", out)


def test_without_a_pca_to_keep(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    refused = verger("run", photos, tmp_path / "out", "--keep-pca", *tiny, check=2).stderr
    assert "without --keep-pca" in refused
