"""The file of a job's progress: it comes, changes, goes, and never stands in the way."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from verger.errors import StorageError
from verger.runs.output import Output
from verger.runs.storage import open_place
from verger.spark.conftest import Orchard
from verger.spark.progress_file import PROGRESS_FILE, ProgressFile


def until(condition: Any) -> None:
    """Waits until it says yes."""
    pause = threading.Event()
    for _ in range(1000):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("never")


def read(out: Path) -> dict[str, Any]:
    file = out / PROGRESS_FILE
    return dict(json.loads(file.read_text())) if file.exists() else {}


def test_it_says_how_far_the_job_is_and_goes_with_it(tmp_path: Path) -> None:
    (tmp_path / "_verger").mkdir()
    done = 3
    with ProgressFile(open_place(tmp_path), every=0.01) as progress:
        until(lambda: read(tmp_path).get("step") == "plan")
        progress.step("extract", 10, lambda: done, rejects=2)
        until(lambda: read(tmp_path).get("step") == "extract")
        document = read(tmp_path)
        assert document.pop("updated").endswith("Z")
        assert document == {"step": "extract", "done": 3, "total": 10, "rejects": 2}
        done = 11  # of tasks that Spark repeated
        until(lambda: read(tmp_path)["done"] == 10)
    assert list((tmp_path / "_verger").iterdir()) == []


def test_puts_are_as_far_apart_as_configured(tmp_path: Path) -> None:
    (tmp_path / "_verger").mkdir()
    with ProgressFile(open_place(tmp_path), every=3600) as progress:
        until(lambda: read(tmp_path).get("step") == "plan")
        for number in range(100):
            progress.step(f"step {number}")
        assert read(tmp_path)["step"] == "plan"


class Broken:
    """A place that takes nothing."""

    def __init__(self, error: Exception) -> None:
        self.error, self.requests = error, 0

    def publish(self, *_: object) -> None:
        self.requests += 1
        raise self.error

    def remove(self, *_: object) -> None:
        raise self.error


@pytest.mark.parametrize(
    "error", [StorageError("full"), RuntimeError("a bug"), OSError(28, "full")]
)
def test_a_put_that_fails_fails_nothing(error: Exception) -> None:
    place = Broken(error)
    with ProgressFile(place, every=0.001) as progress:  # type: ignore[arg-type]
        progress.step("extract", 10, lambda: 1 // 0)
        progress.step("extract", 10)
        until(lambda: place.requests > 2)


def test_what_a_killed_driver_leaves_is_not_foreign(orchard: Orchard) -> None:
    orchard.run()
    file = orchard.out / PROGRESS_FILE
    file.write_text("{}")
    with Output.open_for_writing(open_place(orchard.out)) as output:
        assert output.manifest is not None
    orchard.plant(1, first=20)
    assert orchard.run().rows == 21
    assert file.read_text() == "{}"
    with ProgressFile(open_place(orchard.out)):
        pass
    assert not file.exists()


def test_the_chain_reports_its_steps(orchard: Orchard) -> None:
    class Steps:
        def __init__(self) -> None:
            self.calls: list[tuple[str, int]] = []

        def step(self, name: str, total: int = 0, *_: object, **__: object) -> None:
            self.calls.append((name, total))

    progress = Steps()
    orchard.run(progress=progress)
    assert progress.calls == [("extract", 20), ("gather", 20), ("project", 20)]
