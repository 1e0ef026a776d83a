"""The lines of docs/readers.md, run by the programs they are for."""

from __future__ import annotations

import io
import json
import re
import shutil
import zipfile
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from program import ROOT, column, table, verger

from .blocks import PAGE, PHOTO, blocks, nearest, python, run
from .outputs import assert_nearest

ATLAS = "Embedding Atlas"
OF_SPARK = ("Spark 4.3", "Spark 3.5")  # run by tests/spark/test_readers.py
READERS = [title for title in blocks() if title not in (ATLAS, *OF_SPARK)]


def test_every_reader_has_its_block() -> None:
    expected = ["DuckDB", "ClickHouse", "DataFusion", "polars", "pandas", "Daft", "LanceDB"]
    assert [*expected, "parquet-wasm", "hyparquet"] == READERS
    assert {ATLAS, *OF_SPARK} < set(blocks())


def test_versions_are_those_that_run() -> None:
    versions = dict(
        re.findall(r"^\| ([\w -]+?)(?: \(chdb\))? \| ([\d.]+) \|", PAGE.read_text(), re.M)
    )
    pins = ROOT / "requirements"
    python_pins = dict(re.findall(r"^([\w-]+)==(\S+)", (pins / "readers.txt").read_text(), re.M))
    node_pins = json.loads((pins / "readers" / "package.json").read_text())["dependencies"]
    sparks = [(pins / f"spark-{name}.txt").read_text() for name in ("3.5", "4")]
    for name, version in versions.items():
        package = {"ClickHouse": "chdb"}.get(name, name.lower().replace(" ", "-"))
        if name == "Spark":
            assert re.search(rf"^pyspark\S*=={version} ", "".join(sparks), re.M)
        else:
            assert {**python_pins, **node_pins}[package] == version
    assert len(versions) == len(READERS) + 2


@pytest.mark.parametrize("reader", READERS)
def test_nearest_photos(reader: str, folder: Path, request: pytest.FixtureRequest) -> None:
    ((language, code),) = blocks()[reader]
    if reader == "ClickHouse" and "older" in request.node.name:  # as the page says
        code = re.sub(r"\bfeatures\b", "features::Array(Float32)", code)
    assert_nearest(nearest(folder, reader, language, code), folder / "OUT")


def atlas(folder: Path, code: str) -> pd.DataFrame:
    """What Embedding Atlas would show: the table of the page that it exports."""
    run(folder, "bash", "-c", f"{code.rstrip()} --export-application atlas.zip")
    with zipfile.ZipFile(folder / "atlas.zip") as file:
        return pd.read_parquet(io.BytesIO(file.read("data/dataset.parquet")))


def test_embedding_atlas_keeps_the_nearest_photos(sample: Path) -> None:
    photos = atlas(sample, blocks()[ATLAS][0][1])
    (one,) = photos.loc[photos["path"] == PHOTO, "__neighbors"]
    paths = photos.set_index("__row_index__")["path"]
    neighbours = zip(one["ids"], one["distances"], strict=True)
    rows = [(paths[int(at)], float(far)) for at, far in neighbours]
    assert_nearest(rows[:5], sample / "OUT")


def test_embedding_atlas_takes_our_axes_and_neighbours(sample: Path) -> None:
    rows = atlas(sample, blocks()[ATLAS][1][1]).set_index("__row_index__")
    results = table(sample / "OUT")
    assert rows["path"].tolist() == results["path"].to_pylist()
    axes = column(sample / "OUT", "pca_features")[:, :2]
    assert (rows[["projection_x", "projection_y"]].to_numpy() == axes).all()
    near = rows.loc[rows["path"] == PHOTO, "neighbors"].iloc[0]
    neighbours = zip(near["ids"], near["distances"], strict=True)
    assert_nearest(
        [(rows["path"][int(at)], float(far)) for at, far in neighbours][:5], sample / "OUT"
    )


COUNTS = {
    "duckdb": "import duckdb; rows = duckdb.sql(f\"SELECT * FROM '{what}'\").shape[0]",
    "chdb": "import chdb; rows = int(str(chdb.query(f\"SELECT count() FROM file('{what}')\")))",
    "pandas": "import pandas; rows = len(pandas.read_parquet(what))",
    "polars": "import polars; rows = len(polars.read_parquet(what))",
    "daft": "import daft; rows = daft.read_parquet(what).count_rows()",
}


