"""The file of prices: JSON, checked strictly: no figure is guessed."""

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from verger.errors import BadInput

STACK = "stack"  # optional: older files lack it
_FORMAT, _VERSION = "verger-prices", 1
# The keys that each table must have. Other tables are ignored.
_TABLES: dict[str, tuple[str, ...]] = {
    "ec2": (),
    "spot": (),
    "spot_share": ("any",),
    "emr": (),
    "ebs": ("gp3",),
    "s3": ("put", "get", "gb_month"),
    STACK: ("nat_hour", "address_hour"),
}


@dataclass(frozen=True)
class Table:
    """Prices of one kind, USD each `unit`."""

    unit: str
    source: str
    date: str
    usd: dict[str, float]
    assumed: dict[str, str]  # reasons, by key; "*": of all


def read_tables(file: Path, name: str) -> tuple[str, datetime.date, dict[str, Table]]:
    """Return region, day and tables of a file; `name` is for messages.

    Errors: BadInput with the file, the key and the expected value.
    """
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise BadInput(f"{name}: cannot be read: {error.strerror}: check --prices") from error
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{name}: not JSON: {error}") from error
    return _Reader(name).read(document)


@dataclass(frozen=True)
class _Reader:
    name: str

    def read(self, document: Any) -> tuple[str, datetime.date, dict[str, Table]]:
        whole = self._object(document, "the whole file")
        for key, right in (("format", _FORMAT), ("version", _VERSION), ("currency", "USD")):
            if whole.get(key) != right:
                raise self._wrong(key, f"{right!r}", whole.get(key))
        day = self._text(whole, "day")
        try:
            date = datetime.date.fromisoformat(day)
        except ValueError as error:
            raise self._wrong("day", "a date such as 2026-11-25", day) from error
        tables = self._object(whole.get("tables"), "tables")
        return (
            self._text(whole, "region"),
            date,
            {
                key: self._table(key, tables.get(key), must)
                for key, must in _TABLES.items()
                if key != STACK or key in tables
            },
        )

    def _table(self, key: str, value: Any, must: tuple[str, ...]) -> Table:
        where = f"tables.{key}."
        table = self._object(value, f"tables.{key}")
        usd = self._object(table.get("usd"), f"{where}usd")
        for name in must:
            if name not in usd:
                raise self._wrong(f"{where}usd.{name}", "a number", None)
        for name, number in usd.items():
            if type(number) not in (int, float) or not 0 < number < 1e6:
                raise self._wrong(f"{where}usd.{name}", "a number above 0", number)
        assumed = self._object(table.get("assumed", {}), f"{where}assumed")
        return Table(
            self._text(table, "unit", where),
            self._text(table, "source", where),
            self._text(table, "date", where),
            {name: float(number) for name, number in usd.items()},
            {name: self._text(assumed, name, f"{where}assumed.") for name in assumed},
        )

    def _object(self, value: Any, key: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self._wrong(key, "an object", value)
        return value

    def _text(self, whole: dict[str, Any], key: str, where: str = "") -> str:
        value = whole.get(key)
        if not isinstance(value, str) or not value:
            raise self._wrong(where + key, "a text", value)
        return value

    def _wrong(self, key: str, expected: str, value: object) -> BadInput:
        text = "nothing" if value is None else repr(value)
        return BadInput(f"{self.name}: {key}: {expected} is expected, not {text}")
