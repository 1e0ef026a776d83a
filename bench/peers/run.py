"""How long do other programs take for the same job: photos in, a Parquet of features out?

Each peer is a file of its own in ways/, given the same photos and, but for the notebook, the same
network. Features are compared with ours first; then whole processes are timed in turn, round by
round. The TensorFlow notebook, which is slow, is timed on two samples and projected to all photos
by a straight line; it reduces features as well, so beside it stands `verger run`.

    python bench/peers/run.py [--photos DIR] [--most 0] [--rounds 3] [--only NAME] [--quick]

Photos: ../shared/fruits360 if it is there, else the sample orchard. Needs the peers: tools/setup.sh
bench. A peer that is not installed, or whose features are too far from ours, is named, not timed.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from cosine import cosines
from end_to_end.run import WEIGHTS, default_photos, some_of
from figures import Row, Spread, ratios, row
from machine import BUILD, save
from peers import networks, notebook
from peers.processes import NOTEBOOK, PEERS, Peer, PeerRun, run
from whole_runs import Program

QUICK_MOST, QUICK_ROUNDS = 1000, 1
OURS = ("fp32", "auto")  # our precisions that peers are compared with


class Bench:
    """The photos, the program, and a folder for what everybody writes."""

    def __init__(self, photos: Path, scratch: Path) -> None:
        self.photos, self.scratch = photos, scratch
        self.program = Program(scratch)
        self.imagenet = networks.for_imagenet_tensors(scratch / "imagenet.onnx")

    def ours(self, precision: str, keep: bool = False) -> tuple[float, Path]:
        """Seconds of `verger extract`, and its output, which is gone unless it is kept."""
        out = self.scratch / f"ours-{precision}"
        shutil.rmtree(out, ignore_errors=True)
        done = self.program.run("extract", self.photos, out, "--precision", precision)
        if not keep:
            shutil.rmtree(out)
        return done.seconds, out / "Preprocessing"

    def theirs(self, peer: Peer) -> tuple[PeerRun, Path]:
        out = self.scratch / peer.way
        if out.is_dir():
            shutil.rmtree(out)
        network = self.imagenet if peer.network == "lite0-imagenet" else networks.EMBEDDED
        return run(peer, [self.photos, out, network], self.scratch), out


def comparable(
    bench: Bench, candidates: list[Peer], reference: Path
) -> tuple[list[Peer], dict[str, Spread], dict[str, str], dict[str, str]]:
    """Those of the peers that run and do the same job, their cosines, versions, and why not."""
    good: list[Peer] = []
    near: dict[str, Spread] = {}
    versions: dict[str, str] = {}
    refused: dict[str, str] = {}
    for peer in candidates:
        if reason := peer.missing():
            refused[peer.name] = reason
        else:
            result, out = bench.theirs(peer)
            near[peer.name] = cosines(reference, out, bench.photos)
            versions |= result.versions
            if near[peer.name]["mean"] >= peer.least_cosine:
                good.append(peer)
            else:
                refused[peer.name] = f"features too far from ours: {near[peer.name]}"
        if peer.name in refused:
            print(f"bench/peers: NOT RUN: {peer.name}: {refused[peer.name]}", file=sys.stderr)
    return good, near, versions, refused


def measure(bench: Bench, candidates: list[Peer], rounds: int) -> tuple[dict[str, Any], list[Row]]:
    """Rounds of Verger and of every peer in turn; the ratio is of seconds of one round."""
    _, reference = bench.ours("fp32", keep=True)
    bench.ours("auto")
    peers, near, versions, refused = comparable(bench, candidates, reference)
    seconds: dict[str, list[float]] = {}
    for _ in range(rounds):
        for precision in OURS:
            seconds.setdefault(precision, []).append(bench.ours(precision)[0])
        for peer in peers:
            seconds.setdefault(peer.name, []).append(bench.theirs(peer)[0].seconds)
    rows = []
    count = f"{sum(1 for _ in bench.photos.rglob('*.jpg')):,}"
    for peer in peers:
        for precision in OURS:
            ratio = ratios(seconds[peer.name], seconds[precision])
            what = f"`verger extract --precision {precision}`, {count} photos, beside {peer.name}"
            rows.append(row(what, ratio, readme=precision == "auto"))
        rows.append(
            row(f"features of {peer.name} to ours in fp32", near[peer.name]["mean"], "cosine")
        )
    figures = {"seconds": seconds, "cosines": near, "not_run": refused, "versions": versions}
    return figures, rows


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure other programs beside Verger.")
    parser.add_argument("--photos", type=Path)
    parser.add_argument("--most", type=int, default=0, help="photos; 0: all")
    parser.add_argument("--rounds", type=int, default=3)
    names = [peer.way for peer in (*PEERS, NOTEBOOK)]
    parser.add_argument("--only", choices=names)
    parser.add_argument("--quick", action="store_true", help="few photos, one round: 4 minutes")
    options = parser.parse_args()
    most, rounds = (QUICK_MOST, QUICK_ROUNDS) if options.quick else (options.most, options.rounds)
    peers = [peer for peer in PEERS if options.only in (None, peer.way)]
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        scratch = Path(folder)
        photos = some_of(options.photos or default_photos(), most, scratch / "photos")
        if peers:
            figures, rows = measure(Bench(photos, scratch), peers, rounds)
            save(
                f"peers_{options.only}" if options.only else "peers",
                figures,
                title="Other programs, from the same photos to the same features",
                rows=rows,
                versions=figures["versions"],
                quick=options.quick,
            )
        if options.only not in (None, NOTEBOOK.way):
            return
        if reason := NOTEBOOK.missing():
            print(f"bench/peers: NOT RUN: {NOTEBOOK.name}: {reason}", file=sys.stderr)
            return
        figures, rows = notebook.measure(
            NOTEBOOK, photos, WEIGHTS, scratch / "notebook", rounds, options.quick
        )
        save(
            "peers_notebook",
            figures,
            title="The whole chain of the TensorFlow notebook, from photos to components",
            rows=rows,
            versions=figures["versions"],
            quick=options.quick,
        )


if __name__ == "__main__":
    main()
