"""Opens a report in a browser, and keeps what it asks for and says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

# All is there, and the map has a size: it gets it with the first frame that is drawn.
READY = """document.documentElement.dataset.ready === 'true'
           && (shownMap === null || shownMap.ratio > 0)"""


class Opened:
    """A page, with all that it has asked for and said."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.messages.append("dialog")
        dialog.dismiss()

    def data(self) -> dict[str, Any]:
        """What the page shows."""
        return dict(json.loads(self.page.locator("#data").text_content()))

    def requested(self) -> list[str]:
        """All but the file itself and what stands in it."""
        return [url for url in self.requests[1:] if not url.startswith("data:")]

    def place_of(self, point: int) -> tuple[float, float]:
        """Where a point of the map is in the window."""
        x, y = self.page.evaluate(
            """point => {
              const frame = document.querySelector('.overlay').getBoundingClientRect();
              const [width, height] = [frame.width - 28, frame.height - 28];
              const at = axis => points.component(axis)[point] / 65535;
              return [frame.x + 14 + at(0) * width, frame.y + 14 + (1 - at(1)) * height];
            }""",
            point,
        )
        return float(x), float(y)


def wait_until_ready(page: Any) -> None:
    """Not by wait_for_function, whose text the page's policy does not let run."""
    wait_until(page, lambda: page.evaluate(READY))


def wait_until(page: Any, condition: Callable[[], object]) -> None:
    for _ in range(1200):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError("not so in a minute")


@contextmanager
def opened(browser: Any, file: Path, **context: Any) -> Iterator[Opened]:
    """Opens a page as a file."""
    browser_context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
    try:
        page = Opened(browser_context.new_page())
        page.page.goto(file.resolve().as_uri())
        wait_until_ready(page.page)
        yield page
    finally:
        browser_context.close()
