from __future__ import annotations

import pytest

from verger.runs.text import human_bytes, printable


def test_names_of_all_languages_stay() -> None:
    assert printable("Pêche 桃 🍑.jpg") == "Pêche 桃 🍑.jpg"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"a\nb\033[2J\x7f", r"a\x0ab\x1b[2J\x7f"),
        (b"caf\xe9", r"caf\xe9"),  # Latin-1
        (b"\xc0\xaf", r"\xc0\xaf"),  # overlong '/'
        (b"\xed\xa0\x80", r"\xed\xa0\x80"),  # surrogate
        (b"\xc2\x9b", r"\xc2\x9b"),  # C1 control
        (b"gpj.\xe2\x80\xae.exe", r"gpj.\xe2\x80\xae.exe"),  # turned writing
        (b"\xe6\xa1", r"\xe6\xa1"),  # cut short
    ],
)
def test_what_is_no_text_is_shown_byte_by_byte(raw: bytes, shown: str) -> None:
    assert printable(raw) == shown
    assert printable(raw.decode("utf-8", "surrogateescape")) == shown


def test_human_bytes() -> None:
    counts = [999, 999_960, 94_765_736, 5e15]
    assert [human_bytes(count) for count in counts] == ["999 B", "1.0 MB", "94.8 MB", "5000.0 TB"]
