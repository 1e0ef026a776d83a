"""The whole job from and to a bucket: 2,500 keys with hostile names, on a real S3 server."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from program import verger
from s3.server import S3Server
from small_photos import jpeg

from .compared import FEATURES, assert_as_the_program, difference
from .s3a import s3a_conf
from .test_job import PCA, submitted
from .venvs import SparkVenv, only_3_5

JOBS = Path(__file__).parent / "jobs"
PHOTOS = 2500  # three pages of a listing
NAMES = ("a b", "a+b", "a%b", "a%20b", "é", "a#b", "a'b&c=d", "ab")


@pytest.fixture(scope="module")
def harvest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos on disk, the same as in the bucket."""
    folder = tmp_path_factory.mktemp("harvest") / "photos"
    for index in range(PHOTOS):
        label = folder / f"Label {NAMES[index % len(NAMES)]}"
        label.mkdir(parents=True, exist_ok=True)
        # 250 contents, each under ten names.
        (label / f"{index} {NAMES[-index % len(NAMES)]}.jpg").write_bytes(jpeg(index % 250))
    return folder


@pytest.fixture(scope="module")
def bucket(s3_server: S3Server, harvest: Path) -> str:
    """A bucket with the photos under Data/."""
    name = s3_server.new_bucket()
    s3_server.put_folder(name, "Data", harvest)
    assert len(s3_server.keys(name, "Data")) == PHOTOS
    return name


@pytest.fixture(scope="module")
def expected(harvest: Path, tiny_model: Path) -> Path:
    """The program's output of the photos on disk."""
    out = harvest.parent / "wanted"
    verger("run", harvest, out, "--model", tiny_model, "--preset", "torchvision", "-k", "5")
    return out


def copied(server: S3Server, bucket: str, prefix: str, into: Path) -> Path:
    """An output of the bucket, on disk, where the program can look at it."""
    for key in server.keys(bucket, prefix):
        file = into / key.removeprefix(f"{prefix}/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(server.get(bucket, key))
    return into


def test_the_whole_job_from_and_to_a_bucket(
    verger_venv: SparkVenv,
    s3_server: S3Server,
    bucket: str,
    expected: Path,
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    # The network comes from the bucket as well; s3a:// and s3:// are the same place.
    s3_server.put(bucket, "models/tiny.onnx", tiny_model.read_bytes())
    prefix = f"out {verger_venv.version}"
    options: list[str | Path] = ["--model", f"s3://{bucket}/models/tiny.onnx"]
    options += ["--preset", "torchvision", "-k", "5"]
    conf = {
        name: value
        for name, value in s3a_conf(s3_server).items()
        if name.startswith("spark.hadoop.fs.s3a.")
    }
    places = (f"s3a://{bucket}/Data", f"s3a://{bucket}/{prefix}")
    document = submitted(verger_venv, *places, *options, conf=conf)
    assert (document["inputs"], document["rejects"]) == (PHOTOS, [])
    copy = copied(s3_server, bucket, prefix, tmp_path / "found")
    assert_as_the_program(copy, expected)
    # No temporary, no half-written file, no lock that stays.
    names = {key.rpartition("/")[2] for key in s3_server.keys(bucket, prefix)}
    assert not [name for name in names if name.startswith(".") or name == "lock"]

    # Growth: a new photo costs that photo, whatever the scheme is called.
    s3_server.put(bucket, f"Data/Label new/{prefix}.jpg", jpeg(9999))
    places = (f"s3://{bucket}/Data", f"s3://{bucket}/{prefix}")
    document = submitted(verger_venv, *places, *options, conf=conf)
    s3_server.delete(bucket, f"Data/Label new/{prefix}.jpg")
    assert (document["inputs"], document["extracted"]) == (PHOTOS + 1, 1)
    assert document["labels"] == len(NAMES) + 1


def test_the_server_may_come_from_the_environment(
    verger_venv: SparkVenv,
    s3_server: S3Server,
    photos: Callable[[int], Path],
    tiny_model: Path,
) -> None:
    bucket = s3_server.new_bucket()
    s3_server.put_folder(bucket, "Data", photos(70))
    job = verger_venv.spark_submit(
        PCA,
        *(f"s3://{bucket}/Data", f"s3://{bucket}/out"),
        *("--model", tiny_model, "--preset", "torchvision", "-k", "5"),
        env=s3_server.environment(),
    )
    assert job.stdout.endswith("Dimensions: (70, 4)\n")


@only_3_5
def test_a_dataframe_over_s3a(
    verger_venv: SparkVenv, s3_server: S3Server, bucket: str, expected: Path, tiny_model: Path
) -> None:
    """Spark's own reader and writer, by Hadoop's S3A."""
    job = verger_venv.spark_submit(
        JOBS / "chain.py",
        *(f"s3a://{bucket}/Data", f"s3a://{bucket}/frames"),
        *("5", tiny_model, "torchvision"),
        conf=s3a_conf(s3_server),
    )
    assert json.loads(job.stdout)["failed_tasks"] == 0
    table = pq.read_table(f"{bucket}/frames/scores", filesystem=s3_server.filesystem())
    prefix = f"s3a://{bucket}/Data/"
    paths = [path.removeprefix(prefix) for path in table["path"].to_pylist()]
    table = table.set_column(0, "path", [paths]).sort_by("path")
    theirs = pq.read_table(expected / "Results").sort_by("path")
    assert table["path"].to_pylist() == theirs["path"].to_pylist()
    assert table["label"].to_pylist() == theirs["label"].to_pylist()
    assert difference(table["features"], theirs["features"]) <= FEATURES


@only_3_5
def test_a_wrong_key_is_reported_and_nothing_written(
    verger_venv: SparkVenv, s3_server: S3Server, bucket: str
) -> None:
    env = {**s3_server.environment(), "AWS_SECRET_ACCESS_KEY": "wrong"}
    job = verger_venv.spark_submit(
        PCA, f"s3://{bucket}/Data", f"s3://{bucket}/refused", env=env, check=4
    )
    assert f"cannot list 's3://{bucket}/Data'" in job.stdout
    assert "Traceback" not in job.stdout
    assert s3_server.keys(bucket, "refused") == []
