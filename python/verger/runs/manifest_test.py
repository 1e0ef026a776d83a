from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from verger.errors import StorageError
from verger.runs.conftest import MODEL, manifest_of
from verger.runs.manifest import HASH, PLAIN, FileEntry, Manifest, PcaSettings, Reject

NAMES = ("Preprocessing/a", "_verger/b", "_verger/c", "Results/d")
PART, MOMENTS, PCA, RESULT = (FileEntry(name, 10, "aa") for name in NAMES)


@pytest.fixture
def manifest() -> Manifest:
    whole = manifest_of(PART, MOMENTS, PCA, RESULT, replaced=["Preprocessing/old"])
    whole.rejects = [Reject('a"é\\x0a☃.jpg', "bad\ttab")]
    return whole


def test_json_brings_all_back(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json(), "m") == manifest
    manifest.path_mode = HASH
    manifest.reduction = None
    assert "reduction" not in json.loads(manifest.to_json())
    assert Manifest.from_json(manifest.to_json().encode(), "m") == manifest


def test_layout(manifest: Manifest) -> None:
    """That the program writes the same bytes is interop_test.py's."""
    text = manifest.to_json()
    assert text.startswith(
        '{\n "format": "verger-manifest",\n "version": 1,\n "photos": "photos",\n'
    )
    assert '"path": "a\\"é\\\\x0a☃.jpg",\n   "reason": "bad\\ttab"' in text
    assert manifest.reduction is not None
    share = replace(manifest.reduction, settings=PcaSettings(variance_share=1))
    assert '"variance_share": 1.0' in replace(manifest, reduction=share).to_json()


def test_keys_of_later_versions_may_be_missing(manifest: Manifest) -> None:
    document = json.loads(replace(manifest, path_mode=HASH).to_json())
    del document["path_mode"]
    document["reduction"]["moments"] = "of another version"
    read = Manifest.from_json(json.dumps(document), "m")
    assert read.path_mode == PLAIN
    assert read.reduction is not None
    assert read.reduction.moments == "of another version"
    del document["reduction"]["moments"]
    assert Manifest.from_json(json.dumps(document), "m") == manifest, "fitted to its own moments"


def test_counts(manifest: Manifest) -> None:
    assert (manifest.rows, manifest.inputs) == (1, 2)


def test_features_are_the_same_by_another_name() -> None:
    assert MODEL.same_features(replace(MODEL, name="other", preset="other"))
    for changed in ({"sha256": "bb"}, {"identity": "i"}, {"dimension": 3}):
        assert not MODEL.same_features(replace(MODEL, **changed))


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("format", "other", "not a manifest"),
        ("version", 2, "newer verger"),
        ("inputs", 3, "do not add up"),
        ("path_mode", "secret", "path_mode"),
        ("labels", "1", "labels"),
        ("labels", True, "labels"),
        ("moments", [], "moments"),
        ("preprocessing", [1], "preprocessing"),
        ("reduction", {}, "settings"),
        ("model", {"name": "m"}, r"model\.sha256"),
        ("replaced", ["photos/apple.jpg"], "not its own: photos/apple.jpg"),
        ("replaced", ["Preprocessing/../../a"], "not its own"),
        ("replaced", [1], "not its own: 1"),
    ],
)
def test_what_is_no_manifest_is_refused_by_name(
    manifest: Manifest, key: str, value: Any, told: str
) -> None:
    document = {**json.loads(manifest.to_json()), key: value}
    with pytest.raises(StorageError, match=f"name.json: .*{told}"):
        Manifest.from_json(json.dumps(document), "name.json")


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 100_000])
def test_what_is_no_json_is_refused(text: bytes) -> None:
    with pytest.raises(StorageError, match="damaged"):
        Manifest.from_json(text, "m")
