"""Objects of the library that are freed with their Python object."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

from verger._library import call, library


class Handle:
    """Owns an object that a function of the library creates; `free` names the one that frees it."""

    free = ""

    def __init__(self, make: str, *arguments: Any) -> None:
        pointer = ctypes.c_void_p()
        call(make, *arguments, ctypes.byref(pointer))
        self._pointer = pointer
        # Not at exit: the process ends anyway, and the engine's own threads may be gone by then.
        weakref.finalize(self, getattr(library(), self.free), pointer).atexit = False
