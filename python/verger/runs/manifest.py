"""The manifest of an output as Python objects: the JSON document of docs/feature-format.md.

The library checks it: `rules.read_manifest`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, fields, is_dataclass
from typing import Any, NamedTuple, TypeVar

from verger.runs.rules import read_manifest

# How rows name photos: by the path, or by the SHA-256 of it.
PLAIN, HASH = "plain", "hash"
PATH_MODES = (PLAIN, HASH)
# Fields whose fields are written into the object of their owner.
_SPREAD = ("file", "part")

_Kind = TypeVar("_Kind")


@dataclass(frozen=True)
class FileEntry:
    """A file of the output; `name` is below OUT, '/' between names."""

    name: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class PartEntry:
    """A Parquet part. Photos of it = rows + rejects; Results has no rejects."""

    file: FileEntry
    rows: int
    rejects: int = 0
    # Paths of the first and the last row of a part of Preprocessing; "" in an output of version 1.
    first: str = ""
    last: str = ""


@dataclass(frozen=True)
class ResultEntry:
    """A part of Results, and the SHA-256 of the part of Preprocessing that it projects."""

    part: PartEntry
    source: str


@dataclass(frozen=True)
class ModelIdentity:
    """The network that features came from; `identity`: all that decides about them, in a line."""

    name: str
    sha256: str
    preset: str
    identity: str
    dimension: int
    precision: str = "fp32"
    calibration: str = ""  # of int8: Model.calibration

    @classmethod
    def of(cls, model: Any) -> ModelIdentity:
        """Return the identity of a Model."""
        return cls(*(getattr(model, one.name) for one in fields(cls)))

    def same_features(self, other: ModelIdentity) -> bool:
        """Return whether features of both are the same: names do not count."""
        mine = (self.sha256, self.identity, self.dimension)
        return mine == (other.sha256, other.identity, other.dimension)


@dataclass(frozen=True)
class PcaSettings:
    """What a PCA was asked to be: a count of components, or else a share of the variance."""

    components: int = 0  # 0: as many as the share takes
    variance_share: float = 0.0  # 0: the count decides
    scores: str = "centred"  # or "spark"
    fewer_will_do: bool = False  # keep as many of `components` as the photos allow


@dataclass(frozen=True)
class Reduction:
    """The PCA of a version and the parts of Results projected by it."""

    settings: PcaSettings
    moments: str  # SHA-256 of the saved moments that it was fitted to
    components: int
    explained_variance: float  # share of the total, of all components together
    pca: FileEntry  # the document of Model/pca.json
    results: list[ResultEntry]


REJECTS_LISTED = 100  # in a manifest


class Reject(NamedTuple):
    """A photo that gave no features."""

    path: str
    reason: str


@dataclass
class Manifest:
    """The whole content of a version of an output."""

    photos: str  # where they came from; "" where paths are hashed
    labels: int
    model: ModelIdentity
    preprocessing: list[PartEntry]
    moments: FileEntry  # of all rows of preprocessing
    rejects: list[Reject] = field(default_factory=list)  # the first by path; the parts have all
    reduction: Reduction | None = None
    # Parts of Preprocessing that this version replaces, by name: they may be removed.
    replaced: list[str] = field(default_factory=list)
    path_mode: str = PLAIN  # of PATH_MODES

    @property
    def rows(self) -> int:
        """Photos that have features."""
        return sum(part.rows for part in self.preprocessing)

    @property
    def rejected(self) -> int:
        """Photos that have none."""
        return sum(part.rejects for part in self.preprocessing)

    @property
    def inputs(self) -> int:
        """All photos: rows + rejected."""
        return self.rows + self.rejected

    def to_json(self) -> bytes:
        """Return the document as the library lays it out. Errors: Damaged if it is not valid."""
        document = {"format": "verger-manifest", "version": 2, "inputs": self.inputs}
        document.update(_object_of(self))
        return read_manifest(json.dumps(document, ensure_ascii=False).encode(), "manifest")

    @staticmethod
    def from_json(document: bytes, name: str) -> Manifest:
        """Read a document of any version of the format; `name` is for messages.

        Errors: Damaged if it is not a whole manifest of a version that the library knows.
        """
        whole = json.loads(read_manifest(document, name))
        reduction = whole.get("reduction")
        return _read(
            Manifest,
            whole,
            model=_read(ModelIdentity, whole["model"]),
            preprocessing=list(map(read_part_entry, whole["preprocessing"])),
            moments=_read(FileEntry, whole["moments"]),
            rejects=[Reject(**reject) for reject in whole["rejects"]],
            reduction=reduction and _reduction(reduction),
        )


def _object_of(value: object) -> Any:
    """Return a dataclass as a JSON object; an optional field that is None has no key."""
    if isinstance(value, list):
        return [_object_of(item) for item in value]
    if isinstance(value, Reject):
        return value._asdict()
    if not is_dataclass(value):
        return value
    document: dict[str, Any] = {}
    for one in fields(value):
        item = _object_of(getattr(value, one.name))
        if item is not None:
            document.update(item if one.name in _SPREAD else {one.name: item})
    return document


def _read(kind: type[_Kind], document: dict[str, Any], **members: Any) -> _Kind:
    """Create a dataclass from the keys of an object and from `members`, which were read before."""
    names = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    return kind(**{key: value for key, value in document.items() if key in names} | members)


def read_part_entry(document: dict[str, Any]) -> PartEntry:
    """Read the entry of a part from a manifest's object."""
    return _read(PartEntry, document, file=_read(FileEntry, document))


def _reduction(document: dict[str, Any]) -> Reduction:
    return _read(
        Reduction,
        document,
        settings=_read(PcaSettings, document["settings"]),
        pca=_read(FileEntry, document["pca"]),
        results=[
            _read(ResultEntry, result, part=read_part_entry(result))
            for result in document["results"]
        ],
    )
