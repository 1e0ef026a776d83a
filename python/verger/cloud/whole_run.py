"""One job from its start to the end of what it is paid for, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verger.cloud.aws import Unanswered
from verger.cloud.plane import Look, Plane
from verger.cloud.request import LAUNCH_TAG
from verger.cloud.watch import Pause, Say, Watch
from verger.errors import Failed, VergerError

_STOP_TRIES = 4
_STOP_PAUSE = 5.0  # seconds
_FIND_TRIES = 3
_FIND_PAUSE = 10.0  # seconds: a new cluster is not listed at once
_LOOKS_FOR_END = 60


class Terminated(KeyboardInterrupt):
    """SIGTERM or SIGHUP came: there is nobody to ask."""


@dataclass
class WholeRun:
    """Starts, watches, stops. Every way out has stopped it, or has said how that is done."""

    plane: Plane
    watch: Watch
    ask: Callable[[str], bool]
    say: Say
    pause: Pause
    announce: Callable[[str], None] = field(default=lambda id_: None)
    id: str | None = None

    def run(self, launch: str, photos: str, out: str) -> Look:
        """The last look at a job that was done.

        Errors: VergerError of what went wrong; KeyboardInterrupt.
        """
        try:
            self.id = self.plane.start(launch, photos, out)
            self.announce(self.id)
            seen = self.watch.until_job_ends(self.id)
        except KeyboardInterrupt as interrupt:
            self._interrupted(launch, ask=not isinstance(interrupt, Terminated))
            raise
        except BaseException as error:
            # What AWS refused outright does not run; of all else we cannot be sure.
            if self.id is not None or isinstance(error, Unanswered) or not _ours(error):
                self._stop_all(launch)
            raise
        if not seen.ended:
            self._stop_all(launch)
        if seen.job != "COMPLETED":
            raise Failed(seen.problem or f"{self.id}: ended before its job: {seen.state}")
        return seen

    def wait_for_end(self) -> Look | None:
        """The look that saw it stopped, for the bill; None if it could not be seen."""
        if self.id is None:
            return None
        try:
            return self.watch.until_stopped(self.id, _LOOKS_FOR_END)
        except VergerError as error:
            self.say(f"{self.id} is stopping, but its end was not seen: {error}")
            return None

    def _interrupted(self, launch: str, ask: bool) -> None:
        stop = True
        try:
            what = f"the {self.plane.what} {self.id}" if self.id else f"the {self.plane.what}"
            if ask and self.id is not None:
                stop = self.ask(f"Stop {what}? If not, {self.plane.left_alone()}. [Y/n] ")
        except BaseException:  # a second Ctrl-C, or a terminal that is gone: no answer is a yes
            stop = True
        if stop:
            self._stop_all(launch)
        else:
            assert self.id is not None
            self.say(
                f"{what} goes on; {self.plane.left_alone()}; to stop it: "
                f"{self.plane.by_hand(self.id)}"
            )

    def _stop_all(self, launch: str) -> None:
        for id_ in [self.id] if self.id is not None else self._found(launch):
            self._stop(id_)

    def _found(self, launch: str) -> list[str]:
        """What runs although its id was not told."""
        failure: BaseException | None = None
        for attempt in range(_FIND_TRIES):
            try:
                if found := self.plane.find(launch):
                    return found
                failure = None
                if attempt < _FIND_TRIES - 1:
                    self.pause(_FIND_PAUSE)
            except BaseException as error:  # Ctrl-C too: it must not hide what may run
                failure = error
        if failure is not None:
            self.say(
                f"WARNING: a {self.plane.what} may run, tagged {LAUNCH_TAG}={launch}, and could "
                f"not be looked for ({_word(failure)}): look for it by 'verger cloud status', stop "
                f"it by 'verger cloud down'; {self.plane.left_alone()}"
            )
        else:
            self.say(
                f"no {self.plane.what} tagged {LAUNCH_TAG}={launch} was found: none was started, "
                "as far as AWS tells; 'verger cloud status' looks again"
            )
        return []

    def _stop(self, id_: str) -> None:
        failure: BaseException | None = None
        for attempt in range(_STOP_TRIES):
            try:
                if attempt:
                    self.pause(_STOP_PAUSE)
                self.plane.stop(id_)
                self.say(f"{id_}: stopping")
                return
            except BaseException as error:  # Ctrl-C too: stopping comes first
                failure = error
        self.say(
            f"WARNING: the {self.plane.what} {id_} still runs, and could not be stopped "
            f"({_word(failure)}): stop it by: {self.plane.by_hand(id_)}; {self.plane.left_alone()}"
        )


def _ours(error: BaseException) -> bool:
    return isinstance(error, VergerError)


def _word(error: BaseException | None) -> str:
    return str(error) or type(error).__name__
