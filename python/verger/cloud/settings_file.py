"""The settings as a TOML file: read with errors by line, printed with every key explained."""

from __future__ import annotations

import difflib
import json
import re
from dataclasses import Field, fields, is_dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from verger.cloud.settings import REGION, Settings, meaning
from verger.errors import BadCall

DEFAULT_FILE = "verger-cloud.toml"
_WIDTH = 100
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|[0-9a-f]*:[0-9a-f:.]*")  # IPv6, too
_KINDS = {str: "a text", int: "a whole number", float: "a number", bool: "true or false"}


def read_settings(file: Path | None) -> Settings:
    """Return the settings of a file; None: of verger-cloud.toml if it exists, else the defaults.

    Errors: BadCall with file, line and key.
    """
    if file is None:
        file = Path(DEFAULT_FILE)
        if not file.exists():
            return Settings()
    try:
        text = file.read_text(encoding="utf-8-sig")  # Windows puts a mark before it
    except (OSError, UnicodeDecodeError) as error:
        raise BadCall(
            f"{file}: cannot be read: {error}: 'verger cloud settings' prints one"
        ) from error
    return parse_settings(text, str(file))


def parse_settings(text: str, name: str = DEFAULT_FILE) -> Settings:
    """Return the settings of a file's text. Errors: BadCall."""
    import tomllib  # of Python 3.11, which main() checks

    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number with too many digits is a ValueError
        raise BadCall(f"{name}: not TOML: {error}") from error
    return _Reader(text, name).read(document)


class _Reader:
    def __init__(self, text: str, name: str) -> None:
        self._lines, self._name = text.splitlines(), name

    def read(self, document: dict[str, Any]) -> Settings:
        settings: Settings = self.fill(Settings(), document, "")
        for key, names in (
            ("region", (settings.region,)),
            ("allowed_regions", settings.allowed_regions),
        ):
            for name in names:
                if not REGION.fullmatch(name):
                    raise self._wrong("", key, f"{name!r}: give one such as eu-west-3")
        for host in settings.allowed_endpoints:
            if not _HOST.fullmatch(host):
                alone = (
                    urlsplit(host if "://" in host else f"//{host}").hostname or "s3.example.org"
                )
                raise self._wrong(
                    "", "allowed_endpoints", f"{host!r}: give the host alone, as {alone!r}"
                )
        return settings

    def fill(self, defaults: Any, document: dict[str, Any], section: str) -> Any:
        defaults_by_name = {field.name: getattr(defaults, field.name) for field in fields(defaults)}
        values: dict[str, Any] = {}
        for key, value in document.items():
            if key not in defaults_by_name:
                raise self._wrong(section, key, f"unknown setting{_nearest(key, defaults_by_name)}")
            values[key] = self._value(section, key, defaults_by_name[key], value)
        return replace(defaults, **values)

    def _value(self, section: str, key: str, default: Any, value: Any) -> Any:
        if is_dataclass(default):
            if not isinstance(value, dict):
                raise self._wrong(section, key, f"is a section: write [{key}]")
            return self.fill(default, value, key)
        if isinstance(default, dict):
            texts = isinstance(value, dict) and all(isinstance(one, str) for one in value.values())
            if not texts:
                raise self._wrong(section, key, f"is a section of texts: write [{key}]")
            return value
        if isinstance(default, tuple):
            if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
                raise self._wrong(section, key, 'give a list of texts such as ["a", "b"]')
            return tuple(value)
        kind = type(default)
        if kind is float and type(value) is int and abs(value) < 2**53:
            value = float(value)
        if type(value) is not kind:  # a bool is an int, too
            raise self._wrong(section, key, f"give {_KINDS[kind]}, not {_short(value)}")
        return value

    def _wrong(self, section: str, key: str, what: str) -> BadCall:
        name = f"[{section}] {key}" if section else key
        return BadCall(f"{self._name}, line {self._line(section, key)}: {name}: {what}")

    def _line(self, section: str, key: str) -> int:
        here = ""
        for number, line in enumerate(self._lines, 1):
            if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
                here = header[1]
                if not section and here == key:
                    return number
            elif here == section and re.match(rf"""\s*["']?{re.escape(key)}["']?\s*[=.]""", line):
                return number
        return 1


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _WIDTH else f"{text[:_WIDTH]}..."


def _nearest(key: str, names: dict[str, Any]) -> str:
    close = difflib.get_close_matches(key, names, n=1, cutoff=0.5)
    return f": use {close[0]}" if close else f": use one of {', '.join(sorted(names))}"


def settings_text(settings: Settings) -> str:
    """Return the text of a settings file, each key with its meaning."""
    top, sections = [], []
    for field in fields(settings):
        value = getattr(settings, field.name)
        if is_dataclass(value) or isinstance(value, dict):
            sections.append(_section(field, value))
        else:
            top += _lines_of(field, value)
    head = (
        "# Settings of verger cloud. These are the defaults; comments explain what an empty "
        "value means."
    )
    return "\n".join([head, "", *top, "", "\n\n".join(sections)]) + "\n"


def _section(section: Field[Any], value: Any) -> str:
    lines = [f"[{section.name}]  # {meaning(section)}"]
    if isinstance(value, dict):
        lines += [f"{_toml(key)} = {_toml(text)}" for key, text in value.items()]
        return "\n".join(lines)
    for field in fields(value):
        if field.name in ("spot", "spot_types") and section.name != "task":
            continue
        lines += _lines_of(field, getattr(value, field.name))
    return "\n".join(lines)


def _lines_of(field: Field[Any], value: Any) -> list[str]:
    line, comment = f"{field.name} = {_toml(value)}", f"# {meaning(field)}"
    whole = f"{line}  {comment}"
    return [whole] if len(whole) <= _WIDTH else [comment, line]


def _toml(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_toml, value))}]"
    # Texts, numbers and booleans are written as JSON writes them.
    return json.dumps(value, ensure_ascii=False)
