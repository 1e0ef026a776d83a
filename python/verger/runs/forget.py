"""Removal of photos from an output without a trace; the library selects the rows."""

from __future__ import annotations

import ctypes
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._handle import Handle
from verger._library import borrowed, call, take_bytes
from verger.moments import Moments, moments_of
from verger.runs import rules
from verger.runs.classifier_erasure import ClassifierErasure
from verger.runs.manifest import FileEntry, Manifest, PartEntry, Reduction, Reject
from verger.runs.output import Output, in_order, side_by_side
from verger.runs.parts import (
    decode_columns,
    decode_rows,
    encode_preprocessing,
    good_rows,
    names_schema,
    part_entry,
    preprocessing_schema,
)
from verger.runs.reduction import project_part
from verger.runs.storage import open_place
from verger.runs.text import printable
from verger.runs.training import CLASSIFIER


@dataclass
class Forgotten:
    """The result of `forget`: the keys of `verger forget --json`."""

    rows: int = 0  # removed, with features
    rejects: int = 0  # removed
    parts: int = 0  # of Preprocessing, written again or removed
    files_read: int = 0  # for the proof
    reduced: bool = False  # whether the PCA was fitted again, without them
    classifier: str = "none"  # "trained" again, without them; "removed"; "none" was there
    classifier_problem: str = ""  # why it was removed, and not trained again


def forget(out: str | os.PathLike[str], names: str | Iterable[str]) -> Forgotten:
    """Remove the rows of photos from the output OUT, as `verger forget` does: every photo whose
    path, folder or label is one of `names`.

    Parts that contain one are rewritten without it, the moments are gathered, the PCA is fitted and
    the classifier trained again; then the old files are removed, and all remaining files are read
    to check that none contains one of the paths. Taught photos of such a label are removed too.

    Errors: BadInput, before anything is done, if one name matches photos and another does not, or
            if the PCA cannot be fitted to the rest; BadCall for a name without a letter;
            Failed, naming the file, if a removed photo is still in it; InUse; StorageError.
    Cost:   reads all parts three times, writes those that held one and all of Results.
    """
    place = open_place(out)
    Output.open(place)  # before anything is made
    with Output.open_for_writing(place) as output:
        return _Forgetting(output, [names] if isinstance(names, str) else list(names)).run()


