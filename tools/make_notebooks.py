#!/usr/bin/env python3
"""Makes the notebooks of examples/ from their one source, examples/notebook.py.

    python tools/make_notebooks.py

The source is Python whose cells begin with `# %%`, or `# %% [markdown]` and then are comments.
Writes examples/verger.ipynb for Jupyter and examples/verger.zpln for Zeppelin, without outputs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
SOURCE = EXAMPLES / "notebook.py"
# How a figure is shown in Zeppelin: once, and not again by Zeppelin's own hook for open figures.
ZEPPELIN_SHOW = "z.show(plt)\nplt.close()"


@dataclass(frozen=True)
class Cell:
    """A piece of text, in Markdown, or of code."""

    markdown: bool
    text: str


def cells_of(source: str) -> list[Cell]:
    """The cells of a source, in order; what stands before the first is for readers of the source.

    Errors: ValueError for a line of a Markdown cell that is no comment.
    """
    cells = []
    for piece in re.split(r"^# %%", source, flags=re.MULTILINE)[1:]:
        kind, _, body = piece.partition("\n")
        markdown = kind.strip() == "[markdown]"
        text = body.strip("\n")
        if markdown:
            text = "\n".join(_uncommented(line) for line in text.split("\n"))
        cells.append(Cell(markdown, text))
    return cells


def _uncommented(line: str) -> str:
    if line != "#" and not line.startswith("# "):
        raise ValueError(f"{SOURCE.name}: not a comment, in a Markdown cell: {line!r}")
    return line[2:]


def jupyter(cells: list[Cell]) -> str:
    """The cells as a notebook of format 4.5."""
    return _json(
        {
            "cells": [_jupyter_cell(number, cell) for number, cell in enumerate(cells)],
            "metadata": {
                "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
                "language_info": {"name": "python"},
            },
            "nbformat": 4,
            "nbformat_minor": 5,
        }
    )


def _jupyter_cell(number: int, cell: Cell) -> dict[str, Any]:
    document: dict[str, Any] = {
        "id": f"cell-{number}",
        "metadata": {},
        "source": cell.text.splitlines(keepends=True),
    }
    if cell.markdown:
        return {"cell_type": "markdown", **document}
    return {"cell_type": "code", "execution_count": None, "outputs": [], **document}


def zeppelin(cells: list[Cell]) -> str:
    """The cells as a note that Zeppelin 0.9 and later imports."""
    paragraphs = [_paragraph(number, cell) for number, cell in enumerate(cells)]
    return _json({"name": "Verger on Spark", "paragraphs": paragraphs})


def _paragraph(number: int, cell: Cell) -> dict[str, Any]:
    interpreter, language = ("md", "markdown") if cell.markdown else ("spark.pyspark", "python")
    text = cell.text if cell.markdown else cell.text.replace("plt.show()", ZEPPELIN_SHOW)
    editor = {"language": language, "editOnDblClick": cell.markdown}
    return {
        "id": f"paragraph_{number}",
        "text": f"%{interpreter}\n{text}",
        "config": {"editorMode": f"ace/mode/{language}", "editorSetting": editor},
        "settings": {"params": {}, "forms": {}},
    }


def _json(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def notebooks() -> dict[Path, str]:
    """What each notebook must hold."""
    cells = cells_of(SOURCE.read_text("utf-8"))
    return {
        EXAMPLES / "verger.ipynb": jupyter(cells),
        EXAMPLES / "verger.zpln": zeppelin(cells),
    }


def main() -> None:
    for file, text in notebooks().items():
        file.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
