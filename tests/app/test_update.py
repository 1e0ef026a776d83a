"""Versions of an app: a page never gets files of two of them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from .app_page import START, AppPage, opened
from .app_server import BASE, AppServer

pytestmark = pytest.mark.app

CACHED = "async () => (await caches.keys()).map(name => name.split(' ').at(-1))"


def version_of(folder: Path) -> str:
    return str(json.loads((folder / "app.json").read_text())["version"])


def title(app: AppPage) -> str:
    return str(app.page.locator(".app-name").first.inner_text())


def test_a_new_version_waits_until_it_is_accepted(
    browser: Any, server: AppServer, app_folder: Path, newer_app: Path
) -> None:
    with opened(browser, server) as app:
        app.wait_for("offline", "ready")
        assert app.page.evaluate(CACHED) == [version_of(app_folder)]
        server.folder = newer_app
        app.page.reload()
        app.wait_for("engine", "ready")
        notice = app.page.locator("#notice", has_text="A new version of the app is ready.")
        notice.wait_for(timeout=START)
        assert title(app) == "Orchard"
        assert sorted(app.page.evaluate(CACHED)) == sorted(map(version_of, (app_folder, newer_app)))
        app.page.get_by_role("button", name="Use it now").click()
        app.page.locator(".app-name", has_text="Second orchard").wait_for()
        app.wait_for("engine", "ready")
        app.wait_for("offline", "ready")
        assert app.page.evaluate(CACHED) == [version_of(newer_app)]
        assert app.messages == []


def test_a_damaged_version_is_not_taken(
    browser: Any, server: AppServer, app_folder: Path, newer_app: Path, tmp_path: Path
) -> None:
    newer = tmp_path / "newer"
    shutil.copytree(newer_app, newer)
    # A file that differs: what the browser has already is not asked for again.
    with (newer / "manifest.webmanifest").open("a") as file:
        file.write(" ")
    with opened(browser, server) as app:
        app.wait_for("offline", "ready")
        server.folder = newer
        server.paths.clear()
        app.page.reload()
        app.wait_for("engine", "ready")
        damaged = version_of(newer)
        app.wait_until(lambda: BASE + "manifest.webmanifest" in server.paths)
        app.wait_until(lambda: damaged not in app.page.evaluate(CACHED))
        assert title(app) == "Orchard"
        assert app.page.evaluate(CACHED) == [version_of(app_folder)]
        assert app.page.locator("#notice .notice").count() == 0


def test_files_of_two_versions_do_not_start(
    browser: Any, server: AppServer, app_folder: Path, tmp_path: Path
) -> None:
    mixed = tmp_path / "mixed"
    shutil.copytree(app_folder, mixed)
    with (mixed / "classifier.bin").open("r+b") as file:
        file.seek(200)
        file.write(b"\0\1\2\3")
    server.folder = mixed
    device = browser.new_context(locale="en-GB")
    try:
        page = device.new_page()
        page.goto(server.address)
        page.get_by_text("classifier.bin is of another version than this page.").wait_for()
        page.get_by_role("button", name="Try again").wait_for()
    finally:
        device.close()


def test_two_apps_at_one_address_stay_apart(browser: Any, server: AppServer) -> None:
    with opened(browser, server) as app:
        app.wait_for("offline", "ready")
        names = app.page.evaluate(
            """async () => {
              const databases = await indexedDB.databases();
              return [await caches.keys(), databases.map(each => each.name)];
            }"""
        )
        assert [name.rsplit(" ", 1)[0] for name in names[0]] == ["verger /some/folder/"]
        assert names[1] == ["verger /some/folder/"]
