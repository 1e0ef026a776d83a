"""The page report.html of an output: reads its tables and photos for the library."""

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._handle import Handle
from verger._library import borrowed, call, library, take_bytes
from verger._limits import limits
from verger._structs import DuplicatesOptions, ReportOptions
from verger.errors import RegionRefused, StorageError, VergerError
from verger.runs import rules
from verger.runs.ahead import ahead
from verger.runs.duplicates import find_duplicates
from verger.runs.manifest import PartEntry
from verger.runs.output import Output, in_order
from verger.runs.parts import decode_columns, preprocessing_schema, results_schema
from verger.runs.photo import Photo
from verger.runs.place import Place
from verger.runs.read import read_photo
from verger.runs.storage import open_place

_PHOTOS_AT_A_TIME = 32


def report(
    out: str | os.PathLike[str],
    photos: str | os.PathLike[str] | None = None,
    evaluation: Mapping[str, Any] | None = None,
) -> str:
    """Write the page that shows the output OUT, as `verger report` does, and return its path:
    OUT/report.html, one file that works offline.

    It has thumbnails of photos below PHOTOS, by default where they were when OUT was made; photos
    that cannot be read any more have none. `evaluation`: the object of `verger evaluate --json`.

    Errors: BadInput if there is no output; InUse if a run writes to it; StorageError.
    """
    place = open_place(out)
    Output.open(place)  # before anything is made
    section = "" if evaluation is None else json.dumps(dict(evaluation))
    with Output.open_for_writing(place) as output:
        source = open_place(photos) if photos is not None else _place_of(output)
        return publish_report(output, source, evaluation=section)


def publish_report(
    output: Output, photos: Place | None, facts: str = "", evaluation: str = ""
) -> str:
    """Publish the page of the latest version in the output, and return where it is.

    `facts`: of the run that just ended, as verger_summary takes them; "": none did. `evaluation`:
    the JSON of `verger evaluate`; "": none.

    Errors: StorageError; Damaged.
    """
    name = rules.report_name()
    page = _Report(output, facts)
    page.add_parts()
    page.add_sections(evaluation)
    if photos is not None:
        page.add_photos(photos)
    output.publish(name, page.finish())
    return output.place.path_of(name)


def publish_report_or_warn(output: Output, photos: Place, facts: str) -> None:
    """Publish the page at the end of a run, if the version has none yet: an error costs no
    more than the page."""
    try:
        if not output.place.exists(rules.report_name()):
            publish_report(output, photos, facts)
    except VergerError as error:
        print(f"verger: warning: {rules.report_name()} was not written: {error}", file=sys.stderr)


def _place_of(output: Output) -> Place | None:
    """Return the place where the photos were; None, with a warning, if it cannot be opened."""
    named = output.extracted().photos
    if not named:
        return None
    try:
        place = open_place(named)
        place.check_region()
        return place
    except RegionRefused:
        raise
    except VergerError as error:
        print(f"verger: warning: no thumbnails: {error}", file=sys.stderr)
        return None


class _Report(Handle):
    """The handle verger_report of the library."""

    free = "verger_report_free"

    def __init__(self, output: Output, facts: str) -> None:
        manifest = output.extracted()
        reduction = manifest.reduction
        pca = b"" if reduction is None else output.read(reduction.pca)
        # Stored, for the options only borrow it.
        self._facts = borrowed(facts)
        options = ReportOptions(version=output.state.version, facts=self._facts)
        document = borrowed(output.document)
        super().__init__("verger_report_create", document, borrowed(pca), ctypes.byref(options))
        self._output = output
        self._parts = manifest.preprocessing
        results = [] if reduction is None else reduction.results
        self._results = {result.source: result.part.file for result in results}

    def add_parts(self) -> None:
        for part, (rows, scores) in zip(self._parts, in_order(self._tables, self._parts)):
            name = borrowed(part.file.name.encode())
            with exported(rows) as batch:
                if scores is None:
                    call("verger_report_add_part", self._pointer, name, *batch, None, None)
                    continue
                with exported(scores) as projected:
                    call("verger_report_add_part", self._pointer, name, *batch, *projected)

    def _tables(self, part: PartEntry) -> tuple[pa.RecordBatch, pa.RecordBatch | None]:
        output, columns = self._output, ["path", "label", "size", "modified", "error"]
        with output.open_file(part.file) as file:
            display_name = output.place.path_of(part.file.name)
            rows = decode_columns(file, display_name, columns, preprocessing_schema())
        result = self._results.get(part.file.sha256)
        if result is None:
            return rows, None
        with output.open_file(result) as file:
            display_name = output.place.path_of(result.name)
            scores = decode_columns(file, display_name, ["path", "pca_features"], results_schema())
        return rows, scores.rename_columns(["path", "features"])

    def add_sections(self, evaluation: str) -> None:
        options = DuplicatesOptions()
        if library().verger_report_needs_duplicates(self._pointer, ctypes.byref(options)):
            self._add_section("duplicates", find_duplicates(self._output, options))
        if evaluation:
            self._add_section("evaluation", evaluation.encode())

    def _add_section(self, name: str, document: bytes) -> None:
        call("verger_report_add_section", self._pointer, name.encode(), borrowed(document))

    def add_photos(self, place: Place) -> None:
        """Add thumbnails. Errors: of the library only; if storage fails, a warning."""
        batch = take_batch("verger_report_thumbnail_photos", self._pointer)
        photos = [
            Photo(path, "", size, modified)
            for path, size, modified in zip(*(column.to_pylist() for column in batch.columns))
        ]
        tasks = (
            photos[at : at + _PHOTOS_AT_A_TIME] for at in range(0, len(photos), _PHOTOS_AT_A_TIME)
        )
        try:
            readers = place.concurrent_reads
            for _ in ahead(lambda task: self._add_photos(list(_read(place, task))), tasks, readers):
                pass
        except StorageError as error:
            print(f"verger: warning: thumbnails are missing: {error}", file=sys.stderr)

    def _add_photos(self, photos: list[tuple[str, bytes]]) -> None:
        columns = [
            pa.array([path for path, _ in photos], pa.string()),
            pa.array([content for _, content in photos], pa.large_binary()),
        ]
        with exported(pa.record_batch(columns, names=["path", "content"])) as batch:
            call("verger_report_add_photos", self._pointer, *batch)

    def finish(self) -> bytes:
        return take_bytes("verger_report_finish", self._pointer)


def _read(place: Place, photos: list[Photo]) -> Iterator[tuple[str, bytes]]:
    """Yield the photos that can still be read."""
    for photo in photos:
        content = read_photo(place, photo, limits().largest_max_bytes).content
        if content is not None:
            yield photo.path, content
