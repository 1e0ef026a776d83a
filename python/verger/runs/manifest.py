"""What an output holds: its parts, their checksums, settings and rejects.

The JSON document of docs/feature-format.md, laid out as the program writes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from verger.errors import StorageError

_FORMAT = "verger-manifest"
_VERSION = 1
# What stands for a photo's path in an output: the path, or the SHA-256 of it.
PLAIN, HASH = "plain", "hash"
PATH_MODES = (PLAIN, HASH)
_FOLDERS = ("Preprocessing/", "Results/", "_verger/")
_REMEDY = "move it away and run again: the features in Preprocessing are taken over"


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


@dataclass(frozen=True)
class ResultEntry:
    """A part of Results, and the SHA-256 of the part of Preprocessing that it projects."""

    part: PartEntry
    source: str


@dataclass(frozen=True)
class ModelIdentity:
    """The network that features came from; `identity` is all of its preset in one line."""

    name: str
    sha256: str
    preset: str
    identity: str
    dimension: int

    def same_features(self, other: ModelIdentity) -> bool:
        """Whether features of both are the same: names do not count."""
        mine = (self.sha256, self.identity, self.dimension)
        return mine == (other.sha256, other.identity, other.dimension)


@dataclass(frozen=True)
class PcaSettings:
    """What a PCA was asked to be: a count of components, or else a share of the variance."""

    components: int = 0  # 0: as many as the share takes
    variance_share: float = 0.0  # 0: the count decides
    spark_scores: bool = False
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


class Reject(NamedTuple):
    """A photo that gave no features."""

    path: str
    reason: str


@dataclass
class Manifest:
    """All that a version of an output is."""

    photos: str  # where they came from; "" where paths are hashed
    labels: int
    model: ModelIdentity
    preprocessing: list[PartEntry]
    moments: FileEntry  # of all rows of preprocessing
    rejects: list[Reject] = field(default_factory=list)
    reduction: Reduction | None = None
    # Parts of Preprocessing that this version takes the place of, by name: they may be removed.
    replaced: list[str] = field(default_factory=list)
    path_mode: str = PLAIN  # of PATH_MODES

    @property
    def rows(self) -> int:
        """Photos that have features."""
        return sum(part.rows for part in self.preprocessing)

    @property
    def inputs(self) -> int:
        """All photos: rows + rejects."""
        return self.rows + len(self.rejects)

    def to_json(self) -> str:
        """The document, byte for byte as the program writes it."""
        document: dict[str, Any] = {
            "format": _FORMAT,
            "version": _VERSION,
            "photos": self.photos,
            "path_mode": self.path_mode,
            "inputs": self.inputs,
            "rows": self.rows,
            "labels": self.labels,
            "model": vars(self.model),
            "preprocessing": [_write_part(part) for part in self.preprocessing],
            "moments": vars(self.moments),
        }
        if self.reduction is not None:
            document["reduction"] = _write_reduction(self.reduction)
        document["replaced"] = self.replaced
        document["rejects"] = [reject._asdict() for reject in self.rejects]
        return json.dumps(document, indent=1, ensure_ascii=False) + "\n"

    @staticmethod
    def from_json(text: str | bytes, name: str) -> Manifest:
        """Reads a document; `name` is for messages.

        Errors: StorageError if it is not a whole manifest of a version that this package knows.
        """
        try:
            return _read(_Node(json.loads(text), ""), name)
        except (ValueError, RecursionError) as error:
            raise StorageError(f"{name}: damaged: {error}; {_REMEDY}") from error


def _write_part(part: PartEntry) -> dict[str, Any]:
    return {**vars(part.file), "rows": part.rows, "rejects": part.rejects}


def _write_reduction(reduction: Reduction) -> dict[str, Any]:
    settings = reduction.settings
    return {
        "settings": {
            "components": settings.components,
            "variance_share": float(settings.variance_share),
            "scores": "spark" if settings.spark_scores else "centred",
            "fewer_will_do": settings.fewer_will_do,
        },
        "moments": reduction.moments,
        "components": reduction.components,
        "explained_variance": float(reduction.explained_variance),
        "pca": vars(reduction.pca),
        "results": [
            {**_write_part(result.part), "source": result.source} for result in reduction.results
        ],
    }


class _Node:
    """A JSON object whose keys must be there and of the right type; a ValueError names them."""

    def __init__(self, value: object, place: str) -> None:
        if not isinstance(value, dict):
            raise ValueError(f"'{place}' is not an object")
        self._value, self._place = value, place

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def get(self, key: str, *types: type) -> Any:
        value = self._value.get(key)
        # To Python a truth value is a number, too.
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise ValueError(f"key '{self._place}{key}' is missing or of another type")
        return value

    def text(self, key: str) -> str:
        return str(self.get(key, str))

    def text_or(self, key: str, otherwise: str) -> str:
        return self.text(key) if key in self else otherwise

    def integer(self, key: str) -> int:
        return int(self.get(key, int))

    def real(self, key: str) -> float:
        return float(self.get(key, int, float))

    def node(self, key: str) -> _Node:
        return _Node(self.get(key, dict), f"{self._place}{key}.")

    def nodes(self, key: str) -> list[_Node]:
        return [_Node(item, f"{self._place}{key}.") for item in self.get(key, list)]


def _read(json_: _Node, name: str) -> Manifest:
    if json_.text("format") != _FORMAT:
        raise StorageError(f"{name}: not a manifest of verger; {_REMEDY}")
    if json_.integer("version") != _VERSION:
        raise StorageError(
            f"{name}: written by a newer verger; this one knows version {_VERSION}: update it"
        )
    moments = _read_file(json_.node("moments"))
    reduction = None
    if "reduction" in json_:
        reduction = _read_reduction(json_.node("reduction"), moments.sha256)
    manifest = Manifest(
        photos=json_.text("photos"),
        path_mode=_read_path_mode(json_),
        labels=json_.integer("labels"),
        model=_read_model(json_.node("model")),
        preprocessing=[_read_part(part) for part in json_.nodes("preprocessing")],
        moments=moments,
        rejects=[Reject(item.text("path"), item.text("reason")) for item in json_.nodes("rejects")],
        reduction=reduction,
        replaced=[_own_name(item) for item in json_.get("replaced", list)],
    )
    if json_.integer("inputs") != manifest.inputs:
        raise StorageError(f"{name}: damaged: its counts do not add up; {_REMEDY}")
    return manifest


def _read_path_mode(json_: _Node) -> str:
    mode = json_.text_or("path_mode", PLAIN)
    if mode not in PATH_MODES:
        raise ValueError(f"key 'path_mode' is {mode!r}")
    return mode


def _read_model(json_: _Node) -> ModelIdentity:
    name, sha256, preset, identity = map(json_.text, ("name", "sha256", "preset", "identity"))
    return ModelIdentity(name, sha256, preset, identity, json_.integer("dimension"))


def _own_name(name: object) -> str:
    """A name that verger could have written: nothing else may be read or removed by it."""
    ours = isinstance(name, str) and name.startswith(_FOLDERS)
    if not ours or ".." in str(name) or "\0" in str(name):
        raise ValueError(f"names a file that is not its own: {name}")
    return str(name)


def _read_file(json_: _Node) -> FileEntry:
    return FileEntry(_own_name(json_.text("name")), json_.integer("bytes"), json_.text("sha256"))


def _read_part(json_: _Node) -> PartEntry:
    return PartEntry(_read_file(json_), json_.integer("rows"), json_.integer("rejects"))


def _read_reduction(json_: _Node, moments: str) -> Reduction:
    settings = json_.node("settings")
    return Reduction(
        settings=PcaSettings(
            settings.integer("components"),
            settings.real("variance_share"),
            settings.text("scores") == "spark",
            bool(settings.get("fewer_will_do", bool)),
        ),
        # Without the key, a PCA was always fitted to the moments of its version.
        moments=json_.text_or("moments", moments),
        components=json_.integer("components"),
        explained_variance=json_.real("explained_variance"),
        pca=_read_file(json_.node("pca")),
        results=[
            ResultEntry(_read_part(result), result.text("source"))
            for result in json_.nodes("results")
        ],
    )
