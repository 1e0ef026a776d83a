"""The rules are the library's: core/runs/printable_test.cc, numbers_test.cc."""

from __future__ import annotations

from verger._library import borrowed, take_text
from verger.runs.text import display_width, human_bytes, pluralize, printable


def test_texts_are_the_librarys() -> None:
    assert printable("Pêche 桃 🍑.jpg") == "Pêche 桃 🍑.jpg"
    assert pluralize(1014, "photo", "photos") == "1,014 photos"
    assert human_bytes(94_765_736) == "94.8 MB"
    assert display_width("Pe\u0302che 桃 🍑") == 5 + 1 + 2 + 1 + 2
    assert display_width("apple") == 5


def test_what_is_no_text_is_shown_byte_by_byte() -> None:
    raw = b"caf\xe9\n\xed\xa0\x80"  # Latin-1, a line feed, a surrogate
    assert printable(raw) == r"caf\xe9\x0a\xed\xa0\x80"
    assert printable(raw.decode("utf-8", "surrogateescape")) == printable(raw)
    assert printable("") == printable(b"") == ""


def test_what_is_printable_as_it_is_is_so_to_the_library() -> None:
    for code in range(0x3000):
        assert printable(chr(code)) == take_text("verger_printable", borrowed(chr(code))), code
