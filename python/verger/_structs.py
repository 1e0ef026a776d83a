"""The structs of verger.h, but for those of Arrow (_arrow.py); it says what each field means."""

from __future__ import annotations

import ctypes
from ctypes import c_char, c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from typing import Any


class Error(ctypes.Structure):
    """The C struct verger_error."""

    _fields_ = [("message", c_char * 1024)]


class Bytes(ctypes.Structure):
    """The C struct verger_bytes."""

    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class Text(ctypes.Structure):
    """The C struct verger_text; see `borrowed`"""

    _fields_ = [("data", c_char_p), ("size", c_size_t)]


class S3Request(ctypes.Structure):
    """The C struct verger_s3_request."""

    _fields_ = [
        ("method", Text),
        ("path", Text),
        ("query", Text),
        ("headers", Text),
        ("body_sha256", Text),
    ]


class Bucket(ctypes.Structure):
    """The C struct verger_bucket."""

    _fields_ = [("name", Text), ("endpoint", Text), ("region", Text)]


class _Options(ctypes.Structure):
    """A struct that may grow: the library knows as much of it as struct_size says."""

    def __init__(self, **values: Any) -> None:
        super().__init__(struct_size=ctypes.sizeof(self), **values)


class ModelOptions(_Options):
    """The C struct verger_model_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("name", c_char_p),
        ("preset", c_char_p),
        ("output", c_char_p),
        ("pool", c_char_p),
        ("precision", c_char_p),
        ("calibration", c_char_p),
    ]


# int32_t step(void* user, int64_t done, int64_t total)
STEP = ctypes.CFUNCTYPE(c_int32, c_void_p, c_int64, c_int64)


class Progress(ctypes.Structure):
    """The C struct verger_progress."""

    _fields_ = [("step", STEP), ("user", c_void_p)]


class SearchOptions(_Options):
    """The C struct verger_search_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("metric", c_char_p),
        ("threads", c_int32),
    ]


class CalibrateOptions(_Options):
    """The C struct verger_calibrate_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("threads", c_int32),
        ("max_pixels", c_int64),
        ("max_bytes", c_int64),
        ("progress", Progress),
    ]


class TuneOptions(_Options):
    """The C struct verger_tune_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("threads", c_int32),
        ("seconds", c_double),
        ("work", c_int64),
        ("max_pixels", c_int64),
        ("max_bytes", c_int64),
        ("progress", Progress),
    ]


class ExtractorOptions(_Options):
    """The C struct verger_extractor_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("threads", c_int32),
        ("batch_size", c_int32),
        ("max_pixels", c_int64),
        ("max_bytes", c_int64),
        ("streams", c_int32),
        ("compiled", Text),
        ("traits", c_int32),
    ]


class TraitsOptions(_Options):
    """The C struct verger_traits_options."""

    _fields_ = [("struct_size", c_size_t), ("max_pixels", c_int64), ("max_bytes", c_int64)]


class PcaOptions(_Options):
    """The C struct verger_pca_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("components", c_int32),
        ("variance_share", c_double),
        ("model_name", c_char_p),
        ("model_sha256", c_char_p),
        ("preset_identity", c_char_p),
        ("fewer_will_do", c_int32),
    ]


class TrainOptions(_Options):
    """The C struct verger_train_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("method", c_char_p),
        ("transform", c_char_p),
        ("column", c_char_p),
        ("groups", c_char_p),
        ("shrinkage", c_double),
        ("penalty", c_double),
        ("coverage", c_double),
        ("false_accepts", c_double),
        ("hold_nothing_out", c_int32),
        ("threads", c_int32),
        ("progress", Progress),
        ("label_level", c_int32),
        ("label_table", Text),
    ]


class DriftFound(_Options):
    """The C struct verger_drift."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("rows", c_int64),
        ("mean_shift", c_double),
        ("residual", c_double),
        ("expected_residual", c_double),
        ("refit", c_int32),
    ]


class Limits(_Options):
    """The C struct verger_limits."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("max_photo_bytes", c_int64),
        ("max_call_bytes", c_int64),
        ("photos_at_once", c_int32),
        ("max_batch", c_int32),
        ("max_threads", c_int32),
        ("max_dimension", c_int32),
        ("part_rows", c_int32),
        ("read_tries", c_int32),
        ("max_photo_pixels", c_int64),
        ("largest_max_bytes", c_int64),
        ("largest_max_pixels", c_int64),
        ("request_tries", c_int32),
        ("first_pause_ms", c_int32),
        ("longest_pause_ms", c_int32),
        ("max_sample_listing", c_int64),
        ("max_sample_bytes", c_int64),
        ("sample_spares", c_int32),
        ("sample_photos_of_label", c_int32),
        ("calibration_photos", c_int32),
        ("choice_photos", c_int32),
        ("min_photos_for_choice", c_int32),
        ("max_choice_seconds", c_double),
    ]


class OutputState(_Options):
    """The C struct verger_output."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("place", c_char_p),
        ("manifest", Text),
        ("version", c_int64),
        ("run", c_char_p),
    ]


class DuplicatesOptions(_Options):
    """The C struct verger_duplicates_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("near_pairs", c_int32),
        ("within", c_double),
        ("most", c_int64),
        ("across_labels", c_int32),
    ]


class ReportOptions(_Options):
    """The C struct verger_report_options."""

    _fields_ = [("struct_size", c_size_t), ("version", c_int64), ("facts", Text)]


class EvaluateOptions(_Options):
    """The C struct verger_evaluate_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("method", c_char_p),
        ("transform", c_char_p),
        ("groups", c_char_p),
        ("shrinkage", c_double),
        ("penalty", c_double),
        ("label_level", c_int32),
        ("threads", c_int32),
        ("memory", c_uint64),
        ("progress", Progress),
        ("label_table", Text),
    ]


class PlanOptions(_Options):
    """The C struct verger_plan_options."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("model_sha256", c_char_p),
        ("model_identity", c_char_p),
        ("dimension", c_int32),
        ("drop_vanished", c_int32),
        ("hashed", c_int32),
        ("check_all", c_int32),
        ("max_pixels", c_int64),
        ("max_bytes", c_int64),
    ]


class PartContent(_Options):
    """The C struct verger_part_content."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("bytes", c_int64),
        ("sha256", c_char_p),
        ("model_sha256", c_char_p),
        ("model_identity", c_char_p),
    ]


class PartNumbers(ctypes.Structure):
    """The C struct verger_part_numbers."""

    _fields_ = [("preprocessing", c_int64), ("results", c_int64)]


class ListingCounts(_Options):
    """The C struct verger_listing_counts."""

    _fields_ = [
        ("struct_size", c_size_t),
        ("listed", c_int64 * 14),
        ("passed_over", c_int64 * 14),
    ]
