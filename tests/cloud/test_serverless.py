"""Jobs of EMR Serverless, by botocore's Stubber, and the archive that stands for bootstrap.sh."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from verger.cloud.archive import site_archive
from verger.cloud.aws import Aws
from verger.cloud.request_serverless import start_job_run
from verger.cloud.serverless import Serverless
from verger.cloud.settings import Serverless as Choices

from .programs import Program, mission
from .stubbed import BEGIN, stub

IDS = {"applicationId": "app1", "jobRunId": "job1"}
ROLE = "arn:aws:iam::123456789012:role/verger-job"
PHOTOS, OUT = "s3://orchard-paris/Data", "s3://orchard-paris"


@pytest.fixture
def job(environment: pytest.MonkeyPatch) -> Iterator[tuple[Serverless, Any]]:
    """Jobs, and what is foretold of them."""
    settings = mission(serverless=Choices(execution_role=ROLE))
    aws = Aws(settings)
    with stub.Stubber(aws.client("emr-serverless")) as stubber:
        yield Serverless(settings, aws), stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def starts(job: tuple[Serverless, Any]) -> Iterator[Any]:
    """What is foretold of the client that sends once."""
    with stub.Stubber(job[0]._aws.client("emr-serverless", tries=1)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def answer(state: str, details: str = "-", **more: Any) -> dict[str, Any]:
    """GetJobRun's."""
    run = {
        **IDS,
        "arn": "arn:aws:emr-serverless:eu-west-3:123456789012:/applications/app1/jobruns/job1",
        "createdBy": "arn:aws:iam::123456789012:user/me",
        "createdAt": BEGIN,
        "updatedAt": BEGIN,
        "executionRole": ROLE,
        "state": state,
        "stateDetails": details,
        "releaseLabel": "emr-7.5.0",
        "jobDriver": {"sparkSubmit": {"entryPoint": "s3://orchard-paris/pca.py"}},
        **more,
    }
    return {"jobRun": run}


@pytest.mark.parametrize(
    ("state", "job_state", "ended"),
    [
        ("SCHEDULED", "SCHEDULED", False),
        ("RUNNING", "RUNNING", False),
        ("SUCCESS", "COMPLETED", True),
        ("FAILED", "FAILED", True),
        ("CANCELLED", "CANCELLED", True),
    ],
)
def test_states(job: tuple[Serverless, Any], state: str, job_state: str, ended: bool) -> None:
    plane, stubber = job
    stubber.add_response("get_job_run", answer(state, "out of memory"), IDS)
    seen = plane.look("app1/job1")
    assert (seen.job, seen.ended) == (job_state, ended)
    assert ("out of memory: its logs are below s3://" in seen.problem) == (
        state in ("FAILED", "CANCELLED")
    )


def test_a_job_is_started_in_the_application_of_our_name(
    job: tuple[Serverless, Any], starts: Any
) -> None:
    plane, stubber = job
    arn = "arn:aws:emr-serverless:eu-west-3:123456789012:/applications/app1"
    common = {"arn": arn, "releaseLabel": "emr-7.5.0", "type": "SPARK", "createdAt": BEGIN}
    listed = [
        {"id": id_, "name": name, "state": "STOPPED", "updatedAt": BEGIN, **common, **more}
        for id_, name, more in (
            ("app0", "pears", {}),
            ("app2", "verger", {"releaseLabel": "emr-7.13.0"}),
            ("app1", "verger", {}),
        )
    ]
    stubber.add_response("list_applications", {"applications": listed}, {"states": stub.ANY})
    settings = mission(serverless=Choices(execution_role=ROLE))
    asked = start_job_run(settings, "app1", PHOTOS, OUT, "0123")
    starts.add_response("start_job_run", {**IDS, "arn": arn}, asked)
    assert plane.start("0123", PHOTOS, OUT) == "app1/job1"


