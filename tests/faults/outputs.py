"""What a run under test begins with, what it must leave, and whether it did."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from program import VERGER, manifest, start, verger
from small_photos import jpeg, plant, tiny_network

# path: label, sha256 of the photo, bytes of its features, bytes of its pca_features
Rows = dict[str, tuple[str, str, bytes, bytes]]
TEMPORARY = ".verger-tmp-"
NAMES = ("fresh", "grow", "change", "no renameat2")
PYTHON = (sys.executable, str(Path(__file__).with_name("python_shell.py")))


@dataclass(frozen=True)
class Scenario:
    """A run: the photos it is given, the output it finds, and the one it must leave."""

    name: str
    photos: Path
    before: Path | None  # None: no output yet
    expected: Path
    options: tuple[str | Path, ...]
    lacks: tuple[str, ...] = ()  # system calls that its disk does not have
    python: bool = False  # whether Python makes the version, of parts that are extracted already

    def begin(self, out: Path) -> Path:
        """Puts at `out` what the run finds there."""
        if self.before is not None:
            shutil.copytree(self.before, out)
        return out

    def command(self, out: Path) -> list[str | Path]:
        """The run; the program's prints a JSON summary."""
        if self.python:
            return [*PYTHON, "commit", out, self.expected]
        # Its page is no part of the version: tests/cli/test_report.py.
        return [VERGER, "run", self.photos, out, *self.options, "--no-report", "--quiet", "--json"]


