"""Watch a job until there is nothing to wait for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verger.cloud.cluster import Clusters, Status
from verger.errors import BadCall, Failed, RegionRefused, VergerError

END_SECONDS = 900  # a stopping cluster has ended by then
_END_EVERY = 15.0  # seconds between two looks at a stopping cluster, at most
_MAX_FAILURES = 40  # looks that may fail in a row: a laptop loses its network now and then

Say = Callable[[str], None]
Pause = Callable[[float], None]
Progress = Callable[[], "dict[str, Any] | None"]


@dataclass
class Watch:
    """Looks every `every` seconds and reports what changed."""

    clusters: Clusters
    progress: Progress
    say: Say
    pause: Pause
    every: float = 15.0

    def until_job_ends(self, id_: str, look: Callable[[], Status] | None = None) -> Status:
        """Return the status of the ended job or cluster.

        Errors: Failed after minutes of failed looks.
        """
        look = look or (lambda: self.clusters.status(id_))
        return self._until(id_, look, lambda status: status.job_ended, self.every)

    def until_stopped(self, id_: str, once: bool = False) -> Status | None:
        """Return the status of the ended cluster; None if that takes longer than END_SECONDS, or,
        with `once`, if it has not ended at the first look. Errors: as until_job_ends.
        """
        every = min(self.every, _END_EVERY)
        looks = 1 if once else math.ceil(END_SECONDS / every)
        return self._until(
            id_, lambda: self.clusters.status(id_), lambda status: status.ended, every, looks, False
        )

    def _until(
        self,
        id_: str,
        look: Callable[[], Status],
        enough: Callable[[Status], bool],
        every: float,
        max_looks: int | None = None,
        with_job: bool = True,
    ) -> Any:
        last_text, failures, looks = "", 0, 0
        while True:
            try:
                status = look()
            except (BadCall, RegionRefused):
                raise
            except VergerError as error:
                failures += 1
                if failures == 1:
                    self.say(f"{error}; trying again every {every:g} s")
                if failures > _MAX_FAILURES:
                    raise Failed(
                        f"{id_} could not be checked {failures} times in a row: {error}"
                    ) from None
                self.pause(every)
                continue
            failures = 0
            text = self._text(id_, status, with_job)
            if text != last_text:
                self.say(text)
                last_text = text
            if enough(status):
                return status
            looks += 1
            if max_looks is not None and looks >= max_looks:
                return None
            self.pause(every)

    def _text(self, id_: str, status: Status, with_job: bool) -> str:
        text = f"{id_}: {status.state.lower().replace('_', ' ')}"
        if not with_job or not status.job:
            return text
        if status.job != status.state:
            text += f", job {status.job.lower()}"
        if status.job == "RUNNING" and (progress := self.progress()) is not None:
            text += f", {progress_text(progress)}"
        return text


def progress_text(progress: dict[str, Any]) -> str:
    """Return a job's own progress, as "extract 1,024/4,096 photos, 2 rejects"."""
    photos, total, rejects = (progress.get(key) for key in ("done", "total", "rejects"))
    text = str(progress.get("step", ""))
    if isinstance(photos, int) and isinstance(total, int):
        text += f" {photos:,}/{total:,} photos"
    if isinstance(rejects, int) and rejects:
        text += f", {rejects:,} rejects"
    return text
