"""What the tests of runs/ share: places, and small parts of an output."""

from __future__ import annotations

import hashlib
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from pyarrow import fs

from verger.runs import s3, s3_lock
from verger.runs.manifest import (
    FileEntry,
    Manifest,
    ModelIdentity,
    PartEntry,
    PcaSettings,
    Reduction,
    ResultEntry,
)
from verger.runs.output import Output
from verger.runs.parts import encode_preprocessing, vector_type
from verger.runs.photo import Photo, PhotoRow
from verger.runs.rules import PREPROCESSING, RESULTS
from verger.runs.storage import Place, S3Settings, open_place

MODEL = ModelIdentity("m", "aa", "keras", "keras:224x224", 2)


class FolderAsBucket:
    """What S3Place needs of Arrow's S3 filesystem, over a folder. tests/spark has a real server."""

    def __init__(self, root: Path) -> None:
        self._files = fs.SubTreeFileSystem(str(root), fs.LocalFileSystem())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._files, name)

    def open_output_stream(self, key: str, metadata: dict[str, str] | None = None) -> pa.NativeFile:
        self._files.create_dir(key.rpartition("/")[0])
        return self._files.open_output_stream(key)

    def copy_file(self, old: str, new: str) -> None:
        self._files.create_dir(new.rpartition("/")[0])
        self._files.copy_file(old, new)


@pytest.fixture
def bucket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder behind every bucket."""
    root = tmp_path / "s3"
    root.mkdir()
    client = FolderAsBucket(root)
    monkeypatch.setattr(s3, "open_client", lambda settings, bucket, process: client)
    monkeypatch.setattr(s3_lock, "lock_pause", lambda: 0.0)
    return root


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path, bucket: Path) -> Place:
    """An empty place of each kind."""
    if request.param == "folder":
        (tmp_path / "OUT").mkdir()
        return open_place(tmp_path / "OUT")
    return open_place("s3://fruits/some prefix/OUT", S3Settings())


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """Answers requests to the URL until the `with` ends."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def sha_of(content: int) -> str:
    """The hash of a content."""
    return hashlib.sha256(str(content).encode()).hexdigest()


def photo_at(number: int) -> Photo:
    """A photo of a listing, found but never opened."""
    path = f"a/{number}.jpg"
    return Photo(path, "a", 100 + number, 1000 + number)


def row_of(photo: Photo, content: int, error: str | None = None) -> PhotoRow:
    """A row that holds for the photo."""
    return PhotoRow(photo.path, photo.label, photo.size, photo.modified, sha_of(content), error)


def part_of(rows: Sequence[PhotoRow], model: ModelIdentity = MODEL) -> bytes:
    """A part of Preprocessing with features made up."""
    vectors = [
        None if row.error is not None else [float(number)] * model.dimension
        for number, row in enumerate(rows)
    ]
    return encode_preprocessing(rows, pa.array(vectors, vector_type()), model)


def reject(path: str) -> bytes:
    """A part of one rejected photo."""
    return part_of([PhotoRow(path, "label", 1, 1, None, "rejected")])


def pca_of(content: str) -> bytes:
    """The mark of a PCA's document, and the content."""
    return b'"verger-pca" ' + content.encode()


def commit_version(output: Output, content: str) -> None:
    """A version with one part of each kind, whose bytes tell `content`."""
    replaced = output.manifest.preprocessing if output.manifest else []
    part = output.publish(output.next_part(PREPROCESSING), reject(content))
    result = output.stage(output.next_part(RESULTS), reject("results " + content))
    pca = output.publish(output.versioned_name("pca"), pca_of(content))
    moments = output.publish(output.versioned_name("moments"), content.encode())
    output.commit(manifest_of(part, moments, pca, result, [old.file.name for old in replaced]))


def manifest_of(
    part: FileEntry, moments: FileEntry, pca: FileEntry, result: FileEntry, replaced: list[str]
) -> Manifest:
    """A manifest of one part of each kind."""
    entry = ResultEntry(PartEntry(result, 1), part.sha256)
    return Manifest(
        photos="photos",
        labels=1,
        model=MODEL,
        preprocessing=[PartEntry(part, 1)],
        moments=moments,
        reduction=Reduction(PcaSettings(1), moments.sha256, 1, 0.5, pca, [entry]),
        replaced=replaced,
    )


def empty(folder: Path) -> Path:
    """The folder, with nothing in it."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
