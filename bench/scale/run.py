"""What do the steps of a run on a cluster cost beside the network?

Of a part of 512 photos: gathering its moments, projecting it, the bytes of its files, its lines of
the manifest. Of a run: merging moments, the PCA. `tasks` extracts photos part by part, on one
thread, and prints how far the times of tasks differ. docs/scale.md has the figures.

    python bench/scale/run.py [--parts 20000] [--dimension 2048] [--rounds 5]
    python bench/scale/run.py --only tasks --folder PHOTOS [--tasks 20] [--task-photos 64]
"""

import argparse
import os
import pickle
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import Row, row
from machine import BUILD, ROOT, save

sys.path.insert(0, str(ROOT / "python"))
os.environ.setdefault("VERGER_LIBRARY", str(BUILD / "lib" / "libverger.so"))
from verger._limits import limits
from verger.moments import Moments, moments_of
from verger.pca import Pca
from verger.runs.listing import listing, photos_of
from verger.runs.manifest import (
    FileEntry,
    Manifest,
    ModelIdentity,
    PartEntry,
    PcaSettings,
    Reduction,
    ResultEntry,
)
from verger.runs.parts import encode_preprocessing, encode_results, good_rows
from verger.runs.photo import Photo, PhotoRow
from verger.runs.storage import LocalPlace

Figures = dict[str, Any]
QUICK_PARTS = 2000
PART_ROWS = int(limits().part_rows)


def quickest(rounds: int, work: Callable[[], object]) -> float:
    """Seconds of the shortest round: whatever else the machine does only adds."""
    times = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def identity_of(dimension: int) -> ModelIdentity:
    """Some network with so many features."""
    return ModelIdentity("resnet50", "0" * 64, "keras", "keras", dimension)


def photo(number: int) -> Photo:
    """A photo as a bucket's listing has it."""
    label = f"Apple Golden {number % 60}"
    path = f"Apple/{label}/r0_{number}_100.jpg"
    return Photo(path, label, 5000 + number % 997, 1_700_000_000_000_000 + number)


