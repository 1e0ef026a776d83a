"""extract, fit, project and class_moments on DataFrames."""

from __future__ import annotations

import importlib.util
import warnings
from typing import TYPE_CHECKING, Union

from verger._limits import limits
from verger.class_moments import ClassMoments, require_transform
from verger.classifier import Classifier, require_top
from verger.errors import BadCall, BadInput
from verger.extractor import read_count
from verger.find_model import ModelFile, find_model
from verger.model import Model, PathOrName
from verger.moments import Moments, read_components
from verger.pca import Pca
from verger.preset import preset_text
from verger.spark.executors import Executors, Shared, executors_of
from verger.spark.pieces import in_pieces
from verger.spark.settings import PHOTOS_IN_A_BATCH
from verger.spark.worker import (
    MOMENTS,
    Classify,
    Extract,
    GatherClassMoments,
    GatherMoments,
    Project,
    key_of,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession
    from pyspark.sql.types import DataType

# An application, a network's bytes, and the settings that it is opened with.
_Request = tuple[str, Union[bytes, None], tuple[Union[str, None], ...]]

_BATCH_CONF = "spark.sql.execution.arrow.maxRecordsPerBatch"


def extract(
    df: DataFrame,
    model: ModelFile | PathOrName | None = None,
    preset: str | None = None,
    batch_size: int = 0,
    *,
    scale: str | None = None,
    filter: str | None = None,
    channels: str | None = None,
    resize: str | None = None,
    input_size: int | None = None,
    decode: str | None = None,
    views: int | None = None,
    max_pixels: int = 0,
    max_bytes: int = 0,
    output: str | None = None,
    pool: str | None = None,
    precision: str | None = None,
    calibration: str | None = None,
) -> DataFrame:
    """Photos to features. The same rows; `content` goes, `features` and `error` come.

    `df` has a column `content` of encoded photos, as `photos` or binaryFile gives it; all other
    columns are carried along. features: array<float>, null if the photo was rejected; error:
    string, null if it is fine, and kept where `df` has one. One bad photo is a row, never a failed
    task.

    `preset`, the parts after `batch_size`, `precision` and `calibration` are as Model.open's.
    `model` is a name or file on the driver, or a ModelFile of find_model; None: the network inside
    the library, which every executor has. Other networks are sent once, also for later calls,
    and opened once a Python worker, from memory, with as many threads as a task has cores
    (spark.task.cpus). It sees `batch_size` photos at a time, at most 64; 0: the library's choice.
    Photos of more than `max_pixels`, or of more than `max_bytes` as files, are rejected; 0:
    201,326,592 and 134,217,728.

    Lowers spark.sql.execution.arrow.maxRecordsPerBatch of the session, with a warning, where it
    would put more than 64 photos into one batch. Their bytes are bounded too, whatever their sizes
    (pieces.py).

    Errors: BadModel, BadInput, BadCall at once, before any photo is read.
    """
    from pyspark.sql.types import ArrayType, FloatType, StringType, StructField, StructType

    _require(df, "content", "binary")
    batch_size = read_count(
        "batch_size", batch_size, PHOTOS_IN_A_BATCH
    )  # a Spark batch holds no more
    preset = preset_text(preset, scale, filter, channels, resize, input_size, decode, views)
    max_pixels = read_count("max_pixels", max_pixels, limits().largest_max_pixels)
    max_bytes = read_count("max_bytes", max_bytes, limits().largest_max_bytes)
    own = preset or output or pool or precision or calibration
    if isinstance(model, ModelFile) and own is not None:
        raise BadCall(
            f"{own!r}: a ModelFile has its own preset, output, pool and precision: see find_model"
        )
    file = (
        model
        if isinstance(model, ModelFile)
        else find_model(
            model, preset, output=output, pool=pool, precision=precision, calibration=calibration
        )
    )
    session = df.sparkSession
    shared, key = _shared(executors_of(session), file)
    _limit_batches(session)
    carried = [field for field in df.schema if field.name not in ("content", "features", "error")]
    vectors = ArrayType(FloatType(), containsNull=False)
    new_fields = [StructField("features", vectors), StructField("error", StringType())]
    work = Extract(shared, key, batch_size, max_pixels, max_bytes)
    return in_pieces(df, "content").mapInArrow(work, StructType(carried + new_fields))


def fit(
    df: DataFrame,
    components: int | float = 50,
    features: str = "features",
    model: Model | None = None,
) -> Pca:
    """The PCA of a column of feature vectors; rows that are null are passed over.

    `components`: how many (50), or the share of the variance to explain (0.95). Each partition's
    rows become moments where they are; moments are merged on the executors, and what comes to the
    driver is at most 8 of them, whatever the number of partitions.

    Errors: BadInput if there are no features, or not enough for so many components.
    Cost:   one pass over `features`.
    """
    read_components(components)
    _require(df, features, "array")
    parts = df.select(features).mapInArrow(GatherMoments(features), MOMENTS)
    moments = executors_of(df.sparkSession).total(parts, Moments)
    if moments is None:
        raise BadInput(f"no features in column '{features}': all its rows are null")
    return moments.fit(components, model)


def project(
    df: DataFrame, pca: Pca, scores: str = "centred", features: str = "features"
) -> DataFrame:
    """The same rows with one more column, pca_features: array<float>; null where features are.

    `scores`: "centred", the mean is subtracted first, as scikit-learn does; "spark", it is not, as
    Spark ML does.
    """
    from pyspark.sql.types import ArrayType, FloatType, StructField, StructType

    if scores not in ("centred", "spark"):
        raise BadCall(f"scores {scores!r}: give 'centred' or 'spark'")
    _require(df, features, "array")
    fields = [field for field in df.schema if field.name != "pca_features"]
    vectors = ArrayType(FloatType(), containsNull=False)
    schema = StructType([*fields, StructField("pca_features", vectors)])
    work = Project(executors_of(df.sparkSession).share(pca), scores, features)
    return df.mapInArrow(work, schema)


def class_moments(
    df: DataFrame, transform: str = "root", *, features: str = "features", label: str = "label"
) -> ClassMoments:
    """The moments of a column of feature vectors by their labels, for Classifier.fit; rows without
    features are passed over.

    `transform`: "root" (square root, then length 1) or "none". They are merged on the executors,
    as `fit`'s.

    Errors: BadInput if there are no features, or one is not finite; BadCall for a row that has
            features and no label.
    Cost:   one pass over both columns.
    """
    require_transform(transform)
    _require(df, features, "array")
    _require(df, label, "string")
    gather = GatherClassMoments(features, label, transform)
    parts = df.select(features, label).mapInArrow(gather, MOMENTS)
    moments = executors_of(df.sparkSession).total(parts, ClassMoments)
    if moments is None:
        raise BadInput(f"no features in column '{features}': all its rows are null")
    return moments


def classify(
    df: DataFrame, classifier: Classifier | bytes, top: int = 3, features: str = "features"
) -> DataFrame:
    """The same rows with the columns of Classifier.classify; the `label` that they come with is
    called `folder`.

    `classifier`: of verger.train, or the bytes of OUT/Model/classifier.safetensors. It is sent
    once, and must be of the network that the features came from.

    Errors: BadInput for bytes that are no classifier.
    """
    from pyspark.sql.types import (
        ArrayType,
        BooleanType,
        DoubleType,
        FloatType,
        StringType,
        StructField,
        StructType,
    )

    top = require_top(top)
    _require(df, features, "array")
    own = Classifier.load(classifier) if isinstance(classifier, bytes) else classifier
    texts = ArrayType(StringType(), containsNull=False)
    new_fields = [
        StructField("label", StringType()),
        StructField("probability", DoubleType()),
        StructField("unknown", BooleanType()),
        StructField("set", texts),
        StructField("top", texts),
        StructField("top_probabilities", ArrayType(FloatType(), containsNull=False)),
        StructField("novelty", DoubleType()),
    ]
    replaced = {field.name for field in new_fields} - {"label"}
    if "label" in df.columns:
        df = df.drop("folder").withColumnRenamed("label", "folder")
    fields = [field for field in df.schema if field.name not in replaced]
    work = Classify(executors_of(df.sparkSession).share(own), top, features)
    return df.mapInArrow(work, StructType([*fields, *new_fields]))


# The network that was shared last: of which application, its bytes and preset; and its key.
_last: tuple[_Request, Shared[ModelFile], str] | None = None


def _shared(executors: Executors, file: ModelFile) -> tuple[Shared[ModelFile], str]:
    """A network, sent, and its key. The one that was asked for last is not sent again.

    Its bytes stay in memory: to compare them takes less time than a digest of them.

    Errors: BadModel, BadCall if it cannot be opened here.
    """
    global _last
    request = (
        executors.application,
        file.data,
        # The library's own networks have names where others have bytes.
        (
            file.name if file.data is None else None,
            file.preset,
            file.output,
            file.pool,
            file.precision,
            file.calibration,
        ),
    )
    last = _last  # once, for another thread may ask for another network
    if last is None or last[0] != request:
        network = Model(file)  # a bad network is an error here, before it is sent
        for note in () if file.stored else network.notes:
            warnings.warn(f"{file.origin}: {note}", stacklevel=3)
        _last = last = request, executors.share(file), key_of(network)
    return last[1:]


def _require(df: DataFrame, column: str, kind: str) -> None:
    if importlib.util.find_spec("pandas") is None:
        raise BadCall(
            "PySpark's mapInArrow needs pandas, which is not installed: pip install 'pandas<3' on "
            "every node (deploy/emr/pca.py does without)"
        )
    kinds: list[DataType] = [field.dataType for field in df.schema if field.name == column]
    if not kinds:
        raise BadCall(f"no column '{column}' (there are: {', '.join(df.columns)}){_where(column)}")
    if len(kinds) > 1:
        raise BadCall(f"{len(kinds)} columns '{column}': rename all but one")
    if kinds[0].typeName() != kind:
        actual = kinds[0].simpleString()
        raise BadCall(f"column '{column}' is {actual}: it must be {kind}{_where(column)}")


def _where(column: str) -> str:
    """Where to get a column."""
    if column == "content":
        return "; verger.spark.photos reads photos into it, as does binaryFile"
    return "; verger.spark.extract makes features, or name your column"


def _limit_batches(session: SparkSession) -> None:
    now = session.conf.get(_BATCH_CONF)
    if now is None or not 0 < int(now) <= PHOTOS_IN_A_BATCH:
        session.conf.set(_BATCH_CONF, str(PHOTOS_IN_A_BATCH))
        warnings.warn(
            f"{_BATCH_CONF} was {now}, now {PHOTOS_IN_A_BATCH}: Arrow holds 2 GiB of photos in a "
            "batch at most; set it yourself, or make the session by verger.spark.configured()",
            stacklevel=3,
        )
