"""Errors of the program and of the package have the same exit codes and messages."""

from __future__ import annotations

import shutil
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

import verger
from verger._long_call import LongCall
from verger.errors import VergerError
from verger.runs import evaluate, training
from verger.runs.interop_test import VERGER, extracted, options, photos, pytestmark
from verger.runs.output import Output
from verger.runs.storage import open_place

__all__ = ["extracted", "options", "photos", "pytestmark"]


@pytest.fixture
def out(extracted: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(extracted, tmp_path / "out"))


@pytest.fixture
def trained(out: Path) -> Path:
    verger.train(out)
    return out


def assert_same(call: Callable[[], object], *arguments: str | Path) -> None:
    """Check that the call raises what the program with these arguments prints on stderr."""
    run = subprocess.run([VERGER, *arguments], capture_output=True, text=True, check=False)
    with pytest.raises(VergerError) as raised:
        call()
    assert f"verger: {raised.value}\n" == run.stderr
    assert raised.value.exit == run.returncode


def test_no_output(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    photo.touch()
    assert_same(lambda: verger.similar(tmp_path, rows="a"), "similar", tmp_path, "--row", "a")
    assert_same(lambda: verger.evaluate(tmp_path), "evaluate", tmp_path)
    assert_same(lambda: verger.report(tmp_path), "report", tmp_path)
    assert_same(lambda: verger.classify(tmp_path, photo), "classify", tmp_path, photo)


def test_similar(out: Path, options: list[str], tmp_path: Path) -> None:
    missing, broken = tmp_path / "none.jpg", tmp_path / "broken.jpg"
    broken.write_bytes(b"no photo")
    model = options[1]
    assert_same(lambda: verger.similar(out), "similar", out)
    for photo in (missing, broken):
        call = partial(verger.similar, out, photo, model=model)
        assert_same(call, "similar", out, photo, "--model", model)
    assert_same(lambda: verger.similar(out, rows="none"), "similar", out, "--row", "none")


def test_classify(out: Path, photos: Path, options: list[str], tmp_path: Path) -> None:
    assert_same(lambda: verger.classify(out, photos), "classify", out, photos)
    verger.train(out)
    missing, model = tmp_path / "none.jpg", options[1]
    call = partial(verger.classify, out, missing, model=model)
    assert_same(call, "classify", out, missing, "--model", model)


def test_a_report_of_an_output_in_use(out: Path) -> None:
    with Output.open_for_writing(open_place(out)):
        assert_same(lambda: verger.report(out), "report", out)


def test_classify_reads_a_later_version(
    trained: Path, photos: Path, options: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that commits between two reads of the output removes the PCA of the version before."""
    verger.train(trained, features="pca_features")
    whole = Output.read
    commits: list[Any] = []

    def read(output: Any, entry: Any) -> bytes:
        if not commits:
            commits.append(entry)
            arguments: list[str | Path] = ["reduce", trained, "--components", "2"]
            subprocess.run([VERGER, *arguments], check=True, capture_output=True)
        return whole(output, entry)

    monkeypatch.setattr(Output, "read", read)
    with pytest.raises(verger.BadInput, match="by its PCA of now: run verger train again"):
        verger.classify(trained, photos, model=options[1])
    assert "pca" in commits[0].name


class InterruptedCall(LongCall):
    """A call during which the user presses Ctrl-C, once: a second signal could arrive after the
    test, and end pytest.
    """

    _pressed = False

    def _report(self, _: int | None, done: int, total: int) -> int:
        if not self._pressed:
            self._pressed = True
            signal.raise_signal(signal.SIGINT)
        return super()._report(_, done, total)


@pytest.mark.usefixtures("python_handler")
def test_ctrl_c_ends_long_calls(out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate, "LongCall", InterruptedCall)
    with pytest.raises(KeyboardInterrupt):
        verger.evaluate(out, threads=1)
    monkeypatch.setattr(training, "LongCall", InterruptedCall)
    with pytest.raises(KeyboardInterrupt):
        verger.train(out)
    assert not (out / "Model" / "classifier.safetensors").exists()