def make_scenarios(
    folder: Path, photos: int, options: Sequence[str] = (), *, only: Sequence[str] = NAMES
) -> dict[str, Scenario]:
    """Runs of so many photos and a tiny network, by NAMES: into a new output, into one that grows,
    into one whose photos have changed in part, and into a new one on a simpler kind of disk."""
    folder.mkdir()
    network = tiny_network(folder / "tiny.onnx")
    scenarios = {}
    for name in only:
        old = {"grow": photos * 4 // 5, "change": photos}.get(name, 0)
        place, before, expected = (folder / f"{name} {it}" for it in ("photos", "before", "wanted"))
        scenario = Scenario(
            name,
            place,
            before if old else None,
            expected,
            ("--model", network, "--preset", "torchvision", *options),
            ("renameat2",) if name == "no renameat2" else (),
        )
        if old:
            verger(*scenario_run(scenario, plant(place, old), before))
        plant(place, photos - old, first=old)
        if name == "change":
            for photo in sorted(place.rglob("*.jpg"))[::10]:
                photo.write_bytes(jpeg(10_000 + int(photo.stem[-4:])))
        verger(*scenario_run(scenario, place, scenario.begin(expected)))
        scenarios[name] = scenario
    return scenarios


def in_python(scenario: Scenario) -> Scenario:
    """The same version over the same output, made by the Python shell."""
    lacks = ("link",) if scenario.lacks else ()  # what it makes a new file by
    name = f"{scenario.name}, Python".replace("renameat2", "link")
    return replace(scenario, name=name, lacks=lacks, python=True)


def scenario_run(scenario: Scenario, photos: Path, out: Path) -> list[str | Path]:
    return ["run", photos, out, *scenario.options, "--no-report", "--quiet"]


@contextmanager
def own_home() -> Iterator[Path]:
    """A folder for all that is made, and a home without the person's models and wishes."""
    with tempfile.TemporaryDirectory(prefix="verger-faults-") as name:
        folder = Path(name)
        before = dict(os.environ)
        os.environ.update(dict.fromkeys(("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), name))
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ.update(before)


def vectors(column: pa.ChunkedArray) -> list[bytes]:
    """A column of vectors: the bytes of each."""
    return [np.array(vector, dtype=np.float32).tobytes() for vector in column.to_pylist()]


def rows(out: Path, *, most_rejects: int = 0) -> Rows:
    """The rows of the latest version, without its rejects.

    AssertionError if a file is not, to the byte, what the manifest says, if a path has two rows,
    if Results has other rows than Preprocessing, or if there are more rejects.
    """
    latest = manifest(out)
    photos: dict[str, tuple[str, str, bytes]] = {}
    for part in latest["preprocessing"]:
        table = whole(out, part)
        table = table.filter(pc.is_null(table["error"]))
        columns = [table[name].to_pylist() for name in ("path", "label", "sha256")]
        for path, label, sha256, features in zip(*columns, vectors(table["features"]), strict=True):
            assert path not in photos, f"{path} has two rows"
            photos[path] = (label, sha256, features)
    rows_by_path: Rows = {}
    for part in latest["reduction"]["results"]:
        table = whole(out, part)
        columns = [table[name].to_pylist() for name in ("path", "label")]
        numbers = [vectors(table[name]) for name in ("features", "pca_features")]
        for path, label, features, scores in zip(*columns, *numbers, strict=True):
            assert path not in rows_by_path, f"{path} has two rows in Results"
            assert photos[path][0] == label, f"{path} has another label in Results"
            assert photos[path][2] == features, f"{path} has other features in Results"
            rows_by_path[path] = (label, photos[path][1], features, scores)
    assert rows_by_path.keys() == photos.keys()
    assert latest["rows"] == len(rows_by_path)
    assert latest["inputs"] - latest["rows"] <= most_rejects
    return rows_by_path


def whole(out: Path, part: dict[str, str]) -> pa.Table:
    """A part that the manifest names, of the bytes that it names."""
    content = (out / part["name"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == part["sha256"], f"{part['name']} is damaged"
    return pq.read_table(pa.BufferReader(content))


def published(out: Path) -> dict[str, set[str]]:
    """Paths, and the sha256 of their photos, of all parts of Preprocessing, listed or not."""
    names: dict[str, set[str]] = {}
    for part in sorted((out / "Preprocessing").glob("part-*.parquet")):
        for row in pq.read_table(part, columns=["path", "sha256"]).to_pylist():
            names.setdefault(row["path"], set()).add(row["sha256"])
    return names


def assert_readable(scenario: Scenario, out: Path) -> str:
    """After a fault: the version before is there, whole, or already the one wanted.

    Returns which: "none" (only where there was none), "before" or "wanted".
    """
    if not any((out / "_verger").glob("manifest-*.json")):
        assert scenario.before is None, "the manifest of the version before is gone"
        assert "Dimensions" not in verger("show", out, check=4).stdout
        return "none"
    actual = rows(out)
    old = scenario.before is not None and actual == rows(scenario.before)
    assert old or actual == rows(scenario.expected), "neither the version before nor the one wanted"
    assert verger("show", out).stdout.endswith(f"Dimensions: ({len(actual)}, 4)\n")
    # Parts of the other version may lie about, and the copy of the PCA may be the other one's.
    result = json.loads(start("verify", out, "--json").communicate(timeout=300)[0])
    for problem in result["problems"]:
        assert "not part of this output" in problem or "Model/pca.json" in problem, problem
    return "before" if old else "wanted"


def temporaries(out: Path) -> list[str]:
    """Files on their way, or left on it."""
    return [str(path.relative_to(out)) for path in out.rglob(f"{TEMPORARY}*")]


def staged(out: Path) -> list[str]:
    """Parts of Results that wait for their version."""
    return [path.name for path in out.glob("_verger/staged/*")]


def assert_exact(scenario: Scenario, out: Path) -> None:
    """The output is the one wanted: its rows bit for bit, and not a file more or fewer."""
    assert rows(out) == rows(scenario.expected)
    verger("verify", out)
    latest = manifest(out)
    names = [latest["moments"], latest["reduction"]["pca"]]
    named = {part["name"] for part in [*latest["preprocessing"], *latest["reduction"]["results"]]}
    named |= {entry["name"] for entry in names}
    named |= {"Model/pca.json", "_verger/lock", "Preprocessing/_SUCCESS", "Results/_SUCCESS"}
    named.add(max(str(path.relative_to(out)) for path in out.glob("_verger/manifest-*.json")))
    there = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
    assert there - named == set(), f"files are left over: {there - named}"
    assert named - there == set(), "files are missing"