class _Forgetting(Handle):
    """The handle verger_forgetting of the library."""

    free = "verger_forgetting_free"

    def __init__(self, output: Output, names: list[str]) -> None:
        document = borrowed(output.document)
        with exported(rules.names_of(names)) as batch:
            super().__init__("verger_forgetting_create", document, *batch)
        self._output = output
        self._place_name = printable(output.place.display_name)
        self._done = Forgotten()
        self._classifier = ClassifierErasure(output, self._taught)

    def run(self) -> Forgotten:
        output, manifest = self._output, self._output.extracted()
        remaining = [
            self._remaining(part.file.name, output.read(part.file))
            for part in manifest.preprocessing
        ]
        # Parts of a killed run, which the next run can do again, or of a killed forget.
        replaced = [
            name
            for name in output.unlisted()
            if self._remaining(name, output.place.read(name)) is not None
        ]
        place_name = borrowed(self._place_name.encode())
        left = json.loads(take_bytes("verger_forgetting_finish", self._pointer, place_name))
        if left["photos"] > 0:
            self._done = Forgotten(left["rows"], left["rejects"])
            rejects = [Reject(**reject) for reject in left["rejects_left"]]
            manifest = replace(
                manifest, labels=left["labels"], rejects=rejects, replaced=replaced, reduction=None
            )
            self._erase(manifest, remaining)
        self._prove()
        return self._done

    def _remaining(self, name: str, data: bytes) -> pa.Array | None:
        """Return the row numbers of a part that remain; None if all do."""
        display_name, columns = self._output.place.path_of(name), ["path", "label", "error"]
        stays, remaining = self._add(
            name, decode_columns(data, display_name, columns, preprocessing_schema())
        )
        return None if stays else remaining

    def _taught(self, rows: pa.RecordBatch) -> pa.Array:
        return self._add(CLASSIFIER, rows)[1]

    def _add(self, name: str, rows: pa.RecordBatch) -> tuple[bool, pa.Array]:
        """Return whether a part stays unchanged, and the row numbers that remain."""
        part, stays = borrowed(name.encode()), ctypes.c_int32()
        function = "verger_forgetting_add_part"
        with exported(rows) as batch:
            remaining = take_batch(function, self._pointer, part, *batch, ctypes.byref(stays))
        return bool(stays.value), remaining.column(0)

    def _erase(self, manifest: Manifest, remaining: list[pa.Array | None]) -> None:
        output = self._output
        before = output.extracted()
        manifest.preprocessing = []
        for part, rows in zip(before.preprocessing, remaining):
            if rows is None:
                manifest.preprocessing.append(part)
                continue
            manifest.replaced.append(part.file.name)
            self._done.parts += 1
            manifest.preprocessing += self._rewrite(part.file, manifest, rows)
        # From the features: subtraction would leave traces in the last bits.
        files = [part.file for part in manifest.preprocessing if part.rows > 0]
        moments = moments_of(good_rows(output.read(file), file.name) for file in files)
        assert moments is not None  # the library has checked that features remain
        manifest.moments = output.publish(output.versioned_name("moments"), moments.save())
        if before.reduction is not None:
            manifest.reduction = self._reduce(before.reduction, manifest, moments)
            self._done.reduced = True
        self._classifier.train_for(manifest)
        self._classifier.remove()
        output.commit(manifest)
        self._done.classifier, self._done.classifier_problem = self._classifier.publish()

    def _rewrite(self, file: FileEntry, manifest: Manifest, remaining: pa.Array) -> list[PartEntry]:
        """Publish the part without the removed rows; return no entry if no row remains."""
        if len(remaining) == 0:
            return []
        data = self._output.read(file)
        rows = decode_rows(data, file.name)
        features = decode_columns(data, file.name, ["features"], preprocessing_schema()).column(0)
        stay = [rows[at] for at in remaining.to_pylist()]
        part = encode_preprocessing(stay, features.take(remaining), manifest.model)
        name = self._output.next_part(rules.PREPROCESSING)
        return [part_entry(self._output.publish(name, part), stay)]

    def _reduce(self, before: Reduction, manifest: Manifest, moments: Moments) -> Reduction:
        output, settings = self._output, before.settings
        components = settings.components or settings.variance_share
        pca = moments.fit(components, manifest.model, settings.fewer_will_do)
        document = output.publish(output.versioned_name("pca"), pca.to_json().encode())
        tasks = [
            (part, output.next_part(rules.RESULTS))
            for part in manifest.preprocessing
            if part.rows > 0
        ]

        def project(task: tuple[PartEntry, str]):  # type: ignore[no-untyped-def]
            return project_part(
                output.place, output.run, task, pca, settings.scores, manifest.model
            )

        return replace(
            before,
            moments=manifest.moments.sha256,
            components=pca.n_components,
            explained_variance=sum(pca.explained_variance_ratio),
            pca=document,
            results=side_by_side(project, tasks),
        )

    def _prove(self) -> None:
        """Read every file of the output, and check that no removed photo is in it."""
        for name, data in in_order(
            self._content, rules.texts_of(self._output.list_all().column(0))
        ):
            if data is None:
                continue
            self._done.files_read += 1
            texts = (
                borrowed(text) for text in (self._place_name.encode(), os.fsencode(name), data)
            )
            if not name.endswith(".parquet"):
                call("verger_forgetting_prove", self._pointer, *texts, None, None)
                continue
            with exported(decode_columns(data, name, ["path", "label"], names_schema())) as rows:
                call("verger_forgetting_prove", self._pointer, *texts, *rows)

    def _content(self, name: str) -> tuple[str, bytes | None]:
        """Return a file's name and bytes; None for the folder of staged parts, hidden files; and
        for a page that was made since, which shows what there is."""
        hidden = name.rpartition("/")[2].startswith(".")
        ours = not hidden and name not in (rules.STAGED, rules.report_name())
        return name, self._output.place.read(name) if ours else None
