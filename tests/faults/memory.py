"""Memory that runs out: allocations of the program that fail, by number or by site.

A site is how the program came to an allocation: the calls up its stack. Of a run each site is tried
once; a request to a server has few allocations, all of which are tried.
"""

from __future__ import annotations

import mmap
import os
import signal
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image
from program import BUILD, verger
from small_photos import fruit, jpeg, plant, tiny_network

from .outputs import Scenario, assert_exact, published, rows, scenario_run

LIBRARY = BUILD / "tests" / "failing_memory.so"
# Whose allocations fail: the program's, its core's, and those that both ask other libraries for.
OURS = "verger:libverger:libjpeg:libpng:libwebp:libz:libhdf5:libcrypto:libutf8proc:libcurl"
ARROW = "libarrow:libparquet"
ENGINE = "libopenvino:libtbb:libhwloc"
CONTROL = struct.Struct("<7Q")  # struct control of failing_memory.c
OFF, COUNTDOWN, SITE, LIST = range(4)
TIMEOUT = 300.0  # seconds, on a busy machine


class FailingMemory:
    """What decides, from outside, which allocation of a program fails."""

    def __init__(self, folder: Path, owners: str = OURS) -> None:
        self._folder, self._owners = folder, owners
        folder.mkdir(exist_ok=True)
        (folder / "control").write_bytes(bytes(CONTROL.size))
        with (folder / "control").open("r+b") as file:
            self._control = mmap.mmap(file.fileno(), CONTROL.size)

    def environment(self) -> dict[str, str]:
        """What puts a program under this control."""
        assert LIBRARY.is_file(), f"{LIBRARY} is not there: cmake --build build"
        return {
            **os.environ,
            "LD_PRELOAD": str(LIBRARY),
            "VERGER_FAILING_MEMORY": str(self._folder / "control"),
            "VERGER_MEMORY_OWNERS": self._owners,
            "VERGER_MEMORY_SITES": str(self._folder / "sites"),
        }

    def _set(
        self, mode: int, passing: int = 0, site: int = 0, for_good: bool = False, spare: int = 0
    ) -> None:
        self._control[:] = CONTROL.pack(OFF, passing, site, for_good, spare, 0, 0)
        self._control[:8] = struct.pack("<Q", mode)  # last: a server looks at it all the time

    def fail_nth(self, passing: int, *, for_good: bool = False, spare: int = 0) -> None:
        """From now on so many allocations pass, and the next one fails.

        spare: bytes that are there after it, though all fail for good: the program's reserve.
        """
        self._set(COUNTDOWN, passing, for_good=for_good, spare=spare)

    def fail_at(self, site: int, *, for_good: bool = False) -> None:
        """From now on the first allocation of that site fails."""
        self._set(SITE, site=site, for_good=for_good)

    def last_site(self) -> str:
        """The calls that led to what failed last, for a message."""
        return (self._folder / "sites").read_text("utf-8").splitlines()[-1]

    def stop(self) -> None:
        """From now on none fails."""
        self._set(OFF)

    @property
    def failed(self) -> int:
        """How many allocations have failed since it was last set."""
        return int(CONTROL.unpack(self._control[:])[6])

    def sites(self, command: Sequence[str | Path]) -> dict[int, str]:
        """The sites of a command that nothing disturbs, in their order, with their calls."""
        (self._folder / "sites").unlink(missing_ok=True)
        self._set(LIST)
        done = self.run(command)
        assert done.returncode == 0, done
        lines = (self._folder / "sites").read_text("utf-8").splitlines()
        return {int(site, 16): calls for site, _, calls in (line.partition(" ") for line in lines)}

    def run(self, command: Sequence[str | Path]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
        )


def make_mixed_run(folder: Path) -> Scenario:
    """A run that decodes each format, and that extracts, copies and removes rows."""
    folder.mkdir()
    photos = plant(folder / "photos", 16)
    scenario = Scenario(
        "mixed",
        photos,
        folder / "before",
        folder / "expected",
        ("--model", tiny_network(folder / "tiny.onnx"), "--preset", "torchvision")
        + ("--threads", "1", "--batch", "4"),
    )
    verger(*scenario_run(scenario, photos, folder / "before"))
    changed = sorted(photos.rglob("*.jpg"))[3]
    changed.write_bytes(jpeg(1000))
    turned = Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    others: dict[str, dict[str, Any]] = {
        "progressive.jpg": {"progressive": True},
        "turned.jpg": {"exif": turned},
        "plain.png": {},
        "turned.png": {"exif": turned},
        "lossy.webp": {"exif": turned},
        "plain.webp": {},  # not lossless: core/image/memory_test.cc says why
    }
    for seed, (name, options) in enumerate(others.items()):
        fruit(2000 + seed).save(photos / "Label 1" / name, **options)
    verger(*scenario_run(scenario, photos, scenario.begin(folder / "expected")))
    return scenario


@dataclass(frozen=True)
class Ending:
    """What became of a run in which an allocation failed."""

    returncode: int
    failed: int  # allocations; 0: it did not come to the site
    message: str  # what it printed

    @property
    def died(self) -> bool:
        return self.returncode < 0


Tree = dict[str, bytes]


def tree(out: Path) -> Tree:
    """All files of an output, but for its lock and what is empty."""
    files = (path for path in out.rglob("*") if path.is_file())
    return {str(path.relative_to(out)): path.read_bytes() for path in files if path.stat().st_size}


def run_without_memory(
    scenario: Scenario, out: Path, memory: FailingMemory, site: int, *, for_good: bool
) -> Ending:
    """Runs with an allocation of this site failing, and then again with all memory there.

    Whatever the first run came to, the version before or the wanted one is there after it, and
    the second run makes the wanted one. `out` is made, and left to be removed.
    """
    scenario.begin(out)
    before = tree(out)
    memory.fail_at(site, for_good=for_good)
    done = memory.run(scenario.command(out))
    failed = memory.failed
    memory.stop()
    ending = Ending(done.returncode, failed, done.stderr + done.stdout)
    if tree(out) != before:
        assert_next_run_is_exact(scenario, out)
    assert_clean(ending)
    return ending


def assert_next_run_is_exact(scenario: Scenario, out: Path) -> None:
    """What can be read is one of the two versions; the same command makes the wanted one."""
    if any((out / "_verger").glob("manifest-*.json")):
        # A photo that memory did not suffice for is a reject; no row of another photo differs.
        expected = rows(scenario.expected)
        actual = rows(out, most_rejects=len(expected))
        old = {} if scenario.before is None else rows(scenario.before)
        features = {path: row[:3] for path, row in expected.items()}
        assert actual == old or {path: row[:3] for path, row in actual.items()}.items() <= (
            features.items()
        )
        verger("show", out)
    else:
        assert scenario.before is None, "the manifest of the version before is gone"
        published(out)  # every part that is there is whole
    again = subprocess.run(scenario.command(out), capture_output=True, text=True, timeout=TIMEOUT)
    assert again.returncode == 0, again
    assert_exact(scenario, out)


def assert_clean(ending: Ending) -> None:
    """It ended by itself, and said why if it did not do its work."""
    assert not ending.died, f"{signal.Signals(-ending.returncode).name}: {ending}"
    if ending.returncode != 0:
        assert ending.failed > 0, ending
        assert "memory" in ending.message, ending
