"""How long from the start of the process to the first features?

Times `verger extract` on one photo, as a process from start to end, so reading, checking and
compiling the network, one batch and one part are in it: for the embedded network and for ResNet-50
(the seeded weights of the tests). Before each *cold* run the program's files, its libraries and the
weights are put out of the system's cache of files; *warm* runs come right after one another. With
--against, runs of another checkout's program are interleaved with ours, and the ratio is that of
each pair. With --precision int8, of the embedded network alone, which brings its calibration, there
are *kept* runs too: warm, and with the network that an earlier run compiled; all others find none.

    python bench/cold_start/run.py [--rounds 7] [--precision int8] [--against OTHER/build/verger]
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import Row, row, spread
from machine import BUILD, ROOT, save

QUICK_ROUNDS = 3
WEIGHTS = BUILD / "test-data" / "resnet50.h5"
NETWORKS = {"efficientnet-lite0": "efficientnet-lite0", "resnet50": str(WEIGHTS)}
PHOTOS = ROOT / "tests" / "golden" / "photos"


def files_of(program: Path) -> list[Path]:
    """What a run of the program maps or reads: itself, its libraries, and OpenVINO's plugins."""
    listed = subprocess.run(["ldd", str(program)], check=True, capture_output=True, text=True)
    words = [line.split("=>")[-1].split("(")[0].strip() for line in listed.stdout.splitlines()]
    files = [program, *(Path(word) for word in words if word.startswith("/"))]
    engine = next(file.parent for file in files if file.name.startswith("libopenvino.so"))
    return [*files, *engine.glob("lib*.so*"), WEIGHTS]


def forget(files: list[Path]) -> None:
    """Puts the files out of the system's cache, as far as no other process maps them."""
    os.sync()
    for path in files:
        with path.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def once(program: Path, photos: Path, options: list[str], cache: Path | None) -> dict[str, float]:
    """Seconds of the clock and of the processor that one run takes; `cache` None: an empty one."""
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        command = [str(program), "extract", str(photos), f"{folder}/out", *options, "--json"]
        environment = {**os.environ, "XDG_CACHE_HOME": str(cache or folder)}
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        begin = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment)
        seconds = time.perf_counter() - begin
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime
    return {"seconds": seconds, "processor_seconds": used}


def compare(
    programs: dict[str, Path], photos: Path, options: list[str], rounds: int, state: str
) -> dict[str, Any]:
    """Figures of each program, in turn; of the second, the ratio to the first, pair by pair.

    `photos` stands beside the caches of kept runs.
    """
    runs: dict[str, list[dict[str, float]]] = {name: [] for name in programs}
    for turn in range(rounds + 1):
        for name, program in programs.items():
            if state == "cold":
                forget(files_of(program))
            cache = photos.parent / f"cache-{name}" if state == "kept" else None
            run = once(program, photos, options, cache)
            if turn > 0:  # the first round warms up
                runs[name].append(run)
    figures: dict[str, Any] = {
        name: {what: spread([run[what] for run in of]) for what in of[0]}
        for name, of in runs.items()
    }
    if len(programs) == 2:
        ours, theirs = runs.values()
        pairs = list(zip(theirs, ours, strict=True))
        figures["times as fast"] = {
            what: spread([other[what] / own[what] for other, own in pairs]) for what in ours[0]
        }
    return figures


def rows_of(network: str, states: dict[str, Any]) -> Iterator[Row]:
    """Lines of BENCHMARKS.md."""
    for state, figures in states.items():
        what = f"`verger extract` of one photo, {network}, {state}"
        yield row(
            what,
            figures["ours"]["seconds"],
            "seconds",
            at_most=1.0 if state == "warm" else None,
            readme=state == "warm",
        )
        yield row("... of processor time", figures["ours"]["processor_seconds"], "seconds")
        if faster := figures.get("times as fast"):
            yield row("... beside another build", faster["seconds"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--against", type=Path, help="the program of another build")
    parser.add_argument("--quick", action="store_true", help="three rounds")
    parser.add_argument("--precision", choices=("fp32", "bf16", "int8"), default="fp32")
    arguments = parser.parse_args()
    if arguments.quick:
        arguments.rounds = QUICK_ROUNDS
    quantised = arguments.precision == "int8"
    programs = {"ours": BUILD / "verger"}
    if arguments.against:
        programs["against"] = arguments.against.resolve()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        photos = Path(folder) / "photos"
        photos.mkdir()
        first = min(PHOTOS.iterdir())
        (photos / first.name).symlink_to(first)
        for network in list(NETWORKS)[: 1 if quantised else None]:
            options = ["--model", NETWORKS[network], "--threads", str(arguments.threads)]
            if arguments.precision != "fp32":  # older programs have no such option
                options += ["--precision", arguments.precision]
            figures[network] = {
                state: compare(programs, photos, options, arguments.rounds, state)
                for state in ("warm", "cold", *(["kept"] if quantised else []))
            }
    suffix = "" if arguments.precision == "fp32" else f"_{arguments.precision}"
    in_precision = "" if arguments.precision == "fp32" else f", in {arguments.precision}"
    save(
        "cold_start" + suffix,
        {"threads": arguments.threads, "rounds": arguments.rounds, "networks": figures},
        title="From the start of the process to the first features" + in_precision,
        rows=[line for network in figures for line in rows_of(network, figures[network])],
        quick=arguments.quick,
    )


if __name__ == "__main__":
    main()
