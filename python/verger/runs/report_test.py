"""That Python gives in what the program does; what a page says, core/report/report_test.cc has."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

import verger
from verger.errors import BadInput
from verger.runs.interop_test import options, photos, pytestmark
from verger.runs.interop_test import verger as program
from verger.runs.output import Output
from verger.runs.report import publish_report_or_warn
from verger.runs.storage import open_place

__all__ = ["options", "photos", "pytestmark"]

PAGE = "report.html"


@pytest.fixture
def out(photos: Path, options: list[str], tmp_path: Path) -> Path:
    """An output of the program's, without a page."""
    out = tmp_path / "out"
    program("run", photos, out, *options, "--components", "3", "--no-report")
    return out


def data_of(out: Path) -> dict[str, Any]:
    """What the page shows."""
    match = re.search(r'id="data">([^<]*)<', (out / PAGE).read_text())
    assert match is not None
    return dict(json.loads(match[1]))


def test_it_is_the_program_s_to_the_byte(out: Path) -> None:
    assert verger.report(out) == str(out / PAGE)
    ours = (out / PAGE).read_bytes()
    program("report", out)
    assert (out / PAGE).read_bytes() == ours
    assert data_of(out)["thumbnails"]["points"]


def test_an_evaluation_is_shown(out: Path) -> None:
    verger.report(out, evaluation={"random": {"accuracy": 0.5}})
    assert data_of(out)["sections"]["evaluation"]["random"]["accuracy"] == 0.5


def test_photos_may_be_elsewhere_or_nowhere(out: Path, photos: Path, tmp_path: Path) -> None:
    verger.report(out, photos=tmp_path / "nowhere")
    assert data_of(out)["thumbnails"]["points"] == []
    moved = Path(shutil.copytree(photos, tmp_path / "moved"))
    verger.report(out, photos=moved)
    assert data_of(out)["thumbnails"]["points"]


def test_a_version_removes_the_page_of_the_one_before(out: Path, photos: Path) -> None:
    verger.report(out)
    path = sorted(photos.glob("Label */frame*"))[0].relative_to(photos)
    verger.forget(out, str(path))
    assert not (out / PAGE).exists()
    verger.report(out)
    assert str(path) not in json.dumps(data_of(out))
    verger.forget(out, str(path))  # its proof alone
    assert (out / PAGE).exists()


def test_a_run_makes_what_is_missing_and_no_failure_of_it(
    out: Path, photos: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = open_place(out)
    with Output.open_for_writing(place) as output:
        publish_report_or_warn(output, open_place(photos), '{"extracted": 3}')
        assert data_of(out)["of_a_run"] is True
        first = (out / PAGE).stat()
        publish_report_or_warn(output, open_place(photos), '{"extracted": 4}')
        assert (out / PAGE).stat() == first
        (out / PAGE).unlink()
        publish_report_or_warn(output, open_place(photos), "no JSON")
    assert not (out / PAGE).exists()
    assert "warning: report.html was not written" in capsys.readouterr().err


def test_no_output_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no output"):
        verger.report(tmp_path)
