"""Runs the notebooks of examples/ as Jupyter and Zeppelin do, and gathers what a reader sees."""

from __future__ import annotations

import base64
import json
import re
from dataclasses import dataclass
from pathlib import Path

from .venvs import ROOT, SETTINGS, SparkVenv

EXAMPLES = ROOT / "examples"
JOBS = Path(__file__).parent / "jobs"
TIMEOUT = 400  # seconds; a notebook of these tests takes 40 to 90


@dataclass(frozen=True)
class RunNotebook:
    """What a notebook has put out, in order."""

    text: str
    pictures: list[bytes]  # PNG


def run_jupyter(venv: SparkVenv, photos: Path, out: Path) -> RunNotebook:
    """AssertionError if a cell fails; its message has the cell and its output."""
    # The kernel leads a session of its own, but ends when it sees that who started it is gone.
    executed = out.parent / "executed.ipynb"
    settings = " ".join(f"--conf {key}={value}" for key, value in SETTINGS.items())
    env = {
        **_variables(photos, out),
        "PYSPARK_SUBMIT_ARGS": f"--master local[2] {settings} pyspark-shell",
    }
    notebook = EXAMPLES / "verger.ipynb"
    venv.run_python(JOBS / "run_notebook.py", notebook, executed, env=env, timeout=TIMEOUT)
    cells = json.loads(executed.read_text("utf-8"))["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert not [output for output in outputs if output["output_type"] == "error"]
    text = [
        "".join(output["text"])
        for output in outputs
        if output["output_type"] == "stream" and output["name"] == "stdout"
    ]
    pictures = [output["data"]["image/png"] for output in outputs if "data" in output]
    return RunNotebook("".join(text), list(map(base64.b64decode, pictures)))


def run_zeppelin(venv: SparkVenv, photos: Path, out: Path) -> RunNotebook:
    """AssertionError if a paragraph fails; its message has the end of the output."""
    env = {**_variables(photos, out), "MPLBACKEND": "Agg"}
    note = EXAMPLES / "verger.zpln"
    text = venv.spark_submit(JOBS / "run_note.py", note, env=env, timeout=TIMEOUT).stdout
    html = r"^%html .*data:image/png;base64,([^> ]*).*\n"
    pictures = re.findall(html, text, flags=re.MULTILINE)
    return RunNotebook(
        re.sub(html, "", text, flags=re.MULTILINE), list(map(base64.b64decode, pictures))
    )


def _variables(photos: Path, out: Path) -> dict[str, str]:
    return {"VERGER_PHOTOS": str(photos), "VERGER_OUT": str(out)}
