"""Drift: how far new features lie from those that a PCA was fitted to."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass

from verger._library import call
from verger._structs import DriftFound
from verger.moments import Moments
from verger.pca import Pca


@dataclass(frozen=True)
class Drift:
    """About equal residuals and a shift near 0: the PCA still fits. All 0 of no photos."""

    photos: int = 0  # new ones with features
    mean_shift: float = 0.0  # between the means, in standard deviations of the fitted features
    residual: float = 0.0  # share of the new features' variance that the axes leave out
    expected_residual: float = 0.0  # the same share of the features that the PCA was fitted to
    refit: bool = False  # far more than photos of the same kind differ by chance


def drift_of(new: Moments | None, pca: Pca) -> Drift:
    """Return the drift of the features that `new` has counted. Errors: BadInput for other
    dimensions.

    Cost: components * dimension^2 multiply-adds.
    """
    if new is None or new.count == 0:
        return Drift()
    drift = DriftFound()
    call("verger_pca_drift", pca._pointer, new._pointer, ctypes.byref(drift))
    return Drift(
        drift.rows, drift.mean_shift, drift.residual, drift.expected_residual, bool(drift.refit)
    )
