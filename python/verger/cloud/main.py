"""The command line: `verger cloud COMMAND`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress

from verger.errors import VergerError

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit code, as README.md lists them."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the wheel is for 3.9, too: this part is not)
        version = ".".join(map(str, sys.version_info[:2]))
        _print_error(f"Python {version} is too old: use 3.11 or later")
        return 2
    from verger.cloud.command_line import run

    try:
        return run(arguments)
    except VergerError as error:
        _print_error(str(error))
        return error.exit
    except KeyboardInterrupt as interrupt:
        _print_error("interrupted")
        return int(getattr(interrupt, "exit", _INTERRUPTED))  # of Terminated
    except BrokenPipeError:
        # The reader closed the pipe; closing stderr keeps Python from reporting that.
        sys.stderr.close()
        return 0


def _print_error(text: str) -> None:
    with suppress(OSError):  # the terminal may be closed
        print(f"verger cloud: {text}", file=sys.stderr, flush=True)
