"""The first rows of the Results, as a table of text."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.parquet as pq

from verger.errors import Damaged
from verger.runs.output import Output
from verger.runs.parts import result_rows, results_schema
from verger.runs.text import display_width, printable


def show_table(output: Output, rows: int = 2) -> str:
    """Return the first `rows` rows and the dimensions of all, as `verger show` prints them.

    Errors: BadInput if there are no Results; Damaged if a part of them is.
    """
    table = [results_schema().names, *(_cells(row) for row in _first_rows(output, rows))]
    count, columns = dimensions(output)
    return f"{_draw(table)}Dimensions: ({count}, {columns})\n"


def dimensions(output: Output) -> tuple[int, int]:
    """Return rows and columns of all Results, by their footers. Errors: as show_table."""
    rows, columns = 0, len(results_schema())
    for result in output.reduced().results:
        name = result.part.file.name
        with output.open_file(result.part.file) as file:
            try:
                metadata = pq.read_metadata(file)
                columns = len(metadata.schema.to_arrow_schema().names)
            except (pa.ArrowException, OSError, ValueError) as error:
                message = f"{output.place.path_of(name)}: not a whole Parquet file: {error}"
                raise Damaged(message) from error
        rows += metadata.num_rows
    return rows, columns


def _first_rows(output: Output, most: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for result in output.reduced().results:
        if len(rows) >= most:
            break
        name = output.place.path_of(result.part.file.name)
        batch = result_rows(output.read(result.part.file), name)
        rows += batch.slice(0, most - len(rows)).to_pylist()
    return rows


def _cells(row: dict[str, object]) -> tuple[str, ...]:
    return tuple(_cell(row[column]) for column in results_schema().names)


def _cell(value: object) -> str:
    """Return text, a number, or a vector: "[0.0123, 1.2, -0.5, ... 1280 values]"."""
    if isinstance(value, float):
        return f"{value:.4g}"
    if not isinstance(value, list):
        return printable(str(value))
    numbers = ", ".join(f"{number:.4g}" for number in value[:3])
    return f"[{numbers}, ... {len(value)} values]" if len(value) > 3 else f"[{numbers}]"


def _draw(table: Sequence[Sequence[str]]) -> str:
    """Draw a table like Spark's show(), which the users of such tables know."""
    widths = [max(map(display_width, column)) for column in zip(*table)]
    rule = "+" + "".join("-" * (width + 2) + "+" for width in widths) + "\n"
    lines = [
        "|"
        + "".join(
            f" {cell}{' ' * (width - display_width(cell))} |" for cell, width in zip(row, widths)
        )
        + "\n"
        for row in table
    ]
    return rule + lines[0] + rule + "".join(lines[1:]) + rule
