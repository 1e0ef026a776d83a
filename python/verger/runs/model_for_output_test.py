"""The network of an output, as the program takes it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import verger
from verger._limits import limits
from verger.errors import BadCall, Stopped
from verger.find_model import find_model
from verger.model import Model
from verger.runs.manifest import ModelIdentity
from verger.runs.model_for_output import model_for_output
from verger.runs.output import Output
from verger.runs.sample import sample_labels, sample_photos
from verger.runs.storage import open_place

ROOT = Path(__file__).resolve().parents[3]
VERGER = Path(os.environ.get("VERGER_BUILD", ROOT / "build")) / "verger"
sys.path.insert(0, str(ROOT / "tests" / "cli"))
pytestmark = pytest.mark.skipif(
    not VERGER.is_file(), reason=f"NOT TESTED: {VERGER} is not there: run 'make build'"
)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More photos than a calibration takes."""
    from small_photos import plant

    return plant(tmp_path_factory.mktemp("photos"), limits().calibration_photos + 20, 4)


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> str:
    from small_photos import tiny_network

    return str(tiny_network(tmp_path_factory.mktemp("model") / "tiny.onnx"))


@pytest.fixture(scope="module")
def of_program(
    photos: Path, network: str, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Output, ModelIdentity]:
    """What the program makes in int8, and its network."""
    out = tmp_path_factory.mktemp("out")
    options = ["--model", network, "--preset", "torchvision", "--precision", "int8"]
    subprocess.run([VERGER, "extract", photos, out, *options], check=True, timeout=300)
    output = Output.open(open_place(out))
    return output, output.extracted().model


def test_int8_is_calibrated_as_the_program_does(
    photos: Path, network: str, of_program: tuple[Output, ModelIdentity], tmp_path: Path
) -> None:
    file = find_model(network, "torchvision", precision="int8")
    steps: list[tuple[int, int]] = []
    int8 = model_for_output(
        file,
        None,
        open_place(photos),
        open_place(tmp_path),
        step=lambda done, total: steps.append((done, total)),
    )
    assert steps[-1] == (limits().calibration_photos, limits().calibration_photos)
    opened = Model(int8)
    mine, theirs = ModelIdentity.of(opened), of_program[1]
    assert (mine.identity, mine.calibration) == (theirs.identity, theirs.calibration)
    assert theirs.precision == "int8"
    table = verger.extract(photos, opened)
    theirs_too = of_program[0].read(of_program[0].extracted().preprocessing[0].file)
    expected = pq.read_table(io.BytesIO(theirs_too))["features"]
    assert table["features"].to_pylist() == expected.to_pylist()


def test_an_output_is_continued_as_its_rows_are(
    photos: Path, network: str, of_program: tuple[Output, ModelIdentity], tmp_path: Path
) -> None:
    manifest = of_program[0].extracted()
    nowhere = open_place(tmp_path)

    def identity(precision: str | None) -> str:
        file = find_model(network, "torchvision", precision=precision)
        return Model(model_for_output(file, manifest, nowhere, nowhere)).identity

    assert identity(None) == manifest.model.identity
    assert identity("int8") == manifest.model.identity
    assert manifest.model.identity.startswith(identity("fp32") + ":int8=")


def test_auto_is_what_the_rows_are_or_measured(
    photos: Path,
    network: str,
    of_program: tuple[Output, ModelIdentity],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    manifest, nowhere = of_program[0].extracted(), open_place(tmp_path)
    file = find_model(network, "torchvision", precision="auto")
    lines: list[str] = []
    of_rows = model_for_output(file, manifest, nowhere, nowhere, say=lines.append)
    assert (of_rows.precision, lines) == ("int8", [])

    few = model_for_output(file, None, open_place(photos), nowhere, say=lines.append)
    assert few.precision is None
    assert "148 photos take less time" in lines.pop()

    monkeypatch.setattr(limits(), "min_photos_for_choice", 10)
    choice = model_for_output(file, None, open_place(photos), nowhere, say=lines.append)
    assert len(lines) == 1
    assert lines[0].startswith(f"precision auto: {choice.precision or 'fp32'}")
    assert Model(choice).precision == (choice.precision or "fp32")


def test_the_sample_is_the_program_s(photos: Path, tmp_path: Path) -> None:
    sample, listed = sample_labels(open_place(photos), open_place(tmp_path), False, 30)
    assert (len(sample), listed) == (30, limits().calibration_photos + 20)
    count = Counter(photo.label for photo in sample)
    assert sorted(count.values())[-2] >= 12
    assert [photo.path for photo in sample] == sorted(photo.path for photo in sample)


def test_what_is_saved_says_its_precision(photos: Path, tmp_path: Path) -> None:
    few = [str(file) for file in sorted(photos.rglob("*.jpg"))[:3]]
    verger.save(verger.extract(few, precision="int8"), tmp_path / "out")
    model = Output.open(open_place(tmp_path / "out")).extracted().model
    assert model.precision == "int8"
    assert model == ModelIdentity.of(Model.open(precision="int8"))


def test_a_calibration_can_be_stopped(photos: Path, network: str, tmp_path: Path) -> None:
    contents = sample_photos(open_place(photos), open_place(tmp_path), False, 5)
    assert len(contents) == 5
    batch = pa.record_batch({"content": [photo.content for photo in contents]})
    model = Model.open(network, "torchvision")
    with pytest.raises(Stopped):
        model.calibrate(batch, step=lambda done, _: done == 2)

    def fails(done: int, _: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        model.calibrate(batch, step=fails)
    with pytest.raises(BadCall, match="needs a calibration"):
        Model.open(network, "torchvision", precision="int8")
