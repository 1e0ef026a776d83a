"""How large report.html is for many photos, how long it takes to make, and how a browser bears it.

    VERGER_LIBRARY=build/lib/libverger.so .venv/bin/python bench/page/million_points.py [--rows N]

Photos that never were: labels are clouds in the space of the components, paths look like a
camera's. The page goes through the library as programs make it. With Chromium (make
setup-browser) it is opened, and the time of a redraw is measured while the map is zoomed.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.append(str(Path(__file__).resolve().parents[2] / "python"))

from verger._arrow import exported
from verger._handle import Handle
from verger._library import borrowed, call, take_bytes
from verger._structs import ReportOptions
from verger.runs.parts import vector_type

HASH = "0" * 64
PART = 1024  # rows
REDRAWS = 20


class Report(Handle):
    """verger_report"""

    free = "verger_report_free"

    def __init__(self, manifest: dict[str, Any], pca: dict[str, Any]) -> None:
        options = ReportOptions(version=1)
        texts = (borrowed(json.dumps(each)) for each in (manifest, pca))
        super().__init__("verger_report_create", *texts, ctypes.byref(options))

    def add(self, name: str, rows: pa.RecordBatch, scores: pa.RecordBatch) -> None:
        """A part, and what it is projected to."""
        with exported(rows) as first, exported(scores) as second:
            call("verger_report_add_part", self._pointer, borrowed(name), *first, *second)

    def finish(self) -> bytes:
        """The page."""
        return take_bytes("verger_report_finish", self._pointer)


def file(name: str, rows: int) -> dict[str, Any]:
    """A part as a manifest has it."""
    return {"name": name, "bytes": 1, "sha256": HASH, "rows": rows, "rejects": 0}


def manifest(rows: int, labels: int, components: int) -> dict[str, Any]:
    """Of an output of so many rows."""
    parts = [(at, min(PART, rows - at * PART)) for at in range((rows + PART - 1) // PART)]
    return {
        "format": "verger-manifest",
        "version": 2,
        "photos": "/photos/that/never/were",
        "path_mode": "plain",
        "inputs": rows,
        "rows": rows,
        "labels": labels,
        "model": {
            "name": "none",
            "sha256": HASH,
            "preset": "keras",
            "identity": "none",
            "dimension": components,
        },
        "preprocessing": [
            file(f"Preprocessing/part-{at:05}.parquet", count)
            | {
                "sha256": f"{at:064x}",
                "first": path(at * PART),
                "last": path(at * PART + count - 1),
            }
            for at, count in parts
        ],
        "moments": {"name": "_verger/moments-000001.bin", "bytes": 1, "sha256": HASH},
        "reduction": {
            "settings": {
                "components": components,
                "variance_share": 0,
                "scores": "centred",
                "fewer_will_do": False,
            },
            "moments": HASH,
            "components": components,
            "explained_variance": 0.9,
            "pca": {"name": "_verger/pca-000001.json", "bytes": 1, "sha256": HASH},
            "results": [
                file(f"Results/part-{at:05}.parquet", count) | {"source": f"{at:064x}"}
                for at, count in parts
            ],
        },
        "replaced": [],
        "rejects": [],
    }


def path(row: int) -> str:
    """As a camera counts: 9,999 photos a folder."""
    return f"{row // 9999:05}ORCHARD/morning/IMG_{row:08}.JPG"


def make(rows: int, labels: int, components: int) -> bytes:
    """The page of so many photos."""
    rng = np.random.default_rng(1)
    centres = rng.normal(0, 6, (labels, components))
    document = manifest(rows, labels, components)
    report = Report(document, {"explained_variance_ratio": [0.9 / components] * components})
    for at, part in enumerate(document["preprocessing"]):
        count = part["rows"]
        label = rng.integers(0, labels, count)
        scores = (centres[label] + rng.normal(0, 1, (count, components))).astype(np.float32)
        paths = pa.array([path(at * PART + row) for row in range(count)])
        names = pa.array([f"Label {each}" for each in label])
        numbers = pa.array(np.full(count, 4_000_000))
        vectors = pa.ListArray.from_arrays(
            np.arange(count + 1, dtype=np.int32) * components, scores.ravel()
        ).cast(vector_type())
        report.add(
            part["name"],
            pa.record_batch(
                [paths, names, pa.nulls(count, pa.string()), numbers, numbers],
                names=["path", "label", "error", "size", "modified"],
            ),
            pa.record_batch([paths, vectors], names=["path", "features"]),
        )
    return report.finish()


def browse(page: Path) -> dict[str, float]:
    """Seconds until the page can be used, and milliseconds of a redraw."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        opened = browser.new_page(viewport={"width": 1280, "height": 900})
        opened.goto(page.resolve().as_uri(), timeout=120_000)
        opened.wait_for_function("document.documentElement.dataset.ready", timeout=120_000)
        ready = opened.evaluate("performance.now() / 1000")
        opened.wait_for_timeout(500)
        redraws = opened.evaluate(
            """count => {
              const times = [];
              for (let at = 0; at < count; ++at) {
                shownMap.view.zoom(at % 2 ? 1.1 : 1 / 1.1);
                const begin = performance.now();
                shownMap.drawNow();
                times.push(performance.now() - begin);
              }
              return times.sort((a, b) => a - b);
            }""",
            REDRAWS,
        )
        browser.close()
    return {"ready_s": ready, "redraw_ms": redraws[REDRAWS // 2], "slowest_ms": redraws[-1]}


def main() -> None:
    """Measures once and prints."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--labels", type=int, default=60)
    parser.add_argument("--components", type=int, default=50)
    parser.add_argument("--keep", type=Path, default=Path("report-of-many.html"))
    options = parser.parse_args()
    begin = time.process_time()
    page = make(options.rows, options.labels, options.components)
    seconds = time.process_time() - begin
    options.keep.write_bytes(page)
    figures = {"rows": options.rows, "bytes": len(page), "cpu_s_with_making_rows": seconds}
    if shutil.which("chromium"):
        figures |= browse(options.keep)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
