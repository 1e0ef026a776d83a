"""`verger forget`, the program's and Python's, that is killed or whose system calls fail."""

from __future__ import annotations

import json
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from program import VERGER, verger

from .gate import Call, Gated, Kill, run_gated
from .kills import Outcome
from .outputs import PYTHON, Rows, Scenario, published, rows, staged, temporaries

PHOTO = "Label 1/frame_0101.jpg"
SHELLS = ("program", "Python")


@dataclass(frozen=True)
class Erasure:
    """Forgets PHOTO in an output."""

    shell: str  # of SHELLS
    before: Path
    expected: Rows  # what is left

    def command(self, out: Path) -> list[str | Path]:
        if self.shell == "Python":
            return [*PYTHON, "forget", out, PHOTO]
        return [VERGER, "forget", out, PHOTO, "--threads", "1", "--quiet", "--json"]

    def run(
        self, out: Path, index: int = -1, fate: int | Kill | None = None
    ) -> tuple[Gated, list[Call]]:
        """Runs it; `fate` befalls the index-th of the calls that change the output. These calls."""
        calls: list[Call] = []

        def watch(call: Call) -> int | Kill | None:
            if not call.changes or not call.touches(out):
                return None
            calls.append(call)
            return fate if len(calls) - 1 == index else None

        return run_gated(self.command(out), watch, opens_gate=self.shell == "Python"), calls

    def begin(self, out: Path) -> Path:
        """Puts at `out` what it finds there."""
        return Path(shutil.copytree(self.before, out))


def make_erasure(shell: str, scenario: Scenario, out: Path) -> tuple[Erasure, list[Call]]:
    """Out of what the scenario leaves; the calls of one that nothing disturbs. `out` is scratch."""
    expected = {path: row for path, row in rows(scenario.expected).items() if path != PHOTO}
    erasure = Erasure(shell, scenario.expected, expected)
    done, calls = erasure.run(erasure.begin(out))
    assert done.returncode == 0, done
    erasure = Erasure(shell, scenario.expected, rows(out))  # the PCA is another one, without it
    assert erasure.expected.keys() == expected.keys()
    verger("verify", out)
    shutil.rmtree(out)
    return erasure, calls


def disturb(erasure: Erasure, out: Path, index: int, fate: int | Kill) -> Outcome:
    """Kills it, or lets a call fail; the version before or the one wanted is there. Then the same
    command ends it. `out` is made, and removed."""
    done, calls = erasure.run(erasure.begin(out), index, fate)
    if isinstance(fate, Kill):
        assert done.returncode == -signal.SIGKILL, done
    else:
        assert done.returncode == 5, (done, calls[index])
        assert str(out) in done.stderr, "the place is not named"
        assert temporaries(out) == []
    verger("show", out)
    actual, left = rows(out), staged(out)
    assert actual in (rows(erasure.before), erasure.expected)
    version = "wanted" if actual == erasure.expected else "before"
    again, _ = erasure.run(out)
    assert again.returncode == 0, again
    # Where its version was made, what is left to do is its proof.
    result = json.loads(again.stdout)
    assert result["rows"] == (0 if version == "wanted" else 1)
    assert result["files_read"] == len(files(out))
    assert_forgotten(erasure, out)
    shutil.rmtree(out)
    return Outcome(calls[index].name, version, staged=len(left))


def assert_forgotten(erasure: Erasure, out: Path) -> None:
    """Nothing of the photo is left, all else is as it was."""
    assert rows(out) == erasure.expected
    assert PHOTO not in published(out)
    assert [file for file in files(out) if PHOTO.encode() in file.read_bytes()] == []
    assert temporaries(out) + staged(out) == []
    verger("verify", out)


def files(out: Path) -> list[Path]:
    return [file for file in out.rglob("*") if file.is_file()]
