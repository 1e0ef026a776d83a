"""The program and this package write, continue and read the very same outputs."""

from __future__ import annotations

import io
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from verger.runs.listing import listing, photos_of
from verger.runs.manifest import Manifest, ModelIdentity, PartEntry
from verger.runs.output import Output
from verger.runs.parts import (
    decode_rows,
    encode_preprocessing,
    encode_results,
    good_rows,
    part_entry,
    vector_type,
)
from verger.runs.plan import make_plan
from verger.runs.read import read_photos
from verger.runs.rules import PREPROCESSING, RESULTS
from verger.runs.show import show_table
from verger.runs.storage import Place, open_place

ROOT = Path(__file__).resolve().parents[3]
VERGER = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "verger"
sys.path.insert(0, str(ROOT / "tests" / "cli"))
pytestmark = pytest.mark.skipif(
    not VERGER.is_file(), reason=f"NOT TESTED: {VERGER} is not there: run 'make build'"
)
HOSTILE = ["two\nlines.jpg", "+%20é#'\".jpg", "🍑 pêche.jpg"]


def verger(*arguments: str | Path, check: int = 0) -> str:
    """Runs the program; what it prints."""
    done = subprocess.run(
        [VERGER, *arguments], capture_output=True, encoding="utf-8", timeout=300, check=False
    )
    assert done.returncode == check, f"{arguments}: {done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Small photos, some with hostile names; not to be changed."""
    from small_photos import jpeg, plant

    folder = plant(tmp_path_factory.mktemp("photos") / "Orchard", 20)
    for number, name in enumerate(HOSTILE):
        (folder / "Label 0" / name).write_bytes(jpeg(100 + number))
    (folder / "Label 1" / "empty.jpg").write_bytes(b"")
    return folder


