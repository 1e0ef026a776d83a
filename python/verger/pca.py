"""PCA: mean and principal axes, and projection onto them."""

from __future__ import annotations

import json
from functools import cached_property
from typing import Any

import pyarrow as pa

from verger._arrow import exported, take_batch
from verger._columns import floats
from verger._handle import Handle
from verger._library import library, take_bytes
from verger.errors import BadCall

_SCORES = {"centred": 0, "spark": 1}


class Pca(Handle):
    """A fitted PCA; Moments.fit makes it. Safe from many threads. Pickles."""

    free = "verger_pca_free"

    def __init__(self, *arguments: Any, make: str = "verger_pca_fit") -> None:
        super().__init__(make, *arguments)

    @classmethod
    def from_json(cls, document: str) -> Pca:
        """Read the document of `to_json`, or of OUT/Model/pca.json.

        Errors: BadInput for a document that is not a complete PCA of a known version.
        """
        data = document.encode("utf-8", "replace")
        return cls(data, len(data), make="verger_pca_from_json")

    def to_json(self) -> str:
        """Return the document of OUT/Model/pca.json, from which every number is restored bit for
        bit.
        """
        return take_bytes("verger_pca_to_json", self._pointer).decode()

    def __reduce__(self) -> tuple[Any, ...]:
        return Pca.from_json, (self.to_json(),)

    @cached_property
    def _document(self) -> dict[str, Any]:
        return dict(json.loads(self.to_json()))

    @property
    def n_components(self) -> int:
        """The number of axes."""
        return int(library().verger_pca_components(self._pointer))

    @property
    def dimension(self) -> int:
        """Numbers in a feature vector."""
        return int(self._document["dimension"])

    @property
    def mean(self) -> list[float]:
        """The mean of the features that the PCA was fitted to. Shape: dimension."""
        return list(self._document["mean"])

    @property
    def components(self) -> list[list[float]]:
        """The axes, most variance first. Shape: n_components x dimension."""
        return list(self._document["components"])

    @property
    def explained_variance(self) -> list[float]:
        """The variance along each axis, divided by rows - 1. Shape: n_components."""
        return list(self._document["explained_variance"])

    @property
    def explained_variance_ratio(self) -> list[float]:
        """The share of the total variance of each axis, as scikit-learn's. Shape: n_components."""
        return list(self._document["explained_variance_ratio"])

    def project(
        self, batch: pa.RecordBatch, scores: str = "centred", features: str = "features"
    ) -> pa.RecordBatch:
        """Return the column `pca_features: list<float32>`, null where the features are null.

        `scores`: "centred", the mean is subtracted first, as scikit-learn does; "spark", it is not,
        as Spark ML does.

        Errors: BadInput for a row of another length; BadCall for other scores.
        """
        if scores not in _SCORES:
            raise BadCall(f"scores {scores!r}: give 'centred' or 'spark'")
        with exported(floats(batch, features)) as rows:
            return take_batch("verger_pca_project", self._pointer, _SCORES[scores], *rows)

    def __repr__(self) -> str:
        share = sum(self.explained_variance_ratio)
        return f"Pca({self.n_components} components of {self.dimension}, {share:.1%} explained)"
