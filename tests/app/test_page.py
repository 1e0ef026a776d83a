"""The app in Chromium: photos in, answers out, on the device alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from program import verger

from .app_page import DESK, AppPage, opened
from .app_server import AppServer
from .conftest import CAMERA_FRUIT, HOSTILE, NEW_FRUIT

pytestmark = pytest.mark.app


def labels_of(photos: list[Path]) -> list[str]:
    return [photo.parent.name for photo in photos]


def known(photos: Path) -> list[Path]:
    """60 photos of the labels that the app knows, of every label in turn."""
    every = sorted(photos.glob("*/*/*.jpg"), key=lambda photo: (photo.name, photo.parent.name))
    return [photo for photo in every if photo.parent.name != NEW_FRUIT][:60]


def program_answers(out: Path, photos: list[Path]) -> list[dict[str, Any]]:
    lines = verger("classify", out, *photos, "--format", "jsonl", timeout=300).stdout.splitlines()
    return [json.loads(line) for line in lines]


def test_sixty_photos_get_the_answers_of_the_program(
    browser: Any, server: AppServer, out: Path, photos: Path
) -> None:
    sixty = known(photos)
    expected = program_answers(out, sixty)
    with opened(browser, server) as app:
        app.choose(sixty)
        labels = app.answers()
        shares = app.page.locator("#batch .number").all_inner_texts()
        app.history(60)
        assert app.messages == []
        assert app.elsewhere() == []
    of_program = [answer["top"][0] for answer in expected]
    unknown = [answer["unknown"] for answer in expected]
    assert labels == [
        "Unknown fruit" if no else label for label, no in zip(of_program, unknown, strict=True)
    ]
    certain = [answer["top_probabilities"][0] for answer in expected if not answer["unknown"]]
    for share, probability in zip(shares, certain, strict=True):
        assert float(share.rstrip("%")) / 100 == pytest.approx(probability, abs=0.01)
    right = sum(a == b for a, b in zip(of_program, labels_of(sixty), strict=True))
    assert right >= 54, "the sample itself must be easy"


def test_the_card_has_label_bars_and_samples(browser: Any, server: AppServer, photos: Path) -> None:
    with opened(browser, server) as app:
        app.choose(sorted((photos / "Lemon" / "Lemon 1").iterdir())[:1])
        assert app.answer() == "Lemon 1"
        rows = app.page.locator("#answer .bars li")
        assert rows.count() == 3
        bars = [bar.bounding_box()["width"] for bar in rows.locator(".bar span").all()]
        assert bars == sorted(bars, reverse=True)
        samples = app.page.get_by_role("img", name="Photos of Lemon 1 to compare with")
        samples.locator("canvas").first.wait_for()
        # The fruit of the samples is yellow: they are drawn, and from the right tiles.
        red, green, blue = samples.locator("canvas").first.evaluate(
            """canvas => [...canvas.getContext('2d').getImageData(
                 canvas.width / 2, canvas.height / 2, 1, 1).data].slice(0, 3)"""
        )
        assert red > blue + 60
        assert green > blue + 40


def test_it_works_offline_and_keeps_what_it_learned(
    browser: Any, server: AppServer, photos: Path
) -> None:
    new = sorted(photos.glob(f"*/{NEW_FRUIT}/*.jpg"))
    with opened(browser, server) as app:
        app.choose(known(photos)[:2])
        before = app.answers()
        app.teach("Kiwi of mine", new)
        app.wait_for("offline", "ready")
        server.stop()
        app.page.reload()
        app.wait_for("engine", "ready")
        app.choose(known(photos)[:2])
        assert app.answers() == before
        app.choose(new[:1])
        assert app.answer() == "Kiwi of mine"
        app.history(5)
        app.show("about")
        assert "without a network" in app.page.locator("#about-offline").inner_text()
        # What the browser itself says of the missing server is no error of the page.
        ours = [message for message in app.messages if "net::ERR_CONNECTION_" not in message]
        assert ours == []


def test_a_fruit_that_it_does_not_know(browser: Any, server: AppServer, photos: Path) -> None:
    new = sorted(photos.glob(f"*/{NEW_FRUIT}/*.jpg"))
    with opened(browser, server) as app:
        app.choose(new[:1])
        assert app.answer() == "I don’t know this fruit"
        assert app.page.locator("#answer .set").count() == 0
        app.page.get_by_role("button", name="Teach me this fruit").click()
        app.page.locator("#view-teach").wait_for()
        assert app.page.locator("#teach-photos .thumbnail").count() == 1
        app.page.get_by_role("button", name="Teach", exact=True).click()
        assert app.page.locator("#teach-error").inner_text() == "Enter the name of the fruit first."
        app.page.locator("#teach-name").fill("Kiwi")
        app.page.get_by_role("button", name="Teach", exact=True).click()
        assert app.page.locator("#teach-error").inner_text() == "Add 4 more photos first."
        app.add_photos(new[1:5])


def test_taught_labels_move_to_another_device(
    browser: Any, server: AppServer, photos: Path, tmp_path: Path
) -> None:
    new = sorted(photos.glob(f"*/{NEW_FRUIT}/*.jpg"))
    file = tmp_path / "taught.bin"
    with opened(browser, server) as app:
        app.teach(HOSTILE + " kiwi", new)
        with app.page.expect_download() as download:
            app.page.get_by_role("button", name="Save to a file").click()
        download.value.save_as(file)
        app.page.get_by_role("button", name=f"Remove {HOSTILE} kiwi").click()
        app.page.locator("#teach-none").wait_for()
        app.show("identify")
        app.choose(new[:1])
        assert app.answer() == "I don’t know this fruit"
    assert 5 * 1280 < file.stat().st_size < 200_000
    with opened(browser, server) as app:
        app.show("teach")
        app.page.set_input_files("#teach-import", str(file))
        app.page.locator("#teach-labels strong").wait_for()
        assert app.page.locator("#teach-labels strong").inner_text() == HOSTILE + " kiwi"
        app.show("identify")
        app.choose(new[:1])
        assert app.answer() == HOSTILE + " kiwi"
        assert app.messages == []


def test_a_file_that_is_none_of_ours_changes_nothing(
    browser: Any, server: AppServer, tmp_path: Path
) -> None:
    file = tmp_path / "other.bin"
    with opened(browser, server) as app:
        app.show("teach")
        for content in (b"", b"{}", bytes(range(256)) * 40):
            file.write_bytes(content)
            app.page.set_input_files("#teach-import", str(file))
            app.page.locator("#notice", has_text="The file could not be loaded").wait_for()
            app.page.get_by_role("button", name="Close").click()
            assert app.page.locator("#teach-labels li").count() == 0
        assert app.messages == []


def test_the_camera_sees_what_is_before_it(browser: Any, server: AppServer) -> None:
    with opened(browser, server) as app:
        app.page.get_by_role("button", name="Camera", exact=True).click()
        live = "document.querySelector('video').videoWidth"
        app.wait_until(lambda: app.page.evaluate(live) > 0)
        assert app.page.evaluate(live) == 640
        app.page.get_by_role("button", name="Take the photo").click()
        app.page.locator("#answer").wait_for()
        assert app.answer() == CAMERA_FRUIT
        assert app.page.locator("dialog").is_hidden()
        assert app.page.evaluate("document.querySelector('video').srcObject") is None
        app.show("teach")
        app.page.locator("#teach-name").fill("Film")
        app.page.get_by_role("button", name="Camera", exact=True).click()
        for shot in range(5):
            app.page.locator("#camera-count", has_text=f"{shot} of 5").wait_for()
            app.page.get_by_role("button", name="Take the photo").click()
        app.page.locator("#teach-photos .thumbnail").nth(4).wait_for()
        assert app.messages == []


def test_without_https_the_system_takes_the_photo(
    browser: Any, server: AppServer, photos: Path
) -> None:
    photo = sorted((photos / "Orange" / "Orange 1").iterdir())[0]
    with opened(browser, server) as app:
        # As browsers leave it to a page without https.
        app.page.evaluate("delete Navigator.prototype.mediaDevices")
        with app.page.expect_file_chooser() as chooser:
            app.page.get_by_role("button", name="Camera", exact=True).click()
        assert app.page.locator("#camera-file").get_attribute("capture") == "environment"
        chooser.value.set_files(str(photo))
        app.page.locator("#answer").wait_for()
        assert app.answer() == "Orange 1"


def test_pasting_and_dropping(browser: Any, server: AppServer, photos: Path) -> None:
    photo = sorted((photos / "Orange" / "Orange 1").iterdir())[0]
    send = """([bytes, kind]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([new Uint8Array(bytes)], 'p.jpg', {type: 'image/jpeg'}));
      window.dispatchEvent(kind === 'drop'
        ? new DragEvent('drop', {dataTransfer: transfer, cancelable: true})
        : new ClipboardEvent('paste', {clipboardData: transfer}));
    }"""
    with opened(browser, server, **DESK) as app:
        for times, kind in enumerate(("drop", "paste"), 1):
            app.page.evaluate(send, [list(photo.read_bytes()), kind])
            app.page.locator("#answer").wait_for()
            app.show("history")
            app.page.locator("#history-list li").nth(times - 1).wait_for()
            app.show("identify")
            assert app.answer() == "Orange 1"


def test_one_tap_clears_the_history(browser: Any, server: AppServer, photos: Path) -> None:
    with opened(browser, server) as app:
        app.choose(known(photos)[:3])
        app.history(3)
        app.page.get_by_role("button", name="Clear history").click()
        app.page.get_by_text("No answers yet.").wait_for()
        app.page.reload()
        app.show("history")
        app.page.get_by_text("No answers yet.").wait_for()
        assert app.page.locator("#history-list li").count() == 0


def test_names_are_text(browser: Any, server: AppServer, photos: Path) -> None:
    plums = sorted((photos / "Plum" / HOSTILE).iterdir())
    with opened(browser, server) as app:
        app.choose(plums)
        assert HOSTILE in app.answers()
        app.page.locator("#batch .row", has_text=HOSTILE).first.click()
        app.page.locator("#answer-label", has_text=HOSTILE).wait_for()
        assert app.answer() == HOSTILE
        app.show("about")
        app.page.locator("#about-labels").click()
        app.page.locator("#about-all li", has_text=HOSTILE).wait_for()
        app.show("history")
        app.page.locator("#history-list").get_by_text(HOSTILE, exact=True).first.wait_for()
        assert app.page.locator("img").count() == 0
        assert app.messages == []


def test_no_script_but_its_own_runs(browser: Any, server: AppServer, app_folder: Path) -> None:
    with opened(browser, server) as app:
        app.page.evaluate(
            """() => {
              const image = document.createElement('div');
              image.innerHTML = '<img src=x onerror="document.title = 1">';
              document.body.append(image);
              const script = document.createElement('script');
              script.textContent = 'document.title = 1';
              document.body.append(script);
            }"""
        )
        app.page.wait_for_timeout(300)
        assert app.page.title() != "1"
        assert any("Content Security Policy" in message for message in app.messages)


def test_the_language_is_that_of_the_browser_or_the_chosen_one(
    browser: Any, server: AppServer, photos: Path
) -> None:
    with opened(browser, server, locale="fr-FR") as app:
        assert app.page.locator("h1:visible").inner_text() == "Quel est ce fruit ?"
        app.choose(sorted((photos / "Lemon" / "Lemon 1").iterdir())[:1])
        app.page.get_by_text("Photos de Lemon 1 pour comparer").wait_for()
        app.page.get_by_role("button", name="English").click()
        app.page.get_by_text("Photos of Lemon 1 to compare with").wait_for()
        assert app.page.evaluate("document.documentElement.lang") == "en"
        app.page.reload()
        assert app.page.locator("h1:visible").inner_text() == "Which fruit is this?"
        assert app.messages == []


def test_both_languages_have_the_same_texts(browser: Any, server: AppServer) -> None:
    with opened(browser, server) as app:
        english, french = app.page.evaluate(
            """async () => {
              const codes = ['en', 'fr'];
              const texts = await Promise.all(codes.map(code => import(`./text/${code}.js`)));
              return texts.map(({default: all}) =>
                Object.entries(all).map(([key, value]) => [key, typeof value]));
            }"""
        )
        assert english == french


def test_the_first_sight_is_small(server: AppServer, browser: Any) -> None:
    """What is asked for before the engine: at most 0.3 MB, here without compression."""
    device = browser.new_context(locale="en-GB")
    try:
        app = AppPage(device.new_page(), server)
        app.page.goto(server.address)
        app.wait_for("engine", "ready")
        engine = next(at for at, url in enumerate(app.requests) if url.endswith("worker.js"))
        shell = {url.removeprefix(server.address) or "index.html" for url in app.requests[:engine]}
        assert {"index.html", "style.css", "main.js"} <= shell
        assert sum((server.folder / name).stat().st_size for name in shell) <= 300_000
    finally:
        device.close()
