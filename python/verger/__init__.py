"""Verger: photos of fruit to features, principal components and Parquet.

    import verger

    table = verger.extract("photos")            # path, label, features, size, ..., error
    pca = verger.fit(table, components=50)
    table = verger.project(table, pca)          # ... and pca_features
    verger.save(table, "out")                   # for `verger reduce out`, `verger run photos out`

The same numbers as the `verger` program: both are libverger.so. On a cluster: `verger.spark`.
"""

from __future__ import annotations

from verger._library import VERSION as __version__
from verger.chain import extract, fit, project
from verger.errors import (
    BadCall,
    BadInput,
    BadModel,
    Damaged,
    Failed,
    InUse,
    RegionRefused,
    StorageError,
    TooManyRejects,
    VergerError,
)
from verger.extractor import Extractor
from verger.model import Model
from verger.moments import Moments
from verger.pca import Pca
from verger.runs.duplicates import duplicates
from verger.runs.forget import Forgotten, forget
from verger.runs.save import save
from verger.runs.verify import verify

__all__ = [
    "BadCall",
    "BadInput",
    "BadModel",
    "Damaged",
    "Extractor",
    "Failed",
    "Forgotten",
    "InUse",
    "Model",
    "Moments",
    "Pca",
    "RegionRefused",
    "StorageError",
    "TooManyRejects",
    "VergerError",
    "__version__",
    "duplicates",
    "extract",
    "fit",
    "forget",
    "project",
    "save",
    "verify",
]
