"""Photos that Spark itself loses: names it passes over, and batches that grow too large."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
from program import verger
from small_photos import jpeg

from .compared import FEATURES, difference, rejects, spoil, the_same_photo
from .venvs import SparkVenv, only_3_5

LISTED = Path(__file__).parent / "jobs" / "listed.py"
BATCHES = Path(__file__).parent / "jobs" / "large_photos.py"


def test_photos_are_those_of_the_program(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny_model: Path, tmp_path: Path
) -> None:
    folder = photos(70)
    spoil(folder)  # one of them is empty
    # To Spark a pattern, which the folder itself does not match: SPARK-32810, SPARK-43343.
    folder = folder.rename(folder.with_name("[70] {photos}"))
    # Nikon, Sony and Canon write names with '_' for Adobe RGB; a ':' ends Spark's own job, of which
    # HADOOP-14217 tells; SPARK-28030 took "%20" for a space.
    for number, name in enumerate(("Label 0/_DSC0001.JPG", "Label: 1/12:30.jpg", "_raw/a%20b.jpg")):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(jpeg(100 + number))
    options: list[str | Path] = [
        "--model",
        tiny_model,
        "--preset",
        "torchvision",
        "--components",
        "5",
    ]
    verger("run", folder, tmp_path / "wanted", *options)
    job = verger_venv.spark_submit(LISTED, folder, tmp_path / "out", "5", tiny_model, "torchvision")
    document = json.loads(job.stdout)
    columns = [column for column in document["columns"]["photos"] if column[0] != "error"]
    assert columns == document["columns"]["files"], "those of binaryFile"
    for path, modified, length, error, without in document["rows"]:
        stat = Path(path.removeprefix("file:")).stat()
        assert (length, int(modified)) == (stat.st_size, int(stat.st_mtime))
        assert (error, without) == (None, False)

    same = the_same_photo(folder)
    table = pq.read_table(tmp_path / "out" / "scores")
    table = table.set_column(0, "path", [list(map(same, table["path"].to_pylist()))])
    table = table.sort_by("path")
    fine, bad = table.filter(table["error"].is_null()), table.filter(table["error"].is_valid())
    expected = pq.read_table(tmp_path / "wanted" / "Results").sort_by("path")
    assert fine["path"].to_pylist() == expected["path"].to_pylist()
    assert "Label: 1/12:30.jpg" in expected["path"].to_pylist()
    assert difference(fine["features"], expected["features"]) <= FEATURES
    pairs = zip(bad["path"].to_pylist(), bad["error"].to_pylist(), strict=True)
    rejected = [{"path": path, "reason": reason} for path, reason in pairs]
    assert rejected == rejects(tmp_path / "wanted")


@only_3_5
def test_a_batch_of_large_photos_is_cut_by_bytes(
    verger_venv: SparkVenv, tiny_model: Path, tmp_path: Path
) -> None:
    """64 photos of 18 MB: Spark 3.5 loses an Arrow batch that passes 1 GiB."""
    folder = tmp_path / "large" / "Label"
    folder.mkdir(parents=True)
    for number in range(64):
        with (folder / f"{number}.jpg").open("wb") as file:
            file.write(jpeg(number))
            file.truncate(18 << 20)  # takes no room on the disk
    verger(
        "run", folder.parent, tmp_path / "wanted", "--model", tiny_model, "--preset", "torchvision"
    )
    verger_venv.spark_submit(
        BATCHES, folder, tmp_path / "out", tiny_model, master="local[1]",
        conf={"spark.driver.memory": "2g"},
    )  # fmt: skip
    actual = pq.read_table(tmp_path / "out").sort_by("path")
    assert actual["error"].null_count == 64
    expected = pq.read_table(tmp_path / "wanted" / "Results").sort_by("path")
    assert difference(actual["features"], expected["features"]) <= FEATURES
