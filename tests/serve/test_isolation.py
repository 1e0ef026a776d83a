"""verger serve --isolate: a photo that kills or hangs its decoder is one error, no more."""

from __future__ import annotations

from pathlib import Path

import pytest
from hostile_decoder import CRASH, HANG, layers, preload, webp
from running import Start


def test_a_photo_that_kills_its_decoder_is_one_error(
    start: Start, trained: Path, photo: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = start(trained)
    expected = plain.classify(photo).body
    plain.stop()
    for name, value in preload(tmp_path).items():
        monkeypatch.setenv(name, value)
    server = start(trained, "--isolate", "--max-seconds", "4")
    assert server.process.stdout is not None
    line = server.process.stdout.readline().decode()
    assert line == f"Isolation of decoders: {', '.join(layers())}\n"
    for width, status, reason in ((CRASH, 422, "signal 11"), (HANG, 413, "--max-seconds 4")):
        webp(tmp_path / "photo.webp", width)
        answer = server.classify((tmp_path / "photo.webp").read_bytes())
        assert answer.status == status
        assert reason in answer.problem()
        assert server.classify(photo).body == expected
    assert server.process.poll() is None
    server.stop()
