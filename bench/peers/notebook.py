"""The TensorFlow notebook's chain, on two samples, and a straight line from them to all photos."""

import shutil
from pathlib import Path
from typing import Any

from cosine import cosines
from end_to_end.run import some_of
from figures import Row, ratios, row
from peers import processes
from peers.processes import Peer
from whole_runs import Program

COMPONENTS = 50
SAMPLES, QUICK_SAMPLES = (200, 600), (60, 180)
LEAST_COSINE = 0.9999
# Ours: what it is called, its options, and how many times as fast it is wanted to be.
OURS: dict[str, tuple[list[str], float | None]] = {
    "resnet50-fp32": (["--model", "WEIGHTS"], None),
    "resnet50-int8": (["--model", "WEIGHTS", "--precision", "int8"], 12),
    "efficientnet-lite0-auto": (["--precision", "auto"], None),
    "efficientnet-lite0-auto-112": (["--precision", "auto", "--input-size", "112"], 100),
}


def measure(
    peer: Peer, photos: Path, weights: Path, scratch: Path, rounds: int, quick: bool
) -> tuple[dict[str, Any], list[Row]]:
    """Rounds of both samples by the notebook and all photos by `verger run`.

    Ours in another precision than fp32 runs once before, since it times or calibrates at first: its
    seconds are reported as `first`.
    """
    scratch.mkdir()
    program = Program(scratch)
    count = sum(1 for _ in photos.rglob("*.jpg"))
    samples = [some_of(photos, most, scratch / f"{most}") for most in _samples(quick, count)]
    seconds: dict[str, list[float]] = {"projected": [], **{name: [] for name in OURS}}
    parts = []
    first: dict[str, float] = {}
    versions: dict[str, str] = {}
    for turn in range(rounds):
        runs = [processes.run(peer, [sample, scratch / "nb", weights, COMPONENTS], scratch)
                for sample in samples]  # fmt: skip
        few, many = runs
        each = (many.seconds - few.seconds) / (many.rows - few.rows)
        parts.append({"rows": [few.rows, many.rows], "seconds": [few.seconds, many.seconds]})
        seconds["projected"].append(many.seconds + each * (count - many.rows))
        versions |= many.versions
        if turn == 0:
            near = _compared(program, samples[-1], weights, scratch)
        for name, (options, _) in OURS.items():
            words = [str(weights) if word == "WEIGHTS" else word for word in options]
            if turn == 0 and "--precision" in options:
                first[name] = _run(program, photos, scratch / "out", words)
            seconds[name].append(_run(program, photos, scratch / "out", words))
    rows = [
        row(
            f"`verger run` of {name}, {count:,} photos, beside the {peer.name} (ResNet-50),"
            " projected from a sample",
            ratios(seconds["projected"], seconds[name]),
            at_least=bound,
            readme=name != "resnet50-fp32",
        )
        for name, (_, bound) in OURS.items()
    ]
    rows.append(row(f"features of the {peer.name} to ours in fp32", near, "cosine"))
    figures = {"photos": count, "seconds": seconds, "first": first, "samples": parts}
    return {**figures, "cosine": near, "versions": versions}, rows


def _samples(quick: bool, count: int) -> tuple[int, int]:
    """Photos of the two samples, of `count` that there are."""
    few, many = QUICK_SAMPLES if quick else SAMPLES
    return min(few, count // 3), min(many, count)


def _run(program: Program, photos: Path, out: Path, options: list[str]) -> float:
    seconds = program.run("run", photos, out, "-k", COMPONENTS, *options).seconds
    shutil.rmtree(out)
    return seconds


def _compared(program: Program, photos: Path, weights: Path, scratch: Path) -> float:
    """Mean cosine of the notebook's features to ours; ends the benchmark if they are others."""
    out = scratch / "out"
    program.run("extract", photos, out, "--model", weights)
    near = cosines(out / "Preprocessing", scratch / "nb" / "features", photos)
    shutil.rmtree(out)
    assert near["mean"] >= LEAST_COSINE, f"features of the notebook differ from ours: {near}"
    return near["mean"]
