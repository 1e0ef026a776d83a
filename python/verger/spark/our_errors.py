"""Errors of tasks, raised again on the driver."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from verger.errors import Failed, VergerError

# A VergerError in a Python worker reaches the driver as text, at the end of a traceback.
_ERROR = re.compile(r"^(?:.*\s)?(verger(?:\.\w+)+): (.*)$", re.MULTILINE)
_GIVEN_UP = re.compile(r"Job aborted due to stage failure: (.*)")


def _kin(kind: type[VergerError]) -> Iterator[type[VergerError]]:
    yield kind
    for kin in kind.__subclasses__():
        yield from _kin(kin)


@contextmanager
def our_errors() -> Iterator[None]:
    """Raise again, as its own type, the VergerError that a task failed with.

    Errors: Failed, with Spark's message, where Spark gave up a job for another reason.
    """
    try:
        yield
    except VergerError:
        raise
    except Exception as failed:
        text = str(failed)
        kinds = {f"{kind.__module__}.{kind.__qualname__}": kind for kind in _kin(VergerError)}
        # The last one: those before are its causes.
        for name, message in reversed(_ERROR.findall(text)):
            if name in kinds:
                raise kinds[name](message) from failed
        if "No module named 'verger'" in text:
            raise Failed(
                "the workers' Python has no module verger: install the wheel on every node, or "
                "name the right Python by PYSPARK_PYTHON"
            ) from failed
        given_up = _GIVEN_UP.search(text)
        if given_up:
            raise Failed(
                f"Spark gave up: {given_up[1].strip()}; finished parts are safe: run again, and "
                "check the executors' logs if it fails again"
            ) from failed
        raise
