"""Measures what a browser makes of photos beside our pixels: a table of docs/numerics.md.

usage: compare_browser.py NETWORK.onnx FOLDER [N [large]]
           in a venv of requirements/build.txt, with chromium on PATH

NETWORK, FOLDER, N and `large` as in compare_pixels.py. A headless Chromium decodes the photos
without conversion of colours, and resizes them by itself. Prints its version; how many decoded
photos have other bytes than ours; for each quality of its resize, the cosine of the features to
ours, mean and lowest.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from pixel_reference import SIDE, Array, Network, cosine, decode, enlarged, evenly_chosen, ours

QUALITIES = ("high", "medium", "low")
TIMEOUT = 300  # seconds
# Asks for each photo, and sends the pixels that it makes of it.
PAGE = """<script type="module">
const side = 224;
async function send(name, bitmap) {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  await fetch(name, { method: "POST", body: data });
}
for (let number = 0; ; ++number) {
  const answer = await fetch(`${number}`);
  if (!answer.ok) break;
  const blob = await answer.blob();
  const options = { colorSpaceConversion: "none" };
  await send(`${number}/decoded`, await createImageBitmap(blob, options));
  for (const resizeQuality of ["high", "medium", "low"]) {
    const small = { ...options, resizeWidth: side, resizeHeight: side, resizeQuality };
    await send(`${number}/${resizeQuality}`, await createImageBitmap(blob, small));
  }
}
await fetch("done", { method: "POST" });
</script>"""


class Server(ThreadingHTTPServer):
    """Gives the page and the photos, and keeps what the page sends."""

    def __init__(self, photos: list[Path]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = {f"/{number}": path.read_bytes() for number, path in enumerate(photos)}
        self.files["/"] = PAGE.encode()
        self.sent: dict[str, bytes] = {}
        self.done = threading.Event()


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        body = self.server.files.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html" if self.path == "/" else "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self.server.sent[self.path] = self.rfile.read(length)
        self.send_response(204)
        self.end_headers()
        if self.path == "/done":
            self.server.done.set()

    def log_message(self, format: str, *arguments: object) -> None:
        pass


def in_browser(photos: list[Path]) -> dict[str, bytes]:
    """RGBA by "/NUMBER/decoded", and by "/NUMBER/QUALITY" resized."""
    server = Server(photos)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        address = f"http://127.0.0.1:{server.server_port}/"
        options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        browser = subprocess.Popen(["chromium", *options, address], stderr=subprocess.DEVNULL)
        try:
            if not server.done.wait(TIMEOUT):
                raise SystemExit(f"the browser was not done in {TIMEOUT} s")
        finally:
            browser.terminate()
            browser.wait(timeout=TIMEOUT)
            server.shutdown()
    return server.sent


def rgb(data: bytes, height: int, width: int) -> Array:
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)[..., :3]


def main() -> None:
    file, source, *more = sys.argv[1:]
    photos = evenly_chosen(Path(source), int(more[0]) if more else 20)
    print(subprocess.check_output(["chromium", "--version"], encoding="utf-8").strip())
    network, other, cosines = Network(file), 0, dict[str, list[float]]()
    with tempfile.TemporaryDirectory() as scratch:
        if more[1:] == ["large"]:
            photos = enlarged(photos, scratch)
        sent = in_browser(photos)
        for number, photo in enumerate(photos):
            decoded = decode(photo)
            other += not np.array_equal(
                rgb(sent[f"/{number}/decoded"], *decoded.shape[:2]), decoded
            )
            features = network.features(ours(photo))
            for quality in QUALITIES:
                small = rgb(sent[f"/{number}/{quality}"], SIDE, SIDE)
                cosines.setdefault(quality, []).append(cosine(network.features(small), features))
    print(f"{other} of {len(photos)} photos have other bytes once decoded")
    for quality, values in cosines.items():
        print(f"resizeQuality {quality:8} {np.mean(values):.4f} mean {min(values):.4f} lowest")


if __name__ == "__main__":
    main()