@pytest.mark.parametrize("reader", COUNTS)
def test_what_a_name_takes(reader: str, sample: Path) -> None:
    """`_verger` and `_SUCCESS` are in nobody's way, if the page is followed.

    Source: apache/parquet-java#1688, cldellow/datasette-parquet#15.
    """
    folder = reader in ("pandas", "polars", "daft")
    what = "OUT/Results" if folder else "OUT/Results/*.parquet"
    rows = table(sample / "OUT").num_rows
    assert python(sample, f"what = {what!r}\n{COUNTS[reader]}") == rows
    if reader not in ("pandas", "polars"):  # one knows no patterns, the other refuses this one
        assert python(sample, f"what = 'OUT/**/*.parquet'\n{COUNTS[reader]}") == 2 * rows


def test_clickhouse_ends_at_success(sample: Path) -> None:
    """The reason why the page names `*.parquet`: once this reads, it need not."""
    with pytest.raises(AssertionError, match="_SUCCESS"):
        python(sample, f"what = 'OUT/Results/*'\n{COUNTS['chdb']}")


# What tells the type of a column `v`, and that of lists of fixed size, with and without the Arrow
# schema that pyarrow puts into a file's metadata: Parquet itself knows no such lists.
FIXED = {
    "polars": (
        "import polars; rows = str(polars.read_parquet(what)['v'].dtype)",
        "Array(Float32, shape=(2,))",
        "List(Float32)",
    ),
    "datafusion": (
        "import datafusion; "
        "rows = str(datafusion.SessionContext().read_parquet(what).schema().field('v').type)",
        "fixed_size_list<element: float>[2]",
        "list<element: float>",
    ),
    "daft": (
        "import daft; rows = str(daft.read_parquet(what).schema()['v'].dtype)",
        "List[Float32; 2]",
        "List[Float32]",
    ),
    "pyarrow": (
        "import pyarrow.dataset as ds; rows = str(ds.dataset(what).schema.field('v').type)",
        "fixed_size_list<element: float>[2]",
        "list<element: float>",
    ),
    "duckdb": (
        "import duckdb; rows = str(duckdb.sql(f\"SELECT v FROM '{what}'\").types[0])",
        "FLOAT[]",
        "FLOAT[]",
    ),
    "chdb": (
        "import chdb; rows = str(chdb.query(f\"DESCRIBE file('{what}')\")).split('\"')[3]",
        "Array(Nullable(Float32))",
        "Array(Nullable(Float32))",
    ),
}


@pytest.mark.parametrize("reader", FIXED)
def test_lists_of_fixed_size(reader: str, tmp_path: Path) -> None:
    """All read them, as docs/feature-format.md says; ClickHouse once did not.

    Source: ClickHouse/ClickHouse#68209.
    """
    code, *expected = FIXED[reader]
    vectors = pa.table({"v": pa.array([[1.0, 2.0]], pa.list_(pa.float32(), 2))})
    for stored in (True, False):
        pq.write_table(vectors, tmp_path / f"{stored}.parquet", store_schema=stored)
    printed = [python(tmp_path, f"what = '{stored}.parquet'\n{code}") for stored in (True, False)]
    assert printed == expected


CLASSIFIER = """
from safetensors import safe_open
file = safe_open("OUT/Model/classifier.safetensors", "np")
rows = [file.metadata()["format"], {key: file.get_tensor(key).shape for key in file.keys()}]
"""


def test_safetensors_opens_a_classifier(sample: Path, tmp_path: Path) -> None:
    shutil.copytree(sample / "OUT", tmp_path / "OUT")
    summary = json.loads(verger("train", tmp_path / "OUT", "--json").stdout)
    form, shapes = python(tmp_path, CLASSIFIER)
    labels, width = len(summary["labels"]), summary["dimension"]
    assert form == "verger-classifier"
    components = shapes["axes"][0]
    assert shapes == {
        "counts": [labels],
        "means": [labels, width],
        "scatter": [width * (width + 1) // 2],
        "axes": [components, width],
        "offset": [components],
        "places": [labels, components],
        "log_priors": [labels],
        "weights": [labels, width],
        "bias": [labels],
        "taught": [0, width],
    }
