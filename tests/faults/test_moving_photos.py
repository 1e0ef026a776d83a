"""Photos that change, grow or vanish between the listing and their last byte: rejects, by name.

The next run, when they have come to rest, has a row for each that is there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from program import verger
from small_photos import jpeg

from .gate import Call, run_gated
from .outputs import Scenario, rows

PHOTO = Path("Label 1") / "frame_0101.jpg"


def vanish(photo: Path) -> None:
    photo.unlink()


def change(photo: Path) -> None:
    photo.write_bytes(jpeg(4001))


def grow(photo: Path) -> None:
    photo.write_bytes(photo.read_bytes() + b"more")


def shrink(photo: Path) -> None:
    photo.write_bytes(photo.read_bytes()[:100])


def give_way(photo: Path) -> None:
    """Another file takes its name, as editors save."""
    new = photo.with_suffix(".new")
    new.write_bytes(jpeg(4002))
    new.rename(photo)


def become_a_folder(photo: Path) -> None:
    photo.unlink()
    photo.mkdir()


IN_EVERY_RUN = [(vanish, "openat"), (grow, "read")]
MOVES = [vanish, change, grow, shrink, give_way, become_a_folder]
CASES = [(move, call) for move in MOVES for call in ("openat", "read")]


@pytest.mark.parametrize(
    ("move", "call"),
    [
        pytest.param(*case, marks=[] if case in IN_EVERY_RUN else pytest.mark.faults)
        for case in CASES
    ],
)
def test_a_photo_that_moves(
    move: Callable[[Path], None], call: str, scenarios: dict[str, Scenario], out: Path
) -> None:
    scenario = scenarios["fresh"]
    photo = scenario.photos / PHOTO
    content, times = photo.read_bytes(), photo.stat()
    moved = False

    def at_call(system_call: Call) -> None:
        nonlocal moved
        if not moved and system_call.name == call and system_call.paths[0] == str(photo):
            moved = True
            move(photo)

    try:
        done = run_gated(scenario.command(out), at_call, reads=True)
        assert moved
        assert done.returncode == 0, done
        rejects = json.loads(done.stdout)["rejects"]
        # An open file that is unlinked or replaced can be read to its end: it is the photo listed.
        whole = call == "read" and move in (vanish, give_way, become_a_folder)
        assert [reject["path"] for reject in rejects] == ([] if whole else [str(PHOTO)])
        for reject in rejects:
            assert reject["reason"].startswith(("changed", "vanished", "not a regular file"))
        expected = {path: row[:3] for path, row in rows(scenario.expected).items()}
        there = {path: row[:3] for path, row in rows(out, most_rejects=1).items()}
        assert there == {path: row for path, row in expected.items() if whole or path != str(PHOTO)}
        verger("verify", out)
    finally:
        if photo.is_dir():
            photo.rmdir()
        photo.write_bytes(content)
        os.utime(photo, ns=(times.st_atime_ns, times.st_mtime_ns))
    again = run_gated(scenario.command(out), lambda system_call: None)
    assert again.returncode == 0, again
    assert {path: row[:3] for path, row in rows(out).items()} == expected
