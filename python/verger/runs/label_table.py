"""Coarser labels: a table from labels to the labels to use instead."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Union

from verger.errors import BadInput

Labels = Union[Mapping[str, str], str, "os.PathLike[str]"]


def label_table(labels: Labels | None) -> str:
    """Return a CSV text of two columns for the library: of a mapping, or of a file.

    Errors: BadInput if the file cannot be read, or is no UTF-8.
    """
    if labels is None:
        return ""
    if isinstance(labels, Mapping):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(labels.items())
        return text.getvalue()
    try:
        return Path(labels).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"{os.fspath(labels)}: {error}") from error
