"""The notebooks are what their source says; what the tool makes of a source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from make_notebooks import Cell, cells_of, jupyter, notebooks, zeppelin

SOURCE = """# for readers of the source

# %% [markdown]
# # Title
#
# - a list

# %%
x = 1  # %% not a cell

plt.show()
"""
CELLS = [
    Cell(True, "# Title\n\n- a list"),
    Cell(False, "x = 1  # %% not a cell\n\nplt.show()"),
]


@pytest.mark.parametrize(
    ("file", "text"), notebooks().items(), ids=lambda it: getattr(it, "name", "")
)
def test_the_notebooks_are_of_their_source(file: Path, text: str) -> None:
    assert file.read_text("utf-8") == text, "run 'python tools/make_notebooks.py'"


def test_cells_of_a_source() -> None:
    assert cells_of(SOURCE) == CELLS


def test_code_in_a_markdown_cell_is_refused() -> None:
    with pytest.raises(ValueError, match="in a Markdown cell: 'x = 1'"):
        cells_of("# %% [markdown]\n# text\nx = 1\n")


def test_jupyter_gets_the_code_as_it_is() -> None:
    text, code = json.loads(jupyter(CELLS))["cells"]
    assert (text["cell_type"], "".join(text["source"])) == ("markdown", CELLS[0].text)
    assert (code["cell_type"], "".join(code["source"])) == ("code", CELLS[1].text)
    assert code["outputs"] == []


def test_zeppelin_shows_each_figure_once() -> None:
    text, code = json.loads(zeppelin(CELLS))["paragraphs"]
    assert text["text"] == f"%md\n{CELLS[0].text}"
    assert code["text"] == "%spark.pyspark\nx = 1  # %% not a cell\n\nz.show(plt)\nplt.close()"
