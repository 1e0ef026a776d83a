"""Limits of the library: sizes, counts, retries."""

from __future__ import annotations

import ctypes
from functools import lru_cache

from verger._library import call
from verger._structs import Limits


@lru_cache(maxsize=1)
def limits() -> Limits:
    """Return verger_limits; abi/verger_limits.h documents each field."""
    values = Limits()
    call("verger_limits_get", ctypes.byref(values))
    return values
