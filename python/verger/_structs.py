"""The structs of verger.h, but for those of Arrow (_arrow.py); it says what each field means."""

from __future__ import annotations

import ctypes
from ctypes import c_char, c_char_p, c_double, c_int32, c_int64, c_size_t, c_void_p
from typing import Any


class Error(ctypes.Structure):
    """verger_error"""

    _fields_ = [("message", c_char * 1024)]


class Bytes(ctypes.Structure):
    """verger_bytes"""

    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class Text(ctypes.Structure):
    """verger_text; see `borrowed`"""

    _fields_ = [("data", c_char_p), ("size", c_size_t)]


class S3Request(ctypes.Structure):
    """verger_s3_request"""

    _fields_ = [
        ("method", Text),
        ("path", Text),
        ("query", Text),
        ("headers", Text),
        ("body_sha256", Text),
    ]


class Bucket(ctypes.Structure):
    """verger_bucket"""

    _fields_ = [("name", Text), ("endpoint", Text), ("region", Text)]


class _Options(ctypes.Structure):
    """A struct that may grow: the library knows as much of it as struct_size says."""

    def __init__(self, **values: Any) -> None:
        super().__init__(struct_size=ctypes.sizeof(self), **values)


class ModelOptions(_Options):
    """verger_model_options"""

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
    """verger_progress"""

    _fields_ = [("step", STEP), ("user", c_void_p)]


class CalibrateOptions(_Options):
    """verger_calibrate_options"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("threads", c_int32),
        ("max_pixels", c_int64),
        ("max_bytes", c_int64),
        ("progress", Progress),
    ]


class TuneOptions(_Options):
    """verger_tune_options"""

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
    """verger_extractor_options"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("threads", c_int32),
        ("batch_size", c_int32),
        ("max_pixels", c_int64),
        ("max_bytes", c_int64),
        ("streams", c_int32),
    ]


class PcaOptions(_Options):
    """verger_pca_options"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("components", c_int32),
        ("variance_share", c_double),
        ("model_name", c_char_p),
        ("model_sha256", c_char_p),
        ("preset_identity", c_char_p),
        ("fewer_will_do", c_int32),
    ]


class DriftFound(_Options):
    """verger_drift"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("rows", c_int64),
        ("mean_shift", c_double),
        ("residual", c_double),
        ("expected_residual", c_double),
        ("refit", c_int32),
    ]


class Limits(_Options):
    """verger_limits"""

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
        ("most_photo_bytes", c_int64),
        ("most_photo_pixels", c_int64),
    ]


class OutputState(_Options):
    """verger_output"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("place", c_char_p),
        ("manifest", Text),
        ("version", c_int64),
        ("run", c_char_p),
    ]


class DuplicatesOptions(_Options):
    """verger_duplicates_options"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("near_pairs", c_int32),
        ("within", c_double),
        ("most", c_int64),
        ("across_labels", c_int32),
    ]


class PlanOptions(_Options):
    """verger_plan_options"""

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


class PartLook(_Options):
    """verger_part_look"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("bytes", c_int64),
        ("sha256", c_char_p),
        ("model_sha256", c_char_p),
        ("model_identity", c_char_p),
    ]


class PartNumbers(ctypes.Structure):
    """verger_part_numbers"""

    _fields_ = [("preprocessing", c_int64), ("results", c_int64)]


class ListingCounts(_Options):
    """verger_listing_counts"""

    _fields_ = [
        ("struct_size", c_size_t),
        ("listed", c_int64 * 14),
        ("passed_over", c_int64 * 14),
    ]
