"""How fast the nearest of a million photos are found, exactly: beside NumPy and USearch.

Two kinds of rows of 1280 numbers: features of real photos (`--features`, an output's folder
Preprocessing), each repeated with a little noise until there are `--rows`; and random vectors of
length 1, which no neighbour search can tell apart cheaply. 10 nearest by cosine, one query at a
time, all on the same two threads. What each finds is compared first, with sums in float64 as the
judge; NumPy and USearch compute in float32 and may swap neighbours that lie closer than that.

NumPy multiplies rows that were brought to length 1 before; USearch is its exact search.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".cache" / "bench-similar" / "bin" / "python"
if Path(sys.prefix) != VENV.parents[1]:
    if not VENV.is_file():
        sys.exit("requirements/bench-similar.txt is not installed in .cache: tools/setup.sh bench")
    os.execv(VENV, [str(VENV), *sys.argv])

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "2")
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "python")]
os.environ.setdefault("VERGER_LIBRARY", str(ROOT / "build" / "lib" / "libverger.so"))

import numpy as np  # noqa: E402
import numpy.typing as npt  # noqa: E402
import pyarrow as pa  # noqa: E402
import pyarrow.dataset as ds  # noqa: E402
import usearch  # noqa: E402
import verger  # noqa: E402
from figures import ratios, row, spread  # noqa: E402
from machine import save  # noqa: E402
from usearch.index import MetricKind, search  # noqa: E402

Floats = npt.NDArray[np.float32]
THREADS = 2
MOST = 10
ASKED_MS = 50
WIDTH = 1280
BLOCK = 50_000


def real_rows(folder: Path, rows: int, queries: int) -> tuple[Floats, Floats]:
    """Photos' features over and over, with noise a tenth as large as what tells them apart."""
    table = ds.dataset(folder, format="parquet").to_table(columns=["features"])
    column = table["features"].combine_chunks().drop_null()
    base = column.flatten().to_numpy().reshape(len(column), -1)
    random = np.random.default_rng(1)
    noise = np.float32(0.1) * base.std(axis=0)
    all_rows = np.empty((rows + queries, base.shape[1]), np.float32)
    for first in range(0, len(all_rows), BLOCK):
        some = all_rows[first : first + BLOCK]
        some[:] = base[(first + np.arange(len(some))) % len(base)]
        some += noise * random.standard_normal(some.shape, np.float32)
    # Queries are other photos' copies than the first rows: taken from all over.
    query_rows = random.permutation(len(all_rows))[:queries]
    remaining = np.ones(len(all_rows), bool)
    remaining[query_rows] = False
    return np.ascontiguousarray(all_rows[remaining]), all_rows[query_rows]


def random_rows(rows: int, queries: int) -> tuple[Floats, Floats]:
    random = np.random.default_rng(2)
    all_rows = np.empty((rows + queries, WIDTH), np.float32)
    for first in range(0, len(all_rows), BLOCK):
        some = all_rows[first : first + BLOCK]
        some[:] = random.standard_normal(some.shape, np.float32)
        some /= np.linalg.norm(some, axis=1, keepdims=True)
    return all_rows[:rows], all_rows[rows:]


def true_distances(rows: Floats, queries: Floats) -> npt.NDArray[np.float64]:
    """Of all rows to each query, in float64."""
    wide = queries.astype(np.float64)
    wide /= np.linalg.norm(wide, axis=1, keepdims=True)
    distances = np.empty((len(queries), len(rows)))
    for first in range(0, len(rows), BLOCK):
        some = rows[first : first + BLOCK].astype(np.float64)
        some /= np.linalg.norm(some, axis=1, keepdims=True)
        distances[:, first : first + BLOCK] = 1 - wide @ some.T
    return distances


def as_batch(rows: Floats) -> pa.RecordBatch:
    values = pa.array(rows.reshape(-1))
    ends = pa.array(np.arange(len(rows) + 1, dtype=np.int64) * rows.shape[1])
    return pa.RecordBatch.from_arrays(
        [pa.LargeListArray.from_arrays(ends, values)], names=["features"]
    )


def by_numpy(units: Floats, query: Floats) -> npt.NDArray[np.int64]:
    near = units @ (query / np.linalg.norm(query))
    some = np.argpartition(-near, MOST)[:MOST]
    return some[np.argsort(-near[some], kind="stable")]


