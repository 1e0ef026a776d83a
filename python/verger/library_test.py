"""The library is found, or its absence explained; versions must agree."""

from __future__ import annotations

import ctypes
from pathlib import Path
from types import SimpleNamespace

import pytest

import verger
from verger import _library, _structs
from verger._limits import limits


def test_the_package_and_the_library_are_of_one_version() -> None:
    assert _library.library().verger_version().decode() == verger.__version__


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _library.library.cache_clear()
    monkeypatch.setattr(_library, "VERSION", "9.9.9")
    try:
        with pytest.raises(verger.Failed, match=r"is version .*, this package 9\.9\.9"):
            _library.library()
    finally:
        _library.library.cache_clear()


def test_an_older_one_that_lacks_functions_is_refused_by_its_version(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def version() -> bytes:
        return b"0.0.1"

    older = SimpleNamespace(verger_version=version, _name="libverger.so")
    monkeypatch.setattr(_library, "_load", lambda: older)
    _library.library.cache_clear()
    try:
        with pytest.raises(verger.Failed, match=r"is version 0\.0\.1, this package"):
            _library.library()
    finally:
        _library.library.cache_clear()


def test_a_missing_library_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VERGER_LIBRARY", str(tmp_path / "nowhere.so"))
    _library.library.cache_clear()
    try:
        with pytest.raises(verger.Failed, match=r"looked for .*nowhere\.so.*pip install verger"):
            _library.library()
    finally:
        _library.library.cache_clear()


def test_a_file_that_is_no_library_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    wrong = tmp_path / "wrong.so"
    wrong.write_text("no library")
    monkeypatch.setenv("VERGER_LIBRARY", str(wrong))
    _library.library.cache_clear()
    try:
        with pytest.raises(verger.Failed, match=r"wrong\.so cannot be loaded"):
            _library.library()
    finally:
        _library.library.cache_clear()


def test_every_function_of_the_header_is_declared() -> None:
    headers = (Path(__file__).resolve().parents[2] / "abi").glob("verger*.h")
    header = "".join(path.read_text() for path in headers)
    exported = {
        part.split("(")[0].split()[-1].lstrip("*")
        for part in header.split("VERGER_EXPORT ")[1:]
        if "verger_" in part.split("(")[0]
    }
    declared = set(_library._STATUS) | set(_library._PLAIN)
    assert declared <= exported
    # Python has hashlib, lists a folder of a bucket whole, and puts through Arrow, which keeps S3's
    # answers to itself.
    own = {"verger_sha256", "verger_shot_prefix", "verger_s3_put_error"}
    # The program alone makes phone apps.
    own |= {name for name in exported if name.startswith("verger_app_")}
    # The program alone decodes in processes of its own (--isolate).
    own.add("verger_decode")
    # The package keeps no compiled networks.
    own |= {"verger_compiled_key", "verger_extractor_save"}
    # It decodes in its own process.
    own |= {"verger_decode"}
    assert exported - declared == own


def test_the_structs_are_as_long_as_in_c() -> None:
    assert ctypes.sizeof(_structs.Error) == 1024
    assert ctypes.sizeof(_structs.PcaOptions) == 56
    # The last of each that grows: what the library writes there arrives there.
    assert ctypes.sizeof(_structs.DriftFound) == 48
    assert ctypes.sizeof(_structs.Limits) == 136
    assert (limits().read_tries, limits().longest_pause_ms) == (3, 5000)


def test_limits_are_the_librarys() -> None:
    assert limits().max_photo_bytes == 2 * limits().max_call_bytes == 128 << 20
    assert limits().part_rows == _library.library().verger_part_rows(0, 1280) == 512
    assert _library.library().verger_part_rows(1 << 20, 1280) == 1024
