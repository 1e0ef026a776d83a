"""BENCHMARKS.md and README's figures are made of the JSON of bench/results, and of nothing else."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
import report
from figures import ratios, row, spread
from machine import ROOT

MACHINE = {
    "processor": "AMD EPYC",
    "flags": ["avx2", "avx512_vnni"],
    "cores": 2,
    "memory_gb": 24,
    "system": "Linux",
}


def result(**parts: object) -> report.Result:
    whole: report.Result = {
        "question": "peers",
        "title": "Other programs",
        "command": "bench/peers/run.py",
        "date": "2026-11-29",
        "quick": False,
        "machine": MACHINE,
        "load": 0.26,
        "versions": {"verger": "abc1234", "openvino": "2026.4.1"},
        "rows": [row("ours beside theirs", spread([2.0, 2.5, 4.0]), at_least=2.4, readme=True)],
        "figures": {},
    }
    return {**whole, **parts}


def test_figures_in_the_repository_are_those_of_the_results() -> None:
    check = [sys.executable, str(ROOT / "bench" / "report.py"), "--check"]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_rounds_are_divided_one_by_one() -> None:
    assert ratios([10.0, 30.0, 40.0], [5.0, 10.0, 10.0]) == {
        "min": 2.0,
        "median": 3.0,
        "max": 4.0,
        "rounds": 3,
    }
    with pytest.raises(ValueError, match="argument"):
        ratios([1.0, 2.0], [1.0])


def test_a_row_has_median_least_most_and_what_is_asked_for() -> None:
    text = report.benchmarks([result()])
    assert "## Other programs" in text
    assert "| ours beside theirs | 2.50 times as fast | 2.00 | 4.00 | 3 | ≥ 2.4 |" in text
    assert "2 cores of an AMD EPYC (avx2, avx512_vnni), 24 GB, Linux" in text
    assert "`bench/peers/run.py`, 2026-11-29." in text
    assert "openvino 2026.4.1, verger abc1234" in text


@pytest.mark.parametrize(
    ("bounds", "text"),
    [
        ({"at_least": 3.0}, "≥ 3, missed"),
        ({"at_least": 2.5}, "≥ 2.5"),
        ({"at_most": 2.4}, "≤ 2.4, missed"),
        ({"at_most": 2.5}, "≤ 2.5"),
        ({}, ""),
    ],
)
def test_a_missed_figure_is_called_so(bounds: dict[str, float], text: str) -> None:
    assert report.bound_text(row("speed", 2.5, **bounds)) == text  # type: ignore[arg-type]


def test_the_readme_has_only_rows_that_are_for_it() -> None:
    rows = [row("shown", 1.5, readme=True), row("not shown", 2.5)]
    block = report.readme_block([result(rows=rows, quick=True)])
    assert "| shown | **1.50** times as fast, quick | `bench/peers/run.py` |" in block
    assert "not shown" not in block
    assert report.readme_block([result(rows=rows[1:])]) == "Nothing is measured yet."


def test_only_what_stands_between_the_marks_changes() -> None:
    text = f"before\n{report.BEGIN}\nold\n{report.END}\nafter\n"
    assert report.with_block(text, "new") == f"before\n{report.BEGIN}\nnew\n{report.END}\nafter\n"
    for broken in ("no marks", text + report.END, f"{report.END}{report.BEGIN}"):
        with pytest.raises(ValueError, match="once each"):
            report.with_block(broken, "new")


def test_what_was_measured_is_kept_if_it_has_rows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    measured, results = tmp_path / "measured", tmp_path / "results"
    measured.mkdir()
    (measured / "peers.json").write_text(json.dumps(result()))
    (measured / "bare.json").write_text(json.dumps(result(rows=[])))
    report.keep(measured, results)
    assert [path.name for path in results.iterdir()] == ["peers.json"]
    assert "bare.json has no rows" in capsys.readouterr().err
    assert report.results_in(results) == [result()]


def test_a_figure_typed_by_hand_fails_the_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    readme, benchmarks, results = (tmp_path / name for name in ("README", "BENCHMARKS", "results"))
    results.mkdir()
    (results / "peers.json").write_text(json.dumps(result()))
    readme.write_text(f"before\n{report.BEGIN}\n{report.END}\n")
    places = {"README": readme, "BENCHMARKS": benchmarks, "RESULTS": results}
    for name, place in places.items():
        monkeypatch.setattr(report, name, place)

    def checked() -> int:
        monkeypatch.setattr(sys, "argv", ["report.py", "--check"])
        return report.main()

    monkeypatch.setattr(sys, "argv", ["report.py"])
    assert report.main() == 0
    assert checked() == 0
    readme.write_text(readme.read_text().replace("2.50", "2.60"))
    assert checked() == 1
    assert capsys.readouterr().out.startswith("README: its figures are not those of bench/results")
