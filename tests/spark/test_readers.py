"""The lines of docs/readers.md for Spark."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from program import draw_orchard, verger
from readers.blocks import blocks, python_rows
from readers.outputs import assert_nearest, make_mixed

from .venvs import SETTINGS, SparkVenv

SECTIONS = {"3.5": "Spark 3.5", "4": "Spark 4.3"}
JOB = """
import json, os
from pyspark.sql import SparkSession
builder = SparkSession.builder.master("local[2]")
for key, value in json.loads(os.environ["SETTINGS"]).items():
    builder = builder.config(key, value)
spark = builder.getOrCreate()
rows_by_reader = []
for folder in json.loads(os.environ["FOLDERS"]):
    code = os.environ["CODE"].replace('"OUT/', f'"{folder}/OUT/')
    exec(code)
    rows_by_reader.append(rows)
print(json.dumps(rows_by_reader))
"""


@pytest.fixture(scope="session")
def folders(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Folders with an OUT of the sample orchard: as written, with a part as versions before."""
    folders = [tmp_path_factory.mktemp("readers") / name for name in ("new", "first", "last")]
    verger("run", draw_orchard(folders[0].parent / "orchard", 40), folders[0] / "OUT")
    for folder, older in zip(folders[1:], (0, -1), strict=True):
        shutil.copytree(folders[0], folder)
        make_mixed(folder / "OUT", older)
    return folders


def test_nearest_photos(spark_venv: SparkVenv, folders: list[Path]) -> None:
    section = SECTIONS[spark_venv.version]
    ((language, code),) = blocks()[section]
    assert language == "python"
    settings = {**SETTINGS, "spark.sql.shuffle.partitions": "2"}
    env = {
        "CODE": python_rows(section, code),
        "FOLDERS": json.dumps([str(folder) for folder in folders]),
        "SETTINGS": json.dumps(settings),
    }
    done = spark_venv.run_python(JOB, env=env)
    for rows, folder in zip(json.loads(done.stdout.splitlines()[-1]), folders, strict=True):
        assert_nearest([(path, float(far)) for path, far in rows], folder / "OUT")
