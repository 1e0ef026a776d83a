"""The whole chain, step by step as on Spark, in one process: tests/spark has the real one."""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pyarrow.parquet as pq
import pytest

from verger.find_model import find_model
from verger.model import Model
from verger.runs.files import Files
from verger.runs.hashed_listing import hashed_listing
from verger.runs.listing import require_photos
from verger.runs.manifest import HASH, Manifest, PcaSettings
from verger.runs.output import Output
from verger.runs.storage import open_place
from verger.spark import worker
from verger.spark.classic import ClassicExecutors
from verger.spark.run import ChainOnSpark
from verger.spark.summary import Summary

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "tests" / "cli"))
COMPONENTS = PcaSettings(components=3)


class Rdd:
    """Items that functions are sent to, as Spark sends them."""

    def __init__(self, items: Iterable[Any], partitions: int) -> None:
        self.items, self.partitions = list(items), partitions

    def map(self, function: Callable[[Any], Any]) -> Rdd:
        sent = pickle.loads(pickle.dumps((function, self.items)))
        return Rdd(map(sent[0], sent[1]), self.partitions)

    def mapPartitionsWithIndex(self, function: Callable[[int, Iterable[Any]], Any]) -> Rdd:
        parts = (self.items[index :: self.partitions] for index in range(self.partitions))
        return Rdd(
            (item for index, part in enumerate(parts) for item in function(index, part)),
            self.partitions,
        )

    def getNumPartitions(self) -> int:
        return self.partitions

    def collect(self) -> list[Any]:
        return self.items


CONTEXT: Any = SimpleNamespace(
    defaultParallelism=2,
    parallelize=Rdd,
    broadcast=lambda value: SimpleNamespace(value=value),
    accumulator=lambda start: SimpleNamespace(value=start, add=int),
    getConf=lambda: SimpleNamespace(get=lambda name, otherwise: otherwise),
)


class Orchard:
    """Photos that grow and go, and the output that follows them."""

    def __init__(self, folder: Path, network: Path) -> None:
        self.photos, self.out = folder / "photos", folder / "out"
        self.network = network
        self.summary = Summary()

    def plant(self, count: int, first: int = 0) -> None:
        from small_photos import plant

        plant(self.photos, count, first=first)

    def photo(self, number: int) -> Path:
        (file,) = self.photos.rglob(f"frame_{number:04}.jpg")
        return file

    def run(self, settings: PcaSettings = COMPONENTS, **options: Any) -> Manifest:
        """What pca.py does; `options` are ChainOnSpark's. The latest version."""
        # The preset that the program has by its name: torchvision.
        file = find_model(self.network, scale="imagenet", filter="bilinear")
        photos, out = open_place(self.photos), open_place(self.out)
        files = options.setdefault("files", Files())
        listing = require_photos(photos, out, files)
        if options.get("path_mode") == HASH:
            listing = hashed_listing(listing)
        with Output.open_for_writing(out) as output:
            chain = ChainOnSpark(
                ClassicExecutors(CONTEXT),
                photos,
                listing,
                output,
                file,
                Model(file),
                quiet=True,
                **options,
            )
            self.summary, self.chain = chain.summary, chain
            chain.run(settings, most_rejects=0.2)
        return self.latest()

    def latest(self) -> Manifest:
        return Output.open(open_place(self.out)).extracted()

    def results(self) -> dict[str, dict[str, Any]]:
        """All rows of Results, by path."""
        rows = pq.read_table(self.out / "Results").to_pylist()
        rows_by_path = {row["path"]: row for row in rows}
        assert len(rows_by_path) == len(rows), "a path comes once"
        return rows_by_path

    def files(self, folder: str) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (self.out / folder).glob("*-*")}


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two that differ."""
    from small_photos import tiny_network

    folder = tmp_path_factory.mktemp("models")
    return [tiny_network(folder / f"{features}.onnx", features) for features in (8, 6)]


@pytest.fixture
def orchard(tmp_path: Path, networks: list[Path], monkeypatch: pytest.MonkeyPatch) -> Orchard:
    monkeypatch.setattr(worker, "task_threads", lambda: 1)
    trees = Orchard(tmp_path, networks[0])
    trees.plant(20)
    return trees
