"""Opens an app in a browser, as a user would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from browser_page import BrowserPage

from .app_server import AppServer

START = 180_000  # ms until the engine answers, on a busy machine
ANSWER = 60_000
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
DESK = {"viewport": {"width": 1280, "height": 800}}


class AppPage(BrowserPage):
    """The app, as its user sees it."""

    def __init__(self, page: Any, server: AppServer) -> None:
        super().__init__(page)
        self.server = server
        page.set_default_timeout(ANSWER)

    def elsewhere(self) -> list[str]:
        """Requests to any address but the app's own."""
        own = (self.server.address, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]

    def wait_for(self, name: str, state: str) -> None:
        """Until <html data-NAME="STATE">. Not by wait_for_function, which the policy forbids."""
        self.page.locator(f"html[data-{name}={state}]").wait_for(state="attached", timeout=START)

    def show(self, view: str) -> None:
        """Goes to one of the four pages."""
        self.page.locator(f".tabs a[href='#{view}']").click()
        self.page.locator(f"#view-{view}").wait_for()

    def choose(self, photos: Sequence[Path]) -> None:
        """Answers these photos, and waits until it is done."""
        batches = int(self.page.locator("html").get_attribute("data-batches") or 0)
        self.page.set_input_files("#files", [str(photo) for photo in photos])
        self.page.locator(f"html[data-batches='{batches + 1}']").wait_for(
            state="attached", timeout=START + 5000 * len(photos)
        )

    def answer(self) -> str:
        """The label of the card, or what it says of an unknown fruit."""
        return str(self.page.locator("#answer-label").inner_text())

    def answers(self) -> list[str]:
        """The labels of a batch, in the order of its photos."""
        return list(self.page.locator("#batch li strong").all_inner_texts())

    def add_photos(self, photos: Sequence[Path]) -> None:
        """Adds photos to those that teach."""
        self.page.set_input_files("#teach-files", [str(photo) for photo in photos])
        self.page.locator("#teach-photos .thumbnail").nth(len(photos) - 1).wait_for()

    def teach(self, label: str, photos: Sequence[Path]) -> None:
        """Teaches a label, and waits until it is listed and stored."""
        self.show("teach")
        self.page.locator("#teach-name").fill(label)
        self.add_photos(photos)
        self.page.locator("#teach-button").click()
        self.page.locator("#teach-labels strong", has_text=label).wait_for()
        self.page.locator("#teach-button:enabled").wait_for()

    def history(self, answers: int) -> None:
        """Goes to the history, which must have so many answers; it is read a moment after."""
        self.show("history")
        listed = self.page.locator("#history-list li")
        listed.nth(answers - 1).wait_for()
        assert listed.count() == answers

    def notice(self) -> str:
        """The message at the foot of the window."""
        return str(self.page.locator("#notice .notice p").inner_text())


@contextmanager
def opened(browser: Any, server: AppServer, **context: Any) -> Iterator[AppPage]:
    """Opens the app on a new device and waits until it can answer."""
    device = browser.new_context(**{**PHONE, "locale": "en-GB", **context})
    try:
        app = AppPage(device.new_page(), server)
        app.page.goto(server.address)
        app.wait_for("engine", "ready")
        yield app
    finally:
        device.close()
