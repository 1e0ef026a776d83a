"""extract, fit and project on DataFrames give the program's numbers."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from program import Argument, verger

from .compared import FEATURES, SCORES, difference, rejects, spoil, the_same_photo
from .venvs import SparkVenv

JOBS = Path(__file__).parent / "jobs"
COMPONENTS = 5


def test_the_chain_as_the_program(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny_model: Path, tmp_path: Path
) -> None:
    folder = photos(150)
    bad = spoil(folder)
    # Spark's binaryFile passes over files of no bytes.
    empty = bad.pop(bad.index("Label 1/empty.jpg"))
    (folder / empty).unlink()
    model = (tiny_model, "scale=imagenet,filter=bilinear")  # torchvision, by its parts
    job = verger_venv.spark_submit(
        JOBS / "chain.py", folder, tmp_path / "out", str(COMPONENTS), *model
    )
    document = json.loads(job.stdout)
    assert Path(document["file"]).is_relative_to(verger_venv.folder / "lib")
    assert document["spark"].startswith(verger_venv.version)
    # A photo that cannot be decoded costs a row its features, and no task its life.
    assert document["failed_tasks"] == 0
    assert document["stages"] >= 3
    assert document["columns"] == [
        *("path", "modificationTime", "length", "label", "features", "error", "pca_features")
    ]

    options: list[Argument] = [
        "--model",
        tiny_model,
        "--preset",
        "torchvision",
        "--components",
        str(COMPONENTS),
    ]
    verger("run", folder, tmp_path / "wanted", *options)
    expected = pq.read_table(tmp_path / "wanted" / "Results").sort_by("path")
    table = pq.read_table(tmp_path / "out" / "scores")
    for name, column in (("features", "features"), ("scores", "pca_features")):
        field = pq.read_table(tmp_path / "out" / name, columns=[column]).schema.field(column)
        assert not field.type.value_field.nullable, "no number of a vector is null"
    paths = list(map(the_same_photo(folder), table["path"].to_pylist()))
    table = table.set_column(0, "path", [paths]).sort_by("path")
    fine = table.filter(table["error"].is_null())
    for name in ("path", "label"):
        assert fine[name].to_pylist() == expected[name].to_pylist()
    assert difference(fine["features"], expected["features"]) <= FEATURES
    assert difference(fine["pca_features"], expected["pca_features"]) <= SCORES
    rejected = table.filter(table["error"].is_valid())
    assert rejected["path"].to_pylist() == bad
    assert rejected["features"].null_count == rejected["pca_features"].null_count == len(bad)
    listed = [
        {"path": path, "reason": reason}
        for path, reason in zip(bad, rejected["error"].to_pylist(), strict=True)
    ]
    assert listed == rejects(tmp_path / "wanted")

    by_dictionary = columns_by_dictionary(tmp_path / "out" / "scores")
    assert "label" in by_dictionary
    assert not [name for name in by_dictionary if "features" in name]

    ours = document["pca"]
    theirs = json.loads((tmp_path / "wanted" / "Model" / "pca.json").read_text())
    for key in ("components", "mean", "explained_variance_ratio"):
        assert np.allclose(ours[key], theirs[key], rtol=0, atol=1e-9), key


def columns_by_dictionary(folder: Path) -> set[str]:
    """Columns of Parquet files of which some pages hold numbers of a dictionary."""
    columns = set()
    for file in folder.glob("*.parquet"):
        metadata = pq.ParquetFile(file).metadata
        for group in map(metadata.row_group, range(metadata.num_row_groups)):
            for column in map(group.column, range(metadata.num_columns)):
                if any("DICTIONARY" in encoding for encoding in column.encodings):
                    columns.add(column.path_in_schema)
    return columns


def test_real_photos_with_the_embedded_network(
    verger_venv: SparkVenv, real_photos: Callable[[int], Path], tmp_path: Path
) -> None:
    folder = real_photos(60)
    verger_venv.spark_submit(JOBS / "chain.py", folder, tmp_path / "out", str(COMPONENTS))
    verger("run", folder, tmp_path / "wanted", "--components", str(COMPONENTS))
    expected = pq.read_table(tmp_path / "wanted" / "Results").sort_by("path")
    actual = pq.read_table(tmp_path / "out" / "scores").sort_by("path")
    paths = map(the_same_photo(folder), actual["path"].to_pylist())
    assert list(paths) == expected["path"].to_pylist()
    assert difference(actual["features"], expected["features"]) <= FEATURES
    assert difference(actual["pca_features"], expected["pca_features"]) <= SCORES


def test_what_the_builder_has_starts_the_jvm(verger_venv: SparkVenv) -> None:
    code = """
from pyspark.sql import SparkSession
from verger.spark import SETTINGS, configured

mine = SparkSession.builder.master("local[1]").config("spark.speculation", "true")
mine.config("spark.driver.extraJavaOptions", "-Dverger.asked=yes")
spark = configured(mine).getOrCreate()
conf = spark.sparkContext.getConf()
print(spark._jvm.System.getProperty("verger.asked"), conf.get("spark.speculation"))
print(all(conf.contains(name) for name in SETTINGS))
spark.stop()
"""
    assert verger_venv.run_python(code).stdout.split() == ["yes", "true", "True"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        ("extract(frame)", "BadCall: no column 'content' (there are: id)"),
        ("extract(text)", "BadCall: column 'content' is string: it must be binary"),
        ("extract(photo.select('content', 'content'))", "BadCall: 2 columns 'content'"),
        ("extract(photo, batch_size=65)", "BadCall: batch_size 65: give 1 to 64"),
        ("extract(photo, 'nothing')", "BadInput: unknown model 'nothing'"),
        ("extract(photo, __file__ + '/x.onnx')", "a part of the path is a file"),
        ("fit(frame, features='id')", "BadCall: column 'id' is bigint: it must be array"),
        ("fit(empty)", "BadInput: no features in column 'features'"),
        ("fit(vectors, 1.5)", "BadCall: components 1.5: give a number of components"),
        ("fit(vectors, 5)", "BadInput: "),
        ("fit(ragged, 1)", "BadInput: "),
        ("project(vectors, None, scores='plain')", "BadCall: scores 'plain'"),
    ],
)
def test_wrong_calls_are_named(calls: dict[str, str], call: str, message: str) -> None:
    assert message in calls[call]


@pytest.fixture(scope="module")
def calls(verger_venv: SparkVenv) -> dict[str, str]:
    """What each wrong call of the test above says, all from one job."""
    (marks,) = (mark for mark in test_wrong_calls_are_named.pytestmark)  # type: ignore[attr-defined]
    texts = [call for call, _ in marks.args[1]]
    job = verger_venv.spark_submit(JOBS / "wrong_calls.py", *texts)
    return dict(json.loads(job.stdout))
