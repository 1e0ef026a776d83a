#!/usr/bin/env python3
"""Kills writers of one table at random times: pyarrow's own, and verger's, by the same rules.

    python tests/faults/compare_writers.py --kills 100 --seed 1

A writer is another process: it has the table in memory, says so, and begins. It is killed by
SIGKILL after a share of the time that it takes undisturbed. Prints, for each writer, after how many
kills a visible file (*.parquet, not hidden) cannot be read, and after how many the rows from before
are lost.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python"))
BUILD = Path(os.environ.get("VERGER_BUILD", ROOT / "build"))
os.environ.setdefault("VERGER_LIBRARY", str(BUILD / "lib" / "libverger.so"))

import numpy as np  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.parquet as pq  # noqa: E402
from verger.runs.forget import forget  # noqa: E402
from verger.runs.manifest import ModelIdentity  # noqa: E402
from verger.runs.parts import PREPROCESSING_SCHEMA  # noqa: E402
from verger.runs.save import features_metadata, save  # noqa: E402

ROWS, DIMENSION = 2000, 512
TIMEOUT = 120.0


def make_table(seed: int) -> pa.Table:
    """Features as verger.extract returns them, of photos that there never were."""
    random_features = np.random.default_rng(seed).normal(0, 1, (ROWS, DIMENSION))
    paths = [f"Label {row % 4}/frame_{row:05}.jpg" for row in range(ROWS)]
    columns = {
        "path": paths,
        "label": [path.split("/")[0] for path in paths],
        "features": list(random_features.astype(np.float32)),
        "size": [1000] * ROWS,
        "modified": pa.array([0] * ROWS, pa.timestamp("us", tz="UTC")),
        "sha256": [f"{row:064x}" for row in range(ROWS)],
        "error": [None] * ROWS,
    }
    table = pa.table({name: columns[name] for name in PREPROCESSING_SCHEMA.names})
    model = ModelIdentity("net", "a" * 64, "keras", "keras:224", DIMENSION)
    return table.cast(PREPROCESSING_SCHEMA).replace_schema_metadata(
        features_metadata(model, "photos")
    )


def write_by_pyarrow(table: pa.Table, out: Path) -> None:
    out.mkdir(exist_ok=True)
    pq.write_table(table, out / "part-00000.parquet")


def write_by_verger(table: pa.Table, out: Path) -> None:
    save(table, out)


def rewrite_by_pyarrow(table: pa.Table, out: Path) -> None:
    """The file again, without a row."""
    write_by_pyarrow(table.slice(1), out)


def rewrite_by_verger(table: pa.Table, out: Path) -> None:
    """A version without a row."""
    forget(out, table["path"][0].as_py())


@dataclass(frozen=True)
class Writer:
    """A way to write the table; `before` makes what it finds."""

    write: Callable[[pa.Table, Path], None]
    before: Callable[[pa.Table, Path], None] | None = None


WRITERS = {
    "pyarrow, a new file": Writer(write_by_pyarrow),
    "verger.save, a new output": Writer(write_by_verger),
    "pyarrow, over a file": Writer(rewrite_by_pyarrow, write_by_pyarrow),
    "verger.forget, over an output": Writer(rewrite_by_verger, write_by_verger),
}


def start(name: str, table: Path, out: Path) -> subprocess.Popen[str]:
    """A process that is about to write."""
    command = [sys.executable, __file__, "--writer", name, str(table), str(out)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def be_writer(name: str, source: str, out: str) -> None:
    """What start() starts."""
    with pa.memory_map(source) as file:
        table = pa.ipc.open_file(file).read_all()
    table["features"].combine_chunks()
    print("ready", flush=True)
    WRITERS[name].write(table, Path(out))


def is_readable(file: Path) -> bool:
    try:
        pq.read_table(file)
    except (pa.ArrowException, OSError):
        return False
    return True


def rows_of(files: list[Path]) -> int:
    return len({path for file in files for path in pq.read_table(file)["path"].to_pylist()})


def measure(
    name: str, table: Path, folder: Path, kills: int, chance: random.Random
) -> dict[str, int]:
    """Kills the writer so many times."""
    writer, out, before = WRITERS[name], folder / "out", folder / "before"
    if writer.before is not None:
        with pa.memory_map(str(table)) as file:
            writer.before(pa.ipc.open_file(file).read_all(), before)
    counts = {"kills": 0, "unreadable": 0, "rows lost": 0}
    lasts = 0.0
    while counts["kills"] < kills:
        if before.exists():
            shutil.copytree(before, out)
        process = start(name, table, out)
        begin = time.monotonic()
        if lasts:
            time.sleep(lasts * chance.random())
            process.kill()
        process.wait(TIMEOUT)
        assert process.returncode in (0, -signal.SIGKILL), process
        lasts = lasts or time.monotonic() - begin
        if process.returncode != 0:
            counts["kills"] += 1
            files = [file for file in out.rglob("*.parquet") if not file.name.startswith(".")]
            readable = [file for file in files if is_readable(file)]
            counts["unreadable"] += len(readable) < len(files)
            counts["rows lost"] += before.exists() and rows_of(readable) < ROWS - 1
        shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(before, ignore_errors=True)
    return counts


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--kills", type=int, default=100, help="of each writer")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=WRITERS, help="one of them")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    parser.add_argument("--writer", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.writer:
        be_writer(*options.writer)
        return 0
    results = {}
    with tempfile.TemporaryDirectory(prefix="verger-writers-") as name:
        folder = Path(name)
        table = folder / "table.arrow"
        with pa.OSFile(str(table), "wb") as file:
            whole = make_table(options.seed)
            with pa.ipc.new_file(file, whole.schema) as writer:
                writer.write_table(whole)
        chance = random.Random(options.seed)
        for writer_name in [options.only] if options.only else WRITERS:
            results[writer_name] = measure(writer_name, table, folder, options.kills, chance)
            print(f"{writer_name:<32} {results[writer_name]}", flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    ours = [counts for name, counts in results.items() if name.startswith("verger")]
    return int(any(counts["unreadable"] or counts["rows lost"] for counts in ours))


if __name__ == "__main__":
    sys.exit(main())
