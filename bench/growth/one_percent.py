"""What 1 % more photos cost, and whether PCA then is the PCA of all."""

import shutil
import statistics
import sys
from pathlib import Path
from typing import Any

from growth.compared import features, features_apart, pca_apart
from growth.networks import options
from growth.photos import link
from growth.processes import verger

ASKED = {"efficientnet-lite0": 0.08, "resnet50": 0.03}  # of the full run's seconds
ASKED_PCA = 1e-9  # of the largest number
A_NEW_ONE = 101  # one photo of so many comes later: 1 % of those before it


def measure(network: str, photos: Path, most: int, scratch: Path, rounds: int) -> dict[str, Any]:
    """Rounds of: all photos but the new; then all, into the same output; then all, into another.

    `ratio` is of the second run's seconds to the first's, each a process from start to end. The
    second output's PCA is held against the third's: `pca` has the largest differences, and
    `features` says what of them the network's own last bits may make.
    """
    files = sorted(photos.rglob("*.jpg"))
    if most:
        files = [files[index * len(files) // most] for index in range(min(most, len(files)))]
    new = files[A_NEW_ONE // 2 :: A_NEW_ONE]
    if not new:
        sys.exit(f"bench/growth: {len(files)} photos: at least {A_NEW_ONE} are needed")
    model = options(network, scratch)
    figures = [_round(model, files, new, photos, scratch / "round") for _ in range(rounds)]
    ratio = statistics.median(figure["ratio"] for figure in figures)
    apart = max(max(figure["pca"].values()) for figure in figures)
    return {
        "model": network,
        "photos": len(files),
        "new": len(new),
        "ratio": ratio,
        "asked": ASKED.get(network),
        "pca_apart": apart,
        "asked_pca_apart": ASKED_PCA,
        "rounds": figures,
    }


def _round(
    model: list[str], files: list[Path], new: list[Path], below: Path, scratch: Path
) -> dict[str, Any]:
    photos, out, undisturbed = (scratch / name for name in ("photos", "out", "undisturbed"))
    link(sorted(set(files) - set(new)), below, photos)
    full = verger("run", photos, out, *model)
    link(new, below, photos)
    grown = verger("run", photos, out, *model)
    whole = verger("run", photos, undisturbed, *model)

    assert full.summary["inputs"] == len(files) - len(new), full.summary
    assert grown.summary["inputs"] == whole.summary["inputs"] == len(files), grown.summary
    assert grown.summary["extracted"] <= len(new), grown.summary  # equal photos once
    figures = {
        "seconds": {"full": full.cost.wall, "grown": grown.cost.wall, "all": whole.cost.wall},
        "ratio": grown.cost.wall / full.cost.wall,
        "extracted": grown.summary["extracted"],
        "features": features_apart(features(out), features(undisturbed)),
        "pca": pca_apart(out, undisturbed),
    }
    shutil.rmtree(scratch)
    return figures
