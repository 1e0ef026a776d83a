"""One job from its start to the end of what it is paid for, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verger.cloud.plane import Look, Plane
from verger.cloud.starting import Terminated, find_started, refused, word_of
from verger.cloud.watch import Pause, Say, Watch
from verger.errors import Failed, VergerError

_STOP_TRIES = 4
_STOP_PAUSE = 5.0  # seconds


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
    keep_running: bool = False  # someone wants it to go on
    unstopped: bool = False  # it runs, against all we tried

    def run(self, launch: str, photos: str, out: str) -> Look:
        """The last look at a job that was done.

        Errors: VergerError of what went wrong; KeyboardInterrupt.
        """
        try:
            self.id = self.plane.start(launch, photos, out)
            self.announce(self.id)
            look = self.watch.until_job_ends(self.id)
        except KeyboardInterrupt as interrupt:
            self._interrupted(launch, ask=not isinstance(interrupt, Terminated))
            raise
        except BaseException as error:
            if self.id is not None or not refused(error):
                self._stop_all(launch)
            raise
        if not look.ended:
            self._stop_all(launch)
        if look.job != "COMPLETED":
            raise Failed(look.problem or f"{self.id}: ended before its job: {look.state}")
        return look

    def wait_for_end(self) -> Look | None:
        """The look that saw it stopped, for the bill; None if it could not be seen."""
        if self.id is None:
            return None
        try:
            look = self.watch.until_stopped(self.id, once=self.unstopped)
        except VergerError as error:
            self.say(f"{self.id}: its end was not seen: {error}; {self._look_again()}")
            return None
        if look is None:
            self.say(f"{self.id} has not ended yet; {self._look_again()}")
        return look

    def _look_again(self) -> str:
        assert self.id is not None
        return f"to stop it: {self.plane.by_hand(self.id)}; {self.plane.left_alone()}"

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
            self.keep_running = True
            self.say(
                f"{what} goes on; {self.plane.left_alone()}; to stop it: "
                f"{self.plane.by_us(self.id)}, or {self.plane.by_hand(self.id)}"
            )

    def _stop_all(self, launch: str) -> None:
        if self.id is not None:
            ids = [self.id]
        else:
            ids = find_started(self.plane, launch, self.say, self.pause)
        for id_ in ids:
            self._stop(id_)

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
        self.unstopped = True
        self.say(
            f"WARNING: the {self.plane.what} {id_} still runs, and could not be stopped "
            f"({word_of(failure)}): stop it by: {self.plane.by_hand(id_)}; "
            f"{self.plane.left_alone()}"
        )
