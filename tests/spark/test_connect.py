"""By Spark Connect, where there is no sparkContext and no .rdd, all is as in a classic session."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from program import summary, verger

from .compared import FEATURES, SCORES, assert_as_the_program, difference, spoil
from .connect import running_connect_server
from .venvs import ROOT, SparkVenv, only_4

PCA = ROOT / "deploy" / "emr" / "pca.py"
LISTED = Path(__file__).parent / "jobs" / "listed.py"
COMPONENTS = "5"
pytestmark = only_4


@pytest.fixture(scope="module")
def remote(verger_venv: SparkVenv) -> Iterator[dict[str, str]]:
    """The environment of those that ask a running server."""
    with running_connect_server(verger_venv) as server:
        yield {"SPARK_REMOTE": server}


@pytest.fixture
def large_model(tiny_model: Path, tmp_path: Path) -> Path:
    """The tiny network in a file of 2 MB, which goes to executors as a file."""
    network = onnx.load(tiny_model)
    network.doc_string = "x" * (2 << 20)
    onnx.save(network, tmp_path / "large.onnx")
    return tmp_path / "large.onnx"


def test_the_verbs_as_in_a_classic_session(
    verger_venv: SparkVenv,
    remote: dict[str, str],
    photos: Callable[[int], Path],
    large_model: Path,
    tmp_path: Path,
) -> None:
    folder = photos(150)
    spoil(folder)
    options = (COMPONENTS, large_model, "torchvision")
    there = verger_venv.run_python(LISTED, folder, tmp_path / "there", *options, env=remote)
    here = verger_venv.spark_submit(LISTED, folder, tmp_path / "here", *options)
    theirs, ours = (json.loads(job.stdout) for job in (there, here))
    sessions = theirs.pop("session"), ours.pop("session")
    assert sessions == ("pyspark.sql.connect.session", "pyspark.sql.session")
    assert_near(theirs.pop("pca"), ours.pop("pca"))
    assert theirs == ours
    assert theirs["files"] == 150
    actual, expected = (sorted_rows(tmp_path / name / "scores") for name in ("there", "here"))
    assert actual.num_rows == 153
    for name in ("path", "length", "error"):
        assert actual[name].to_pylist() == expected[name].to_pylist()
    fine = [rows.filter(rows["error"].is_null()) for rows in (actual, expected)]
    assert difference(fine[0]["features"], fine[1]["features"]) <= FEATURES
    assert difference(fine[0]["pca_features"], fine[1]["pca_features"]) <= SCORES


def sorted_rows(folder: Path) -> pa.Table:
    return pq.read_table(folder).sort_by("path")


def assert_near(actual: dict[str, Any], expected: dict[str, Any]) -> None:
    """Of other partitions: float64's last bits."""
    for key in ("components", "mean", "explained_variance_ratio"):
        assert np.allclose(actual[key], expected[key], rtol=0, atol=1e-9), key


def test_pca_py_as_the_program(
    verger_venv: SparkVenv,
    remote: dict[str, str],
    photos: Callable[[int], Path],
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    folder, out = photos(200), tmp_path / "out"
    spoil(folder)
    options: list[str | Path] = [
        "--model",
        tiny_model,
        "--preset",
        "torchvision",
        "--components",
        COMPONENTS,
    ]
    command: list[str | Path] = [PCA, folder, out, *options, "--json"]
    document = json.loads(verger_venv.run_python(*command, env=remote).stdout)
    assert (document["inputs"], document["extracted"], document["rejected"]) == (203, 203, 3)
    assert summary("run", folder, tmp_path / "wanted", *options)["rows"] == document["rows"]
    assert_as_the_program(out, tmp_path / "wanted")
    # Both go on where the other was.
    next(folder.rglob("frame_0003.jpg")).unlink()
    again = json.loads(verger_venv.run_python(*command, "--sync", env=remote).stdout)
    assert (again["extracted"], again["inputs"]) == (0, 202)
    assert summary("run", folder, out, *options)["extracted"] == 0
    verger("verify", out)


def test_errors_are_messages_without_tracebacks(
    verger_venv: SparkVenv,
    remote: dict[str, str],
    photos: Callable[[int], Path],
    tmp_path: Path,
) -> None:
    folder = photos(70)
    few = (PCA, folder, tmp_path / "out", "--components", "71")
    stderr = verger_venv.run_python(*few, env=remote, check=4).stderr
    assert "verger: " in stderr
    assert "Traceback" not in stderr
    broken = {"SPARK_REMOTE": "sc://"}
    stderr = verger_venv.run_python(*few, env=broken, check=2).stderr
    assert "the Spark Connect server sc:// does not answer" in stderr
    assert "without SPARK_REMOTE the session is a classic one" in stderr
