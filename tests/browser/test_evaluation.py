"""The evaluation in report.html: naive beside honest, who is taken for whom, and which photos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import HOSTILE
from .evaluation_sample import MISTAKES
from .pages import opened


def test_the_naive_score_is_struck_beside_the_honest_one(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        scores = page.page.locator("#evaluation .scores")
        assert scores.locator("s").all_inner_texts() == ["Naive", "99.1 %"]
        assert scores.locator("strong").all_inner_texts() == ["87.5 %", "70.0 %"]
        naive, honest, _ = (bar.bounding_box()["width"] for bar in scores.locator(".bar").all())
        assert abs(honest / naive - 0.875 / 0.991) < 0.01
        warning = page.page.locator("#evaluation .warning").inner_text()
        assert warning == f"The naive score is 11.6 points too high: photos of {HOSTILE} leak."


def test_splits_unknown_fruit_and_background_are_told(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        rows = page.page.locator("#evaluation table").first.locator("tbody tr")
        assert [row.split("\t")[:2] for row in rows.all_inner_texts()] == [
            ["Random (naive)", "99.1 %"],
            ["Unseen angles (honest)", "87.5 %"],
            ["Unseen groups", "90.0 %"],
            ["Another output", "70.0 %"],
        ]
        tiles = page.page.locator("#evaluation .tiles").inner_text()
        for figure in ("0.930", "70 %", "40.0 %", "chance 25.0 %"):
            assert figure in tiles


def test_reliability_has_a_disc_for_each_bin(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        plot = page.page.locator("#evaluation .reliability")
        assert plot.locator("svg").get_attribute("aria-label") == (
            "Probabilities differ from the share of right answers by 2.0 points on average."
        )
        assert plot.locator(".bin title").all_text_contents() == [
            "55.0 %: 50.0 % of 4 answers right",
            "95.0 %: 97.0 % of 8 answers right",
        ]
        less, more = plot.locator(".bin").evaluate_all(
            "discs => discs.map(disc => disc.getBBox()).map(({x, y, width}) => [x, y, width])"
        )
        assert more[0] > less[0], "probability goes to the right"
        assert more[1] < less[1], "accuracy goes up"
        assert less[2] / more[2] == pytest.approx(0.5**0.5, abs=0.01), "areas go with photos"
        page.page.locator("#evaluation .reliability + .behind summary").click()
        rows = page.page.locator("#evaluation .reliability + .behind tbody tr")
        rows.nth(1).wait_for()
        assert rows.all_inner_texts()[1].split("\t") == ["95.0 %", "97.0 %", "8"]


def test_the_heat_map_has_a_cell_for_each_answer(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        heat = page.page.locator("#evaluation .heat").first
        assert heat.locator(".right").count() == heat.locator(".wrong").count() == 4
        titles = heat.locator(".wrong title").all_text_contents()
        assert titles[0] == f"{HOSTILE} → Label 0: 4 photos, 20.0 % of the label"
        # Both at once: the page may be laid out again between two looks.
        first, second = heat.locator(".right").evaluate_all(
            "cells => cells.slice(0, 2).map(cell => cell.getBoundingClientRect().toJSON())"
        )
        right, down = second["x"] - first["x"], second["y"] - first["y"]
        assert right > 1
        assert right == pytest.approx(down, abs=0.01), "the diagonal"
        page.page.locator("#evaluation .heat ~ .behind summary").first.click()
        # The page makes the rows when it hears of the click, a moment after it.
        rows = page.page.locator("#evaluation .heat ~ .behind").first.locator("tbody tr")
        rows.nth(1).wait_for()
        assert rows.all_inner_texts()[1].split("\t") == [HOSTILE, "Label 0", "4", "20.0 %"]
        pairs = page.page.locator("#evaluation .pairs").first.locator("li")
        assert pairs.first.inner_text().split("\n") == [f"{HOSTILE} → Label 0", "4 of 20"]


def test_more_labels_than_can_be_drawn_have_a_table(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        table = page.page.evaluate(
            """() => {
              const labels = [...Array(81).keys()].map(at => `L${at}`);
              const counts = labels.map(label => ({label, answer: 'L0', photos: 1}));
              const body = document.createElement('div');
              showAnswers(body, 'Many', {confusion: {labels, counts}});
              return [body.querySelectorAll('svg').length, body.querySelectorAll('.behind').length,
                      body.querySelector('.muted').textContent];
            }"""
        )
        assert table == [0, 1, "No heat map: 81 labels are more than 80."]


def test_mistakes_have_the_thumbnails_of_their_photos(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        evaluation = page.data()["sections"]["evaluation"]
        for photo in evaluation["mistakes"] + evaluation["label_errors"]:
            own = page.page.evaluate(
                "at => points.paths.of(data.thumbnails.points[at])", photo["thumbnail"]
            )
            assert own == photo["path"]
        assert "thumbnail" not in evaluation["test"]["mistakes"][0], "photos of another output"
        mistakes = page.page.locator("#evaluation .groups").first.locator("li")
        assert mistakes.first.locator("canvas").count() == 1
        assert "labelled Label 0 1.0 %" in mistakes.first.inner_text()


def test_the_keyboard_shows_all_and_goes_on_there(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        button = page.page.get_by_role("button", name=f"Show all {MISTAKES} photos")
        button.focus()
        page.page.keyboard.press("Enter")
        mistakes = page.page.locator("#evaluation .groups").first.locator("li")
        assert mistakes.count() == MISTAKES
        focused = page.page.evaluate("document.activeElement.textContent")
        assert focused == mistakes.nth(12).text_content()
