"""/openapi.json is true: schemathesis sends what it allows and what it forbids."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from running import Start

CHECKS = [
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "unsupported_method",
]


@pytest.mark.parametrize("with_classifier", [True, False])
def test_schemathesis(
    start: Start, trained: Path, out: Path, tmp_path: Path, with_classifier: bool
) -> None:
    pytest.importorskip("schemathesis", reason="run make setup-serve")
    if not with_classifier:
        (out / "Model" / "classifier.safetensors").unlink()
    checks = [*CHECKS, "not_a_server_error"] if with_classifier else CHECKS  # else 503
    server = start(out)
    done = subprocess.run(
        [
            Path(sys.executable).parent / "schemathesis", "run", f"{server.url}/openapi.json",
            "--checks", ",".join(checks), "--max-examples", "40", "--seed", "1", "--no-color",
        ],
        capture_output=True, text=True, cwd=tmp_path, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert server.process.poll() is None
    server.stop()
