"""The phone app's files: types, compression, policies, what a browser may keep."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from program import verger
from running import Start

INDEX = b"<!doctype html><title>Verger</title>"
ENGINE = b"\0asm" + bytes(4000)


def make_app(folder: Path) -> Path:
    """A folder as verger app lays it out, of a few files."""
    files = {"index.html": INDEX, "engine.wasm": ENGINE, "i18n/fr.json": b"{}"}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    (folder / "engine.wasm.br").write_bytes(b"compressed")
    (folder / "private.txt").write_bytes(b"not of the app")
    listed = [{"path": path, "bytes": len(content)} for path, content in files.items()]
    (folder / "app.json").write_text(json.dumps({"version": "1", "files": listed}))
    return folder


def test_files_are_served_beside_the_endpoints(
    start: Start, trained: Path, photo: bytes, tmp_path: Path
) -> None:
    app = make_app(tmp_path / "app")
    server = start(trained, "--app", str(app))
    page = server.request("GET", "/")
    assert (page.status, page.body) == (200, INDEX)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["cross-origin-opener-policy"] == "same-origin"
    assert page.headers["cross-origin-embedder-policy"] == "require-corp"
    assert "default-src 'self'" in page.headers["content-security-policy"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert server.request("GET", "/i18n/fr.json").body == b"{}"
    assert server.request("GET", "/app.json").status == 200
    assert server.request("GET", "/private.txt").status == 404
    assert server.request("GET", "/i18n/../private.txt").status == 404
    assert server.request("POST", "/", b"x").status == 405
    assert server.classify(photo).status == 200
    assert "route=file status=200" in server.stop()


def test_compression_and_caching(start: Start, trained: Path, tmp_path: Path) -> None:
    server = start(trained, "--app", str(make_app(tmp_path / "app")))
    plain = server.request("GET", "/engine.wasm")
    assert (plain.body, plain.headers["content-type"]) == (ENGINE, "application/wasm")
    small = server.request("GET", "/engine.wasm", headers={"Accept-Encoding": "gzip, br"})
    assert (small.body, small.headers["content-encoding"]) == (b"compressed", "br")
    assert small.headers["vary"] == "Accept-Encoding"
    assert plain.headers["cache-control"] == "no-cache"
    again = {"If-None-Match": plain.headers["etag"]}
    assert server.request("GET", "/engine.wasm", headers=again).status == 304
    version = hashlib.sha256(ENGINE).hexdigest()[:16]
    named = server.request("GET", f"/engine.wasm?v={version}")
    assert "immutable" in named.headers["cache-control"]
    assert server.request("GET", "/engine.wasm?v=other").headers["cache-control"] == "no-cache"


def test_what_is_no_app(trained: Path, tmp_path: Path) -> None:
    failure = verger("serve", trained, "--listen", "127.0.0.1:0", "--app", tmp_path, check=4)
    assert "verger app OUT DIR" in failure.stderr
    app = make_app(tmp_path / "app")
    (app / "app.json").write_text(json.dumps({"files": [{"path": "../secret"}]}))
    verger("serve", trained, "--listen", "127.0.0.1:0", "--app", app, check=4)
