"""pca.py on Spark and `verger run` on one machine make, continue and read the same outputs."""

from __future__ import annotations

import fcntl
import json
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from program import latest_rows, manifest, parts, stamps, start, summary, verger
from s3.started import wait_until

from .compared import assert_as_the_program, spoil
from .venvs import ROOT, TIMEOUT, SparkVenv, only_3_5

PCA = ROOT / "deploy" / "emr" / "pca.py"
COMPONENTS: list[str | Path] = ["--components", "5"]


@pytest.fixture
def tiny(tiny_model: Path) -> list[str | Path]:
    """Options for a network that is done at once."""
    return ["--model", tiny_model, "--preset", "torchvision", *COMPONENTS]


def submitted(venv: SparkVenv, *arguments: Any, **more: Any) -> dict[str, Any]:
    """The JSON summary of pca.py."""
    return dict(json.loads(venv.spark_submit(PCA, *arguments, "--json", **more).stdout))


def test_the_same_output_as_the_program(
    verger_venv: SparkVenv,
    photos: Callable[[int], Path],
    tiny: list[str | Path],
    tmp_path: Path,
) -> None:
    folder = photos(200)
    bad = spoil(folder)
    actual, expected = tmp_path / "found", tmp_path / "wanted"
    ours = submitted(verger_venv, folder, actual, *tiny)
    theirs = summary("run", folder, expected, *tiny)
    for name in ("seconds", "photos_per_second"):
        assert ours.pop(name) > 0
        assert theirs.pop(name) > 0
    theirs.pop("s3")  # Arrow does not tell Python of its retries
    # Of two parts where the program has one: sums in another order, float64's last bits.
    explained = ours.pop("explained_variance")
    assert explained == pytest.approx(theirs.pop("explained_variance"), rel=1e-14, abs=0)
    assert ours == theirs
    assert [reject["path"] for reject in ours["rejects"]] == bad
    assert_as_the_program(actual, expected)
    assert manifest(actual)["reduction"]["settings"] == manifest(expected)["reduction"]["settings"]
    assert verger("show", actual).stdout == verger("show", expected).stdout

    # The program goes on with what Spark has made: other components, from the same moments.
    before = stamps(parts(actual, "Preprocessing"))
    for out in (actual, expected):
        verger("reduce", out, "--components", "0.9")
    assert_as_the_program(actual, expected)
    assert stamps(parts(actual, "Preprocessing")) == before

    # Everything is there already, to the program and to Spark.
    assert summary("run", folder, actual, *tiny)["extracted"] == 0
    again = submitted(verger_venv, folder, actual, *tiny)
    assert (again["extracted"], again["reused"]) == (0, again["inputs"])


@only_3_5
def test_two_rows_and_the_dimensions_end_it(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny: list[str | Path], tmp_path: Path
) -> None:
    job = verger_venv.spark_submit(PCA, photos(70), tmp_path / "out", *tiny)
    assert "70 photos, 2 labels, 0 rejects by tiny: 8 features each" in job.stdout
    assert re.search(r"5 components explain \d+\.\d % of the variance", job.stdout)
    rows = verger("show", tmp_path / "out").stdout
    assert job.stdout.endswith(rows)
    assert (tmp_path / "out" / "report.html").is_file()
    assert rows.endswith("Dimensions: (70, 4)\n")


def test_a_precision_is_the_program_s_and_stays(
    verger_venv: SparkVenv,
    photos: Callable[[int], Path],
    tiny: list[str | Path],
    tmp_path: Path,
) -> None:
    """int8 is calibrated by the driver, and every executor quantises as the program does."""
    folder = photos(150)
    actual, expected = tmp_path / "found", tmp_path / "wanted"
    options = ["--precision", "int8", "--decode", "fast", "--views", "3"]
    submitted(verger_venv, folder, actual, *tiny, *options)
    summary("run", folder, expected, *tiny, *options)
    model = manifest(actual)["model"]
    assert model == manifest(expected)["model"]
    assert (model["precision"], bool(model["calibration"])) == ("int8", True)
    assert_as_the_program(actual, expected)
    # Without options each goes on with what the rows are.
    again = submitted(verger_venv, folder, expected, *tiny)
    assert (again["extracted"], again["model"]["precision"]) == (0, "int8")
    assert summary("run", folder, actual, *tiny)["extracted"] == 0
    assert submitted(verger_venv, folder, actual, *tiny, "--precision", "fp32")["extracted"] == 150


def test_pandas_is_not_needed(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny: list[str | Path], tmp_path: Path
) -> None:
    (tmp_path / "without").mkdir()
    (tmp_path / "without" / "pandas.py").write_text("raise ImportError('no pandas here')\n")
    env = {"PYTHONPATH": str(tmp_path / "without")}
    job = verger_venv.spark_submit(PCA, photos(70), tmp_path / "out", *tiny, env=env)
    assert job.stdout.endswith("Dimensions: (70, 4)\n")


