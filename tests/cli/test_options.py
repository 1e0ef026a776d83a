"""What the options change, and what must change nothing."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from program import assert_near, column, manifest, parts, summary, table, verger
from small_photos import plant


@pytest.fixture(scope="module")
def features(small: Path, tiny: list[str]) -> Path:
    """An output that is extracted but not reduced. Reduced again and again below."""
    out = small.parent / "features"
    verger("extract", small, out, *tiny)
    return out


def pca(out: Path) -> dict[str, np.ndarray]:
    document = json.loads((out / "Model" / "pca.json").read_text())
    return {
        name: np.array(document[name])
        for name in ("mean", "components", "explained_variance_ratio")
    }


def test_number_of_components(features: Path) -> None:
    result = summary("reduce", features, "--components", "5")
    assert result["components"] == 5
    assert column(features, "pca_features").shape == (40, 5)
    assert summary("reduce", features)["components"] == 8  # as many as the network has features


def test_share_of_variance(features: Path) -> None:
    verger("reduce", features)
    ratios = np.cumsum(pca(features)["explained_variance_ratio"])
    expected = int(np.searchsorted(ratios, 0.95, side="right")) + 1
    assert 1 <= expected < 8
    result = summary("reduce", features, "--components", "0.95")
    assert result["components"] == expected
    assert result["explained_variance"] == pytest.approx(ratios[expected - 1], abs=1e-9)


@pytest.mark.parametrize("components", ["0", "abc", "-3", "1.5", "5.0", "1e400", "nan", "", "5x"])
def test_components_that_are_no_number(components: str, features: Path) -> None:
    before = sorted(features.rglob("*"))
    refused = verger("reduce", features, f"--components={components}", check=2)
    assert "--components" in refused.stderr
    assert refused.stdout == ""
    assert sorted(features.rglob("*")) == before


def test_more_components_than_there_are(
    features: Path, photos: Path, tiny: list[str], tmp_path: Path
) -> None:
    verger("reduce", features)
    refused = verger("reduce", features, "--components", "9", check=4)
    assert "at most 8" in refused.stderr
    assert verger("show", features).stdout.endswith("Dimensions: (40, 4)\n")  # of the run before
    few = plant(tmp_path / "few", 4)
    assert "at most 3" in verger("run", few, tmp_path / "out", *tiny, "-k", "4", check=4).stderr


def test_one_photo(tmp_path: Path, tiny: list[str]) -> None:
    refused = verger("run", plant(tmp_path / "one", 1), tmp_path / "out", *tiny, check=4)
    assert "2 photos or more but has 1" in refused.stderr
    assert manifest(tmp_path / "out")["rows"] == 1


def test_spark_scores(features: Path) -> None:
    verger("reduce", features)
    centred, fitted = column(features, "pca_features"), pca(features)
    verger("reduce", features, "--scores", "spark")
    spark = column(features, "pca_features")
    shift = fitted["components"] @ fitted["mean"]
    assert np.abs(shift).max() > 0.1
    assert_near(spark, (centred + shift).astype(np.float32), 1e-5)
    assert np.array_equal(pca(features)["components"], fitted["components"])
    assert manifest(features)["reduction"]["settings"]["scores"] == "spark"


def test_threads_and_batch_change_only_last_bits(
    orchard: Path, orchard_out: Path, tmp_path: Path
) -> None:
    """With the real network, whose engine chooses its kernels by both."""
    for index, options in enumerate([["--threads", "1", "--batch", "1"], ["--batch", "7"]]):
        out = tmp_path / str(index)
        verger("extract", orchard, out, *options)
        assert_near(column(out, "features", "Preprocessing"), column(orchard_out, "features"), 1e-6)


def test_surroundings_change_no_byte(
    small: Path, small_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    """Neither language nor time zone nor number of threads is in any part."""
    strange = {"LC_ALL": "de_DE.UTF-8", "LANG": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati"}
    verger("run", small, tmp_path / "out", *tiny, "--threads", "3", env=strange)
    for kind in ("Preprocessing", "Results"):
        for here, there in zip(parts(tmp_path / "out", kind), parts(small_out, kind), strict=True):
            assert here.read_bytes() == there.read_bytes()
    assert (tmp_path / "out" / "Model" / "pca.json").read_bytes() == (
        small_out / "Model" / "pca.json"
    ).read_bytes()


USAGE = [
    ([], "subcommand"),
    (["walk"], "walk"),
    (["run"], "PHOTOS"),
    (["run", "photos"], "required"),
    (["run", "photos", "out", "more"], "more"),
    (["run", "photos", "out", "--colour"], "--colour"),
    (["run", "photos", "out", "--threads", "0"], "--threads"),
    (["run", "photos", "out", "--batch", "many"], "--batch"),
    (["run", "photos", "out", "--scores", "raw"], "--scores"),
    (["run", "photos", "out", "--max-reject-rate", "7"], "--max-reject-rate"),
    (["run", "photos", "out", "--max-reject-rate", "few"], "--max-reject-rate"),
    (["run", "gs://harvest/photos", "out"], "gs://harvest/photos"),
    (["run", "photos", "s3:///out"], "s3://bucket/prefix"),
    (["run", "photos", "s3://harvest//out"], "s3://harvest//out"),
    (["run", "photos", "file://host/out"], "names a host"),
    (["run", "photos", "out", "--keep-pca", "--components", "5"], "--keep-pca"),
    (["run", "photos", "out", "--path-mode", "secret"], "--path-mode"),
    (["run", "photos", "out", "--sse", "rot13"], "--sse"),
    (["show", "out", "--rows", "-1"], "--rows"),
]


@pytest.mark.parametrize(("arguments", "named"), USAGE)
def test_usage_errors(arguments: list[str], named: str, tmp_path: Path) -> None:
    refused = verger(*arguments, check=2, cwd=tmp_path)
    assert named in refused.stderr
    assert refused.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_model_that_is_none(photos: Path, tmp_path: Path) -> None:
    (tmp_path / "pear.onnx").write_text("not a network")
    refused = verger(
        "run",
        photos,
        tmp_path / "out",
        "--model",
        tmp_path / "pear.onnx",
        "--preset",
        "keras",
        check=4,
    )
    assert "pear.onnx: neither a Keras .h5 nor an ONNX file" in refused.stderr
    missing = verger("run", photos, tmp_path / "out", "--model", "nosuchmodel", check=4)
    assert "nosuchmodel" in missing.stderr
    assert not (tmp_path / "out").exists()


def test_rows_do_not_depend_on_their_neighbours(
    photos: Path, small_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    for path in list(photos.rglob("*.jpg"))[::2]:
        path.unlink()
    verger("extract", photos, tmp_path / "out", *tiny)
    half = table(tmp_path / "out", "Preprocessing")
    whole = dict(
        zip(table(small_out)["path"].to_pylist(), column(small_out, "features"), strict=True)
    )
    for path, row in zip(half["path"].to_pylist(), half["features"].to_pylist(), strict=True):
        assert np.array_equal(np.float32(row), whole[path])
