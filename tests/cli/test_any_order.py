"""Whatever happens to photos and output between runs, the next run has what a new output has."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from program import manifest, parts, start, summary, verger
from small_photos import jpeg, tiny_network

# Names that sort unlike folders and files do, that print alike, and that are no UTF-8.
NAMES = [b"a.jpg", b"a-b.jpg", b"a b.jpg", b"b.PNG", b"\xc3\xa9.jpg", b"e\xcc\x81.jpg"]
NAMES += [b"c\x01.jpg", b"c\\x01.jpg", b"c\xff.jpg", b" .jpg"]
FOLDERS = [b"", b"a", b"a.jpg", b"a-b", b"a b", b"a/b", b"d\x01", b"d\\x01", b"\xc3\xa9"]
CONTENTS = [jpeg(seed) for seed in range(12)] + [b"", b"no photo", jpeg(40)[:200]]
REDUCED = ["--components", "2", "--max-reject-rate", "100%"]


class Orchard:
    """A folder of photos, and an output, that a random generator changes."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.photos = folder / "photos"
        self.out = folder / "out"
        self.random = random.Random(seed)
        self.clock = 1_700_000_000
        self.photos.mkdir()
        self.versions: dict[bytes, list[tuple[bytes, int]]] = {}
        self.changes: list[Callable[[], None]] = [self.add, self.add, self.remove, self.touch]
        self.changes += [self.restore, self.rename, self.link, self.copy_output, self.damage]

    def files(self) -> list[bytes]:
        root = os.fsencode(self.photos)
        return sorted(os.path.join(at, name) for at, _, names in os.walk(root) for name in names)

    def put(self, file: bytes, content: bytes, time: int) -> None:
        """Writes a photo, in the place of whatever is in its way."""
        for way in [file, *(os.fsencode(above) for above in Path(os.fsdecode(file)).parents)]:
            if os.path.lexists(way) and (way == file or not os.path.isdir(way)):
                self.clear(way)
        os.makedirs(os.path.dirname(file), exist_ok=True)
        Path(os.fsdecode(file)).write_bytes(content)
        os.utime(file, (time, time))
        self.versions.setdefault(file, []).append((content, time))

    @staticmethod
    def clear(way: bytes) -> None:
        if os.path.isdir(way) and not os.path.islink(way):
            shutil.rmtree(way)
        else:
            os.remove(way)

    def tick(self) -> int:
        self.clock += 1
        return self.clock

    def add(self) -> None:
        """New photos, and others in the place of old ones, which may become folders."""
        for _ in range(self.random.choice([1, 5, 40])):
            folder, name = self.random.choice(FOLDERS), self.random.choice(NAMES)
            file = os.path.join(os.fsencode(self.photos), folder, name)
            self.put(file, self.random.choice(CONTENTS), self.tick())

    def remove(self) -> None:
        os.remove(self.random.choice(self.files()))

    def touch(self) -> None:
        for file in filter(os.path.isfile, self.files()):
            self.put(os.path.realpath(file), Path(os.fsdecode(file)).read_bytes(), self.tick())

    def restore(self) -> None:
        file = self.random.choice(sorted(self.versions))
        self.put(file, *self.random.choice(self.versions[file]))

    def rename(self) -> None:
        folders = sorted(entry for entry in self.photos.iterdir() if entry.is_dir())
        if folders and not (self.photos / "z").exists():
            self.random.choice(folders).rename(self.photos / "z")

    def link(self) -> None:
        file = self.random.choice(self.files())
        os.remove(file)
        os.symlink(self.random.choice([b"nowhere.jpg", b".", os.fsencode(self.photos)]), file)

    def copy_output(self) -> None:
        """All of it gets new times."""
        if self.out.exists():
            shutil.copytree(self.out, self.out.with_name("copy"), copy_function=shutil.copyfile)
            shutil.rmtree(self.out)
            self.out.with_name("copy").rename(self.out)

    def damage(self) -> None:
        """Flips a bit."""
        for part in parts(self.out, "Preprocessing")[:1]:
            data = bytearray(part.read_bytes())
            data[self.random.randrange(len(data))] ^= 1
            part.write_bytes(data)

    def stop_a_run(self, network: Path) -> None:
        run = start("run", self.photos, self.out, *options_of(network))
        try:
            run.communicate(timeout=self.random.uniform(0, 0.15))
        except subprocess.TimeoutExpired:
            run.send_signal(self.random.choice([signal.SIGKILL, signal.SIGINT]))
            run.communicate(timeout=300)


def options_of(network: Path) -> list[str]:
    return [*REDUCED, "--model", str(network), "--preset", "torchvision"]


def rows_of(out: Path) -> dict[str, Any]:
    """Rows by their paths, held against what the manifest says of them."""
    latest = manifest(out)
    rows: dict[str, Any] = {}
    for part in latest["preprocessing"]:
        table = pq.read_table(out / part["name"])
        for row in table.to_pylist():
            assert row["path"] not in rows, "a second row"
            rows[row["path"]] = row
    rejects = {path: row["error"] for path, row in rows.items() if row["features"] is None}
    assert {reject["path"]: reject["reason"] for reject in latest["rejects"]} == rejects
    assert latest["inputs"] == latest["rows"] + len(rejects) == len(rows)
    named = [*latest["preprocessing"], *latest["reduction"]["results"]]
    there = [*parts(out, "Preprocessing"), *parts(out, "Results")]
    assert sorted(out / part["name"] for part in named) == there
    return rows


@pytest.mark.parametrize("seed", range(2))
def test_any_order_of_changes_and_kills(tmp_path: Path, seed: int) -> None:
    orchard = Orchard(tmp_path, seed)
    networks = [tiny_network(tmp_path / f"{size}.onnx", size) for size in (8, 5)]
    for step in range(5):
        while len(orchard.files()) < 20:
            orchard.add()
        for change in orchard.random.choices(orchard.changes, k=3):
            change()
        network = orchard.random.choices(networks, [5, 1])[0]
        while orchard.random.random() < 0.5:
            orchard.stop_a_run(network)
            orchard.random.choice(orchard.changes)()
        sync = orchard.random.choice([["--sync"], []])
        summary("run", orchard.photos, orchard.out, *options_of(network), *sync)
        verger("verify", orchard.out)

        new = tmp_path / f"new {step}"
        summary("run", orchard.photos, new, *options_of(network))
        rows, expected = rows_of(orchard.out), rows_of(new)
        assert {path: rows.get(path) for path in expected} == expected
        for path in rows.keys() - expected.keys():  # of photos that are no longer there
            assert not sync
            assert rows[path]["features"] is not None
