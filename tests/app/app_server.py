"""Serves an app as a plain web server does, and records what is asked for."""

from __future__ import annotations

import mimetypes
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

BASE = "/some/folder/"  # an app works anywhere, not only at the root
TYPES = {".js": "text/javascript", ".wasm": "application/wasm", ".webp": "image/webp"}
TYPES |= {".webmanifest": "application/manifest+json", ".bin": "application/octet-stream"}
# As strict as `verger serve`: a worker obeys them alone, for it does not read the page's <meta>.
POLICIES = {
    "Content-Security-Policy": "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "
    "object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
}


class AppServer:
    """A folder at http://127.0.0.1:PORT/some/folder/; `folder` may be set to another one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.paths: list[str] = []
        self._server: ThreadingHTTPServer | None = None
        self._port = 0
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}{BASE}"

    def start(self) -> None:
        """Serves, at the same port as before."""
        app = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                app._answer(self)

            def log_message(self, format: str, *arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """From now on nobody answers."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.partition("?")[0]
        self.paths.append(path)
        name = path.removeprefix(BASE) or "index.html"
        file = self.folder / name
        exists = path.startswith(BASE) and ".." not in name and file.is_file()
        body = file.read_bytes() if exists else b"not here"
        kind = TYPES.get(file.suffix) or mimetypes.guess_type(name)[0] or "text/plain"
        request.send_response(200 if exists else 404)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(body)))
        for policy in POLICIES.items():
            request.send_header(*policy)
        request.end_headers()
        request.wfile.write(body)
