"""libverger.so: finds it, checks its version, and declares its functions."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Sequence
from ctypes import (
    POINTER,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint64,
    c_void_p,
)
from functools import lru_cache
from pathlib import Path
from typing import Any

from verger._structs import (
    Bucket,
    Bytes,
    CalibrateOptions,
    DriftFound,
    DuplicatesOptions,
    Error,
    EvaluateOptions,
    ExtractorOptions,
    Limits,
    ListingCounts,
    ModelOptions,
    OutputState,
    PartContent,
    PartNumbers,
    PcaOptions,
    PlanOptions,
    ReportOptions,
    S3Request,
    SearchOptions,
    Text,
    TrainOptions,
    TraitsOptions,
    TuneOptions,
)
from verger._version import VERSION
from verger.errors import (
    BadCall,
    BadInput,
    BadModel,
    Damaged,
    Failed,
    InUse,
    RegionRefused,
    Stopped,
    VergerError,
)

_ERRORS: dict[int, type[VergerError]] = {
    1: BadCall,
    2: Failed,
    10: BadModel,
    11: BadInput,
    12: Damaged,
    13: BadInput,
    14: InUse,
    15: RegionRefused,
    16: Stopped,
}


# Functions that return a status; their last argument, a verger_error, is omitted here.
_OUTPUT = POINTER(OutputState)
_BATCH = [c_void_p] * 2
_STATUS: dict[str, list[Any]] = {
    "verger_cgroup_folders": [Text, Text, POINTER(Bytes)],
    "verger_model_read": [c_char_p, c_size_t, POINTER(ModelOptions), c_void_p],
    "verger_model_side_files": [c_char_p, c_size_t, c_char_p, POINTER(Bytes)],
    "verger_model_join": [
        c_char_p,
        c_size_t,
        c_char_p,
        POINTER(Text),
        POINTER(Text),
        c_size_t,
        POINTER(Bytes),
    ],
    "verger_model_is_folder": [c_char_p, Text],
    "verger_model_app_network": [c_void_p, c_char_p, POINTER(Bytes)],
    "verger_model_embedded": [c_char_p, POINTER(ModelOptions), c_void_p],
    "verger_calibrate": [*[c_void_p] * 3, POINTER(CalibrateOptions), POINTER(Bytes)],
    "verger_tune": [
        POINTER(c_void_p),
        c_size_t,
        *[c_void_p] * 2,
        POINTER(TuneOptions),
        POINTER(Bytes),
    ],
    "verger_extractor_create": [c_void_p, POINTER(ExtractorOptions), c_void_p],
    "verger_extract": [c_void_p] * 5,
    "verger_traits": [*_BATCH, POINTER(TraitsOptions), *_BATCH],
    "verger_moments_require_memory": [c_int32, c_int32, c_uint64],
    "verger_moments_create": [c_int32, c_void_p],
    "verger_moments_add": [c_void_p] * 3,
    "verger_moments_merge": [c_void_p] * 2,
    "verger_moments_save": [c_void_p, POINTER(Bytes)],
    "verger_moments_load": [c_char_p, c_size_t, c_void_p],
    "verger_pca_fit": [c_void_p, POINTER(PcaOptions), c_void_p],
    "verger_pca_project": [c_void_p, c_int32] + [c_void_p] * 4,
    "verger_pca_to_json": [c_void_p, POINTER(Bytes)],
    "verger_pca_from_json": [c_char_p, c_size_t, c_void_p],
    "verger_pca_drift": [c_void_p, c_void_p, POINTER(DriftFound)],
    # of classifiers
    "verger_class_moments_create": [c_int32, c_void_p],
    "verger_class_moments_add": [*[c_void_p] * 3, c_char_p],
    "verger_class_moments_merge": [c_void_p] * 2,
    "verger_class_moments_subtract": [c_void_p] * 2,
    "verger_class_moments_save": [c_void_p, POINTER(Bytes)],
    "verger_class_moments_load": [c_char_p, c_size_t, c_void_p],
    "verger_training_create": [Text, POINTER(TrainOptions), c_void_p],
    "verger_training_add": [c_void_p, *_BATCH],
    "verger_training_finish": [c_void_p] * 3,
    "verger_classifier_fit": [c_void_p, Text, c_char_p, c_char_p, c_double, c_void_p],
    "verger_classifier_save": [c_void_p, POINTER(Bytes)],
    "verger_classifier_load": [c_char_p, c_size_t, c_char_p, c_void_p],
    "verger_classifier_describe": [c_void_p, POINTER(Bytes)],
    "verger_classifier_check": [c_void_p, Text, POINTER(Bytes)],
    "verger_classifier_check_teachable": [c_void_p],
    "verger_classifier_teach": [c_void_p, Text, *_BATCH, c_void_p],
    "verger_classifier_unteach": [c_void_p, Text, c_void_p],
    "verger_classify": [c_void_p, c_int32, *_BATCH, *_BATCH],
    # of buckets
    "verger_lock_document": [Text, Text, c_int64, Text, POINTER(Bytes)],
    "verger_regions_read": [Text, POINTER(Bytes)],
    "verger_endpoint_read": [Text, POINTER(Bytes)],
    "verger_host_read": [Text, POINTER(Bytes), POINTER(c_int32), POINTER(Bytes)],
    "verger_s3_endpoint": [Text, POINTER(Bytes)],
    "verger_region_question": [POINTER(Bucket), Text, POINTER(Bytes), POINTER(Bytes)],
    "verger_region_check": [POINTER(Bucket), Text, Text, POINTER(Bytes)],
    "verger_s3_body": [Text, POINTER(Bytes), POINTER(Bytes)],
    "verger_s3_error": [Text, Text, c_int32, Text, Text, POINTER(c_int), POINTER(Bytes)],
    "verger_s3_arrow_error": [Text] * 5 + [POINTER(c_int), POINTER(Bytes)],
    # of AWS
    "verger_aws_next": [c_int, Text, Text, POINTER(Bytes)],
    "verger_s3_sign": [POINTER(S3Request), Text, Text, c_int64, POINTER(Bytes)],
    "verger_s3_rejection": [c_int32, Text, Text, POINTER(Bytes)],
    "verger_bucket_check": [Text],
    "verger_proxy_for": [Text, Text, POINTER(Bytes)],
    "verger_walk_names": [Text, Text, c_int32, *_BATCH, POINTER(ListingCounts), *_BATCH],
    "verger_passed_over": [POINTER(ListingCounts), POINTER(Bytes)],
    "verger_no_photos": [Text, c_int32, POINTER(ListingCounts), POINTER(Bytes)],
    "verger_printable": [Text, POINTER(Bytes)],
    "verger_display_width": [Text, POINTER(c_int32)],
    "verger_with_commas": [c_uint64, POINTER(Bytes)],
    "verger_pluralize": [c_int64, Text, Text, POINTER(Bytes)],
    "verger_human_bytes": [c_double, POINTER(Bytes)],
    "verger_summary": [Text, Text, ctypes.c_int, POINTER(Bytes)],
    "verger_too_many_rejects": [Text, c_double, POINTER(Bytes)],
    "verger_limits_get": [POINTER(Limits)],
    "verger_too_large": [c_int64, c_int64, POINTER(Bytes)],
    # of outputs
    "verger_manifest_read": [Text, c_char_p, POINTER(Bytes)],
    "verger_model_choice": [Text, c_void_p, Text, Text, POINTER(Bytes)],
    "verger_output_latest": [*_BATCH, POINTER(Bytes), POINTER(c_int64)],
    "verger_output_steps": [_OUTPUT, c_int32, Text, *_BATCH, *_BATCH],
    "verger_output_require": [_OUTPUT, c_int32, *_BATCH],
    "verger_output_next_parts": [_OUTPUT, *_BATCH, POINTER(PartNumbers)],
    "verger_output_unlisted": [_OUTPUT, *_BATCH, *_BATCH],
    "verger_output_name": [c_int32, c_int64, c_char_p, POINTER(Bytes)],
    "verger_part_schema": [c_int, c_void_p],
    "verger_output_staged_name": [c_char_p, c_char_p, POINTER(Bytes)],
    "verger_duplicates_create": [Text, POINTER(DuplicatesOptions), c_void_p],
    "verger_duplicates_add_part": [c_void_p, *_BATCH],
    "verger_duplicates_add_scores": [c_void_p, Text, *_BATCH],
    "verger_duplicates_search": [c_void_p, Text, c_void_p, c_void_p],
    "verger_duplicates_needed_parts": [c_void_p, *_BATCH],
    "verger_duplicates_add_features": [c_void_p, Text, *_BATCH],
    "verger_duplicates_finish": [c_void_p, POINTER(Bytes)],
    "verger_evaluation_create": [Text, Text, POINTER(EvaluateOptions), c_void_p],
    "verger_evaluation_add": [c_void_p, c_int32, *_BATCH],
    "verger_evaluation_border_photos": [c_void_p, *_BATCH],
    "verger_evaluation_add_photos": [c_void_p, *_BATCH],
    "verger_evaluation_no_photos": [c_void_p, Text],
    "verger_evaluation_finish": [c_void_p, POINTER(Bytes), POINTER(Bytes)],
    "verger_forgetting_create": [Text, *_BATCH, c_void_p],
    "verger_forgetting_add_part": [c_void_p, Text, *_BATCH, POINTER(c_int32), *_BATCH],
    "verger_forgetting_finish": [c_void_p, Text, POINTER(Bytes)],
    "verger_forgetting_prove": [c_void_p, Text, Text, Text, *_BATCH],
    "verger_report_create": [Text, Text, POINTER(ReportOptions), c_void_p],
    "verger_report_add_part": [c_void_p, Text, *_BATCH, *_BATCH],
    "verger_report_add_section": [c_void_p, c_char_p, Text],
    "verger_report_thumbnail_photos": [c_void_p, *_BATCH],
    "verger_report_add_photos": [c_void_p, *_BATCH],
    "verger_report_finish": [c_void_p, POINTER(Bytes)],
    "verger_verification_create": [Text, c_void_p],
    "verger_verification_add_part": [c_void_p, Text, *_BATCH, *_BATCH],
    "verger_verification_add_pca": [c_void_p, Text, Text, *_BATCH],
    "verger_verification_finish": [c_void_p, *_BATCH, *_BATCH],
    # of searches
    "verger_index_create": [c_int32, POINTER(SearchOptions), c_void_p],
    "verger_index_add": [c_void_p, *_BATCH],
    "verger_index_find": [c_void_p, *_BATCH, c_int64, *_BATCH],
    "verger_photo_search_create": [c_int32, *_BATCH, c_int64, POINTER(SearchOptions), c_void_p],
    "verger_photo_search_add": [c_void_p, *_BATCH],
    "verger_photo_search_results": [c_void_p, *_BATCH],
    # of plans
    "verger_plan_create": [_OUTPUT, *_BATCH, POINTER(PlanOptions), c_void_p],
    "verger_plan_next": [c_void_p, POINTER(c_int)],
    "verger_plan_queue": [c_void_p, *_BATCH],
    "verger_plan_add_part": [c_void_p, POINTER(PartContent), *_BATCH],
    "verger_plan_add_listing": [c_void_p, *_BATCH],
    "verger_plan_todo": [c_void_p, *_BATCH],
    "verger_plan_result": [c_void_p, POINTER(Bytes)],
    "verger_plan_contents": [c_void_p, c_void_p],
    "verger_contents_save": [c_void_p, POINTER(Bytes)],
    "verger_contents_load": [c_char_p, c_size_t, c_void_p],
}

_PLAIN: dict[str, tuple[Any, list[Any]]] = {
    "verger_version": (c_char_p, []),
    "verger_presets": (c_char_p, []),
    "verger_embedded_models": (c_char_p, []),
    "verger_model_sources": (c_char_p, []),
    "verger_extractor_streams": (c_int32, [c_void_p]),
    "verger_may_pass_later": (c_int32, [Text]),
    "verger_usable_threads": (c_int32, [c_int32, Text]),
    "verger_has_bf16": (c_int32, []),
    "verger_model_describe": (c_char_p, [c_void_p]),
    "verger_moments_count": (c_int64, [c_void_p]),
    "verger_pca_components": (c_int32, [c_void_p]),
    "verger_class_moments_count": (c_int64, [c_void_p]),
    "verger_lock_renew_seconds": (c_int64, []),
    "verger_lock_stale_seconds": (c_int64, []),
    "verger_lock_pause_milliseconds": (c_int64, []),
    "verger_lock_process": (c_int64, [Text, Text]),
    "verger_lock_is_gone": (c_int32, [Text, Text, Text, c_int32, c_int64]),
    "verger_s3_kind_of": (c_int, [c_int32, Text]),
    "verger_sample_rank": (c_uint64, [Text]),
    "verger_part_rows": (c_int64, [c_int64, c_int32]),
    "verger_output_bytes": (c_double, [c_int64, c_int32]),
    "verger_bytes_free": (None, [Bytes]),
    "verger_model_free": (None, [c_void_p]),
    "verger_extractor_free": (None, [c_void_p]),
    "verger_moments_free": (None, [c_void_p]),
    "verger_pca_free": (None, [c_void_p]),
    "verger_class_moments_free": (None, [c_void_p]),
    "verger_training_free": (None, [c_void_p]),
    "verger_classifier_free": (None, [c_void_p]),
    "verger_duplicates_free": (None, [c_void_p]),
    "verger_report_name": (c_char_p, []),
    "verger_report_needs_duplicates": (c_int32, [c_void_p, POINTER(DuplicatesOptions)]),
    "verger_report_free": (None, [c_void_p]),
    "verger_evaluation_free": (None, [c_void_p]),
    "verger_forgetting_free": (None, [c_void_p]),
    "verger_verification_free": (None, [c_void_p]),
    "verger_index_free": (None, [c_void_p]),
    "verger_photo_search_free": (None, [c_void_p]),
    "verger_plan_free": (None, [c_void_p]),
    "verger_contents_find": (
        c_int32,
        [c_void_p, c_char_p, POINTER(c_int64), POINTER(c_int64)],
    ),
    "verger_contents_free": (None, [c_void_p]),
}


def _places() -> list[Path]:
    """Return the paths where the library may be; the first that exists counts."""
    named = os.environ.get("VERGER_LIBRARY")
    return [Path(named)] if named else [Path(__file__).with_name("lib") / "libverger.so"]


def _load() -> ctypes.CDLL:
    places = _places()
    for place in places:
        if place.is_file():
            try:
                return ctypes.CDLL(str(place))
            except OSError as error:
                raise Failed(f"{place} cannot be loaded: {error}") from error
    looked = ", ".join(str(place) for place in places)
    raise Failed(
        f"libverger.so was not found; looked for {looked}: install the wheel (pip install verger), "
        "or set VERGER_LIBRARY to the library"
    )


@lru_cache(maxsize=1)
def library() -> ctypes.CDLL:
    """Return the library, loaded once a process.

    Errors: Failed if it is not there, cannot be loaded, or is of another version than this package.
    """
    loaded = _load()
    # Check the version first: another one may lack functions.
    loaded.verger_version.restype = c_char_p
    version = loaded.verger_version().decode()
    if version != VERSION:
        raise Failed(
            f"libverger.so is version {version}, this package {VERSION}: install both from one "
            f"wheel ({loaded._name})"
        )
    for name, (result, arguments) in _PLAIN.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = result, arguments
    for name, arguments in _STATUS.items():
        function = getattr(loaded, name)
        function.restype, function.argtypes = ctypes.c_int, [*arguments, POINTER(Error)]
    return loaded


def call(name: str, *arguments: Any) -> None:
    """Call a function that returns a status; other Python threads run meanwhile.

    Errors: the kin of VergerError that the status stands for, with the library's message.
    """
    error = Error()
    status = getattr(library(), name)(*arguments, ctypes.byref(error))
    if status != 0:
        raise _ERRORS.get(status, Failed)(error.message.decode("utf-8", "replace"))


def borrowed(text: str | bytes) -> Text:
    """Return text as an argument of a call: in UTF-8, and bytes unchanged."""
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    return Text(raw, len(raw))


def take_text(name: str, *arguments: Any) -> str:
    """Call a function and return the text that it writes to its last argument."""
    return take_bytes(name, *arguments).decode()


def take_bytes(name: str, *arguments: Any, last: Sequence[Any] = ()) -> bytes:
    """Call a function and return the bytes that it writes to the pointer before `last`."""
    out = Bytes()
    call(name, *arguments, ctypes.byref(out), *last)
    return give_back(out)


def give_back(out: Bytes) -> bytes:
    """Return a copy of bytes that a function returned, and free those of the library."""
    try:
        return ctypes.string_at(out.data, out.size)
    finally:
        library().verger_bytes_free(out)
