"""EMR's clusters: start, find, observe, feed and stop them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

from verger.cloud import request
from verger.cloud.aws import Aws, Throttled, Unanswered, aws_errors, pages
from verger.cloud.reasons import was_idle, why_cluster_ended, why_step_failed
from verger.cloud.settings import Settings
from verger.cloud.text import exact_duration
from verger.errors import BadCall, Failed, VergerError

ACTIVE = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
_ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
_JOB_FAILED = ("FAILED", "CANCELLED", "INTERRUPTED")
_RECENT = timedelta(days=2)
_CLOCK_SKEW = timedelta(minutes=10)
_TRIES, _PAUSE = 6, 2.0  # of a request that is sent once; seconds before the second try, doubled


@dataclass(frozen=True)
class Status:
    """A cluster and its job at one moment."""

    state: str  # of the cluster: STARTING, BOOTSTRAPPING, RUNNING, WAITING, TERMINATING, ...
    job: str = ""  # of its step: PENDING, RUNNING, COMPLETED, FAILED, ...; "": there is none
    ended: bool = False  # the cluster costs nothing more
    problem: str = ""  # why the cluster or its job failed
    begin: datetime | None = None
    end: datetime | None = None

    @property
    def job_ended(self) -> bool:
        """Whether there is nothing to wait for."""
        idle = self.state == "WAITING" and not self.job
        return self.ended or idle or self.job in ("COMPLETED", *_JOB_FAILED)


class Clusters:
    """The clusters of the settings' name."""

    def __init__(
        self,
        settings: Settings,
        aws: Aws,
        pause: Callable[[float], None] = time.sleep,
        sums: str = "",
        say: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._settings, self._aws, self._pause, self._sums = settings, aws, pause, sums
        self._say = say
        self._serves_one_job = False
        self._start_time: datetime | None = None

    @property
    def _emr(self) -> Any:
        return self._aws.client("emr")

    def start(self, launch: str, job: tuple[str, str] | None = None) -> str:
        """Start a cluster, with `job`, (PHOTOS, OUT), for that job alone; return its id.

        Errors: Unanswered if it may run all the same: `find` with the same `launch` looks for it.
        """
        self._serves_one_job = job is not None
        self._start_time = datetime.now(timezone.utc)
        body = request.run_job_flow(self._settings, launch, job, self._sums)
        return self._send_once(
            "start the cluster", lambda emr: str(emr.run_job_flow(**body)["JobFlowId"])
        )

    def _send_once(self, action: str, send: Callable[[Any], str]) -> str:
        """Send a request that must not arrive twice: boto3 would repeat it after a lost answer.

        It is repeated only where AWS throttled it, and so did nothing. Errors: Unanswered if AWS
        may have carried it out; any other VergerError if it has not.
        """
        client = self._aws.client("emr", tries=1)
        for attempt in range(_TRIES):
            try:
                with aws_errors(action):
                    return send(client)
            except Throttled:
                if attempt == _TRIES - 1:
                    raise
                self._pause(_PAUSE * 2**attempt)
        raise AssertionError("not reached")

    def find(self, launch: str) -> list[str]:
        """Return the ids of the clusters that `start` with this `launch` started and that run."""
        # Since the start, not the last hour: a laptop may have slept.
        since = self._start_time - _CLOCK_SKEW if self._start_time is not None else None
        tag = {"Key": request.LAUNCH_TAG, "Value": launch}
        ids: list[str] = []
        failure: VergerError | None = None
        for cluster in self.active(since):
            try:
                if tag in self.describe(cluster["Id"]).get("Tags", []):
                    ids.append(str(cluster["Id"]))
            except VergerError as error:  # another user's, which we may not describe
                failure = failure or error
        if failure is not None and not ids:
            raise failure
        return ids

    def active(self, since: datetime | None = None) -> list[dict[str, Any]]:
        """Return ListClusters' entries of our name that cost money, the newest first."""
        return self._list(ACTIVE, since)

    def last_ended(self) -> str | None:
        """Return the id of the cluster that ended last, of those started within two days."""
        ended = self._list(_ENDED, datetime.now(timezone.utc) - _RECENT)
        return str(ended[0]["Id"]) if ended else None

    def _list(self, states: tuple[str, ...], since: datetime | None) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"ClusterStates": list(states)}
        if since is not None:
            query["CreatedAfter"] = since
        with aws_errors("list clusters"):
            clusters = list(pages(self._emr, "list_clusters", "Clusters", **query))
        ours = [cluster for cluster in clusters if cluster["Name"] == self._settings.name]
        return sorted(ours, key=_creation, reverse=True)

    def resolve(self, id_: str | None, or_ended: bool = False) -> str:
        """Return `id_`, else the id of the one active cluster, else of the last that ended.

        `or_ended`: whether a cluster that ended will do. Errors: Failed, BadCall.
        """
        if id_ is not None:
            return id_
        ids = [str(cluster["Id"]) for cluster in self.active()]
        if not ids and or_ended and (last := self.last_ended()) is not None:
            return last
        if not ids:
            raise Failed(
                f"no cluster named {self._settings.name} runs: 'verger cloud up' starts one"
            )
        if len(ids) > 1:
            raise BadCall(f"{len(ids)} clusters run: choose by --cluster: {', '.join(ids)}")
        return ids[0]

    def describe(self, id_: str) -> dict[str, Any]:
        """Return DescribeCluster's Cluster."""
        with aws_errors(f"look at {id_}"):
            cluster: dict[str, Any] = self._emr.describe_cluster(ClusterId=id_)["Cluster"]
        return cluster

    def steps(self, id_: str) -> list[dict[str, Any]]:
        """Return ListSteps' entries, the newest first."""
        with aws_errors(f"look at the steps of {id_}"):
            return list(pages(self._emr, "list_steps", "Steps", ClusterId=id_))

    def status(self, id_: str, step: str | None = None) -> Status:
        """Return the status of a cluster and of a step, by default its latest."""
        cluster, steps = self.describe(id_), self.steps(id_)
        if self._serves_one_job:
            steps = steps[-1:]  # its first: others may have submitted more
        elif step is not None:
            steps = [one for one in steps if one["Id"] == step]
            if not steps:
                raise BadCall(f"{id_} has no step {step}: 'verger cloud status' lists them")
        state = cluster["Status"]["State"]
        job = steps[0]["Status"]["State"] if steps else ""
        ended = state in _ENDED
        problem = why_cluster_ended(cluster, self._settings.logs) if ended else ""
        if job in _JOB_FAILED and "bootstrap" not in problem:
            failure = why_step_failed(steps[0], self._settings.logs, id_)
            problem = f"{failure}; {problem}" if problem and job != "FAILED" else failure
        elif ended and not problem and job not in ("", "COMPLETED"):
            cause = "it was idle" if was_idle(cluster) else "someone stopped it"
            problem = f"the cluster ended before its job: {cause}"
        timeline = cluster["Status"].get("Timeline", {})
        begin, end = timeline.get("CreationDateTime"), timeline.get("EndDateTime")
        return Status(state, job, ended, problem, begin, end)

    def submit(self, id_: str, photos: str, out: str) -> str:
        """Add a step; return its id. Errors: Unanswered if it may have been added all the same."""
        body = request.add_job_flow_steps(self._settings, id_, photos, out)
        try:
            return self._send_once(
                f"submit the job to {id_}",
                lambda emr: str(emr.add_job_flow_steps(**body)["StepIds"][0]),
            )
        except Unanswered as error:
            raise Unanswered(
                f"{error}; it may have been submitted: check with verger cloud status --cluster "
                f"{id_}"
            ) from error

    def stop(self, id_: str) -> None:
        """Stop a cluster, after removing its termination protection, which is reported."""
        protected = False
        try:
            protected = bool(self.describe(id_).get("TerminationProtected"))
        except VergerError as error:  # no reason not to stop it
            self._say(f"{error}; stopping it anyway")
        with aws_errors(f"stop {id_}"):
            if protected:
                self._emr.set_termination_protection(JobFlowIds=[id_], TerminationProtected=False)
                self._say(f"{id_}: removed its termination protection")
            self._emr.terminate_job_flows(JobFlowIds=[id_])

    def why_not_ours(self, id_: str) -> str:
        """Return why a cluster may be another user's; "" if it was started under our name."""
        cluster = self.describe(id_)
        tag = {"Key": request.OUR_TAG, "Value": self._settings.all_tags[request.OUR_TAG]}
        if tag not in cluster.get("Tags", []):
            return f"it is not tagged {request.OUR_TAG}={tag['Value']}"
        if cluster.get("Name") != self._settings.name:
            return f"it is called {cluster.get('Name')}, not {self._settings.name}"
        return ""

    def aws_stop_command(self, id_: str) -> str:
        """Return the command of AWS that stops a cluster."""
        return f"aws emr terminate-clusters --region {self._settings.region} --cluster-ids {id_}"

    def lifetime(self) -> str:
        """Return when a started cluster ends by itself, as a clause."""
        if self._serves_one_job:
            after = exact_duration(self._settings.run_idle_seconds)
            return f"it ends by itself {after} after its job"
        if self._settings.termination_protection:
            return "it does not end by itself: termination_protection is on"
        return f"it ends by itself after {exact_duration(self._settings.idle_seconds)} idle"

    def end_when_idle(self, id_: str, seconds: int) -> None:
        """Set after how long without work the cluster ends."""
        with aws_errors(f"set when {id_} ends"):
            body = request.put_auto_termination_policy(id_, seconds)
            self._emr.put_auto_termination_policy(**body)


def _creation(cluster: dict[str, Any]) -> datetime:
    time = cluster.get("Status", {}).get("Timeline", {}).get("CreationDateTime")
    return time if isinstance(time, datetime) else datetime.min.replace(tzinfo=timezone.utc)
