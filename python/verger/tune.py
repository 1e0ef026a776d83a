"""Models compared on a sample of photos, by speed and features."""

from __future__ import annotations

import ctypes
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from verger._arrow import exported
from verger._columns import column
from verger._library import take_text
from verger._long_call import LongCall
from verger._structs import TuneOptions
from verger._usable_threads import usable_threads
from verger.model import Model


def tune(
    models: Sequence[Model],
    photos: pa.RecordBatch,
    threads: int = 0,
    seconds: float = 0,
    work: int = 0,
) -> dict[str, Any]:
    """Extract a sample by each model in turns, time that, compare features, and choose a model.

    `photos` has the columns `content`, `path` and `label`. The first model is the base: the fastest
    that is as good is taken. `seconds` bounds measuring, about (0: 60); `work`: photos to be
    extracted afterwards, which bound it too. What comes back is the object of verger_tune in
    verger.h: taken, why, rule, candidates ...

    Errors: BadCall without models or photos, or if no photo can be decoded.
    """
    handles = (ctypes.c_void_p * len(models))(*(model._pointer for model in models))
    names = ["content", "path", "label"]
    sample = pa.RecordBatch.from_arrays([column(photos, name) for name in names], names=names)
    long_call = LongCall()
    options = TuneOptions(
        threads=threads or usable_threads(), seconds=seconds, work=work, progress=long_call.progress
    )
    with exported(sample) as batch, long_call.running():
        report = take_text("verger_tune", handles, len(models), *batch, options)
    return dict(json.loads(report))
