"""The library's rules of an output: listings in, steps out; the caller carries them out.

Names are of files below the output. In listings they may be any bytes, as `os.fsencode` has them.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import NamedTuple

import pyarrow as pa

from verger._arrow import exported, take_batch, take_schema
from verger._library import borrowed, call, library, take_bytes
from verger._structs import OutputState, PartNumbers

# The folders of an output, and that of staged parts.
PREPROCESSING, RESULTS = "Preprocessing", "Results"
STATE, STAGED = "_verger", "_verger/staged"
FOLDERS = (PREPROCESSING, RESULTS, "Model", STATE, STAGED)
PCA_DOCUMENT = "Model/pca.json"
CHECK = "_verger/check"  # exists where a run has found damage: the next run checks every part

# verger_stage
OPEN, COMMIT, GIVE_UP = range(3)
# verger_file
_FILES = {PREPROCESSING: 0, RESULTS: 1, "moments": 2, "pca": 3}


@lru_cache(maxsize=2)
def part_schema(kind: str) -> pa.Schema:
    """Return the columns of a part of PREPROCESSING or RESULTS."""
    return take_schema("verger_part_schema", _FILES[kind])


class Step(NamedTuple):
    """An action on a file: verger.h lists the actions."""

    action: str
    name: str
    other: str
    message: str


class State(NamedTuple):
    """An output as it was opened."""

    place: str  # printable, for messages
    manifest: bytes = b""  # of its latest version; b"": there is none
    version: int = 0
    run: str | None = None  # the token of the run that writes; None: a reader

    def as_c(self) -> OutputState:
        """Return the struct for functions of the library."""
        place, run = os.fsencode(self.place), self.run and self.run.encode()
        return OutputState(
            place=place, manifest=borrowed(self.manifest), version=self.version, run=run
        )


def read_manifest(document: bytes, name: str) -> bytes:
    """Return a manifest in the newest version of the format. Errors: Damaged, naming `name`."""
    return take_bytes("verger_manifest_read", borrowed(document), name.encode())


def names_of(listing: Iterable[str]) -> pa.RecordBatch:
    """Return a listing as a batch for the library."""
    return pa.record_batch([pa.array(map(os.fsencode, listing), pa.binary())], names=["name"])


def latest(listing: pa.RecordBatch) -> tuple[str, int]:
    """Return the name and number of the latest manifest; "" and 0 if there is none."""
    version = ctypes.c_int64()
    with exported(listing) as names:
        name = take_bytes("verger_output_latest", *names, last=[ctypes.byref(version)])
    return os.fsdecode(name), version.value


def steps(state: State, stage: int, listing: pa.RecordBatch, new: bytes = b"") -> list[Step]:
    """Return the steps of a stage. Errors: BadInput, Damaged."""
    with exported(listing) as names:
        output = state.as_c()
        batch = take_batch("verger_output_steps", output, stage, borrowed(new), *names)
    return [Step(*row) for row in zip(*map(texts_of, batch.columns))]


def require(state: State, listing: pa.RecordBatch, results: bool) -> None:
    """Check that there are features, or Results. Errors: BadInput, naming what to run first."""
    with exported(listing) as names:
        call("verger_output_require", state.as_c(), int(results), *names)


def next_parts(state: State, listing: pa.RecordBatch) -> dict[str, int]:
    """Return a number that no part has had, for each folder."""
    numbers = PartNumbers()
    with exported(listing) as names:
        call("verger_output_next_parts", state.as_c(), *names, ctypes.byref(numbers))
    return {PREPROCESSING: numbers.preprocessing, RESULTS: numbers.results}


def unlisted(state: State, listing: pa.RecordBatch) -> list[str]:
    """Return parts of Preprocessing that no manifest names: work of a run that was killed."""
    with exported(listing) as names:
        batch = take_batch("verger_output_unlisted", state.as_c(), *names)
    return texts_of(batch.column(0))


def file_name(kind: str, number: int, run: str | None) -> str:
    """Return the name of a part (its folder is its kind), of "moments" or of a "pca"."""
    run_ = run and run.encode()
    return take_bytes("verger_output_name", _FILES[kind], number, run_).decode()


def staged_name(run: str, name: str) -> str:
    """Return the name of a part of Results before the commit of its run."""
    return take_bytes("verger_output_staged_name", run.encode(), name.encode()).decode()


def report_name() -> str:
    """Return the name of the page that shows an output."""
    return str(library().verger_report_name().decode())


def texts_of(column: pa.Array) -> list[str]:
    """Return the texts of a column of a batch of the library."""
    # As bytes: Arrow takes no text that is not UTF-8.
    return [os.fsdecode(text) for text in column.view(pa.binary()).to_pylist()]
