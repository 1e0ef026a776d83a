"""Watching a job until there is nothing to wait for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from verger.cloud.plane import Look, Plane
from verger.errors import BadCall, Failed, RegionRefused, VergerError

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
        return self._until(id_, look or (lambda: self.plane.look(id_)), lambda seen: seen.job_ended)

    def until_stopped(self, id_: str, most_looks: int) -> Look | None:
        """The look that saw it stopped; None if it takes longer. Errors: as until_job_ends."""
        return self._until(
            id_, lambda: self.plane.look(id_), lambda seen: seen.ended, most_looks, False
        )

    def _until(
        self,
        id_: str,
        look: Callable[[], Look],
        enough: Callable[[Look], bool],
        most_looks: int | None = None,
        jobs: bool = True,
    ) -> Any:
        said, blind, looks = "", 0, 0
        while True:
            try:
                seen = look()
            except (BadCall, RegionRefused):
                raise
            except VergerError as error:
                blind += 1
                if blind == 1:
                    self.say(f"{error}; trying again every {self.every:g} s")
                if blind > _BLIND:
                    raise Failed(
                        f"{id_} could not be seen {blind} times in a row: {error}"
                    ) from None
                self.pause(self.every)
                continue
            blind = 0
            text = self._text(id_, seen, jobs)
            if text != said:
                self.say(text)
                said = text
            if enough(seen):
                return seen
            looks += 1
            if most_looks is not None and looks >= most_looks:
                return None
            self.pause(self.every)

    def _text(self, id_: str, seen: Look, jobs: bool) -> str:
        text = f"{id_}: {seen.state.lower().replace('_', ' ')}"
        if not jobs or not seen.job:
            return text
        if seen.job != seen.state:
            text += f", job {seen.job.lower()}"
        if seen.job == "RUNNING" and (told := self.progress()) is not None:
            text += f", {progress_text(told)}"
        return text


def progress_text(told: dict[str, Any]) -> str:
    """What a job says of itself: "extract 1,024/4,096 photos, 2 rejects"."""
    done, total, rejects = (told.get(key) for key in ("done", "total", "rejects"))
    text = str(told.get("step", ""))
    if isinstance(done, int) and isinstance(total, int):
        text += f" {done:,}/{total:,} photos"
    if isinstance(rejects, int) and rejects:
        text += f", {rejects:,} rejects"
    return text
