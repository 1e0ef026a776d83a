"""The whole job: all photos to features, PCA and Parquet by the embedded network."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from figures import Row, ratios, row
from machine import ROOT
from peers.networks import EMBEDDED
from peers.processes import PEERS
from precision.cases import HELD, has_bf16, has_vnni
from whole_runs import Program, timed

Figures = dict[str, Any]
COMPONENTS = 50
AUTO = ("--precision", "auto")
WAYS = {"fp32": (), "auto": AUTO, "auto at 112": (*AUTO, "--input-size", "112")}
AGAIN = ", again"
OPENVINO = PEERS[0]
# A script of somebody else's for the same job, if it is there; it is run, not copied.
SCRIPT = ROOT.parent / "shared" / "peers" / "openvino_python.py"
SHARED = f"the script {SCRIPT.name}"


def measure(
    photos: Path, scratch: Path, rounds: int, before: Path | None, avx2_only: bool
) -> Figures:
    """Rounds of all in turn, each with nothing cached (`auto` has to time and compare again).

    `before`: another build of verger, that knows no precisions. `avx2_only`: kernels held to AVX2,
    which OpenVINO's own choice of a precision does not follow, so the scripts stay out.
    """
    variables = HELD if avx2_only else {}
    ours = Program(scratch, variables)
    theirs = None
    if before:
        # Wherever it was built, its own library rather than this build's.
        library = str(before.resolve().parent / "lib")
        theirs = Program(scratch, {**variables, "LD_LIBRARY_PATH": library}, before)
    seconds: dict[str, list[float]] = {}
    took: list[Figures] = []
    for _ in range(rounds):
        if theirs:
            done = theirs.run("run", photos, scratch / "out", "-k", COMPONENTS)
            seconds.setdefault("before", []).append(done.seconds)
            shutil.rmtree(scratch / "out")
        for name, options in WAYS.items():
            for when in ("first", "again"):
                if when == "first":
                    ours.forget()
                done = ours.run("run", photos, scratch / "out", "-k", COMPONENTS, *options)
                key = name if when == "first" else name + AGAIN
                seconds.setdefault(key, []).append(done.seconds)
                if options:
                    took.append({"way": key, "model": _model(scratch / "out")})
                shutil.rmtree(scratch / "out")
        if not avx2_only:
            for name, command in _scripts(photos, scratch):
                environment = {**os.environ, "PYTHONPATH": str(ROOT / "bench")}
                seconds.setdefault(name, []).append(timed(command, environment)[1])
    count = sum(1 for _ in photos.rglob("*.jpg"))
    return {"photos": count, "held": avx2_only, "seconds": seconds, "took": took}


def _scripts(photos: Path, scratch: Path) -> Iterator[tuple[str, list[str]]]:
    """Scripts that leave the precision to OpenVINO."""
    if reason := OPENVINO.missing():
        print(f"bench/precision: NOT RUN: {OPENVINO.name}: {reason}", file=sys.stderr)
        return
    python, k = str(OPENVINO.python), str(COMPONENTS)
    way = [python, "-m", f"peers.ways.{OPENVINO.way}"]
    yield OPENVINO.name, [*way, str(photos), str(scratch / "peer.parquet"), str(EMBEDDED), k]
    if SCRIPT.is_file():
        out = str(scratch / "script")
        yield SHARED, [python, str(SCRIPT), str(photos), out,
                                            str(EMBEDDED), k, "lite"]  # fmt: skip


def _model(out: Path) -> Figures:
    """What the output says of the model that was taken."""
    manifests = sorted((out / "_verger").glob("manifest-*.json"))
    model = json.loads(manifests[-1].read_text())["model"]
    return {key: model[key] for key in ("name", "precision", "identity") if key in model}


def rows(figures: Figures) -> Iterator[Row]:
    """Lines of BENCHMARKS.md."""
    seconds, avx2_only = figures["seconds"], figures["held"]
    of = f"{figures['photos']:,} photos" + (", kernels held to AVX2" if avx2_only else "")
    ours = [name + when for name in WAYS for when in ("", AGAIN)]
    others = [name for name in seconds if name not in ours]
    for name, options in WAYS.items():
        command = f"`verger run {' '.join(options)}`" if options else "`verger run` in fp32"
        for other in ["fp32", *others] if options else others:
            beside = "the build before" if other == "before" else other
            yield row(
                f"{command} beside {beside}, {of}",
                ratios(seconds[other], seconds[name]),
                at_least=_least(other, name, avx2_only),
                readme=other not in ("before", SHARED) and not avx2_only and bool(options),
            )
            if other == "fp32":
                again = ratios(seconds["fp32" + AGAIN], seconds[name + AGAIN])
                yield row("... and again on a machine that has run it before", again)


def _least(other: str, way: str, avx2_only: bool) -> float | None:
    if way == "fp32" or other == "fp32":
        return None
    if other != "before":
        return 1.3
    fast = has_vnni() and has_bf16() and not avx2_only
    if way == "auto":
        return 2.2 if fast else 1.35
    return 5.0 if fast else 3.5
