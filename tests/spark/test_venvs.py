"""Each Spark runs a job, outside the checkout and with nothing but its own packages."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from s3.started import session

from .venvs import ROOT, SparkVenv

JOBS = Path(__file__).parent / "jobs"
VERSION = {"3.5": "Spark 3.5.2", "4": "Spark 4."}


def test_a_job_by_spark_submit(spark_venv: SparkVenv) -> None:
    done = spark_venv.spark_submit(JOBS / "count.py")
    assert done.stdout.startswith(f"10 rows, {VERSION[spark_venv.version]}")
    assert done.stdout.endswith(f"{spark_venv.python}\n")


def test_nothing_of_the_checkout_is_visible(
    spark_venv: SparkVenv, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "python"))
    monkeypatch.setenv("SPARK_HOME", "/nowhere")
    code = "import os, sys; print(os.getcwd(), *sys.path, *os.environ.items())"
    done = spark_venv.run_python(code)
    text = done.stdout.replace(str(spark_venv.folder), "").replace(os.environ["PATH"], "")
    assert str(ROOT) not in text.replace(str(spark_venv.home), "")
    assert "SPARK_HOME" not in text


def test_a_job_that_takes_too_long_ends_whole(spark_venv: SparkVenv, tmp_path: Path) -> None:
    script = tmp_path / "forever.py"
    script.write_text("import time\ntime.sleep(600)\n")
    with spark_venv.start_submit(script) as job:
        with pytest.raises(AssertionError, match="ran for more than 1 s"):
            job.wait(1)
        assert session(job.pid) == []


def test_a_failed_job_shows_its_output(spark_venv: SparkVenv) -> None:
    with pytest.raises(AssertionError, match=r"(?s)exit 3 where 0 is wanted.*alas"):
        spark_venv.run_python("import sys; print('alas', file=sys.stderr); sys.exit(3)")


def test_verger_comes_from_the_wheel(verger_venv: SparkVenv) -> None:
    done = verger_venv.run_python("import verger; print(verger.__file__)")
    file = Path(done.stdout.strip())
    assert file.is_relative_to(verger_venv.folder / "lib"), file
    assert "site-packages" in file.parts
