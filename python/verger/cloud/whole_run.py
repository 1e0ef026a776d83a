"""One job from the start of its cluster to the end of its costs, whatever fails on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from verger.cloud.cluster import Clusters, Status
from verger.cloud.starting import Terminated, find_started, message_of, refused
from verger.cloud.watch import Pause, Say, Watch
from verger.errors import Failed, VergerError

_STOP_TRIES = 4
_STOP_PAUSE = 5.0  # seconds


@dataclass
class WholeRun:
    """Starts, watches and stops a cluster; if it cannot stop it, it says how to."""

    clusters: Clusters
    watch: Watch
    ask: Callable[[str], bool]
    say: Say
    pause: Pause
    announce: Callable[[str], None] = field(default=lambda id_: None)
    id: str | None = None
    keep_running: bool = False  # the user wants the cluster to go on
    unstopped: bool = False  # the cluster runs although we tried to stop it

    def run(self, launch: str, photos: str, out: str) -> Status:
        """Return the last status of a job that completed.

        Errors: VergerError of what failed; KeyboardInterrupt.
        """
        try:
            self.id = self.clusters.start(launch, (photos, out))
            self.announce(self.id)
            status = self.watch.until_job_ends(self.id)
        except KeyboardInterrupt as interrupt:
            self._interrupted(launch, ask=not isinstance(interrupt, Terminated))
            raise
        except BaseException as error:
            if self.id is not None or not refused(error):
                self._stop_all(launch)
            raise
        if not status.ended:
            self._stop_all(launch)
        if status.job != "COMPLETED":
            raise Failed(status.problem or f"{self.id}: ended before its job: {status.state}")
        return status

    def wait_for_end(self) -> Status | None:
        """Return the status of the ended cluster, for the bill; None if nobody saw its end."""
        if self.id is None:
            return None
        try:
            status = self.watch.until_stopped(self.id, once=self.unstopped)
        except VergerError as error:
            self.say(f"{self.id}: its end could not be observed: {error}; {self._how_to_stop()}")
            return None
        if status is None:
            self.say(f"{self.id} has not ended yet; {self._how_to_stop()}")
        return status

    def _how_to_stop(self) -> str:
        assert self.id is not None
        return f"to stop it: {self.clusters.aws_stop_command(self.id)}; {self.clusters.lifetime()}"

    def _interrupted(self, launch: str, ask: bool) -> None:
        stop = True
        try:
            if ask and self.id is not None:
                lifetime = self.clusters.lifetime()
                stop = self.ask(f"Stop the cluster {self.id}? Otherwise {lifetime}. [Y/n] ")
        except BaseException:  # a second Ctrl-C, or a closed terminal: no answer is a yes
            stop = True
        if stop:
            self._stop_all(launch)
        else:
            assert self.id is not None
            self.keep_running = True
            self.say(
                f"the cluster {self.id} continues; {self.clusters.lifetime()}; to stop it: "
                f"{down_command(self.id)}, or {self.clusters.aws_stop_command(self.id)}"
            )

    def _stop_all(self, launch: str) -> None:
        if self.id is not None:
            ids = [self.id]
        else:
            ids = find_started(self.clusters, launch, self.say, self.pause)
        for id_ in ids:
            self._stop(id_)

    def _stop(self, id_: str) -> None:
        failure: BaseException | None = None
        for attempt in range(_STOP_TRIES):
            try:
                if attempt:
                    self.pause(_STOP_PAUSE)
                self.clusters.stop(id_)
                self.say(f"{id_}: stopping")
                return
            except BaseException as error:  # Ctrl-C too: stopping comes first
                failure = error
        self.unstopped = True
        self.say(
            f"WARNING: the cluster {id_} still runs, and could not be stopped "
            f"({message_of(failure)}): stop it by: {self.clusters.aws_stop_command(id_)}; "
            f"{self.clusters.lifetime()}"
        )


def down_command(id_: str) -> str:
    """Return the command of verger cloud that stops a cluster."""
    return f"'verger cloud down --cluster {id_}'"
