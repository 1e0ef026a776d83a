"""The map of report.html: what pointing, tapping, the lasso and the keyboard do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .conftest import HOSTILE
from .pages import ReportPage, opened

TIP = ".tip"


def test_pointing_at_a_point_names_the_photo(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        point = page.data()["map"]["points"] - 1  # the last, by path
        page.page.mouse.move(*page.place_of(point))
        page.page.wait_for_selector(TIP)
        tip = page.page.locator(TIP).inner_text()
        path = page.page.evaluate("hovered => points.paths.of(hovered)", _hovered(page))
        assert path in tip.replace("\n", "")
        page.page.mouse.move(5, 5)
        page.page.locator(TIP).wait_for(state="hidden")


def _hovered(page: ReportPage) -> int:
    """The point that is pointed at: by its place one of those drawn there."""
    tip = page.page.locator(f"{TIP} .path").inner_text()
    return int(
        page.page.evaluate(
            "path => [...Array(points.count).keys()].find(at => points.paths.of(at) === path)", tip
        )
    )


def test_a_tap_does_so_too(browser: Any, out: Path) -> None:
    phone = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
    with opened(browser, out / "report.html", **phone) as page:
        page.page.locator(".overlay").scroll_into_view_if_needed()
        page.page.touchscreen.tap(*page.place_of(0))
        page.page.locator(TIP).wait_for()


def test_the_lasso_lists_what_is_inside(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        page.page.get_by_role("button", name="Lasso").click()
        frame = page.page.locator(".overlay").bounding_box()
        corners = [(1, 1), (frame["width"] / 2, 1), (frame["width"] / 2, frame["height"] - 2),
                   (1, frame["height"] - 2)]  # fmt: skip
        mouse = page.page.mouse
        mouse.move(frame["x"] + 1, frame["y"] + 1)
        mouse.down()
        for x, y in corners:
            mouse.move(frame["x"] + x, frame["y"] + y, steps=4)
        mouse.up()
        inside = page.page.evaluate(
            """half => [...Array(points.count).keys()].filter(
                 at => 14 + points.component(0)[at] / 65535 * (2 * half - 28) < half).length""",
            frame["width"] / 2,
        )
        page.page.locator(".panel h3").wait_for()
        title = page.page.locator(".panel h3").inner_text()
        assert 0 < inside < page.data()["map"]["points"]
        assert abs(int(title.split()[0]) - inside) <= 1  # one may lie on the line
        assert page.page.locator(".panel .photos li").count() == int(title.split()[0])


def test_paths_are_copied(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html", permissions=["clipboard-read"]) as page:
        page.page.get_by_role("button", name="List in view").click()
        page.page.get_by_role("button", name="Copy paths").click()
        # Not wait_for_function, whose text the page's policy does not let run.
        page.page.locator("#status").filter(has_text="copied").wait_for(state="attached")
        text = page.page.evaluate("navigator.clipboard.readText()")
        assert len(text.splitlines()) == page.data()["map"]["points"]


def test_the_legend_hides_labels(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        page.page.get_by_role("button", name="Hide all").click()
        page.page.locator(".legend-list button").filter(has_text=HOSTILE).click()
        page.page.get_by_role("button", name="List in view").click()
        assert page.page.locator(".panel h3").inner_text() == "1 photo in view"


def test_the_keyboard_zooms_moves_and_lists(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        map_ = page.page.get_by_role("application", name="Map of photos")
        map_.focus()
        for _ in range(6):
            page.page.keyboard.press("+")
        for _ in range(30):
            page.page.keyboard.press("ArrowLeft")
        page.page.keyboard.press("l")
        some = int(page.page.locator(".panel h3").inner_text().split()[0])
        assert some < page.data()["map"]["points"]
        map_.focus()
        page.page.keyboard.press("0")
        page.page.keyboard.press("l")
        assert page.page.locator(".panel h3").inner_text().startswith("62 photos")


def test_other_components_can_be_chosen(browser: Any, out: Path) -> None:
    with opened(browser, out / "report.html") as page:
        before = page.page.locator(".frame").screenshot()
        page.page.get_by_label("Across").select_option("Component 3")
        page.wait_until(lambda: page.page.locator(".frame").screenshot() != before)
