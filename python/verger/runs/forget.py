"""Photos out of an output, as if they had never been there: which ones, the library says."""

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
from verger.runs.manifest import FileEntry, Manifest, PartEntry, Reduction, Reject
from verger.runs.output import Output, in_order, side_by_side
from verger.runs.parts import (
    NAMES_SCHEMA,
    PREPROCESSING_SCHEMA,
    decode_columns,
    decode_rows,
    encode_preprocessing,
    good_rows,
    part_entry,
)
from verger.runs.reduction import project_part
from verger.runs.storage import open_place
from verger.runs.text import printable


@dataclass
class Forgotten:
    """What `forget` did: the keys of `verger forget --json`."""

    rows: int = 0  # with features, that went
    rejects: int = 0  # that went
    parts: int = 0  # of Preprocessing, written again or removed
    files_read: int = 0  # for the proof
    reduced: bool = False  # the PCA was fitted again, without them


def forget(out: str | os.PathLike[str], names: str | Iterable[str]) -> Forgotten:
    """Takes the rows of photos out of the output OUT, as `verger forget` does: every photo whose
    path, folder or label is one of `names`.

    Parts that hold one are written again without it, moments are gathered and a PCA is fitted as if
    it had never been there; then what was before is removed, and everything left is read to see
    that none of their paths is in it.

    Errors: BadInput, before anything is done, for a name that no photo has beside one that has, or
            if the PCA cannot be fitted to what is left; BadCall for a name without a letter;
            Failed, naming the file, if something is found again; InUse; StorageError.
    Cost:   reads all parts three times, writes those that held one and all of Results.
    """
    place = open_place(out)
    Output.open(place)  # before anything is made
    with Output.open_for_writing(place) as output:
        return _Forgetting(output, [names] if isinstance(names, str) else list(names)).run()


class _Forgetting(Handle):
    """verger_forgetting"""

    free = "verger_forgetting_free"

    def __init__(self, output: Output, names: list[str]) -> None:
        document = borrowed(output.document)
        with exported(rules.names_of(names)) as batch:
            super().__init__("verger_forgetting_create", document, *batch)
        self._output = output
        self._shown = printable(output.place.shown)
        self._done = Forgotten()

    def run(self) -> Forgotten:
        output, manifest = self._output, self._output.extracted()
        kept = [
            self._kept(part.file.name, output.read(part.file)) for part in manifest.preprocessing
        ]
        # Of a killed run: work that the next one can do again, or what a forget has written.
        replaced = [
            name
            for name in output.unlisted()
            if self._kept(name, output.place.read(name)) is not None
        ]
        shown = borrowed(self._shown.encode())
        left = json.loads(take_bytes("verger_forgetting_finish", self._pointer, shown))
        if left["photos"] > 0:
            self._done = Forgotten(left["rows"], left["rejects"])
            rejects = [Reject(**reject) for reject in left["rejects_left"]]
            manifest = replace(
                manifest, labels=left["labels"], rejects=rejects, replaced=replaced, reduction=None
            )
            self._erase(manifest, kept)
        self._prove()
        return self._done

    def _kept(self, name: str, data: bytes) -> pa.Array | None:
        """None if the part may stay as it is; else the rows of it that are kept."""
        shown, columns = self._output.place.path_of(name), ["path", "label", "error"]
        rows = decode_columns(data, shown, columns, PREPROCESSING_SCHEMA)
        part, stays = borrowed(name.encode()), ctypes.c_int32()
        function = "verger_forgetting_add_part"
        with exported(rows) as batch:
            kept = take_batch(function, self._pointer, part, *batch, ctypes.byref(stays))
        return None if stays.value else kept.column(0)

    def _erase(self, manifest: Manifest, kept: list[pa.Array | None]) -> None:
        output = self._output
        before = output.extracted()
        manifest.preprocessing = []
        for part, rows in zip(before.preprocessing, kept):
            if rows is None:
                manifest.preprocessing.append(part)
                continue
            manifest.replaced.append(part.file.name)
            self._done.parts += 1
            manifest.preprocessing += self._rewrite(part.file, manifest, rows)
        # From the features themselves: what was subtracted would leave its last bits behind.
        files = [part.file for part in manifest.preprocessing if part.rows > 0]
        moments = moments_of(good_rows(output.read(file), file.name) for file in files)
        assert moments is not None  # the library saw to it that there are features left
        manifest.moments = output.publish(output.versioned_name("moments"), moments.save())
        if before.reduction is not None:
            manifest.reduction = self._reduce(before.reduction, manifest, moments)
            self._done.reduced = True
        output.commit(manifest)

    def _rewrite(self, file: FileEntry, manifest: Manifest, kept: pa.Array) -> list[PartEntry]:
        """The part without what goes; none if nothing is left."""
        if len(kept) == 0:
            return []
        data = self._output.read(file)
        rows = decode_rows(data, file.name)
        features = decode_columns(data, file.name, ["features"], PREPROCESSING_SCHEMA).column(0)
        stay = [rows[at] for at in kept.to_pylist()]
        part = encode_preprocessing(stay, features.take(kept), manifest.model)
        name = self._output.next_part(rules.PREPROCESSING)
        return [part_entry(self._output.publish(name, part), stay)]

    def _reduce(self, before: Reduction, manifest: Manifest, moments: Moments) -> Reduction:
        output, settings = self._output, before.settings
        wanted = settings.components or settings.variance_share
        pca = moments.fit(wanted, manifest.model, settings.fewer_will_do)
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
        """Reads what there is now."""
        for name, data in in_order(
            self._content, rules.texts_of(self._output.list_all().column(0))
        ):
            if data is None:
                continue
            self._done.files_read += 1
            texts = (borrowed(text) for text in (self._shown.encode(), os.fsencode(name), data))
            if not name.endswith(".parquet"):
                call("verger_forgetting_prove", self._pointer, *texts, None, None)
                continue
            with exported(decode_columns(data, name, ["path", "label"], NAMES_SCHEMA)) as rows:
                call("verger_forgetting_prove", self._pointer, *texts, *rows)

    def _content(self, name: str) -> tuple[str, bytes | None]:
        """None for what is not a file of an output: the folder of staged parts, hidden files."""
        ours = name != rules.STAGED and not name.rpartition("/")[2].startswith(".")
        return name, self._output.place.read(name) if ours else None
