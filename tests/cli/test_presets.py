"""Presets by name and by parts: one identity, never mixed, the same in program and wheel."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest
import verger as wheel
from PIL import Image
from program import ROOT, manifest, summary, verger
from small_photos import pixels_network, plant

GOLDEN = ROOT / "tests" / "golden"
USAGE = 2
PARTS = ["--scale", "-1..1", "--filter", "bicubic"]


@pytest.fixture
def network(tmp_path: Path) -> Path:
    return pixels_network(tmp_path / "pixels.onnx", 32, 32)


def test_the_courses_mobilenet(network: Path, photos: Path, tmp_path: Path) -> None:
    """x / 127.5 - 1 of Pillow's default resize, by the name and by its parts, in one output."""
    out = tmp_path / "out"
    verger("extract", photos, out, "--model", network, "--preset", "mobilenet-v2")
    rows = pq.read_table(out / "Preprocessing").to_pylist()
    assert len(rows) == 40
    for row in rows:
        image = Image.open(photos / row["path"]).convert("RGB").resize((32, 32))
        expected = np.asarray(image, "f4").transpose(2, 0, 1).ravel() / 127.5 - 1
        assert np.abs(np.array(row["features"], "f4") - expected).max() < 1e-6
    again = summary("extract", photos, out, "--model", network, *PARTS)
    assert (again["extracted"], again["reused"]) == (0, 40)
    by_wheel = wheel.extract(photos, network, scale="-1..1", filter="bicubic")
    assert by_wheel["features"].to_pylist() == [row["features"] for row in rows]


@pytest.mark.parametrize(
    "other",
    [
        ["--scale", "0..1"],
        ["--filter", "lanczos"],
        ["--channels", "bgr"],
        ["--resize", "crop:0.875"],
    ],
)
def test_features_of_other_parts_never_mix(
    other: list[str], network: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    options: list[str | Path] = ["--model", network, "--preset", "mobilenet-v2"]
    verger("extract", photos, out, *options)
    before = manifest(out)["model"]
    plant(photos, 2, first=40)
    result = summary("extract", photos, out, *options, *other)
    assert (result["extracted"], result["reused"]) == (42, 0)
    after = manifest(out)["model"]
    assert after["identity"] != before["identity"]
    assert after["preset"] == wheel.Model.open(network, after["preset"]).parts
    assert summary("extract", photos, out, *options, *other)["extracted"] == 0
    assert summary("extract", photos, out, *options)["extracted"] == 42


def test_an_output_of_an_earlier_verger_goes_on_by_the_parts(tmp_path: Path) -> None:
    former = GOLDEN / "formats" / "manifest_1"
    out = Path(shutil.copytree(former / "output", tmp_path / "out"))
    photos = Path(shutil.copytree(former / "photos", tmp_path / "photos"))
    for row in pq.read_table(out / "Preprocessing").select(["path", "modified"]).to_pylist():
        microseconds = round(row["modified"].timestamp() * 1e6)
        os.utime(photos / row["path"], ns=(microseconds * 1000,) * 2)
    plant(photos / "Plum", 1)
    parts = ["--scale", "imagenet", "--filter", "bilinear", "-k", "3", "--max-reject-rate", "10%"]
    result = summary("run", photos, out, "--model", former / "tiny.onnx", *parts)
    assert (result["extracted"], result["reused"]) == (1, 17)
    old = json.loads((former / "output" / "_verger" / "manifest-000001.json").read_text())
    assert manifest(out)["model"] == old["model"]


def test_an_output_of_the_wheel_goes_on_in_the_program(
    network: Path, photos: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    wheel.save(wheel.extract(photos, network, scale="0.5,0.5", resize="crop:0.9"), out)
    result = summary(
        *("extract", photos, out, "--model", network),
        *("--scale", "127.5,127.5", "--resize", "crop:35"),
    )
    assert (result["extracted"], result["reused"]) == (0, 40)


def test_a_stored_model_keeps_its_parts(network: Path, tmp_path: Path) -> None:
    """Beside them, an option changes one part."""
    env = {"VERGER_MODELS": str(tmp_path / "models")}
    parts = "scale=-1..1,filter=lanczos,channels=rgb,resize=crop:0.875"
    added = verger(
        *("model", "add", network, "--name", "net", "--scale", "-1..1"),
        *("--filter", "lanczos", "--resize", "crop:0.875"),
        env=env,
    )
    assert f"preset {parts}," in added.stdout
    assert parts in verger("model", "list", env=env).stdout

    def inspected(*options: str) -> dict[str, Any]:
        stdout = verger("model", "inspect", "net", "--json", *options, env=env).stdout
        described: dict[str, Any] = json.loads(stdout)
        return described

    assert inspected()["preset"] == inspected()["parts"] == parts
    assert inspected("--channels", "bgr")["parts"] == parts.replace("rgb", "bgr")
    assert inspected("--preset", "clip")["preset"] == "clip"
    assert inspected("--preset", "clip")["identity"] != inspected()["identity"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VERGER_MODELS", env["VERGER_MODELS"])
        assert wheel.Model.open("net").parts == parts
        assert (
            wheel.Model.open("net", channels="bgr").identity
            == (inspected("--channels", "bgr")["identity"])
        )
        assert wheel.Model.open("net", "clip").preset == "clip"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--filter", "bicubic"], "lack its scale"),
        (["--scale", "0..2"], "0..1, -1..1, 0..255, imagenet, clip, or MEAN,STD"),
        (["--scale", "0.485,0.5,0.5,58,57,57"], "all of pixels from 0 to 1"),
        (["--preset", "timm", "--filter", "cubic"], "nearest, box, bilinear, hamming, bicubic"),
        (["--preset", "timm", "--channels", "grb"], "rgb, bgr"),
        (["--preset", "timm", "--resize", "pad"], "stretch; crop:SHARE"),
        (["--preset", "timm", "--resize", "crop:31"], "32 x 32 pixels that the network takes"),
        (["--preset", "course"], "mobilenet-v2"),
    ],
)
def test_wrong_parts_say_what_there_is(
    options: list[str], message: str, network: Path, photos: Path, tmp_path: Path
) -> None:
    command: list[str | Path] = ["extract", photos, tmp_path / "out", "--model", network]
    assert message in verger(*command, *options, check=USAGE).stderr
    names = [option.removeprefix("--") for option in options[::2]]
    keywords: dict[str, Any] = dict(zip(names, options[1::2], strict=True))
    with pytest.raises(wheel.BadCall) as error:
        wheel.extract(photos, network, **keywords)
    assert message in str(error.value)


def test_a_crop_wants_a_square_network(photos: Path, tmp_path: Path) -> None:
    network = pixels_network(tmp_path / "wide.onnx", 6, 10)
    command: list[str | Path] = [
        "extract",
        photos,
        tmp_path / "out",
        "--model",
        network,
        "--preset",
        "clip",
    ]
    assert "10 x 6 pixels that the network takes" in verger(*command, check=USAGE).stderr
    verger(*command, "--resize", "stretch")


def test_the_embedded_network_has_its_own(photos: Path, tmp_path: Path) -> None:
    stderr = verger("extract", photos, tmp_path / "out", "--filter", "nearest", check=USAGE).stderr
    assert "has its own preset: leave out filter=nearest" in stderr
    with pytest.raises(wheel.BadCall, match="own preset: leave out filter=nearest"):
        wheel.extract(photos, filter="nearest")
