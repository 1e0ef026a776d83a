"""Opens a report in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser_page import BrowserPage

# All is there, and the map has a size: it gets it with the first frame that is drawn.
READY = """document.documentElement.dataset.ready === 'true'
           && (shownMap === null || shownMap.ratio > 0)"""


class ReportPage(BrowserPage):
    """A report."""

    def data(self) -> dict[str, Any]:
        """What the page shows."""
        return dict(json.loads(self.page.locator("#data").text_content()))

    def requested(self) -> list[str]:
        """All but the file itself and what stands in it."""
        return [url for url in self.requests[1:] if not url.startswith("data:")]

    def wait_until_ready(self) -> None:
        self.wait_until(lambda: self.page.evaluate(READY))

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


@contextmanager
def opened(browser: Any, file: Path, **context: Any) -> Iterator[ReportPage]:
    """Opens a page as a file."""
    browser_context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
    try:
        page = ReportPage(browser_context.new_page())
        page.page.goto(file.resolve().as_uri())
        page.wait_until_ready()
        yield page
    finally:
        browser_context.close()
