"""Moments of classes merged as executors do make the classifier of one pass."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pyarrow as pa
import pytest

from verger.class_moments import ClassMoments, class_moments_of
from verger.class_moments_test import read_safetensors, rows
from verger.classifier import Classifier
from verger.classifier_test import manifest
from verger.spark.classic import ClassicExecutors
from verger.spark.conftest import CONTEXT, Rdd
from verger.spark.worker import Classify, merged, merged_group


def fitted(moments: ClassMoments | None) -> dict[str, list[float]]:
    assert moments is not None
    return read_safetensors(Classifier.fit(moments, manifest(), "root", 0.2).save())


@pytest.mark.parametrize("partitions", [1, 3, 7])
def test_any_partition_makes_the_same_classifier(partitions: int) -> None:
    table = rows(300)
    saved = []
    for part in range(partitions):
        own = table.filter(pa.array([row % partitions == part for row in range(300)]))
        moments = class_moments_of(own.to_batches(max_chunksize=16))
        assert moments is not None
        saved.append((part, moments.save()))
    frame: Any = SimpleNamespace(rdd=Rdd(saved, partitions))
    total = ClassicExecutors(CONTEXT).total(frame, ClassMoments)
    expected, actual = fitted(class_moments_of(table)), fitted(total)
    for name in ("weights", "bias", "scatter"):
        assert actual[name] == pytest.approx(expected[name], rel=1e-9, abs=1e-9)
    ((group, data),) = merged_group(ClassMoments, 5, saved)
    assert group == 5
    assert ClassMoments.load(data).count == 270
    assert merged([], ClassMoments) is None


def test_answers_stand_beside_the_rows() -> None:
    table = rows(60)
    moments = class_moments_of(table)
    assert moments is not None
    classifier = Classifier.fit(moments, manifest())
    shared: Any = SimpleNamespace(value=classifier)
    batches = table.rename_columns(["folder", "features"]).to_batches(max_chunksize=13)
    answers = pa.Table.from_batches(Classify(shared, 2, "features")([*batches, batches[0][:0]]))
    assert answers.schema.names[:3] == ["folder", "features", "label"]
    assert answers.select(classifier.classify(table).schema.names).equals(
        classifier.classify(table, 2)
    )