def test_spark_goes_on_where_the_program_was(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny: list[str | Path], tmp_path: Path
) -> None:
    folder = photos(90)
    later = tmp_path / "later"
    later.mkdir()
    for photo in sorted(folder.rglob("*.jpg"))[::3]:
        shutil.move(photo, later / photo.name)
    out = tmp_path / "out"
    verger("run", folder, out, *tiny)
    (first,) = parts(out, "Preprocessing")
    before = stamps([first])
    shutil.move(later, folder / "Label later")
    document = submitted(verger_venv, folder, out, *tiny)
    assert (document["inputs"], document["extracted"], document["reused"]) == (90, 30, 60)
    assert stamps([first]) == before
    verger("run", folder, tmp_path / "wanted", *tiny)
    assert_as_the_program(out, tmp_path / "wanted")


@only_3_5
def test_photos_that_go_move_and_change(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny: list[str | Path], tmp_path: Path
) -> None:
    folder, out = photos(80), tmp_path / "out"
    verger("run", folder, out, *tiny)
    removed, moved, changed, other = sorted(folder.rglob("*.jpg"))[:4]
    removed.unlink()
    moved.rename(moved.with_name("moved.jpg"))
    changed.write_bytes(other.read_bytes() + b"\n")
    document = submitted(verger_venv, folder, out, "--sync", *tiny)
    # Only the changed one went through the network: the moved one's bytes were known.
    assert (document["inputs"], document["extracted"]) == (79, 1)
    verger("run", folder, tmp_path / "wanted", *tiny)
    assert_as_the_program(out, tmp_path / "wanted")


@only_3_5
def test_spark_takes_over_what_a_killed_program_left(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tmp_path: Path
) -> None:
    # With the embedded network, so that there is time to kill.
    folder, out = photos(800), tmp_path / "out"
    with start("run", folder, out, *COMPONENTS) as run:
        wait_until(lambda: len(parts(out, "Preprocessing")) >= 1, TIMEOUT, "a part is there")
        run.send_signal(signal.SIGKILL)
    left = parts(out, "Preprocessing")
    assert not list((out / "_verger").glob("manifest-*")), "the run was done before it was killed"
    before = stamps(left)
    document = submitted(verger_venv, folder, out, *COMPONENTS)
    assert document["reused"] == sum(pq.read_metadata(part).num_rows for part in left) > 0
    assert stamps(left) == before
    verger("run", folder, tmp_path / "wanted", *COMPONENTS)
    assert_as_the_program(out, tmp_path / "wanted")


@only_3_5
def test_a_damaged_part_is_made_again(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny: list[str | Path], tmp_path: Path
) -> None:
    folder, out = photos(150), tmp_path / "out"
    submitted(verger_venv, folder, out, *tiny)
    broken, whole = parts(out, "Preprocessing")
    broken.write_bytes(broken.read_bytes()[:-100])
    before = stamps([whole])
    document = submitted(verger_venv, folder, out, *tiny)
    assert document["repaired_parts"] == 1
    assert stamps([whole]) == before
    verger("verify", out)
    assert latest_rows(out) == 150


def refused(venv: SparkVenv, code: int, *arguments: str | Path) -> str:
    job = venv.spark_submit(PCA, *arguments, check=code)
    assert "Traceback" not in job.stdout
    return job.stdout


@only_3_5
def test_what_is_refused_and_how(
    verger_venv: SparkVenv, photos: Callable[[int], Path], tiny: list[str | Path], tmp_path: Path
) -> None:
    folder, out = photos(70), tmp_path / "out"
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "no photos in it" in refused(verger_venv, 4, empty, out, *tiny)
    assert "give a number of components" in refused(verger_venv, 2, folder, out, "-k", "1.5")
    assert "unknown model 'nothing'" in refused(verger_venv, 4, folder, out, "--model", "nothing")
    assert "cannot be opened" in refused(verger_venv, 2, folder, "ftp://host/out", *tiny)
    # A share of bad photos that is too large: nothing is lost, and the next call goes on.
    for index, photo in enumerate(sorted(folder.rglob("*.jpg"))[:7]):
        photo.write_bytes(b"no photo %d" % index)
    message = refused(verger_venv, 3, folder, out, *tiny)
    assert "7 of 70 photos were rejected, 10.0 %, but --max-reject-rate allows 5.0 %" in message
    verger("verify", out)
    said_json = submitted(verger_venv, folder, out, *tiny, "--max-reject-rate", "10%")
    assert (said_json["extracted"], said_json["rows"]) == (0, 63)
    with (out / "_verger" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is writing to it" in refused(verger_venv, 6, folder, out, *tiny)
    (out / "Results" / "mine.parquet").write_bytes(b"mine")
    assert "not written by verger" in refused(verger_venv, 4, folder, out, *tiny)
