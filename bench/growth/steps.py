"""The steps of an output's life over a generated orchard, which `memory` and `linear` measure."""

import shutil
from pathlib import Path

from growth.photos import NEW, plant
from growth.processes import Cost, verger

RUNS = ("fresh", "again", "grown")


class GeneratedOrchard:
    """Photos in a folder that only grows, and 1 % more that come and go."""

    def __init__(self, scratch: Path, photo_size: int) -> None:
        self.folder = scratch / "photos"
        self.photos = 0
        self.more = 0
        self._more = scratch / "more"
        self._size = photo_size

    def grow_to(self, photos: int) -> None:
        """Requires: no fewer photos than there are."""
        plant(self.folder, photos - self.photos, first=self.photos, size=self._size)
        self.photos = photos
        self.more = max(1, photos // 100)
        shutil.rmtree(self._more, ignore_errors=True)
        plant(self._more, self.more, first=NEW, size=self._size)

    def add_more(self) -> None:
        self._more.rename(self.folder / "More")

    def take_more_away(self) -> None:
        (self.folder / "More").rename(self._more)


def live(orchard: GeneratedOrchard, model: list[str], out: Path) -> dict[str, Cost]:
    """What each step costs; `out` is removed in the end.

    fresh     `verger run`, all photos new: extract and reduce
    again     the same once more: nothing to do
    grown     1 % more photos
    verify    `verger verify`
    """
    runs = {"fresh": verger("run", orchard.folder, out, *model)}
    runs["again"] = verger("run", orchard.folder, out, *model)
    orchard.add_more()
    runs["grown"] = verger("run", orchard.folder, out, *model)
    runs["verify"] = verger("verify", out)
    orchard.take_more_away()
    shutil.rmtree(out)
    extracted = [runs[step].summary["extracted"] for step in RUNS]
    assert extracted == [orchard.photos, 0, orchard.more], f"not what a step does: {extracted}"
    assert runs["grown"].summary["rows"] == orchard.photos + orchard.more, runs["grown"].summary
    return {step: done.cost for step, done in runs.items()}
