"""verger app: the files of an app, and what it refuses to write."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from .made_app import LABELS, MadeApp, made_app, verger

from small_photos import plant, tiny_network  # noqa: E402  isort: skip

MOST_BYTES = 6_500_000  # of a first visit, compressed
MOST_BYTES_SEEN = 300_000  # before something is seen
LATER = (".wasm", ".bin", ".webp")  # what the page loads once it is seen


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> MadeApp:
    return made_app(tmp_path_factory)


@pytest.fixture(scope="module")
def description(orchard: MadeApp) -> dict[str, Any]:
    return dict(json.loads((orchard.folder / "app.json").read_text()))


def names_in(folder: Path) -> set[str]:
    return {file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file()}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in sorted(names_in(folder))}


def test_it_lists_its_files(orchard: MadeApp, description: dict[str, Any]) -> None:
    names = names_in(orchard.folder)
    listed = {file["path"] for file in description["files"]}
    assert {name for name in names if not name.endswith(".br")} == listed | {"app.json"}
    assert {name.removesuffix(".br") for name in names} == listed | {"app.json"}
    for name in ("index.html", "sw.js", "engine.js", "engine.wasm", "network.bin", "teach.bin"):
        assert name in listed
    for file in description["files"]:
        content = (orchard.folder / file["path"]).read_bytes()
        assert file["bytes"] == len(content)
        assert file["sha256"] == hashlib.sha256(content).hexdigest()
        compressed = orchard.folder / f"{file['path']}.br"
        size = compressed.stat().st_size if compressed.exists() else len(content)
        assert file["compressed_bytes"] == size <= len(content)
    assert description["name"] == "Verger"
    assert description["network"] == "efficientnet-lite0"
    assert description["input_size"] == 224
    assert len(description["version"]) == 64


def test_a_first_visit_is_small(description: dict[str, Any]) -> None:
    sizes = {file["path"]: file["compressed_bytes"] for file in description["files"]}
    del sizes["engine-relaxed.wasm"]  # a browser fetches one of the two
    assert sum(sizes.values()) <= MOST_BYTES
    shell = sum(size for path, size in sizes.items() if not path.endswith(LATER))
    assert shell <= MOST_BYTES_SEEN


def test_labels_have_samples(orchard: MadeApp, description: dict[str, Any]) -> None:
    labels = description["labels"]
    assert [each["photos"] for each in labels] == [10] * LABELS
    assert [tile for each in labels for tile in each["samples"]] == list(range(4 * LABELS))
    samples = description["samples"]
    with Image.open(orchard.folder / samples["path"]) as sprite:
        assert sprite.size == (samples["columns"] * samples["tile"],) * 2
        at = next(each for each in labels if each["label"] == "Lemon 1")["samples"][0]
        x, y = at % samples["columns"], at // samples["columns"]
        middle = tuple(samples["tile"] * place + samples["tile"] // 2 for place in (x, y))
        red, _, blue = sprite.convert("RGB").crop((*middle, middle[0] + 1, middle[1] + 1)).tobytes()
        assert red > blue + 60, "a lemon is yellow"


def test_the_same_output_makes_the_same_bytes(orchard: MadeApp, tmp_path: Path) -> None:
    verger("app", orchard.out, tmp_path / "app", "--threads", "1", timeout=300)
    assert contents(tmp_path / "app") == contents(orchard.folder)


def test_options_are_taken(orchard: MadeApp, description: dict[str, Any], tmp_path: Path) -> None:
    app = tmp_path / "new" / "app"
    title = 'Verger <de> "Ladoix"'
    done = verger("app", orchard.out, app, "--title", title, "--no-samples", "--json", timeout=300)
    summary = json.loads(done.stdout)
    own = json.loads((app / "app.json").read_text())
    assert own["name"] == title
    assert own["version"] == summary["version"] != description["version"]
    assert summary["notes"] == []
    assert json.loads((app / "manifest.webmanifest").read_text())["name"] == title
    assert '<title>Verger &lt;de> "Ladoix"</title>' in (app / "index.html").read_text()
    assert not (app / "samples.webp").exists()
    assert own["samples"]["path"] is None
    assert all(each["samples"] == [] for each in own["labels"])

    # Again, over the app that is there: it is replaced as a whole.
    shutil.copy(orchard.folder / "app.json", tmp_path / "before")
    verger("app", orchard.out, app, timeout=300)
    assert contents(app) == contents(orchard.folder)
    assert [each.name for each in app.parent.iterdir()] == ["app"]


def test_it_keeps_what_is_no_app(orchard: MadeApp, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("three years of work")
    done = verger("app", orchard.out, tmp_path, check=5)
    assert "thesis.txt in it is no file of an app" in done.stderr
    assert names_in(tmp_path) == {"thesis.txt"}
    done = verger("app", orchard.out, orchard.out / "app", check=2)
    assert "inside OUT" in done.stderr
    assert not (orchard.out / "app").exists()
    done = verger("app", orchard.out, "s3://bucket/app", check=2)
    assert "copy it to a bucket" in done.stderr


def test_without_a_classifier_it_names_the_command(orchard: MadeApp, tmp_path: Path) -> None:
    out = Path(shutil.copytree(orchard.out, tmp_path / "out"))
    (out / "Model" / "classifier.safetensors").unlink()
    done = verger("app", out, tmp_path / "app", check=4)
    assert "run verger train first" in done.stderr
    assert not (tmp_path / "app").exists()


def test_a_classifier_of_another_network_is_refused(orchard: MadeApp, tmp_path: Path) -> None:
    out = tmp_path / "out"
    photos = plant(tmp_path / "photos", 20)
    verger("run", photos, out, "--model", "efficientnet-lite1", "--no-report", timeout=300)
    (out / "Model").mkdir(exist_ok=True)
    classifier = Path("Model") / "classifier.safetensors"
    shutil.copy(orchard.out / classifier, out / classifier)
    done = verger("app", out, tmp_path / "app", check=4)
    assert "efficientnet-lite0" in done.stderr
    assert "efficientnet-lite1" in done.stderr
    assert "run verger train again" in done.stderr


def test_a_network_that_the_app_does_not_compute_is_named(tmp_path: Path) -> None:
    network = tiny_network(tmp_path / "tiny.onnx")
    photos = plant(tmp_path / "photos", 40)
    options = ["--model", str(network)]
    verger("run", photos, tmp_path / "out", *options, "--preset", "torchvision")
    verger("train", tmp_path / "out")
    done = verger("app", tmp_path / "out", tmp_path / "app", *options, check=4)
    assert "efficientnet-lite0" in done.stderr
    assert not (tmp_path / "app").exists()


def test_what_the_app_does_otherwise_is_said(tmp_path: Path) -> None:
    photos = plant(tmp_path / "photos", 40)
    verger("run", photos, tmp_path / "fast", "--decode", "fast", "--no-report")
    verger("train", tmp_path / "fast")
    done = verger("app", tmp_path / "fast", tmp_path / "app", "--no-samples", timeout=300)
    assert "decoded fast" in done.stderr
    verger("run", photos, tmp_path / "int8", "--precision", "int8", "--no-report", timeout=300)
    verger("train", tmp_path / "int8")
    done = verger("app", tmp_path / "int8", tmp_path / "app8", check=4)
    assert "--precision fp32" in done.stderr
    assert not (tmp_path / "app8").exists()


def test_samples_follow_the_rule_of_labels(orchard: MadeApp, tmp_path: Path) -> None:
    out = Path(shutil.copytree(orchard.out, tmp_path / "out"))
    verger("train", out, "--label-level", "1")  # the species
    verger("app", out, tmp_path / "app", timeout=300)
    own = json.loads((tmp_path / "app" / "app.json").read_text())
    species = sorted({photo.parent.parent.name for photo in orchard.photos.rglob("*.jpg")})
    assert [each["label"] for each in own["labels"]] == species
    assert all(each["samples"] for each in own["labels"])
    with Image.open(io.BytesIO((tmp_path / "app" / "samples.webp").read_bytes())) as sprite:
        assert sprite.format == "WEBP"
