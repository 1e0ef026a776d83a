"""Things that live in the library and are freed with the Python object that stands for them."""

from __future__ import annotations

import ctypes
import weakref
from typing import Any

from verger._library import call, library


class Handle:
    """Owns what a function of the library makes; `free` names the function that frees it."""

    free = ""

    def __init__(self, make: str, *arguments: Any) -> None:
        pointer = ctypes.c_void_p()
        call(make, *arguments, ctypes.byref(pointer))
        self._pointer = pointer
        # Not at exit: the process ends anyway, and the engine's own threads may be gone by then.
        weakref.finalize(self, getattr(library(), self.free), pointer).atexit = False
