"""How long the app's page takes on a phone: a slow processor, a first and a second visit.

    .venv/bin/python bench/app_page/run.py [--quick]

Makes an app of a sample orchard and opens it in Debian's Chromium with a processor that is four
times as slow: all threads of the page stop for three quarters of the time (the browser's own
throttling slows the page's main thread only, not the worker that computes). Prints what a user
waits for, and the scores of Lighthouse if it is installed:

    npm --prefix .cache/lighthouse install -E lighthouse@12.2.3
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench"), str(ROOT / "tests")]

import machine
from app.app_page import PHONE, AppPage
from app.app_server import AppServer
from app_page.slow_browser import Slow
from figures import row, spread
from PIL import Image

LIGHTHOUSE = ROOT / ".cache" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
CATEGORIES = ("accessibility", "best-practices", "performance")
FIRST_ANSWER, NEXT_ANSWER = 1500.0, 400.0  # ms, at most
SLOWER = 4


def make_app(folder: Path) -> Path:
    """An app of a sample orchard, made by the program."""
    verger = machine.BUILD / "verger"
    draw = [sys.executable, str(ROOT / "tools" / "draw_orchard.py"), str(folder / "orchard")]
    subprocess.run([*draw, "--photos", "12"], check=True)
    commands: tuple[list[str | Path], ...] = (
        ["run", folder / "orchard", folder / "out", "--no-report"],
        ["train", folder / "out"],
        ["app", folder / "out", folder / "app"],
    )
    for command in commands:
        subprocess.run([verger, *command], check=True, stdout=subprocess.DEVNULL)
    return folder / "app"


def of_a_phone(photo: Path, file: Path) -> Path:
    """The photo with the pixels of a phone's: 12 megapixels."""
    large = Image.open(photo).resize((4000, 3000), Image.Resampling.BICUBIC)
    large.save(file, "JPEG", quality=92)
    return file


def milliseconds(app: AppPage, photo: Path) -> float:
    """From the choice of a photo to its answer, by the clock of the page."""
    app.page.evaluate(
        """() => {
          const stage = document.getElementById('stage');
          window.waited = new Promise(resolve => {
            let start;
            new MutationObserver(() => {
              if (stage.ariaBusy === 'true') start ??= performance.now();
              else if (start) requestAnimationFrame(() => resolve(performance.now() - start));
            }).observe(stage, {attributeFilter: ['aria-busy']});
          });
        }"""
    )
    app.page.set_input_files("#files", str(photo))
    return float(app.page.evaluate("window.waited"))


def visit(
    browser: Any, server: AppServer, photos: list[Path], large: Path, slower: int
) -> dict[str, Any]:
    """A first visit and a second one on a new device."""
    device = browser.new_context(**PHONE)
    figures: dict[str, Any] = {}
    try:
        app = AppPage(device.new_page(), server)
        with Slow(browser, slower):
            app.page.goto(server.address)
            app.wait_for("engine", "ready")
            figures["first_visit_ms"] = since_start(app)
            answers = [milliseconds(app, photo) for photo in photos]
            figures["first_answer_ms"], figures["next_answers_ms"] = answers[0], answers[1:]
            figures["large_answer_ms"] = milliseconds(app, large)
        app.wait_for("offline", "ready")
        with Slow(browser, slower):
            app.page.reload()
            app.wait_for("engine", "ready")
            figures["second_visit_ms"] = since_start(app)
        figures["seen_ms"] = app.page.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0].startTime"
        )
    finally:
        device.close()
    return figures


def since_start(app: AppPage) -> float:
    """Milliseconds since the page was asked for."""
    return float(app.page.evaluate("performance.now()"))


def lighthouse(program: str, address: str) -> dict[str, float]:
    """Scores from 0 to 100; nothing where Lighthouse is not installed."""
    if not LIGHTHOUSE.is_file():
        print("no Lighthouse: npm --prefix .cache/lighthouse install -E lighthouse@12.2.3")
        return {}
    flags = "--headless=new" + (" --no-sandbox" if os.geteuid() == 0 else "")
    command = ["node", str(LIGHTHOUSE), address, "--output=json", "--quiet",
               f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={flags}"]  # fmt: skip
    try:
        done = subprocess.run(command, capture_output=True, check=True, timeout=300,
                              env={**os.environ, "CHROME_PATH": program})  # fmt: skip
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        print(f"no scores of Lighthouse: {error}")  # the times above are still good
        return {}
    report = json.loads(done.stdout)
    for audit in report["audits"].values():
        if audit["score"] == 0:
            print(f"  lighthouse: {audit['id']}: {audit['title']}")
    return {name: 100 * report["categories"][name]["score"] for name in CATEGORIES}


def main() -> None:
    parser = argparse.ArgumentParser(description="Times the app's page on a slow processor.")
    parser.add_argument("--quick", action="store_true", help="one round")
    parser.add_argument("--app", type=Path, help="the folder of an app, instead of a new one")
    options = parser.parse_args()
    from playwright.sync_api import sync_playwright

    program = os.environ.get("VERGER_CHROMIUM") or shutil.which("chromium") or ""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as driver:
        draw = [sys.executable, str(ROOT / "tools" / "draw_orchard.py"), f"{scratch}/photos"]
        subprocess.run([*draw, "--photos", "1", "--seed", "8"], check=True)
        photos = sorted(Path(scratch, "photos").glob("*/*/*.jpg"))
        large = of_a_phone(photos[0], Path(scratch, "large.jpg"))
        server = AppServer(options.app or make_app(Path(scratch)))
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        rounds = [
            visit(browser, server, photos, large, SLOWER) for _ in range(1 if options.quick else 5)
        ]
        full_speed = visit(browser, server, photos, large, 1)
        browser.close()
        scores = lighthouse(program, server.address)
        server.stop()
    first = [each["first_answer_ms"] for each in rounds]
    later = [statistics.median(each["next_answers_ms"]) for each in rounds]
    of_phones = [each["large_answer_ms"] for each in rounds]
    again = [each["second_visit_ms"] for each in rounds]
    rows = [
        row("first answer on a slow processor", spread(first), "ms", at_most=FIRST_ANSWER),
        row("later answers, the same", spread(later), "ms", at_most=NEXT_ANSWER),
        row("a photo of 12 megapixels, the same", spread(of_phones), "ms"),
        row("second visit until ready, the same", spread(again), "ms"),
        *(row(f"Lighthouse, {name}", score, "count", at_least=95) for name, score in scores.items()
          if name != "performance"),
    ]  # fmt: skip
    figures = {"slower": SLOWER, "rounds": rounds, "full_speed": full_speed, "lighthouse": scores}
    machine.save(
        "app_page", figures, title="The app's page on a phone", rows=rows, quick=options.quick
    )


if __name__ == "__main__":
    main()
