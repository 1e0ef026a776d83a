"""The mission from end to end without AWS: the very command of the step, on a cluster and a bucket.

What `verger cloud submit` sends as a step runs here as it stands, on the standalone cluster of
tests/spark and on a real S3 server. What differs from EMR, all of it in spark-defaults.conf, where
EMR has its own: the master is Spark's, not YARN; s3:// is Hadoop's S3A, as on EMR from 7.10, where
7.5 has EMRFS; executors are of one core and 1 GB. The wheel is in the venv already
(test_bootstrap.py installs it as a node does).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from s3.server import S3Server, running_s3_server
from spark.cluster import Cluster, running_cluster
from spark.s3a import s3a_conf
from spark.venvs import ROOT, SETTINGS, TIMEOUT, SparkVenv, built_wheel
from verger.cloud.request import add_job_flow_steps, run_job_flow
from verger.cloud.settings import Settings

sys.path.append(str(ROOT / "tests" / "cli"))

from small_photos import plant  # noqa: E402

pytestmark = pytest.mark.spark

PHOTOS = 70
COMPONENTS = 50  # the mission's
REGION = Settings().region


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> SparkVenv:
    """EMR 7.5.0's Spark, with our wheel."""
    environment = SparkVenv("3.5", tmp_path_factory.mktemp("spark"))
    environment.install(built_wheel())
    return environment


@pytest.fixture(scope="module")
def cluster(venv: SparkVenv) -> Iterator[Cluster]:
    with running_cluster(venv) as running:
        yield running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server that says it is in Paris."""
    with running_s3_server(tmp_path_factory.mktemp("s3") / "server", REGION) as running:
        yield running


@pytest.fixture
def settings(server: S3Server, tmp_path: Path) -> Settings:
    """The mission's settings, with a bucket laid out as the stack and `up` do."""
    bucket = server.new_bucket()
    server.put_folder(bucket, "Data", plant(tmp_path / "photos", PHOTOS))
    for name in ("pca.py", "bootstrap.sh"):
        server.put(bucket, name, (ROOT / "deploy" / "emr" / name).read_bytes())
    server.put(bucket, "logs/j-1/steps/s-1/stdout", b"of an earlier run\n")
    return replace(Settings(), bucket=bucket)


def spark_defaults(folder: Path, cluster: Cluster, server: S3Server) -> Path:
    """The folder of a spark-defaults.conf that says what EMR's says on a cluster of its own."""
    folder.mkdir()
    conf = {"spark.master": cluster.url, **SETTINGS, **s3a_conf(server)}
    lines = [f"{name} {value}\n" for name, value in conf.items()]
    (folder / "spark-defaults.conf").write_text("".join(lines))
    return folder


def test_the_step_runs_as_it_is_sent(
    venv: SparkVenv, cluster: Cluster, server: S3Server, settings: Settings, tmp_path: Path
) -> None:
    bucket = settings.bucket
    before = server.keys(bucket)
    request = add_job_flow_steps(settings, "j-1", settings.photos, settings.out)
    command = request["Steps"][0]["HadoopJarStep"]["Args"]
    assert command[0] == "spark-submit"
    assert command[3:6] == [f"s3://{bucket}/pca.py", f"s3://{bucket}/Data", f"s3://{bucket}"]
    # `run` starts a cluster with the same step.
    flow = run_job_flow(settings, "once", (settings.photos, settings.out))
    assert flow["Steps"][0]["HadoopJarStep"]["Args"] == command

    env = {"SPARK_CONF_DIR": str(spark_defaults(tmp_path / "conf", cluster, server))}

    def run_step() -> str:
        with venv.start(command[0], *command[1:], env=env) as job:
            done = job.wait(TIMEOUT)
        assert done.returncode == 0, job.tail()
        return done.stdout

    output = run_step()
    # The mission's two first rows, and the dimensions.
    names = r"path +.* label +.* features +.* pca_features"
    assert re.search(names, output), output
    assert len(re.findall(r"Label \d/frame_\d{4}\.jpg ", output)) == 2, output
    assert output.endswith(f"\nDimensions: ({PHOTOS}, 4)\n"), output

    # The bucket is as the mission has it; what was there before is untouched.
    after = server.keys(bucket)
    assert set(before) <= set(after)
    fresh = {key.partition("/")[0] for key in set(after) - set(before)}
    assert fresh == {"Preprocessing", "Results", "Model", "_verger", "report.html"}
    assert "_verger/lock" not in after
    assert "Results/_SUCCESS" in after
    results = pq.read_table(f"{bucket}/Results", filesystem=server.filesystem())
    assert results.column_names == ["path", "label", "features", "pca_features"]
    assert results.num_rows == PHOTOS
    assert {len(row) for row in results["features"].to_pylist()} == {1280}
    assert {len(row) for row in results["pca_features"].to_pylist()} == {COMPONENTS}
    manifest = json.loads(server.get(bucket, "_verger/manifest-000001.json"))
    assert (manifest["inputs"], manifest["rows"], manifest["rejects"]) == (PHOTOS, PHOTOS, [])
    assert manifest["photos"] == f"s3://{bucket}/Data"

    # On the cluster, not in the driver; and the same step again makes no part again.
    logs = cluster.executor_logs()
    assert len(logs) >= 2
    parts = {key: server.get(bucket, key) for key in after if key.endswith(".parquet")}
    again = run_step()
    assert again.endswith(f"Dimensions: ({PHOTOS}, 4)\n")
    assert {key: server.get(bucket, key) for key in parts} == parts


def test_a_bucket_elsewhere_is_refused_as_a_step(
    venv: SparkVenv, cluster: Cluster, server: S3Server, settings: Settings, tmp_path: Path
) -> None:
    abroad = replace(settings, allowed_regions=("eu-central-1",))
    step = add_job_flow_steps(abroad, "j-1", abroad.photos, abroad.out)["Steps"][0]
    command = step["HadoopJarStep"]["Args"]
    env = {"SPARK_CONF_DIR": str(spark_defaults(tmp_path / "conf", cluster, server))}
    before = server.keys(settings.bucket)
    with venv.start(command[0], *command[1:], env=env) as job:
        done = job.wait(TIMEOUT)
    assert done.returncode == 7, job.tail()
    assert REGION in done.stdout
    assert server.keys(settings.bucket) == before
