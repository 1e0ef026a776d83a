from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pytest

from verger.errors import StorageError
from verger.runs.batch_store import BatchStore


def batch(number: int) -> pa.RecordBatch:
    rows = [number] * (number + 1)
    return pa.record_batch([rows, [f"é {row}" for row in rows]], names=["a", "b"])


def test_batches_come_back_from_memory_and_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store = BatchStore(in_memory=100)
    assert [store.add(batch(number)) for number in range(9)] == list(range(9))
    assert store.add(batch(8).slice(2, 3)) == 9
    assert os.listdir(tmp_path) == [], "its file has no name"
    for number in (8, 0, 5, 8):
        assert store.read(number) == batch(number)
    assert store.read(9) == batch(8).slice(2, 3)


def test_a_folder_that_cannot_be_written_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc")
    store = BatchStore(in_memory=0)
    with pytest.raises(StorageError, match="'/proc'.*TMPDIR"):
        store.add(batch(1))
