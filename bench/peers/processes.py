"""The peers: what each is called, where it is installed, and what it is given."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from machine import ROOT
from spark.processes import spark_environment
from whole_runs import timed


@dataclass(frozen=True)
class Peer:
    """A program beside ours; the program itself is ways/WAY.py."""

    name: str
    way: str
    venv: str  # below .cache, made by tools/setup.sh bench
    network: str = "lite0"  # "lite0" its ONNX; "lite0-imagenet" for tensors in ImageNet's scale
    # Mean cosine of its features to ours; below that it does another job, and is not timed. Filters
    # of their own keep Daft and fastdup from 1, bfloat16 keeps OpenVINO.
    least_cosine: float = 0.99

    @property
    def python(self) -> Path:
        return ROOT / ".cache" / self.venv / "bin" / "python"

    def missing(self) -> str:
        """Why it cannot be run here; "" if it can."""
        if (self.python.parent.parent / ".stamp").is_file():
            return ""
        return f"requirements/{self.venv}.txt is not installed in .cache: tools/setup.sh bench"


@dataclass(frozen=True)
class PeerRun:
    seconds: float
    rows: int
    versions: dict[str, str]


PEERS = (
    Peer("OpenVINO's default in Python", "openvino_default", "bench-peers"),
    Peer("ONNX Runtime in Python", "onnxruntime_default", "bench-peers"),
    Peer("Daft with OpenVINO", "daft_frame", "bench-daft", least_cosine=0.98),
    Peer("fastdup", "fastdup_run", "bench-fastdup", "lite0-imagenet", least_cosine=0.8),
)
# ResNet-50, which it is given as Keras weights.
NOTEBOOK = Peer("TensorFlow notebook on Spark", "tensorflow_notebook", "bench-spark", "resnet50")


def run(peer: Peer, arguments: Sequence[object], scratch: Path) -> PeerRun:
    """Runs a peer's program, a process from start to end. Ends the benchmark if it fails."""
    command = [str(peer.python), "-m", f"peers.ways.{peer.way}", *map(str, arguments)]
    environment = spark_environment(scratch) if peer is NOTEBOOK else dict(os.environ)
    # fastdup sends usage reports to its makers unless this is set.
    more = {"PYTHONPATH": str(ROOT / "bench"), "SENTRY_OPT_OUT": "1"}
    output, seconds, _ = timed(command, {**environment, **more})
    result = json.loads(output.strip().splitlines()[-1])
    return PeerRun(seconds, result["rows"], result["versions"])
