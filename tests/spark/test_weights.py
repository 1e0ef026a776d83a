"""A network crosses to each executor once, and is opened once in each Python worker."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper
from s3.started import wait_until

from .cluster import WORKERS, Cluster
from .test_job import PCA
from .venvs import TIMEOUT, SparkVenv

WEIGHTS = 24 << 20  # bytes; more than all else that is broadcast, and six of Spark's blocks
READ = re.compile(r"Started reading broadcast variable \d+ with .*total size ([\d.]+) MiB")
PARTS = 4 * WORKERS


def heavy(model: Path, into: Path) -> Path:
    """The same network with weights that it does not use."""
    network = onnx.load(model)
    ballast = np.random.default_rng(1).normal(size=WEIGHTS // 4).astype(np.float32)
    network.graph.initializer.append(numpy_helper.from_array(ballast, "ballast"))
    onnx.save(network, into)
    return into


def test_weights_cross_to_each_executor_once(
    verger_venv: SparkVenv,
    standalone_cluster: Cluster,
    photos: Callable[[int], Path],
    tiny_model: Path,
    tmp_path: Path,
) -> None:
    model = heavy(tiny_model, tmp_path / "heavy.onnx")
    before = set(standalone_cluster.executor_logs())
    # Each executor has one core, so parts of 512 rows make tasks that come one after the other.
    arguments = (photos(512 * PARTS), tmp_path / "out", "--model", model, "--preset", "torchvision")
    verger_venv.spark_submit(PCA, *arguments, "-k", "5", master=standalone_cluster.url)
    wait_until(lambda: not standalone_cluster.executor_pids(), TIMEOUT, "executors end")
    logs = [log for log in standalone_cluster.executor_logs() if log not in before]
    assert len(logs) == WORKERS
    tasks = 0
    for log in logs:
        text = log.read_text("utf-8")
        tasks += len(re.findall(r"Finished task \d+\.0 in stage 0\.0", text))
        large = [size for size in map(float, READ.findall(text)) if size * 2**20 > WEIGHTS]
        assert len(large) == 1, f"{log}: read {large} MiB"
    assert tasks == PARTS
