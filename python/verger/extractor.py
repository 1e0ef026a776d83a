"""Photos to features: batches through one compiled network."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pyarrow as pa
import pyarrow.compute as pc

from verger._arrow import exported, take_batch
from verger._columns import column, joined
from verger._handle import Handle
from verger._limits import limits
from verger._numbers import whole
from verger._structs import ExtractorOptions
from verger._usable_threads import usable_threads
from verger.errors import BadCall
from verger.model import Model


class Extractor(Handle):
    """Decodes, resizes and runs photos through one network.

    Safe from many threads: they decode side by side and wait for a free stream of the engine.
    """

    free = "verger_extractor_free"

    def __init__(
        self,
        model: Model,
        threads: int = 0,
        batch_size: int = 0,
        max_pixels: int = 0,
        max_bytes: int = 0,
        traits: bool = False,
    ) -> None:
        """Compile a network. `threads` are the engine's, 0 for as many as this process may use, by
        its affinity and its container's quota; `batch_size` is how many photos the network sees at
        a time, 0 for the library's choice. Photos of more than `max_pixels`, or of more than
        `max_bytes` as files, are rejected; 0: limits() has them. `traits` are measured beside the
        features.

        Errors: BadCall for counts that are not whole numbers, or above what limits() allows.
        Cost:   compiles the network, up to about a second. The model may go afterwards.
        """
        threads = read_count("threads", threads, limits().max_threads)
        batch_size = read_count("batch_size", batch_size, limits().max_batch)
        self.threads = threads or usable_threads()
        self._photos = batch_size or limits().photos_at_once
        options = ExtractorOptions(
            threads=self.threads,
            batch_size=batch_size,
            max_pixels=read_count("max_pixels", max_pixels, limits().largest_max_pixels),
            max_bytes=read_count("max_bytes", max_bytes, limits().largest_max_bytes),
            traits=int(traits),
        )
        super().__init__("verger_extractor_create", model._pointer, options)

    def extract(self, photos: pa.RecordBatch) -> pa.RecordBatch:
        """Return the columns `features: list<float32>` and `error: utf8`, a row a photo, in order;
        and those of TRAITS, float64, if traits are measured.

        `photos` has a column `content` of encoded photos (binary); others are passed over. A photo
        that cannot be decoded is a row with `error`; a call that fails is an exception.
        """
        content = pa.RecordBatch.from_arrays([column(photos, "content")], names=["content"])
        kind = content.schema.field(0).type
        if not (pa.types.is_binary(kind) or pa.types.is_large_binary(kind)):
            raise BadCall(f"column 'content' holds {kind}: give the encoded photos, as binary")
        with exported(content) as batch:
            return take_batch("verger_extract", self._pointer, *batch)

    def stream(self, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        """Yield the rows of batches of photos in order, with `features` and `error`, without
        `content`.

        A row that comes with an `error` keeps it, and has no features. Photos are decoded while the
        engine is busy; those of two calls for each thread that decodes are in memory at a time.
        """
        workers = max(2, self.threads)
        pending: deque[Future[pa.RecordBatch]] = deque()
        with ThreadPoolExecutor(workers, thread_name_prefix="verger-extract") as pool:
            try:
                for batch in batches:
                    for few in _cut(batch, self._photos):
                        pending.append(pool.submit(self._do, few))
                        if len(pending) >= 2 * workers:
                            yield pending.popleft().result()
                while pending:
                    yield pending.popleft().result()
            finally:
                for waiting in pending:
                    waiting.cancel()

    def _do(self, photos: pa.RecordBatch) -> pa.RecordBatch:
        done = self.extract(photos)
        if "error" in photos.schema.names:
            before = column(photos, "error").cast(pa.string())
            fine = pc.is_null(before)
            columns = [
                pc.coalesce(before, values)
                if name == "error"
                else pc.if_else(fine, values, pa.scalar(None, values.type))
                for name, values in zip(done.schema.names, done.columns)
            ]
            done = pa.RecordBatch.from_arrays(columns, names=done.schema.names)
        return joined(photos, done, drop="content")


def _cut(batch: pa.RecordBatch, most: int) -> Iterator[pa.RecordBatch]:
    """Yield slices of at most `most` photos and max_call_bytes, but at least one photo."""
    sizes = pc.binary_length(column(batch, "content")).to_pylist()
    begin, slice_bytes = 0, 0
    for end, size in enumerate(sizes):
        if end > begin and (
            end - begin == most or slice_bytes + (size or 0) > limits().max_call_bytes
        ):
            yield batch.slice(begin, end - begin)
            begin, slice_bytes = end, 0
        slice_bytes += size or 0
    if begin < len(sizes):
        yield batch.slice(begin)


def read_count(name: str, count: object, most: int) -> int:
    """Return a count. Errors: BadCall unless it is from 0, the library's choice, to `most`."""
    number = whole(count)
    if number is None or not 0 <= number <= most:
        raise BadCall(f"{name} {count!r}: give 1 to {most}, or 0 for the library's choice")
    return number
