"""What the driver makes of what tasks say."""

from __future__ import annotations

import pytest

from verger.errors import BadInput, Damaged, Failed, StorageError
from verger.runs.place import Denied
from verger.spark.our_errors import our_errors

# Tracebacks as Spark passes them on, shortened.
DAMAGED = """An error occurred while calling z:collectAndServe.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 failed 4 times
(TID 3): org.apache.spark.api.python.PythonException: Traceback (most recent call last):
  File "verger/runs/parts.py", line 149, in _reading
OSError: no Parquet magic bytes
verger.errors.BadInput: what it came from

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "verger/runs/parts.py", line 152, in _reading
verger.errors.Damaged: part-00000.parquet: not a whole file

\tat org.apache.spark.api.python.BasePythonRunner.handlePythonException(PythonRunner.scala:572)
"""
DENIED = (
    "Traceback:\nverger.runs.place.Denied: cannot write 's3://b/k': ACCESS_DENIED; check it\n\tat x"
)


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        (DAMAGED, Damaged, "part-00000.parquet: not a whole file"),
        (DENIED, Denied, "cannot write 's3://b/k': ACCESS_DENIED; check it"),
        ("PythonException: verger.errors.BadInput: none", BadInput, "none"),
    ],
)
def test_an_error_of_a_task_is_raised_as_it_was_there(
    text: str, kind: type[Exception], message: str
) -> None:
    with pytest.raises(kind) as raised, our_errors():
        raise RuntimeError(text)
    assert type(raised.value) is kind
    assert str(raised.value) == message


def test_storage_that_refuses_is_an_error_of_storage() -> None:
    with pytest.raises(StorageError) as raised, our_errors():
        raise RuntimeError(DENIED)
    assert raised.value.exit == 5


@pytest.mark.parametrize("text", ["ValueError: verger.errors", "verger.errors.Unknown: no", ""])
def test_other_errors_stay_as_they_are(text: str) -> None:
    with pytest.raises(RuntimeError), our_errors():
        raise RuntimeError(text)


def test_a_job_that_spark_gives_up_fails_with_its_message() -> None:
    text = (
        "x: Job aborted due to stage failure: Task 3 failed 4 times: Python worker exited\n\tat y"
    )
    message = "Task 3 failed 4 times: Python worker exited; .*run again"
    with pytest.raises(Failed, match=message), our_errors():
        raise RuntimeError(text)


def test_workers_without_the_wheel_are_reported() -> None:
    text = "Traceback\nModuleNotFoundError: No module named 'verger'\n\tat org.apache.spark.x"
    with (
        pytest.raises(Failed, match="install the wheel on every node.*PYSPARK_PYTHON"),
        our_errors(),
    ):
        raise RuntimeError(text)
