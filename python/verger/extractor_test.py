"""Photos to features: whatever the batches, the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pytest

import verger
from verger.extractor import Extractor


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(verger.Model.open(), threads=1)


def _photos(contents: Sequence[bytes | None]) -> pa.RecordBatch:
    columns = [pa.array(contents, pa.binary()), pa.array(range(len(contents)), pa.int64())]
    return pa.RecordBatch.from_arrays(columns, names=["content", "number"])


def test_a_stream_gives_the_rows_of_its_batches_in_order(
    extractor: Extractor, contents: list[bytes]
) -> None:
    photos = _photos(contents * 7)  # 42, more than one cut
    together = pa.Table.from_batches(extractor.stream([photos.slice(0, 5), photos.slice(5)]))
    assert together.schema.names == ["number", "features", "error"]
    assert together["number"].to_pylist() == list(range(42))
    alone = extractor.extract(photos).column(0).to_pylist()
    assert together["features"].to_pylist() == alone
    assert alone[:6] == alone[6:12]
    assert {len(row) for row in alone} == {1280}


def test_a_sliced_batch_is_read_from_where_it_begins(
    extractor: Extractor, contents: list[bytes]
) -> None:
    whole = extractor.extract(_photos(contents)).column(0).to_pylist()
    assert extractor.extract(_photos(contents).slice(2, 2)).column(0).to_pylist() == whole[2:4]


def test_a_bad_photo_is_a_row(extractor: Extractor, contents: list[bytes]) -> None:
    done = extractor.extract(_photos([contents[0], b"no photo", None, contents[1][:200]]))
    features, errors = done.column(0).to_pylist(), done.column(1).to_pylist()
    assert errors[0] is None
    assert len(features[0]) == 1280
    assert features[1:] == [None] * 3
    assert all(errors[1:])


def test_an_error_that_comes_along_stays(extractor: Extractor, contents: list[bytes]) -> None:
    error = pa.array([None, "vanished"], pa.string())
    columns = [pa.array([contents[0], contents[1]], pa.binary()), error]
    batch = pa.RecordBatch.from_arrays(columns, names=["content", "error"])
    (done,) = extractor.stream([batch])
    assert done.column(1).to_pylist() == [None, "vanished"]
    assert done.column(0).is_valid().to_pylist() == [True, False]


def test_what_is_no_photo_column_is_refused(extractor: Extractor) -> None:
    text = pa.RecordBatch.from_arrays([pa.array(["a"])], names=["content"])
    with pytest.raises(verger.BadCall, match="holds string: give the encoded photos"):
        extractor.extract(text)
    other = pa.RecordBatch.from_arrays([pa.array([b"a"])], names=["bytes"])
    with pytest.raises(verger.BadCall, match=r"no column 'content' \(there are: bytes\)"):
        extractor.extract(other)


def test_an_error_of_the_photos_source_ends_the_stream(extractor: Extractor) -> None:
    def broken() -> pa.RecordBatch:
        raise OSError("the disk is gone")
        yield

    with pytest.raises(OSError, match="the disk is gone"):
        list(extractor.stream(broken()))


@pytest.mark.parametrize("option", ["batch_size", "threads"])
@pytest.mark.parametrize("count", [-1, 5000, 1.5, "abc", None, True])
def test_options_are_checked(option: str, count: Any) -> None:
    with pytest.raises(verger.BadCall, match=f"{option} {count!r}: give 1 to 1024, or 0"):
        Extractor(verger.Model.open(), **{option: count})


def test_bytes_that_are_no_network() -> None:
    file = verger.find_model.ModelFile("mine", None, b"nothing", "mine.onnx")
    with pytest.raises(verger.BadModel, match=r"mine\.onnx"):
        verger.Model(file)
