"""Record batches through the Arrow C data interface; no other module uses its pointers."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_int64, c_void_p
from typing import Any

import pyarrow as pa

from verger._library import call


class _Schema(ctypes.Structure):
    """ArrowSchema; only `release` is ever looked at from here."""

    _fields_ = [
        ("format", c_void_p),
        ("name", c_void_p),
        ("metadata", c_void_p),
        ("flags", c_int64),
        ("n_children", c_int64),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    ]


class _Array(ctypes.Structure):
    """ArrowArray; only `release` is ever looked at from here."""

    _fields_ = [
        ("length", c_int64),
        ("null_count", c_int64),
        ("offset", c_int64),
        ("n_buffers", c_int64),
        ("n_children", c_int64),
        ("buffers", c_void_p),
        ("children", c_void_p),
        ("dictionary", c_void_p),
        ("release", c_void_p),
        ("private_data", c_void_p),
    ]


_RELEASE = ctypes.CFUNCTYPE(None, c_void_p)


def _release(struct: Any) -> None:
    if struct.release:
        _RELEASE(struct.release)(ctypes.addressof(struct))


@contextmanager
def exported(batch: pa.RecordBatch) -> Iterator[tuple[int, int]]:
    """Yield the addresses of an ArrowArray and an ArrowSchema of the batch, valid inside the
    `with`.

    Cost: none of the data is copied.
    """
    array, schema = _Array(), _Schema()
    batch._export_to_c(ctypes.addressof(array), ctypes.addressof(schema))
    try:
        yield ctypes.addressof(array), ctypes.addressof(schema)
    finally:
        _release(array)
        _release(schema)


def take_schema(name: str, *arguments: Any) -> pa.Schema:
    """Return the schema that a function of the library writes behind its `arguments`."""
    schema = _Schema()
    call(name, *arguments, ctypes.addressof(schema))
    return pa.Schema._import_from_c(ctypes.addressof(schema))


def take_batch(name: str, *arguments: Any) -> pa.RecordBatch:
    """Return the batch that a function of the library writes to pointers after its `arguments`."""
    array, schema = _Array(), _Schema()
    call(name, *arguments, ctypes.addressof(array), ctypes.addressof(schema))
    return pa.RecordBatch._import_from_c(ctypes.addressof(array), ctypes.addressof(schema))