@pytest.fixture(scope="module")
def options(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Of a run with a tiny network."""
    from small_photos import tiny_network

    network = tiny_network(tmp_path_factory.mktemp("model") / "tiny.onnx")
    return ["--model", str(network), "--preset", "torchvision", "--max-reject-rate", "1"]


@pytest.fixture(scope="module")
def extracted(photos: Path, options: list[str]) -> Path:
    """What `verger run` makes of them; not to be changed."""
    out = photos.parent / "out"
    verger("run", photos, out, *options, "--components", "0.9")
    return out


@pytest.fixture
def out(extracted: Path, tmp_path: Path) -> Path:
    """The same, as a test's own."""
    return Path(shutil.copytree(extracted, tmp_path / "out"))


def random_vectors(count: int, dimension: int) -> pa.ListArray:
    chance = random.Random(count)
    return pa.array(
        [[chance.gauss(0, 1) for _ in range(dimension)] for _ in range(count)], vector_type()
    )


def write_parts(output: Output, photos: Place, model: ModelIdentity) -> list[PartEntry]:
    """Extracts all of them, with features made up, into parts of ten rows."""
    photo_rows = [row for row, _ in read_photos(photos, photos_of(listing(photos)))]
    parts = []
    for begin in range(0, len(photo_rows), 10):
        rows = photo_rows[begin : begin + 10]
        good = iter(random_vectors(len(rows), model.dimension))
        features = pa.array(
            [None if row.error else next(good).as_py() for row in rows], vector_type()
        )
        name = output.next_part(PREPROCESSING)
        file = output.publish(name, encode_preprocessing(rows, features, model))
        parts.append(part_entry(file, rows))
    return parts


def test_the_program_writes_the_same_manifest(extracted: Path) -> None:
    (file,) = (extracted / "_verger").glob("manifest-*.json")
    assert Manifest.from_json(file.read_bytes(), "m").to_json() == file.read_bytes()


def test_the_program_writes_the_same_parts(extracted: Path) -> None:
    output = Output.open(open_place(extracted))
    model = output.extracted().model
    data = output.read(output.extracted().preprocessing[0].file)
    features = pq.read_table(io.BytesIO(data))["features"]
    again = encode_preprocessing(decode_rows(data, "part"), features, model)
    result = output.read(output.reduced().results[0].part.file)
    scores = pq.read_table(io.BytesIO(result))["pca_features"]
    projected = encode_results(good_rows(data, "part"), scores, model)
    for mine, theirs in ((again, data), (projected, result)):
        assert pq.read_table(io.BytesIO(mine)).equals(pq.read_table(io.BytesIO(theirs)))
        if pq.read_metadata(io.BytesIO(theirs)).created_by.endswith(pa.__version__):
            assert mine == theirs


def test_show_is_the_program_s(extracted: Path) -> None:
    output = Output.open(open_place(extracted))
    for rows in (0, 1, 2, 100):
        assert show_table(output, rows) == verger("show", extracted, "--rows", str(rows))


def test_nothing_is_to_do_after_the_program(photos: Path, extracted: Path) -> None:
    output = Output.open(open_place(extracted))
    manifest = output.extracted()
    plan = make_plan(output, listing(open_place(photos), output.place), manifest.model)
    assert (plan.todo.rows, plan.replaced) == (0, [])
    assert plan.kept_parts == manifest.preprocessing
    assert sorted(plan.rejects) == manifest.rejects
    assert {reject.path for reject in plan.rejects} == {
        r"Label 0/two\x0alines.jpg",
        "Label 1/empty.jpg",
    }


def test_the_program_takes_over_what_this_package_left(
    photos: Path, extracted: Path, options: list[str], tmp_path: Path
) -> None:
    """Parts of a job that was killed before its manifest; the program finishes the chain."""
    model = Output.open(open_place(extracted)).extracted().model
    out = tmp_path / "out"
    with Output.open_for_writing(open_place(out)) as output:
        parts = write_parts(output, open_place(photos), model)
    assert len(parts) == 3
    before = {part.file.name: part.file for part in parts}
    verger("run", photos, out, *options, "--components", "3")
    verger("verify", out)
    manifest = Output.open(open_place(out)).extracted()
    assert {part.file.name: part.file for part in manifest.preprocessing} == before
    assert manifest.inputs == 24


def test_this_package_takes_over_what_the_program_left(
    photos: Path, extracted: Path, out: Path
) -> None:
    """Parts of the program that no manifest names, for it was killed before."""
    model = Output.open(open_place(extracted)).extracted().model
    for file in (out / "_verger").glob("manifest-*.json"):
        file.unlink()
    with Output.open_for_writing(open_place(out)) as output:
        assert list((out / "Results").glob("part-*")) == []
        plan = make_plan(output, listing(open_place(photos)), model)
        assert (plan.unlisted, plan.todo.rows) == (["Preprocessing/part-00000.parquet"], 0)


def test_versions_of_both_follow_each_other(photos: Path, out: Path, options: list[str]) -> None:
    """A version of this package, with Results, on one of the program's; then the program again."""
    with Output.open_for_writing(open_place(out)) as output:
        manifest = output.extracted()
        part = manifest.preprocessing[0]
        assert manifest.reduction is not None
        good = good_rows(output.read(part.file), part.file.name)
        scores = random_vectors(part.rows, manifest.reduction.components)
        staged = output.stage(
            output.next_part(RESULTS), encode_results(good, scores, manifest.model)
        )
        result = manifest.reduction.results[0]
        manifest.reduction.results[:] = [
            type(result)(PartEntry(staged, part.rows), part.file.sha256)
        ]
        output.commit(manifest)
    assert "is whole" in verger("verify", out)
    assert show_table(Output.open(open_place(out))) == verger("show", out)
    verger("reduce", out, "--components", "2")
    assert "is whole" in verger("verify", out)
    assert Output.open(open_place(out)).reduced().components == 2


def test_one_writer_at_a_time(photos: Path, out: Path, options: list[str]) -> None:
    with Output.open_for_writing(open_place(out)):
        verger("run", photos, out, *options, check=6)
    assert "is whole" in verger("verify", out)
