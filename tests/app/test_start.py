"""How the app starts where something is missing: it says what, and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from .app_page import AppPage
from .app_server import AppServer

pytestmark = pytest.mark.app


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("app.json", "the server answered 404 for app.json."),
        ("network.bin", "the server answered 404 for network.bin."),
    ],
)
def test_a_missing_file_is_named(
    browser: Any, server: AppServer, app_folder: Path, tmp_path: Path, missing: str, message: str
) -> None:
    folder = tmp_path / "app"
    shutil.copytree(app_folder, folder)
    (folder / missing).unlink()
    server.folder = folder
    device = browser.new_context(locale="en-GB")
    try:
        app = AppPage(device.new_page(), server)
        app.page.goto(server.address)
        app.page.locator("#loading-text", has_text=message).wait_for()
        server.folder = app_folder
        app.page.get_by_role("button", name="Try again").click()
        app.wait_for("engine", "ready")
    finally:
        device.close()


def test_a_photo_chosen_before_the_engine_is_answered_after_it(
    browser: Any, server: AppServer, photos: Path
) -> None:
    photo = sorted((photos / "Lemon" / "Lemon 1").iterdir())[0]
    device = browser.new_context(locale="en-GB")
    try:
        app = AppPage(device.new_page(), server)
        app.page.goto(server.address)
        app.choose([photo])
        assert app.answer() == "Lemon 1"
        assert app.page.locator("#loading").is_hidden()
    finally:
        device.close()
