"""Writes the network of the phone app, by the library and without the program."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
os.environ.setdefault("VERGER_LIBRARY", str(BUILD / "lib" / "libverger.so"))


def network_file(
    model: str = "efficientnet-lite0",
    weights: str | None = None,
    input_size: int | None = None,
    views: int | None = None,
) -> bytes:
    """What `verger app` writes as network.bin, with weights stored as `weights`."""
    from verger import Model
    from verger._library import take_bytes

    opened = Model.open(model, input_size=input_size, views=views)
    name = weights.encode() if weights else None
    return take_bytes("verger_model_app_network", opened._pointer, name)