def measure(kind: str, rows: Floats, queries: Floats, rounds: int) -> dict[str, Any]:
    truth = true_distances(rows, queries)
    expected = [np.lexsort((np.arange(len(rows)), far))[:MOST] for far in truth]
    index = verger.Index(rows.shape[1], threads=THREADS)
    batch = as_batch(rows)
    start = time.perf_counter()
    index.add(batch)
    added = time.perf_counter() - start
    batches = [as_batch(query[None]) for query in queries]
    start = time.perf_counter()
    index.find(batches[0], MOST)
    first = time.perf_counter() - start

    def by_verger(at: int) -> npt.NDArray[np.int64]:
        return index.find(batches[at], MOST).column(1).to_numpy()

    def by_usearch(at: int) -> npt.NDArray[np.int64]:
        matches = search(rows, queries[at], MOST, MetricKind.Cos, exact=True, threads=THREADS)
        return np.asarray(matches.keys).astype(np.int64)

    ways: dict[str, Callable[[int], npt.NDArray[np.int64]]] = {
        "verger": by_verger,
        "usearch": by_usearch,
    }
    same = dict.fromkeys(ways, 0)
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds):
        at = number % len(queries)
        for name, way in ways.items():
            start = time.perf_counter()
            nearest = way(at)
            seconds[name].append(time.perf_counter() - start)
            same[name] += int((nearest == expected[at]).all())
    # In place, for there is no room for both; then there is only NumPy to measure.
    for begin in range(0, len(rows), BLOCK):
        some = rows[begin : begin + BLOCK]
        some /= np.linalg.norm(some, axis=1, keepdims=True)
    same["numpy"], seconds["numpy"] = 0, []
    for number in range(rounds):
        at = number % len(queries)
        start = time.perf_counter()
        nearest = by_numpy(rows, queries[at])
        seconds["numpy"].append(time.perf_counter() - start)
        same["numpy"] += int((nearest == expected[at]).all())
    for name, times in seconds.items():
        print(
            f"{kind:8} {name:8} {1e3 * float(np.median(times)):7.1f} ms a query   "
            f"{same[name]} of {rounds} as float64 has them"
        )
    print(f"{kind:8} adding {added:.2f} s, the first search {first:.2f} s")
    return {
        "seconds": seconds,
        "same_as_float64": same,
        "add_seconds": added,
        "first_search_seconds": first,
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--features", type=Path, help="Preprocessing of an output of real photos")
    parser.add_argument("--quick", action="store_true", help="100,000 rows, 10 rounds")
    options = parser.parse_args()
    if options.quick:
        options.rows, options.rounds = 100_000, 10

    kinds: dict[str, Callable[[], tuple[Floats, Floats]]] = {
        "random": lambda: random_rows(options.rows, options.queries)
    }
    if options.features:
        kinds["photos"] = lambda: real_rows(options.features, options.rows, options.queries)
    else:
        print("bench: NOT MEASURED on features of photos: name them by --features", file=sys.stderr)
    figures: dict[str, Any] = {"rows": options.rows, "most": MOST, "threads": THREADS}
    lines = []
    for kind, make in kinds.items():
        rows, queries = make()
        figures[kind] = measured = measure(kind, rows, queries, options.rounds)
        del rows, queries
        if measured["same_as_float64"]["verger"] != options.rounds:
            print(f"Verger's neighbours are not those of float64 ({kind})", file=sys.stderr)
            return 1
        seconds = measured["seconds"]
        what = f"10 nearest of {options.rows:,} {kind} × {WIDTH}"
        ours = row(f"{what}, a query", spread(1e3 * s for s in seconds["verger"]), "ms")
        lines.append({**ours, "at_most": ASKED_MS} if options.rows >= 1_000_000 else ours)
        for peer, name in (("usearch", "USearch's exact search"), ("numpy", "NumPy in float32")):
            lines.append(row(f"{what}, beside {name}", ratios(seconds[peer], seconds["verger"])))
    save(
        "similar",
        figures,
        title="The nearest photos, exactly, two threads each",
        rows=lines,
        versions={"usearch": usearch.__version__, "numpy": np.__version__},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
