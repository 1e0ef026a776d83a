"""Watching a job until there is nothing to wait for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verger.cloud.plane import Look, Plane
from verger.errors import BadCall, Failed, RegionRefused, VergerError

END_SECONDS = 900  # what stops has ended by then
_END_EVERY = 15.0  # seconds between two looks at what stops, at most
_BLIND = 40  # looks that may fail in a row: a laptop loses its network now and then

Say = Callable[[str], None]
Pause = Callable[[float], None]
Progress = Callable[[], "dict[str, Any] | None"]


@dataclass
class Watch:
    """Looks every `every` seconds and says what changed."""

    plane: Plane
    progress: Progress
    say: Say
    pause: Pause
    every: float = 15.0

    def until_job_ends(self, id_: str, look: Callable[[], Look] | None = None) -> Look:
        """The look that saw the job, or what runs it, end. Errors: Failed after minutes of none."""
        look = look or (lambda: self.plane.look(id_))
        return self._until(id_, look, lambda view: view.job_ended, self.every)

    def until_stopped(self, id_: str, once: bool = False) -> Look | None:
        """The look that saw it stopped; None if that takes longer than END_SECONDS, or if `once`
        and the first look did not see it. Errors: as until_job_ends.
        """
        every = min(self.every, _END_EVERY)
        looks = 1 if once else math.ceil(END_SECONDS / every)
        return self._until(
            id_, lambda: self.plane.look(id_), lambda seen: seen.ended, every, looks, False
        )

    def _until(
        self,
        id_: str,
        look: Callable[[], Look],
        enough: Callable[[Look], bool],
        every: float,
        most_looks: int | None = None,
        jobs: bool = True,
    ) -> Any:
        last_text, blind, looks = "", 0, 0
        while True:
            try:
                view = look()
            except (BadCall, RegionRefused):
                raise
            except VergerError as error:
                blind += 1
                if blind == 1:
                    self.say(f"{error}; trying again every {every:g} s")
                if blind > _BLIND:
                    raise Failed(
                        f"{id_} could not be seen {blind} times in a row: {error}"
                    ) from None
                self.pause(every)
                continue
            blind = 0
            text = self._text(id_, view, jobs)
            if text != last_text:
                self.say(text)
                last_text = text
            if enough(view):
                return view
            looks += 1
            if most_looks is not None and looks >= most_looks:
                return None
            self.pause(every)

    def _text(self, id_: str, look: Look, jobs: bool) -> str:
        text = f"{id_}: {look.state.lower().replace('_', ' ')}"
        if not jobs or not look.job:
            return text
        if look.job != look.state:
            text += f", job {look.job.lower()}"
        if look.job == "RUNNING" and (progress := self.progress()) is not None:
            text += f", {progress_text(progress)}"
        return text


def progress_text(progress: dict[str, Any]) -> str:
    """What a job says of itself: "extract 1,024/4,096 photos, 2 rejects"."""
    photos, total, rejects = (progress.get(key) for key in ("done", "total", "rejects"))
    text = str(progress.get("step", ""))
    if isinstance(photos, int) and isinstance(total, int):
        text += f" {photos:,}/{total:,} photos"
    if isinstance(rejects, int) and rejects:
        text += f", {rejects:,} rejects"
    return text
