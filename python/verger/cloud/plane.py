"""What watching and stopping need of whatever runs the job: EMR's clusters, or EMR Serverless."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from verger.errors import VergerError


@dataclass(frozen=True)
class Look:
    """What was seen of a cluster and its job at one time."""

    state: str  # STARTING, BOOTSTRAPPING, RUNNING, WAITING, TERMINATING, TERMINATED, ...
    job: str = ""  # PENDING, RUNNING, COMPLETED, FAILED, ...; "" if there is none
    ended: bool = False  # nothing more is to be paid
    problem: str = ""  # why it, or its job, ended badly
    begin: datetime | None = None
    end: datetime | None = None

    @property
    def job_ended(self) -> bool:
        """Whether there is nothing to wait for."""
        idle = self.state == "WAITING" and not self.job
        return self.ended or idle or self.job in ("COMPLETED", "FAILED", "CANCELLED", "INTERRUPTED")


class Plane(Protocol):
    """Starts something that costs money, looks at it, and stops it."""

    what: str  # "cluster", for messages

    def start(self, launch: str, photos: str, out: str) -> str:
        """Starts it with its job; returns its id.

        Errors: Unanswered if it may run all the same: then `find` tells.
        """
        ...

    def find(self, launch: str) -> list[str]:
        """The ids of what `start` with the same `launch` has started and is not stopped."""
        ...

    def look(self, id_: str) -> Look:
        """How it is."""
        ...

    def stop(self, id_: str) -> None:
        """Stops it, if it is not stopped."""
        ...

    def why_not_ours(self, id_: str) -> str:
        """What says that it was not started under the settings' name; "" if it was."""
        ...

    def by_us(self, id_: str) -> str:
        """The command of ours that stops it, given the same settings."""
        ...

    def by_hand(self, id_: str) -> str:
        """The command that stops it without us."""
        ...

    def to_look_for(self) -> str:
        """How one looks for what `start` may have started without us, and stops it."""
        ...

    def left_alone(self) -> str:
        """What becomes of it if nobody stops it."""
        ...


def those_that(ids: Iterable[str], is_it: Callable[[str], bool]) -> list[str]:
    """The ids of which `is_it` holds. Errors: its first, but only where none was found."""
    matches, failure = [], None
    for id_ in ids:
        try:
            if is_it(id_):
                matches.append(id_)
        except VergerError as error:  # of another's, which we may not look at
            failure = failure or error
    if failure is not None and not matches:
        raise failure
    return matches