def of_a_part(dimension: int, rounds: int) -> Figures:
    """What an executor does with a part, but for the network; and the merging and the PCA."""
    features = np.maximum(np.random.default_rng(7).normal(size=(PART_ROWS, dimension)), 0)
    column = pa.FixedSizeListArray.from_arrays(
        pa.array(features.astype(np.float32).ravel()), dimension
    ).cast(pa.list_(pa.float32()))
    identity = identity_of(dimension)
    rows = []
    for number in range(PART_ROWS):
        path, label, size, modified, _, _ = photo(number)
        rows.append(PhotoRow(path, label, size, modified, "0" * 64, None))
    preprocessing = encode_preprocessing(rows, column, identity)
    good = good_rows(preprocessing, "part")
    moments = moments_of([good])
    assert moments is not None
    saved = moments.save()
    # As many rows as the dimension has at least, or the fit is of another kind.
    whole = Moments(dimension)
    for _ in range(1 + 2 * dimension // PART_ROWS):
        whole.add(good)
    pca = whole.fit(50, identity)

    def project() -> bytes:
        there = good_rows(preprocessing, "part")
        return encode_results(there, pca.project(there, "centred").column(0), identity)

    results = project()
    return {
        "dimension": dimension,
        "encode_seconds_a_part": quickest(
            rounds, lambda: encode_preprocessing(rows, column, identity)
        ),
        "gather_seconds_a_part": quickest(
            rounds, lambda: moments_of([good_rows(preprocessing, "part")])
        ),
        "project_seconds_a_part": quickest(rounds, project),
        "preprocessing_bytes_a_part": len(preprocessing),
        "results_bytes_a_part": len(results),
        "moments_bytes": len(saved),
        "save_load_merge_seconds": quickest(
            rounds, lambda: moments.merge(Moments.load(moments.save()))
        ),
        "fit_seconds": quickest(rounds, lambda: whole.fit(50, identity)),
        "pca_document_bytes": len(pca.to_json()),
        "pca_pickle_bytes": len(pickle.dumps(Pca.from_json(pca.to_json()))),
    }


def of_a_manifest(parts: int) -> Figures:
    """Bytes of a part's two entries, and the seconds to write and to read them."""

    def entry(kind: str, number: int) -> PartEntry:
        name = f"{kind}/part-{number:05}.parquet"
        return PartEntry(FileEntry(name, 4_300_000 + number, f"{number:064x}"), PART_ROWS)

    results = [ResultEntry(entry("Results", n), f"{n:064x}") for n in range(parts)]
    document = FileEntry("_verger/pca-000001.json", 1_000_000, "0" * 64)
    manifest = Manifest(
        photos="s3://bucket/Data",
        labels=60,
        model=identity_of(2048),
        preprocessing=[entry("Preprocessing", n) for n in range(parts)],
        moments=FileEntry("_verger/moments-000001.bin", 16_801_912, "0" * 64),
        rejects=[],
        reduction=Reduction(PcaSettings(components=50), "0" * 64, 50, 0.8, document, results),
    )
    begin = time.perf_counter()
    text = manifest.to_json()
    written = time.perf_counter()
    Manifest.from_json(text, "manifest")
    return {
        "parts": parts,
        "manifest_bytes_a_part": len(text) / parts,
        "write_seconds_a_part": (written - begin) / parts,
        "read_seconds_a_part": (time.perf_counter() - written) / parts,
    }


def of_tasks(folder: str, tasks: int, photos: int) -> Figures:
    """How far apart the times of tasks are: photos of a folder, task by task, on one thread.

    CPU seconds tell what the photos differ by, wall seconds what the machine adds.
    """
    from verger.extractor import Extractor
    from verger.find_model import find_model
    from verger.model import Model

    place = LocalPlace(folder, folder)
    listed = list(photos_of(listing(place)))[: tasks * photos]
    walls, cpus = [], []
    extractor = Extractor(Model(find_model("efficientnet-lite0")), threads=1)
    for first in range(0, len(listed) - photos + 1, photos):
        contents = [place.read(str(one.path)) for one in listed[first : first + photos]]
        paths = [one.path for one in listed[first : first + photos]]
        batch = pa.RecordBatch.from_arrays(
            [pa.array(paths), pa.array(contents, pa.binary())], ["path", "content"]
        )
        begin, busy = time.perf_counter(), time.process_time()
        for _ in extractor.stream([batch]):
            pass
        walls.append(time.perf_counter() - begin)
        cpus.append(time.process_time() - busy)

    def spread(times: list[float]) -> Figures:
        middle = statistics.mean(times)
        return {
            "mean_seconds": middle,
            "variation": statistics.stdev(times) / middle,
            "longest_to_mean": max(times) / middle,
        }

    return {
        "tasks": len(walls),
        "photos_a_task": photos,
        "cpu": spread(cpus),
        "wall": spread(walls),
        "photos_a_cpu_second": photos / statistics.mean(cpus),
    }


def rows_of(figures: Figures) -> Iterator[Row]:
    """Seconds, for BENCHMARKS.md."""
    if part := figures.get("part"):
        for name in ("encode", "gather", "project"):
            what = f"{name} a part of {PART_ROWS} photos, {part['dimension']} features"
            yield row(what, part[f"{name}_seconds_a_part"], "seconds")
        yield row("merge moments of a part", part["save_load_merge_seconds"], "seconds")
        yield row("fit the PCA", part["fit_seconds"], "seconds")
    if tasks := figures.get("tasks"):
        yield row("photos a CPU second of a task", tasks["photos_a_cpu_second"], "photos/s")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=("part", "manifest", "tasks"))
    parser.add_argument("--parts", type=int, default=20_000)
    parser.add_argument("--dimension", type=int, default=2048)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", help="photos for `tasks`")
    parser.add_argument("--tasks", type=int, default=20)
    parser.add_argument("--task-photos", type=int, default=64)
    parser.add_argument("--quick", action="store_true", help="few parts, one round")
    options = parser.parse_args()
    if options.quick:
        options.parts, options.rounds = QUICK_PARTS, 1
    figures: Figures = {}
    if options.only in (None, "part"):
        figures["part"] = of_a_part(options.dimension, options.rounds)
    if options.only in (None, "manifest"):
        figures["manifest"] = of_a_manifest(options.parts)
    if options.only == "tasks" or (options.only is None and options.folder):
        if not options.folder:
            parser.error("--only tasks: name the photos by --folder")
        figures["tasks"] = of_tasks(options.folder, options.tasks, options.task_photos)
    title = "What steps of a run on a cluster cost"
    save("scale", figures, title=title, rows=list(rows_of(figures)), quick=options.quick)


if __name__ == "__main__":
    main()