def test_only_what_a_launch_started_is_found(job: tuple[Serverless, Any]) -> None:
    """Others' jobs in the application are not ours to stop."""
    plane, stubber = job
    arn = "arn:aws:emr-serverless:eu-west-3:123456789012:/applications/app1"
    common = {
        "arn": arn,
        "createdAt": BEGIN,
        "updatedAt": BEGIN,
        "releaseLabel": "emr-7.5.0",
    }
    listed = {"id": "app1", "name": "verger", "state": "STARTED", "type": "SPARK", **common}
    stubber.add_response("list_applications", {"applications": [listed]}, {"states": stub.ANY})
    jobs = [
        {
            "applicationId": "app1",
            "id": id_,
            "createdBy": "arn:aws:iam::123456789012:user/me",
            "executionRole": ROLE,
            "state": "RUNNING",
            "stateDetails": "-",
            **common,
        }
        for id_ in ("job1", "job2")
    ]
    stubber.add_response(
        "list_job_runs", {"jobRuns": jobs}, {"applicationId": "app1", "states": stub.ANY}
    )
    for id_, launch in (("job1", "4567"), ("job2", "0123")):
        told = answer("RUNNING", tags={"verger-launch": launch})
        stubber.add_response("get_job_run", told, {"applicationId": "app1", "jobRunId": id_})
    assert plane.find("0123") == ["app1/job2"]
    stubber.add_response("list_applications", {"applications": []}, {"states": stub.ANY})
    assert plane.find("0123") == []


def test_stop_is_idempotent(job: tuple[Serverless, Any]) -> None:
    plane, stubber = job
    stubber.add_response("get_job_run", answer("RUNNING"), IDS)
    stubber.add_response("cancel_job_run", IDS, IDS)
    plane.stop("app1/job1")
    stubber.add_response("get_job_run", answer("CANCELLING"), IDS)
    plane.stop("app1/job1")


def test_stop_stops_what_it_cannot_see(job: tuple[Serverless, Any]) -> None:
    plane, stubber = job
    stubber.add_client_error("get_job_run", "AccessDeniedException", "no")
    stubber.add_response("cancel_job_run", IDS, IDS)
    plane.stop("app1/job1")


@pytest.mark.parametrize("tags", [{}, {"verger": "pears"}, {"verger": "verger"}])
def test_a_job_is_ours_by_its_tag(job: tuple[Serverless, Any], tags: dict[str, str]) -> None:
    plane, stubber = job
    stubber.add_response("get_job_run", answer("RUNNING", tags=tags), IDS)
    ours = tags.get("verger") == "verger"
    assert plane.why_not_ours("app1/job1") == ("" if ours else "it is not tagged verger=verger")


def test_what_was_used_is_what_the_bill_is_made_of(job: tuple[Serverless, Any]) -> None:
    plane, stubber = job
    used = {"vCPUHour": 1.5, "memoryGBHour": 6.0, "storageGBHour": 30.0}
    stubber.add_response("get_job_run", answer("SUCCESS", billedResourceUtilization=used), IDS)
    assert plane.hours("app1/job1") == (1.5, 6.0, 30.0)
    stubber.add_response("get_job_run", answer("SUCCESS"), IDS)
    assert plane.hours("app1/job1") is None


def test_the_plan_has_both_requests_and_a_price(program: Program) -> None:
    settings = mission(serverless=Choices(execution_role=ROLE))
    done = program("plan", "--serverless", "--json", settings=settings)
    assert done.code == 0, done.err
    assert list(done.json["requests"]) == ["CreateApplication", "StartJobRun"]
    assert done.json["hour"]["dollars"] > 0


@pytest.mark.parametrize("command", ["down", "status"])
@pytest.mark.parametrize("given", [(), ("--cluster", "app1"), ("--cluster", "app1/")])
def test_a_job_is_named_with_its_application(
    program: Program, command: str, given: tuple[str, ...]
) -> None:
    done = program(command, "--serverless", *given, settings=mission())
    assert done.code == 2
    assert "give --cluster APPLICATION/JOB" in done.err


def wheel(folder: Path, name: str, files: dict[str, bytes]) -> Path:
    path = folder / name
    with zipfile.ZipFile(path, "w") as archive:
        for file, data in files.items():
            archive.writestr(file, data)
    return path


def test_the_archive_holds_what_pip_would_install(tmp_path: Path) -> None:
    first = wheel(
        tmp_path,
        "a-1-py3-none-any.whl",
        {
            "a/__init__.py": b"1",
            "a/lib/liba.so.1": b"2",
            "a-1.data/scripts/a": b"3",
            "a-1.data/purelib/b.py": b"4",
        },
    )
    second = wheel(tmp_path, "c-1-py3-none-any.whl", {"c.py": b"5"})
    data = site_archive([second, first])
    assert data == site_archive([first, second])
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        modes = {entry.name: entry.mode for entry in archive}
    assert modes == {
        "a/__init__.py": 0o644,
        "a/lib/liba.so.1": 0o755,
        "b.py": 0o644,
        "c.py": 0o644,
    }
