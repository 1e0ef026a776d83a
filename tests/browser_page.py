"""A page in a browser, which keeps what it asks for and says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class BrowserPage:
    """A page, with all that it has requested and reported; its dialogs are dismissed."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.messages: list[str] = []
        page.context.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.messages.append(message.text))
        page.on("pageerror", lambda error: self.messages.append(str(error)))
        page.on("dialog", self._dialog)

    def _dialog(self, dialog: Any) -> None:
        self.messages.append("dialog")
        dialog.dismiss()

    def wait_until(self, condition: Callable[[], object]) -> None:
        """Not by wait_for_function, whose text the page's policy does not let run."""
        for _ in range(1200):
            if condition():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("not so in a minute")
