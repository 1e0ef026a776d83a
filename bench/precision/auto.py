"""Is `--precision auto` ever slower than fp32? On small samples, where timing weighs most."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from figures import Row, ratios, row
from growth.photos import link
from whole_runs import Program

Figures = dict[str, Any]
SIZES = (100, 200, 400, 800)  # photos of a run, in turn


def measure(photos: Path, scratch: Path, runs: int) -> Figures:
    """Pairs of runs over the same photos, others each time, in either order; nothing cached."""
    program = Program(scratch)
    paths = sorted(photos.rglob("*.jpg"))
    pairs = []
    for turn in range(runs):
        most = min(SIZES[turn % len(SIZES)], len(paths))
        step = len(paths) / most
        sample = [paths[int(index * step + turn) % len(paths)] for index in range(most)]
        folder = scratch / "sample"
        link(sorted(set(sample)), photos, folder)
        pair: Figures = {"photos": most}
        names = ("fp32", "auto")
        for name in names if turn % 2 == 0 else reversed(names):
            program.forget()
            done = program.run("run", folder, scratch / "out", "--precision", name)
            pair[name] = done.seconds
            shutil.rmtree(scratch / "out")
        shutil.rmtree(folder)
        pairs.append(pair)
    return {"runs": pairs}


def rows(figures: Figures) -> Iterator[Row]:
    """Lines of BENCHMARKS.md."""
    runs = figures["runs"]
    slower = sum(pair["auto"] > pair["fp32"] for pair in runs)
    sizes = " to ".join(str(size) for size in (min(SIZES), max(SIZES)))
    what = f"runs of `--precision auto` slower than fp32, of {len(runs)}, {sizes} photos each"
    yield row(what, slower, "count", at_most=0, readme=True)
    faster = ratios([pair["fp32"] for pair in runs], [pair["auto"] for pair in runs])
    yield row("... how many times as fast", faster)
