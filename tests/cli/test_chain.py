"""The whole chain on the sample orchard, and its Results as other programs read them."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
from program import assert_near, column, manifest, parts, start, summary, table, verger

COLUMNS = ["path", "label", "features", "pca_features"]
PHOTOS = 16


def test_run_ends_with_two_rows_and_dimensions(orchard_out: Path, orchard: Path) -> None:
    done = verger("run", orchard, orchard_out)  # once more: nothing to do, the same last words
    lines = done.stdout.splitlines()
    assert lines[0].startswith("16 photos, 16 labels, 0 rejects by efficientnet-lite0: 1,280")
    assert [line[0] for line in lines[-7:-1]] == ["+", "|", "+", "|", "|", "+"]
    assert [word.strip() for word in lines[-6].split("|")[1:-1]] == COLUMNS
    assert lines[-1] == "Dimensions: (16, 4)"


def test_results_open_everywhere(orchard_out: Path) -> None:
    results = orchard_out / "Results"
    arrow = ds.dataset(results).to_table()
    assert arrow.shape == (PHOTOS, 4)
    assert arrow.schema.names == COLUMNS
    for name in COLUMNS[2:]:
        assert pa.types.is_list(arrow.schema.field(name).type)
        assert arrow.schema.field(name).type.value_type == pa.float32()

    frame = pd.read_parquet(results)
    assert frame.shape == (PHOTOS, 4)
    assert frame["features"].map(len).unique().tolist() == [1280]
    assert frame["pca_features"].map(len).unique().tolist() == [15]

    rows = duckdb.sql(f"SELECT * FROM '{results}/part-*.parquet'")
    assert rows is not None
    assert rows.shape == (PHOTOS, 4)
    assert [str(kind) for kind in rows.types] == ["VARCHAR", "VARCHAR", "FLOAT[]", "FLOAT[]"]


def test_rows_tell_where_they_come_from(orchard_out: Path, orchard: Path) -> None:
    rows = table(orchard_out)
    expected = sorted(str(path.relative_to(orchard)) for path in orchard.rglob("*.jpg"))
    assert rows["path"].to_pylist() == expected
    assert rows["label"].to_pylist() == [Path(path).parent.name for path in expected]
    features = column(orchard_out, "features")
    assert np.isfinite(features).all()
    assert np.array_equal(features, column(orchard_out, "features", "Preprocessing"))
    details = table(orchard_out, "Preprocessing")
    assert details["size"].to_pylist() == [(orchard / path).stat().st_size for path in expected]
    assert set(details["error"].to_pylist()) <= {None, ""}


def test_pca_document_explains_pca_features(orchard_out: Path) -> None:
    document = json.loads((orchard_out / "Model" / "pca.json").read_text())
    axes, mean = np.array(document["components"]), np.array(document["mean"])
    features = column(orchard_out, "features").astype(np.float64)
    assert_near(mean, features.mean(axis=0), 1e-6)
    scores = (features - features.mean(axis=0)) @ axes.T
    assert_near(column(orchard_out, "pca_features"), scores.astype(np.float32), 1e-5)


def test_manifest_counts_add_up(orchard_out: Path) -> None:
    contents = manifest(orchard_out)
    assert contents["inputs"] == contents["rows"] + len(contents["rejects"]) == PHOTOS
    assert contents["labels"] == 16
    assert contents["model"]["dimension"] == 1280
    assert (orchard_out / "Results" / "_SUCCESS").is_file()
    for part in contents["preprocessing"]:
        assert (orchard_out / part["name"]).stat().st_size == part["bytes"]


def test_show(orchard_out: Path) -> None:
    done = verger("show", orchard_out, "--rows", "5")
    assert done.stdout.endswith("\nDimensions: (16, 4)\n")
    assert len(done.stdout.splitlines()) == 4 + 5 + 1
    assert "Dimensions: (16, 4)" in verger("show", orchard_out, "--rows", "0").stdout
    result = json.loads(verger("show", orchard_out, "--rows", "3", "--json").stdout)
    assert result["dimensions"] == [PHOTOS, 4]
    features = np.array([row["features"] for row in result["rows"]], dtype=np.float32)
    assert np.array_equal(features, column(orchard_out, "features")[:3])


def test_verify(orchard_out: Path) -> None:
    done = verger("verify", orchard_out)
    assert "is whole" in done.stdout
    assert "16 photos = 16 rows + 0 rejects" in done.stdout
    result = summary("verify", orchard_out)
    assert result["problems"] == []
    assert result["rows"] == PHOTOS


def test_extract_then_reduce_is_run(
    small: Path, small_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    result = summary("extract", small, out, *tiny)
    assert (result["extracted"], result["reused"], result["rows"]) == (40, 0, 40)
    assert "verger reduce" in verger("show", out, check=4).stderr
    assert "no Results yet" in verger("verify", out).stdout
    assert verger("reduce", out).stdout.endswith("Dimensions: (40, 4)\n")
    assert table(out).equals(table(small_out))
    before = [path.stat().st_mtime_ns for path in parts(out, "Results")]
    verger("reduce", out)
    assert [path.stat().st_mtime_ns for path in parts(out, "Results")] == before


def test_streams(small: Path, tiny: list[str], tmp_path: Path) -> None:
    """Data on stdout, progress on stderr, escape codes on neither, where there is no terminal."""
    out = tmp_path / "out"
    loud = verger("run", small, out, *tiny, env={"TERM": "xterm-256color"})
    assert "\x1b" not in loud.stdout + loud.stderr
    assert "\r" not in loud.stdout + loud.stderr
    assert re.search(r"extract.*40", loud.stderr)
    assert loud.stdout.endswith("Dimensions: (40, 4)\n")
    quiet = verger("run", small, tmp_path / "quiet", *tiny, "--quiet")
    assert quiet.stderr == ""
    machine = verger("run", small, tmp_path / "json", *tiny, "--json")
    assert machine.stderr == ""
    assert json.loads(machine.stdout)["rows"] == 40


def test_reader_that_goes_away(small_out: Path) -> None:
    """`verger show out | head` must not die of a signal, nor claim to have succeeded."""
    reader, writer = os.pipe()
    os.close(reader)
    process = start("show", small_out, "--rows", "40", stdout=writer)
    os.close(writer)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode in (1, 5)
    assert b"cannot write" in stderr
