"""The app has no barriers: axe-core, focus, sizes, and what is read aloud."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .app_page import DESK, PHONE, AppPage, opened
from .app_server import AppServer

pytestmark = pytest.mark.app

LOOKS: dict[str, dict[str, Any]] = {
    "light phone": {**PHONE, "color_scheme": "light"},
    "dark phone": {**PHONE, "color_scheme": "dark"},
    "light desk": {**DESK, "color_scheme": "light", "locale": "fr-FR"},
    "dark desk": {**DESK, "color_scheme": "dark", "locale": "fr-FR"},
}
# Waits until nothing moves but what never ends, as the sign that the app is at work.
STILL = """() => Promise.allSettled(document.getAnimations()
  .filter(each => each.effect?.getComputedTiming().endTime !== Infinity)
  .map(each => each.finished))"""
VIEWS = ("identify", "history", "teach", "about")


def violations(app: AppPage, axe: str) -> list[Any]:
    app.page.wait_for_timeout(400)
    app.page.evaluate(STILL)
    app.page.evaluate(axe)
    result = app.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        (each["id"], each["impact"], [node["html"] for node in each["nodes"]])
        for each in result["violations"]
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_nothing(
    browser: Any, axe: str, server: AppServer, photos: Path, look: str
) -> None:
    known = sorted((photos / "Lemon" / "Lemon 1").iterdir())
    new = sorted((photos / "Kiwi" / "Kiwi 1").iterdir())
    # Only a test may bring a script of its own past the page's policy.
    with opened(browser, server, **LOOKS[look], bypass_csp=True) as app:
        assert violations(app, axe) == []
        app.choose(known[:2])
        assert violations(app, axe) == []
        app.choose(new[:1])
        assert violations(app, axe) == []
        app.teach("Kiwi", new)
        for view in VIEWS:
            app.show(view)
            app.page.evaluate(
                "document.querySelectorAll('details').forEach(each => each.open = true)"
            )
            assert violations(app, axe) == [], view
        app.show("identify")
        app.page.locator("#open-camera").click()
        app.page.locator("dialog[open]").wait_for()
        assert violations(app, axe) == []


@pytest.mark.parametrize("width", [320, 390, 760, 1280])
def test_every_target_can_be_hit(browser: Any, server: AppServer, photos: Path, width: int) -> None:
    small = """() => [...document.querySelectorAll(
        'button, a:not(.skip), label.button, input:not(.visually-hidden), summary')]
      .map(each => [each, each.getBoundingClientRect()])
      .filter(([each, box]) => box.width > 0 && (box.width < 44 || box.height < 44))
      .map(([each, box]) => `${each.outerHTML.slice(0, 80)} ${box.width} × ${box.height}`)"""
    with opened(browser, server, viewport={"width": width, "height": 740}) as app:
        app.choose(sorted((photos / "Kiwi" / "Kiwi 1").iterdir())[:2])
        for view in VIEWS:
            app.show(view)
            assert app.page.evaluate(small) == []
            assert app.page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_keyboard_reaches_and_leaves_everything(
    browser: Any, server: AppServer, photos: Path
) -> None:
    with opened(browser, server, **DESK) as app:
        focused = "document.activeElement.id || document.activeElement.textContent.trim()"
        order = []
        for _ in range(8):
            app.page.keyboard.press("Tab")
            order.append(app.page.evaluate(focused))
        assert order == ["Skip to the content", "Identify", "History", "Teach", "About", "Français",
                         "open-camera", "files"]  # fmt: skip
        app.page.keyboard.press("Shift+Tab")
        app.page.keyboard.press("Enter")
        app.page.locator("dialog[open]").wait_for()
        assert app.page.evaluate(focused) == "camera-shutter"
        app.page.keyboard.press("Escape")
        app.page.locator("dialog[open]").wait_for(state="hidden")
        assert app.page.evaluate(focused) == "open-camera"
        app.choose(sorted((photos / "Lemon" / "Lemon 1").iterdir())[:1])
        assert app.page.locator("#status").text_content().startswith("Lemon 1, ")


def test_nothing_moves_for_those_who_ask(browser: Any, server: AppServer, photos: Path) -> None:
    with opened(browser, server, reduced_motion="reduce") as app:
        app.choose(sorted((photos / "Lemon" / "Lemon 1").iterdir())[:1])
        assert app.page.evaluate("document.getAnimations().length") == 0
