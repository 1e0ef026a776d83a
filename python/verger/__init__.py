"""Verger: photos of fruit to features, principal components and Parquet.

    import verger

    table = verger.extract("photos")            # path, label, features, size, ..., error
    pca = verger.fit(table, components=50)
    table = verger.project(table, pca)          # ... and pca_features
    verger.save(table, "out")                   # for `verger reduce out`, `verger run photos out`

    verger.train("out")                         # Model/classifier.safetensors
    verger.classify("out", "new photos")        # label, probability, unknown, set, ...

The same numbers as the `verger` program: both are libverger.so. On a cluster: `verger.spark`.
"""

from __future__ import annotations

from verger._version import VERSION as __version__
from verger.chain import extract, fit, project
from verger.class_moments import ClassMoments, class_moments_of
from verger.classifier import Classifier
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
from verger.index import Index
from verger.model import Model
from verger.moments import Moments
from verger.pca import Pca
from verger.photo_traits import traits
from verger.runs.classify import classify, teach, unteach
from verger.runs.duplicates import duplicates
from verger.runs.evaluate import evaluate
from verger.runs.forget import Forgotten, forget
from verger.runs.map_table import map_table
from verger.runs.report import report
from verger.runs.save import save
from verger.runs.similar import similar
from verger.runs.training import train
from verger.runs.verify import verify

__all__ = [
    "BadCall",
    "BadInput",
    "BadModel",
    "ClassMoments",
    "Classifier",
    "Damaged",
    "Extractor",
    "Failed",
    "Forgotten",
    "InUse",
    "Index",
    "Model",
    "Moments",
    "Pca",
    "RegionRefused",
    "StorageError",
    "TooManyRejects",
    "VergerError",
    "__version__",
    "class_moments_of",
    "classify",
    "duplicates",
    "evaluate",
    "extract",
    "fit",
    "forget",
    "map_table",
    "project",
    "report",
    "save",
    "similar",
    "teach",
    "train",
    "unteach",
    "traits",
    "verify",
]
