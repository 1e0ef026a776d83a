"""That nothing is lost on the way; what a manifest may say, core/runs/manifest_test.cc has."""

from __future__ import annotations

from dataclasses import replace

import pytest

from verger.errors import Damaged
from verger.runs.conftest import MODEL, manifest_of
from verger.runs.manifest import HASH, FileEntry, Manifest, PartEntry, PcaSettings, Reject

NAMES = ("Preprocessing/a", "_verger/b", "_verger/c", "Results/d")
PART, MOMENTS, PCA, RESULT = (FileEntry(name, 10, "aa") for name in NAMES)


@pytest.fixture
def manifest() -> Manifest:
    whole = manifest_of(PART, MOMENTS, PCA, RESULT, replaced=["Preprocessing/old"])
    assert whole.reduction is not None
    whole.preprocessing = [PartEntry(PART, 1, 1, "a.jpg", "☃.jpg")]
    whole.rejects = [Reject('a"é\\x0a☃.jpg', "bad\ttab")]
    whole.reduction = replace(
        whole.reduction, settings=PcaSettings(0, 1, "spark", True), explained_variance=0.1 + 0.2
    )
    return whole


def test_json_brings_all_back(manifest: Manifest) -> None:
    assert Manifest.from_json(manifest.to_json(), "m") == manifest
    bare = replace(manifest, path_mode=HASH, reduction=None, preprocessing=[], rejects=[])
    assert b"reduction" not in bare.to_json()
    assert Manifest.from_json(bare.to_json(), "m") == bare


def test_the_first_version_of_the_format_is_read(manifest: Manifest) -> None:
    document = manifest.to_json().replace(b'"version": 2', b'"version": 1')
    assert Manifest.from_json(document, "m") == manifest


def test_rejects_are_counted_by_the_parts(manifest: Manifest) -> None:
    assert (manifest.rows, manifest.rejected, manifest.inputs) == (1, 1, 2)
    manifest.preprocessing = [PartEntry(PART, 1, 500, "a.jpg", "b.jpg")]
    manifest.rejects = [Reject(f"{number:03}.jpg", "bad") for number in range(500)]
    read = Manifest.from_json(manifest.to_json(), "m")
    assert (read.rejected, read.rejects) == (500, manifest.rejects[:100])


def test_features_are_the_same_by_another_name() -> None:
    assert MODEL.same_features(replace(MODEL, name="other", preset="other"))
    for changed in ({"sha256": "bb"}, {"identity": "i"}, {"dimension": 3}):
        assert not MODEL.same_features(replace(MODEL, **changed))


@pytest.mark.parametrize(
    "document", [b"", b"{", b"[]", b"\xff", b"null", b"[" * 100_000, b'{"format": "other"}']
)
def test_what_is_no_manifest_is_refused_by_name(document: bytes) -> None:
    with pytest.raises(Damaged, match=r"name\.json: "):
        Manifest.from_json(document, "name.json")


def test_names_that_are_not_its_own_are_never_written(manifest: Manifest) -> None:
    manifest.replaced = ["photos/apple.jpg"]
    with pytest.raises(Damaged, match=r"not its own: photos/apple\.jpg"):
        manifest.to_json()
