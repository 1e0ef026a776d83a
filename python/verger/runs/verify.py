"""Verification of an output against its manifest: reads its files for the library."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Union

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._handle import Handle
from verger._library import borrowed
from verger.errors import StorageError
from verger.runs import rules
from verger.runs.manifest import FileEntry
from verger.runs.output import Output, in_order, read_latest
from verger.runs.parts import decode_columns, preprocessing_schema, results_schema
from verger.runs.storage import open_place
from verger.runs.text import printable

# The rows of a part, the bytes of another file, or the error of one that cannot be used.
_Content = Union[pa.RecordBatch, bytes, StorageError]


def verify(out: str | os.PathLike[str]) -> list[str]:
    """Check the output OUT and return its problems, a line each, as `verger verify` prints them;
    none if it is whole.

    Every file that the manifest names is read: sizes, checksums and counts, the order of rows, and
    whether PCA, features and Results belong together. Files that it does not name are reported.

    Errors: BadInput if there is no output; StorageError, also if runs write to it all the time.
    Cost:   reads the whole output once.
    """
    return read_latest(open_place(out), _verify)


def _verify(output: Output) -> list[str]:
    verification = _Verification(output)
    problems = list(verification.run())
    if problems and not output.is_latest():
        display_name = printable(output.place.display_name)
        raise StorageError(
            f"{display_name}: a run is writing to it: verify it when the run has ended"
        )
    if verification.damaged:
        output.ask_for_a_check()
    return problems


class _Verification(Handle):
    """The handle verger_verification of the library."""

    free = "verger_verification_free"

    def __init__(self, output: Output) -> None:
        super().__init__("verger_verification_create", borrowed(output.document))
        self._output = output
        self.damaged = False  # whether a part of Preprocessing has to be made again

    def run(self) -> Iterator[str]:
        output, manifest = self._output, self._output.extracted()
        parts = [part.file for part in manifest.preprocessing]
        for problem in self._look(parts, (["path", "error"], preprocessing_schema())):
            self.damaged = True
            yield problem
        yield from self._look([manifest.moments])
        if manifest.reduction is not None:
            yield from self._look([manifest.reduction.pca], check=self._pca)
            results = [result.part.file for result in manifest.reduction.results]
            yield from self._look(results, (["path"], results_schema()))
        with exported(output.list_all()) as names:
            yield from self._problems("verger_verification_finish", *names)

    def _look(
        self,
        files: list[FileEntry],
        table: tuple[list[str], pa.Schema] | None = None,
        check: Callable[[bytes], list[str]] = lambda data: [],
    ) -> Iterator[str]:
        for file, content in zip(files, in_order(partial(self._read, table), files)):
            if isinstance(content, StorageError):
                yield str(content)
            elif isinstance(content, bytes):
                yield from check(content)
            else:
                name = borrowed(file.name.encode())
                with exported(content) as rows:
                    yield from self._problems("verger_verification_add_part", name, *rows)

    def _read(self, table: tuple[list[str], pa.Schema] | None, file: FileEntry) -> _Content:
        try:
            data = self._output.read(file)
            if table is None:
                return data
            return decode_columns(data, self._output.place.path_of(file.name), *table)
        except StorageError as error:
            return error

    def _pca(self, document: bytes) -> list[str]:
        shown_document = self._output.place.read_if_present(rules.PCA_DOCUMENT) or b""
        texts = borrowed(document), borrowed(shown_document)
        return self._problems("verger_verification_add_pca", *texts)

    def _problems(self, name: str, *arguments: object) -> list[str]:
        problems = take_batch(name, self._pointer, *arguments)
        return list(map(printable, rules.texts_of(problems.column(0))))
