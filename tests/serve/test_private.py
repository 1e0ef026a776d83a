"""What a photo tells beside its pixels appears nowhere: answers, log, files, core dumps."""

from __future__ import annotations

import io
import re
import resource
import signal
from pathlib import Path

import pytest
from PIL import Image
from running import Start

OWNER = "Marguerite Ravoux"
MARKS = (OWNER.encode(), b"48.8583", b"GPSLatitude", b"secret-orchard")


@pytest.fixture
def located(photos: list[Path]) -> bytes:
    """A photo whose EXIF names a person and a place."""
    image = Image.open(photos[0])
    exif = Image.Exif()
    exif[0x013B] = OWNER  # Artist
    exif[0x9286] = "GPSLatitude 48.8583 secret-orchard"  # UserComment
    exif[0x8825] = {1: "N", 2: (48.0, 51.0, 29.99), 3: "E", 4: (2.0, 17.0, 40.2)}
    file = io.BytesIO()
    image.save(file, "JPEG", quality=95, exif=exif, comment=b"secret-orchard")
    content = file.getvalue()
    assert OWNER.encode() in content
    assert b"secret-orchard" in content
    return content


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_nothing_of_it_is_kept(
    start: Start, out: Path, located: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setenv("TMPDIR", str(scratch))
    before = {path: path.read_bytes() for path in files_below(out)}
    server = start(out)
    answers = [
        server.request("POST", f"/v1/{name}?secret-orchard=1", located)
        for name in ("classify", "similar", "features")
    ]
    answers += [
        server.request("POST", f"/v1/{name}", located, {"X-Name": "secret-orchard"})
        for name in ("classify", "similar", "features")
    ]
    answers += [server.classify(located[: len(located) // 2]), server.classify(located[20:])]
    answers += [server.request("GET", "/secret-orchard.jpg"), server.request("GET", "/metrics")]
    assert [answer.status for answer in answers[:6]] == [400, 400, 400, 200, 200, 200]
    log = server.stop()
    texts = [answer.body + str(answer.headers).encode() for answer in answers] + [log.encode()]
    texts += [path.read_bytes() for path in files_below(scratch)]
    for mark in MARKS:
        assert not any(mark in text for text in texts), mark
    assert {path: path.read_bytes() for path in files_below(out)} == before
    assert files_below(scratch) == []


def test_the_log_has_route_status_time_and_bytes_only(
    start: Start, trained: Path, located: bytes
) -> None:
    server = start(trained)
    server.classify(located)
    server.request("GET", "/private/name?token=abc", headers={"User-Agent": OWNER})
    server.send(b"nonsense from 127.0.0.1\r\n\r\n")
    lines = server.stop().splitlines()
    assert len(lines) == 3
    for line in lines:
        assert re.fullmatch(r"route=(/v1/classify|other) status=\d{3} ms=\d+\.\d bytes=\d+", line)


def test_a_crash_leaves_no_core(
    start: Start, trained: Path, located: bytes, tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    try:
        server = start(trained)
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, (soft, hard))
    assert server.classify(located).status == 200
    limits = Path(f"/proc/{server.process.pid}/limits").read_text()
    assert re.search(r"Max core file size\s+0\s+0\s", limits)
    server.process.send_signal(signal.SIGSEGV)
    code = server.process.wait(30)
    assert code == -signal.SIGSEGV
    assert [path for path in files_below(tmp_path) if "core" in path.name] == []
