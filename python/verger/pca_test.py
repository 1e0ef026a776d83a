"""Moments and PCA: parts merge, everything pickles, wrong calls are named."""

from __future__ import annotations

import pickle

import pyarrow as pa
import pytest

import verger
from verger.moments import moments_of


def _fitted(batch: pa.RecordBatch) -> verger.Pca:
    moments = moments_of([batch])
    assert moments is not None
    return moments.fit(5)


def test_parts_merge_to_the_whole(features: pa.RecordBatch) -> None:
    whole, first, second = (
        moments_of([batch]) for batch in (features, features.slice(0, 77), features.slice(77))
    )
    assert whole is not None
    assert first is not None
    assert second is not None
    first.merge(second)
    assert first.count == whole.count == 199
    merged, once = first.fit(12), whole.fit(12)
    assert merged.explained_variance_ratio == pytest.approx(
        once.explained_variance_ratio, abs=1e-12
    )
    assert merged.mean == pytest.approx(once.mean, abs=1e-12)


def test_moments_and_pca_pickle_bit_for_bit(features: pa.RecordBatch) -> None:
    moments = moments_of([features])
    assert moments is not None
    assert pickle.loads(pickle.dumps(moments)).save() == moments.save()
    pca = moments.fit(0.9)
    assert pickle.loads(pickle.dumps(pca)).to_json() == pca.to_json()


def test_projecting_is_features_less_mean_times_axes(features: pa.RecordBatch) -> None:
    pca = _fitted(features)
    scores = pca.project(features).column(0).to_pylist()
    plain = pca.project(features, scores="spark").column(0).to_pylist()
    assert scores[3] is None
    row = features.column(0)[0].as_py()
    for axis, values in enumerate(pca.components):
        centred = sum((x - m) * c for x, m, c in zip(row, pca.mean, values))
        assert scores[0][axis] == pytest.approx(centred, abs=1e-4)
        shift = sum(m * c for m, c in zip(pca.mean, values))
        assert plain[0][axis] - scores[0][axis] == pytest.approx(shift, abs=1e-4)


def test_a_pca_tells_what_it_is(features: pa.RecordBatch) -> None:
    pca = _fitted(features)
    assert (pca.n_components, pca.dimension, len(pca.mean)) == (5, 12, 12)
    assert repr(pca).startswith("Pca(5 components of 12, ")
    assert pca.explained_variance_ratio == sorted(pca.explained_variance_ratio, reverse=True)


def test_doubles_are_taken_as_floats(features: pa.RecordBatch) -> None:
    doubles = features.column(0).cast(pa.list_(pa.float64()))
    batch = pa.RecordBatch.from_arrays([doubles], names=["vector"])
    moments = moments_of([batch], "vector")
    assert moments is not None
    assert moments.fit(5).to_json() == _fitted(features).to_json()


@pytest.mark.parametrize("components", [0, -1, 1.0, 1.5, True, "50", 70000])
def test_components_that_are_none(features: pa.RecordBatch, components: object) -> None:
    moments = moments_of([features])
    assert moments is not None
    with pytest.raises(verger.BadCall, match="number of components such as 50"):
        moments.fit(components)  # type: ignore[arg-type]


def test_more_components_than_there_are(features: pa.RecordBatch) -> None:
    moments = moments_of([features])
    assert moments is not None
    with pytest.raises(verger.BadInput, match="12"):
        moments.fit(40)
    assert moments.fit(40, fewer_will_do=True).n_components == 12


def test_features_of_another_length(features: pa.RecordBatch) -> None:
    pca = _fitted(features)
    other = pa.RecordBatch.from_arrays([pa.array([[1.0]], pa.list_(pa.float32()))], ["features"])
    with pytest.raises(verger.BadInput, match="12"):
        pca.project(other)
    with pytest.raises(verger.BadCall, match="scores 'plain'"):
        pca.project(features, scores="plain")


def test_a_column_that_holds_no_lists() -> None:
    numbers = pa.RecordBatch.from_arrays([pa.array([1.0])], names=["features"])
    with pytest.raises(verger.BadCall, match="holds double: give lists of numbers"):
        moments_of([numbers])


@pytest.mark.parametrize(
    ("row", "kind"),
    [(["x"], pa.string()), ([2**53 + 1], pa.int64()), ([[1.0]], pa.list_(pa.float64()))],
)
def test_lists_of_what_no_float_holds(row: list[object], kind: pa.DataType) -> None:
    batch = pa.RecordBatch.from_arrays([pa.array([row], pa.list_(kind))], names=["features"])
    with pytest.raises(verger.BadCall, match="column 'features' holds list<"):
        moments_of([batch])


def test_a_column_that_is_there_twice(features: pa.RecordBatch) -> None:
    twice = pa.RecordBatch.from_arrays(features.columns * 2, names=["features"] * 2)
    with pytest.raises(verger.BadCall, match="2 columns 'features'"):
        moments_of([twice])


def test_a_document_that_is_no_pca() -> None:
    for document in ("{}", "", "\udcff"):
        with pytest.raises(verger.BadInput):
            verger.Pca.from_json(document)


def test_bytes_that_are_no_moments() -> None:
    with pytest.raises(verger.BadInput):
        verger.Moments.load(b"moments")
