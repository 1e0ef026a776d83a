"""Makes BENCHMARKS.md, and the figures in README.md, from the JSON of the benchmarks.

    python bench/report.py --keep       takes what build/bench/ has into bench/results/, then both
    python bench/report.py              both again, from bench/results/
    python bench/report.py --check      says what differs from them, and fails if anything does

No figure in either is typed by hand; `make lint` checks that.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from machine import BUILD, ROOT

Result = dict[str, Any]

RESULTS = ROOT / "bench" / "results"
README, BENCHMARKS = ROOT / "README.md", ROOT / "BENCHMARKS.md"
BEGIN, END = "<!-- figures, by bench/report.py -->", "<!-- end of figures -->"
HEAD = """# Benchmarks

Made by `bench/report.py` from [bench/results/](bench/results); nothing here is typed by hand. Each
question is a folder of [bench/](bench); its command measures both sides in the same run, in turn,
after their outputs were compared. Take ratios, and measure on your own machine: `make bench`.

"Times as fast" is the seconds of the other divided by our seconds, round by round. A bound on the
median stands in the last column, with "missed" beside it where the median does not reach it. Quick
runs have few photos or rounds.
"""
UNITS = {
    "x": ("times as fast", 2),
    "share": ("share", 3),
    "cosine": ("cosine", 5),
    "seconds": ("s", 2),
    "ms": ("ms", 1),
    "photos/s": ("photos/s", 0),
    "MB": ("MB", 0),
    "points": ("points", 1),
    "count": ("", 0),
}


def results_in(folder: Path) -> list[Result]:
    """Every question that was measured, in the order of their names."""
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


def number(value: float, unit: str) -> str:
    digits = UNITS[unit][1]
    if unit == "x" and value >= 20:
        digits = 0
    return f"{value:,.{digits}f}"


def bound_text(row: dict[str, Any]) -> str:
    """The bound on a row's median, and whether it is missed; "" without a bound."""
    least, most = row.get("at_least"), row.get("at_most")
    if least is not None:
        return f"≥ {least:g}" + (", missed" if row["median"] < least else "")
    if most is not None:
        return f"≤ {most:g}" + (", missed" if row["median"] > most else "")
    return ""


def table(rows: list[dict[str, Any]]) -> list[str]:
    lines = ["| what | median | least | most | rounds | bound |", "|---|---|---|---|---|---|"]
    for row in rows:
        unit = row["unit"]
        cells = [f"{number(row['median'], unit)} {UNITS[unit][0]}".rstrip()]
        cells += [number(row[name], unit) if name in row else "" for name in ("min", "max")]
        cells += [str(row.get("rounds", "")), bound_text(row)]
        lines.append(f"| {row['what']} | {' | '.join(cells)} |")
    return lines


def machine_words(machine: dict[str, Any]) -> str:
    flags = ", ".join(machine["flags"])
    return (
        f"{machine['cores']} cores of an {machine['processor']} ({flags}),"
        f" {machine['memory_gb']} GB, {machine['system']}"
    )


def benchmarks(results: list[Result]) -> str:
    """The text of BENCHMARKS.md."""
    machines = sorted({machine_words(result["machine"]) for result in results})
    listed = [f"- Machine {i}: {words}.\n" for i, words in enumerate(machines, 1)]
    parts = [HEAD, "".join(listed)]
    for result in results:
        versions = ", ".join(f"{name} {is_}" for name, is_ in sorted(result["versions"].items()))
        parts.append(f"## {result['title']}\n")
        choices = ", ".join(f"{k}={v}" for k, v in result.get("kernels_chosen", {}).items())
        kernels = f" With {choices}, which may slow peers." if choices else ""
        quick = " Quick." if result["quick"] else ""
        parts.append(f"`{result['command']}`, {result['date']}.{quick}\n")
        parts.append(
            f"Machine {machines.index(machine_words(result['machine'])) + 1}, load before it"
            f" {result['load']:.1f}. {versions}.{kernels}\n"
        )
        parts.append("\n".join(table(result["rows"])) + "\n")
    return "\n".join(parts)


def figure(row: dict[str, Any]) -> str:
    """A row's median, and how far its rounds lie apart."""
    unit = row["unit"]
    words = f" {UNITS[unit][0]}" if unit != "share" else ""
    text = f"**{number(row['median'], unit)}**{words}"
    if row.get("rounds", 0) > 1:
        text += f" ({number(row['min'], unit)} to {number(row['max'], unit)})"
    return text


def readme_block(results: list[Result]) -> str:
    """What stands between the marks in README.md."""
    rows = [(result, row) for result in results for row in result["rows"] if row.get("readme")]
    if not rows:
        return "Nothing is measured yet."
    machines = sorted({machine_words(result["machine"]) for result, _ in rows})
    dates = sorted({result["date"] for result, _ in rows})
    span = dates[0] if len(dates) == 1 else f"{dates[0]} to {dates[-1]}"
    lines = [f"{'; '.join(machines)}; {span}. Median (least to most of the rounds):", ""]
    lines += ["| what | figure | command |", "|---|---|---|"]
    for result, row in rows:
        quick = ", quick" if result["quick"] else ""
        lines.append(f"| {row['what']} | {figure(row)}{quick} | `{result['command']}` |")
    return "\n".join(lines)


def with_block(text: str, block: str) -> str:
    """`text` with the block between its marks.

    Errors: ValueError unless it has each of them once, in order.
    """
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ValueError(f"README.md must have {BEGIN} and {END}, once each, in this order")
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{block}\n{END}{rest.partition(END)[2]}"


def keep(measured: Path, results: Path) -> None:
    """Takes every question that was measured; what has no rows has nothing to report."""
    results.mkdir(exist_ok=True)
    for path in sorted(measured.glob("*.json")):
        result = json.loads(path.read_text())
        if result.get("rows"):
            (results / path.name).write_text(path.read_text())
        else:
            print(f"report: {path.name} has no rows: left out", file=sys.stderr)


def main() -> int:
    parser = argparse.ArgumentParser(description="BENCHMARKS.md and README's figures.")
    parser.add_argument("--keep", action="store_true", help="take what build/bench/ has")
    parser.add_argument("--check", action="store_true", help="change nothing, fail if they differ")
    options = parser.parse_args()
    if options.keep:
        keep(BUILD / "bench", RESULTS)
    results = results_in(RESULTS)
    pages = {
        BENCHMARKS: benchmarks(results),
        README: with_block(README.read_text(), readme_block(results)),
    }
    stale = [
        path.name for path, text in pages.items() if not path.exists() or path.read_text() != text
    ]
    if options.check:
        for name in stale:
            print(f"{name}: its figures are not those of bench/results: run bench/report.py")
        return 1 if stale else 0
    for path, text in pages.items():
        path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
