"""The networks that growth is measured with."""

import sys
from pathlib import Path

from end_to_end.run import WEIGHTS
from small_photos import tiny_network

NETWORKS = ("tiny", "efficientnet-lite0", "resnet50")
_TINY_FEATURES = 64


def options(network: str, scratch: Path) -> list[str]:
    """The program's options for a network: `tiny` costs nothing, so that all else is seen."""
    if network == "tiny":
        file = tiny_network(scratch / "tiny.onnx", _TINY_FEATURES)
        return ["--model", str(file), "--preset", "torchvision"]
    if network == "resnet50":
        if not WEIGHTS.is_file():
            sys.exit(f"bench/growth: {WEIGHTS} is not there: run 'make build-tests'")
        return ["--model", str(WEIGHTS)]
    return ["--model", network]
