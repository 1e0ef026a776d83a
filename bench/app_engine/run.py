"""How fast is the phone app's engine beside ONNX Runtime Web in the same browser?

Opens a page in headless Chromium that has both engines and one network in float32, compares their
features, then times them in turn, on one thread. ONNX Runtime gets its tensor ready; ours
starts from pixels. `make setup-browser` installs the browser; ONNX Runtime Web comes by npm.

    python bench/app_engine/run.py [--side 224] [--rounds 9] [--photos 20]
"""

from __future__ import annotations

import argparse
import functools
import http.server
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from figures import ratios, row, spread
from machine import BUILD, ROOT, save

ORT = "1.30.0"
ORT_FILES = ("ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm")
MODEL = "efficientnet-lite0"
ALLOWED = 1e-5  # of the largest feature


def onnxruntime_web() -> Path:
    """The folder of its modules, installed into .cache."""
    folder = ROOT / ".cache" / "app-engine"
    dist = folder / "node_modules" / "onnxruntime-web" / "dist"
    if not all((dist / name).is_file() for name in ORT_FILES):
        folder.mkdir(parents=True, exist_ok=True)
        package = f"onnxruntime-web@{ORT}"
        command = ["npm", "install", "--prefix", str(folder), "--ignore-scripts", "--save-exact"]
        subprocess.run([*command, package], check=True, stdout=subprocess.DEVNULL)
    return dist


def collect(folder: Path, side: int) -> None:
    """Puts all that the page loads into `folder`."""
    here = Path(__file__).resolve().parent
    for name in ("page.html", "page.js"):
        shutil.copy(here / name, folder)
    shutil.copytree(ROOT / "app" / "engine", folder / "engine")
    for name in ("engine.wasm", "engine-relaxed.wasm"):
        shutil.copy(BUILD / "app" / name, folder)
    dist = onnxruntime_web()
    (folder / "ort").mkdir()
    for name in ORT_FILES:
        shutil.copy(dist / name, folder / "ort")
    sys.path[:0] = [str(ROOT / "python"), str(ROOT / "tests" / "app"), str(ROOT / "tools")]
    import make_efficientnet_lite as lite
    from network_file import network_file  # type: ignore[import-not-found]
    from torch_pickle import read_tensors

    (folder / "network.bin").write_bytes(network_file(MODEL, "fp32", side))
    network = lite.NETWORKS[MODEL]._replace(side=side)
    lite.NETWORKS[MODEL] = network
    weights = read_tensors(lite.find_weights(MODEL))
    onnx = lite.build(MODEL, weights).SerializeToString(deterministic=True)
    (folder / "network.onnx").write_bytes(onnx)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files, without a line for each."""

    extensions_map = {
        **http.server.SimpleHTTPRequestHandler.extensions_map,
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of `folder` on this machine."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/page.html"
        server.shutdown()


@contextmanager
def page_of(address: str) -> Iterator[Any]:
    """The page in Chromium."""
    from playwright.sync_api import sync_playwright

    program = os.environ.get("VERGER_CHROMIUM") or shutil.which("chromium")
    if program is None:
        raise SystemExit("no chromium: run make setup-browser, or set VERGER_CHROMIUM")
    with sync_playwright() as driver:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = driver.chromium.launch(executable_path=program, args=arguments)
        page = browser.new_page()
        page.on("pageerror", lambda error: print(f"page: {error}", file=sys.stderr))
        page.goto(address)
        page.wait_for_selector("html[data-ready=true]", state="attached")
        yield page
        browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--side", type=int, default=224, help="pixels of the network's input")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--photos", type=int, default=20, help="by each engine in a round")
    parser.add_argument("--quick", action="store_true", help="3 rounds of 5 photos")
    options = parser.parse_args()
    rounds, photos = (3, 5) if options.quick else (options.rounds, options.photos)
    times: dict[str, list[float]] = {"ours": [], "plain": [], "ort": []}
    with tempfile.TemporaryDirectory() as temporary:
        collect(Path(temporary), options.side)
        with served(Path(temporary)) as address, page_of(address) as page:
            loaded = page.evaluate("options => bench.load(options)", {"side": options.side})
            print(f"{loaded['module']}: largest differences {loaded['differences']}")
            for name, difference in loaded["differences"].items():
                if difference > ALLOWED:
                    raise SystemExit(f"features of {name} differ by {difference}: not timed")
            for name in times:
                page.evaluate("([name, photos]) => bench.time(name, photos)", [name, photos])
            for _ in range(rounds):
                for name, series in times.items():
                    script = "([name, photos]) => bench.time(name, photos)"
                    series.append(page.evaluate(script, [name, photos]))
                print("  ".join(f"{name} {series[-1]:.2f} ms" for name, series in times.items()))
    what = f"{MODEL} at {options.side}, fp32"
    save(
        "app_engine",
        {"milliseconds": times, "differences": loaded["differences"], "module": loaded["module"]},
        title="The phone app's engine beside ONNX Runtime Web, one thread of Chromium",
        rows=[
            row(
                f"{what}, beside ONNX Runtime Web", ratios(times["ort"], times["ours"]), at_least=2
            ),
            row("the same without relaxed SIMD", ratios(times["ort"], times["plain"])),
            row(f"a photo, {what}", spread(times["ours"]), "ms"),
            row("the same by ONNX Runtime Web", spread(times["ort"]), "ms"),
        ],
        versions={"onnxruntime-web": ORT},
        quick=options.quick,
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
