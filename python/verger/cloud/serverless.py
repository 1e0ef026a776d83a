"""EMR Serverless: an application of the settings' name, and one job in it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from verger.cloud import request_serverless as request
from verger.cloud.aws import Aws, aws_errors, pages
from verger.cloud.once import send_once
from verger.cloud.plane import Look, those_that
from verger.cloud.request import LAUNCH_TAG, OUR_TAG
from verger.cloud.settings import Settings
from verger.errors import VergerError

_ENDED = {"SUCCESS": "COMPLETED", "FAILED": "FAILED", "CANCELLED": "CANCELLED"}
_ACTIVE = ["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "QUEUED"]
_GONE = ("CANCELLING", *_ENDED)


class Serverless:
    """Jobs of EMR Serverless; a Plane. Ids are APPLICATION/JOB: only a job costs."""

    what = "job"

    def __init__(
        self,
        settings: Settings,
        aws: Aws,
        pause: Callable[[float], None] = time.sleep,
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._settings, self._aws, self._pause, self._say = settings, aws, pause, say

    @property
    def _client(self) -> Any:
        return self._aws.client("emr-serverless")

    def _application(self) -> str | None:
        """The id of the application of our name and release: a job runs on its application's."""
        with aws_errors("look for the application"):
            states = ["CREATING", "CREATED", "STARTING", "STARTED", "STOPPING", "STOPPED"]
            for one in pages(self._client, "list_applications", "applications", states=states):
                ours = self._settings.name, self._settings.release
                if (one.get("name"), one.get("releaseLabel")) == ours:
                    return str(one["id"])
        return None

    def _made(self, token: str) -> str:
        body = request.create_application(self._settings, token)
        with aws_errors("make the application"):
            return str(self._client.create_application(**body)["applicationId"])

    def start(self, launch: str, photos: str, out: str) -> str:
        """As of Plane."""
        application = self._application() or self._made(launch)
        body = request.start_job_run(self._settings, application, photos, out, launch)
        return send_once(
            self._aws,
            "emr-serverless",
            "start the job",
            lambda once: f"{application}/{once.start_job_run(**body)['jobRunId']}",
            self._pause,
        )

    def find(self, launch: str) -> list[str]:
        """As of Plane."""
        application = self._application()
        if application is None:
            return []
        query: dict[str, Any] = {"applicationId": application, "states": _ACTIVE}
        with aws_errors("list jobs"):
            jobs = list(pages(self._client, "list_job_runs", "jobRuns", **query))
        ids = [f"{application}/{job['id']}" for job in jobs]
        return those_that(ids, lambda id_: self._tag(id_, LAUNCH_TAG) == launch)

    def _job(self, id_: str) -> dict[str, Any]:
        application, _, job = id_.partition("/")
        with aws_errors(f"look at {id_}"):
            job_run: dict[str, Any] = self._client.get_job_run(
                applicationId=application, jobRunId=job
            )["jobRun"]
        return job_run

    def _tag(self, id_: str, key: str) -> str | None:
        tag: str | None = self._job(id_).get("tags", {}).get(key)
        return tag

    def why_not_ours(self, id_: str) -> str:
        """As of Plane."""
        name = self._settings.all_tags[OUR_TAG]
        return "" if self._tag(id_, OUR_TAG) == name else f"it is not tagged {OUR_TAG}={name}"

    def look(self, id_: str) -> Look:
        """As of Plane."""
        job = self._job(id_)
        state = str(job["state"])
        ended = state in _ENDED
        problem = ""
        if ended and state != "SUCCESS":
            details = " ".join(str(job.get("stateDetails", "")).split()) or "no reason was given"
            problem = (
                f"the job {state.lower()}: {details}: its logs are below {self._settings.logs}"
            )
        end = job.get("endedAt") or job.get("updatedAt") if ended else None
        return Look(state, _ENDED.get(state, state), ended, problem, job.get("createdAt"), end)

    def hours(self, id_: str) -> tuple[float, float, float] | None:
        """What was used: hours of a vCPU, of a GB of memory, and of a GB of disk. None: the service
        does not tell yet, as in the first minutes after the end.
        """
        usage = self._job(id_).get("billedResourceUtilization")
        if not usage:
            return None
        return (
            float(usage.get("vCPUHour", 0)),
            float(usage.get("memoryGBHour", 0)),
            float(usage.get("storageGBHour", 0)),
        )

    def stop(self, id_: str) -> None:
        """As of Plane."""
        try:
            if self._job(id_).get("state") in _GONE:
                return
        except VergerError as error:  # no reason not to stop it
            self._say(f"{error}; it is stopped all the same")
        application, _, job = id_.partition("/")
        with aws_errors(f"stop {id_}"):
            self._client.cancel_job_run(applicationId=application, jobRunId=job)

    def by_us(self, id_: str) -> str:
        """As of Plane."""
        return f"'verger cloud down --serverless --cluster {id_}'"

    def by_hand(self, id_: str) -> str:
        """As of Plane."""
        application, _, job = id_.partition("/")
        return (
            f"aws emr-serverless cancel-job-run --region {self._settings.region} "
            f"--application-id {application} --job-run-id {job}"
        )

    def to_look_for(self) -> str:
        """As of Plane."""
        region = f"--region {self._settings.region}"
        return (
            f"by 'aws emr-serverless list-applications {region}' and 'aws emr-serverless "
            f"list-job-runs {region} --application-id APPLICATION', and stop it by 'verger cloud "
            "down --serverless --cluster APPLICATION/JOB'"
        )

    def left_alone(self) -> str:
        """As of Plane."""
        return "it ends with its job, after 12 hours at most"
