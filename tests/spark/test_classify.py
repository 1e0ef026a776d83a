"""Classifiers by Spark are the program's, however the rows are cut."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from program import verger

from .connect import running_connect_server
from .venvs import ROOT, SparkVenv, only_4

JOB = Path(__file__).parent / "jobs" / "classify.py"
PCA = ROOT / "deploy" / "emr" / "pca.py"
PARTITIONS = ("1", "3", "7", "12")
CLASSIFIER = Path("Model", "classifier.safetensors")


@pytest.fixture
def out(photos: Callable[[int], Path], tiny_model: Path, tmp_path: Path) -> Path:
    """What the program extracts of photos, a reject among them, and trains."""
    folder = photos(90)
    (folder / "Label 1" / "broken.jpg").write_bytes(b"no photo")
    verger("extract", folder, tmp_path / "out", "--model", tiny_model, "--preset", "torchvision")
    verger("train", tmp_path / "out", "--transform", "none", "--shrinkage", "0.2")
    return tmp_path / "out"


def arrays_of(file: Path) -> dict[str, np.ndarray]:
    data = file.read_bytes()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + size])
    header.pop("__metadata__")
    kinds = {"F64": np.float64, "F32": np.float32, "I64": np.int64}
    return {
        name: np.frombuffer(
            data[8 + size + one["data_offsets"][0] : 8 + size + one["data_offsets"][1]],
            kinds[one["dtype"]],
        )
        for name, one in header.items()
    }


def assert_the_same(out: Path, folder: Path) -> None:
    expected = arrays_of(out / CLASSIFIER)
    for number in PARTITIONS:
        actual = arrays_of(folder / f"{number}.safetensors")
        for name in ("counts", "means", "scatter", "weights", "bias"):
            np.testing.assert_allclose(actual[name], expected[name], rtol=1e-9, atol=1e-9)
    answers = pq.read_table(folder / "answers").sort_by("path").to_pylist()
    assert len(answers) == 91
    assert {row["folder"] for row in answers} == {"Label 0", "Label 1"}
    for row in answers:
        if row["features"] is None:
            assert row["path"] == "Label 1/broken.jpg"
            assert row["label"] is row["probability"] is row["top"] is None
        else:
            assert row["label"] == row["top"][0]
            assert len(row["top"]) == 2
            assert row["probability"] == row["top_probabilities"][0]


def test_any_partition_makes_the_program_s_classifier(
    verger_venv: SparkVenv, out: Path, tmp_path: Path
) -> None:
    verger_venv.spark_submit(JOB, out, tmp_path / "made", *PARTITIONS)
    assert_the_same(out, tmp_path / "made")


@pytest.fixture
def remote(verger_venv: SparkVenv) -> Iterator[dict[str, str]]:
    with running_connect_server(verger_venv) as server:
        yield {"SPARK_REMOTE": server}


@only_4
def test_by_spark_connect(
    verger_venv: SparkVenv, remote: dict[str, str], out: Path, tmp_path: Path
) -> None:
    verger_venv.run_python(JOB, out, tmp_path / "made", *PARTITIONS, env=remote)
    assert_the_same(out, tmp_path / "made")


@only_4
def test_the_job_trains(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny_model: Path, tmp_path: Path
) -> None:
    options = ["--model", str(tiny_model), "--preset", "torchvision", "--train", "--json"]
    job = verger_venv.spark_submit(PCA, photos(60), tmp_path / "out", *options)
    document = json.loads(job.stdout)
    assert document["classifier"]["photos"] == document["rows"] == 60
    mine = (tmp_path / "out" / CLASSIFIER).read_bytes()
    (tmp_path / "out" / CLASSIFIER).unlink()
    verger("train", tmp_path / "out")
    assert (tmp_path / "out" / CLASSIFIER).read_bytes() == mine
