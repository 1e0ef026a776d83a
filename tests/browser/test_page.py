"""report.html in Chromium: it asks for nothing, lets nobody in, and shuts nobody out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import HOSTILE
from .pages import opened

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": PHONE,
}


@pytest.mark.parametrize("look", LOOKS)
def test_it_asks_for_nothing_and_complains_of_nothing(browser: Any, out: Path, look: str) -> None:
    with opened(browser, out / "report.html", **LOOKS[look]) as page:
        page.page.wait_for_timeout(500)
        assert page.requested() == []
        assert page.messages == []


@pytest.mark.parametrize("look", LOOKS)
def test_it_has_no_barriers(browser: Any, axe: str, out: Path, look: str) -> None:
    # Only a test may bring a script of its own past the page's policy.
    with opened(browser, out / "report.html", **LOOKS[look], bypass_csp=True) as page:
        page.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
        page.page.get_by_role("button", name="List in view").click()
        page.page.wait_for_timeout(300)
        page.page.evaluate(axe)
        result = page.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        violations = [
            (each["id"], each["impact"], [node["html"] for node in each["nodes"]])
            for each in result["violations"]
        ]
        assert violations == []


def test_it_fits_a_phone(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html", **PHONE) as page:
        assert page.page.evaluate("document.documentElement.scrollWidth") == 360


def test_no_name_becomes_markup(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        page.page.get_by_role("button", name="List in view").click()
        assert page.page.get_by_text(HOSTILE, exact=True).count() >= 3
        assert page.page.locator("img").count() == 0
        assert page.messages == []


def test_no_script_but_its_own_runs(browser: Any, out: Path, tmp_path: Path) -> None:
    text = (out / "report.html").read_text()
    changed = tmp_path / "report.html"
    intruder = "<script>document.title = 'in'</script><img src=x onerror='document.title = 1'>"
    changed.write_text(text.replace("<main", intruder + "<main"))
    with opened(browser, changed) as page:
        assert page.page.title() not in ("in", "1")
        assert any("Content Security Policy" in message for message in page.messages)


def test_it_shows_what_the_output_has(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        data = page.data()
        tiles = page.page.locator("#tiles").inner_text().split()
        assert tiles[tiles.index("Photos") + 1] == str(data["rows"]) == "62"
        assert tiles[tiles.index("Rejects") + 1] == "1"
        names = page.page.locator("table.labels tbody th").all_inner_texts()
        assert names == [HOSTILE, "Label 0", "Label 1", "Label 2"]
        text = page.page.locator("#duplicates").inner_text()
        assert "2 groups of photos with equal bytes" in text
        assert "1 group is in more than one label" in text
        assert "the file is empty" in page.page.locator("#rejects").inner_text()
        manifest = json.loads(next((out / "_verger").glob("manifest-*.json")).read_text())
        settings = page.page.locator("#settings").inner_text()
        assert manifest["model"]["sha256"] in settings
        assert manifest["moments"]["sha256"] in settings


def test_paths_read_back(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        paths = page.page.evaluate("[...Array(points.count).keys()].map(at => points.paths.of(at))")
    ends = [each["path"] for each in json.loads(json.dumps(page_paths(out)))]
    assert paths == ends


def page_paths(out: Path) -> list[dict[str, str]]:
    """The rows of Results, in the order of the manifest."""
    import pyarrow.parquet as pq

    manifest = json.loads(next((out / "_verger").glob("manifest-*.json")).read_text())
    return [
        row
        for part in manifest["reduction"]["results"]
        for row in pq.read_table(out / part["name"], columns=["path"]).to_pylist()
    ]


def test_it_prints(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html", color_scheme="dark") as page:
        assert page.page.pdf(format="A4").startswith(b"%PDF")
        assert page.messages == []
