"""EMR's clusters: started once, found again, looked at, fed, resized, stopped."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from verger.cloud import request
from verger.cloud.aws import Aws, Unanswered, aws_errors, pages
from verger.cloud.groups import is_spot
from verger.cloud.once import send_once
from verger.cloud.plane import Look, those_that
from verger.cloud.reasons import was_idle, why_cluster_ended, why_step_failed
from verger.cloud.settings import Settings
from verger.cloud.words import span
from verger.errors import BadCall, Failed, VergerError

ACTIVE = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
_ENDED = ("TERMINATED", "TERMINATED_WITH_ERRORS")
_LATELY = timedelta(days=2)
_CLOCKS = timedelta(minutes=10)  # how far clocks may be apart


class Clusters:
    """The clusters of the settings' name; a Plane."""

    what = "cluster"

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
        self._asked: datetime | None = None  # when a start was

    @property
    def _emr(self) -> Any:
        return self._aws.client("emr")

    def start(self, launch: str, photos: str, out: str) -> str:
        """As of Plane."""
        self._serves_one_job = True
        return self._run(request.run_job_flow(self._settings, launch, (photos, out), self._sums))

    def start_idle(self, launch: str) -> str:
        """Starts it without a job. Errors: as `start`."""
        return self._run(request.run_job_flow(self._settings, launch, None, self._sums))

    def _run(self, body: request.Request) -> str:
        self._asked = datetime.now(timezone.utc)
        return send_once(
            self._aws,
            "emr",
            "start the cluster",
            lambda once: str(once.run_job_flow(**body)["JobFlowId"]),
            self._pause,
        )

    def find(self, launch: str) -> list[str]:
        """As of Plane."""
        # Not of now: a laptop may have slept since.
        since = self._asked - _CLOCKS if self._asked is not None else None
        tag = {"Key": request.LAUNCH_TAG, "Value": launch}
        ids = [str(cluster["Id"]) for cluster in self.active(since)]
        return those_that(ids, lambda id_: tag in self.describe(id_).get("Tags", []))

    def active(self, since: datetime | None = None) -> list[dict[str, Any]]:
        """ListClusters' entries of our name that are paid for, the newest first."""
        return self._listed(ACTIVE, since)

    def ended_lately(self) -> str | None:
        """The id of the last that ended, of those started within two days: its logs are of use."""
        ended = self._listed(_ENDED, datetime.now(timezone.utc) - _LATELY)
        return str(ended[0]["Id"]) if ended else None

    def _listed(self, states: tuple[str, ...], since: datetime | None) -> list[dict[str, Any]]:
        query: dict[str, Any] = {"ClusterStates": list(states)}
        if since is not None:
            query["CreatedAfter"] = since
        with aws_errors("list clusters"):
            all_ = list(pages(self._emr, "list_clusters", "Clusters", **query))
        ours = [cluster for cluster in all_ if cluster["Name"] == self._settings.name]
        return sorted(ours, key=_creation, reverse=True)

    def resolve(self, id_: str | None, or_ended: bool = False) -> str:
        """The id, else that of the one that is active; `or_ended`: else of the last that ended.

        Errors: Failed, BadCall.
        """
        if id_ is not None:
            return id_
        ids = [str(cluster["Id"]) for cluster in self.active()]
        if not ids and or_ended and (last := self.ended_lately()) is not None:
            return last
        if not ids:
            raise Failed(
                f"no cluster named {self._settings.name} runs: 'verger cloud up' starts one"
            )
        if len(ids) > 1:
            raise BadCall(f"{len(ids)} clusters run: choose by --cluster: {', '.join(ids)}")
        return ids[0]

    def describe(self, id_: str) -> dict[str, Any]:
        """DescribeCluster's Cluster."""
        with aws_errors(f"look at {id_}"):
            cluster: dict[str, Any] = self._emr.describe_cluster(ClusterId=id_)["Cluster"]
        return cluster

    def steps(self, id_: str) -> list[dict[str, Any]]:
        """ListSteps' entries, the newest first."""
        with aws_errors(f"look at the steps of {id_}"):
            return list(pages(self._emr, "list_steps", "Steps", ClusterId=id_))

    def look(self, id_: str, step: str | None = None) -> Look:
        """As of Plane; of a step, else of the latest."""
        cluster, steps = self.describe(id_), self.steps(id_)
        if self._serves_one_job:
            steps = steps[-1:]  # whatever others submitted
        elif step is not None:
            steps = [one for one in steps if one["Id"] == step]
            if not steps:
                raise BadCall(f"{id_} has no step {step}: 'verger cloud status' lists them")
        status = cluster["Status"]
        state, job = status["State"], steps[0]["Status"]["State"] if steps else ""
        ended = state in _ENDED
        problem = why_cluster_ended(cluster, self._settings.logs) if ended else ""
        if job in ("FAILED", "CANCELLED", "INTERRUPTED") and "bootstrap" not in problem:
            failed = why_step_failed(steps[0], self._settings.logs, id_)
            problem = f"{failed}; {problem}" if problem and job != "FAILED" else failed
        elif ended and not problem and job not in ("", "COMPLETED"):
            cause = "it was idle" if was_idle(cluster) else "someone stopped it"
            problem = f"the cluster ended before its job: {cause}"
        timeline = status.get("Timeline", {})
        begin, end = timeline.get("CreationDateTime"), timeline.get("EndDateTime")
        return Look(state, job, ended, problem, begin, end)

    def submit(self, id_: str, photos: str, out: str) -> str:
        """Adds a step; returns its id. Errors: Unanswered where it may be there all the same."""
        body = request.add_job_flow_steps(self._settings, id_, photos, out)
        try:
            return send_once(
                self._aws,
                "emr",
                f"submit the job to {id_}",
                lambda once: str(once.add_job_flow_steps(**body)["StepIds"][0]),
                self._pause,
            )
        except Unanswered as error:
            raise Unanswered(
                f"{error}; it may have been submitted: verger cloud status --cluster {id_}"
            ) from error

    def stop(self, id_: str) -> None:
        """As of Plane; also where termination protection is on, which it says."""
        protected = False
        try:
            protected = bool(self.describe(id_).get("TerminationProtected"))
        except VergerError as error:  # no reason not to stop it
            self._say(f"{error}; it is stopped all the same")
        with aws_errors(f"stop {id_}"):
            if protected:
                self._emr.set_termination_protection(JobFlowIds=[id_], TerminationProtected=False)
                self._say(f"{id_}: its termination protection is lifted")
            self._emr.terminate_job_flows(JobFlowIds=[id_])

    def by_us(self, id_: str) -> str:
        """As of Plane."""
        return f"'verger cloud down --cluster {id_}'"

    def by_hand(self, id_: str) -> str:
        """As of Plane."""
        return f"aws emr terminate-clusters --region {self._settings.region} --cluster-ids {id_}"

    def left_alone(self) -> str:
        """As of Plane."""
        if self._serves_one_job:
            return f"it ends by itself {span(self._settings.run_idle_seconds)} after its job"
        if self._settings.termination_protection:
            return "it does not end by itself: termination_protection is on"
        return f"it ends by itself after {span(self._settings.idle_seconds)} idle"

    def to_look_for(self) -> str:
        """As of Plane."""
        return "by 'verger cloud status', and stop it by 'verger cloud down'"

    def groups(self, id_: str) -> dict[str, dict[str, Any]]:
        """Groups or fleets by their role: MASTER, CORE, TASK."""
        fleets = self.describe(id_).get("InstanceCollectionType") == "INSTANCE_FLEET"
        with aws_errors(f"look at the nodes of {id_}"):
            if fleets:
                groups = list(
                    pages(self._emr, "list_instance_fleets", "InstanceFleets", ClusterId=id_)
                )
                return {one["InstanceFleetType"]: one for one in groups}
            groups = list(pages(self._emr, "list_instance_groups", "InstanceGroups", ClusterId=id_))
        return {one["InstanceGroupType"]: one for one in groups}

    def resize(self, id_: str, counts: dict[str, int]) -> None:
        """Sets the nodes of CORE and TASK. Errors: BadCall for a role that the cluster lacks."""
        groups = self.groups(id_)
        for role in counts:
            if role not in groups:
                raise BadCall(f"{id_} was started without {role.lower()} nodes: start another")
        with aws_errors(f"resize {id_}"):
            if all("InstanceFleetType" in groups[role] for role in counts):
                for role, count in counts.items():
                    spot = is_spot(groups[role])
                    self._emr.modify_instance_fleet(
                        **request.modify_instance_fleet(id_, groups[role]["Id"], count, spot)
                    )
            else:
                by_id = {groups[role]["Id"]: count for role, count in counts.items()}
                self._emr.modify_instance_groups(**request.modify_instance_groups(id_, by_id))

    def end_when_idle(self, id_: str, seconds: int) -> None:
        """Sets after how long without work the cluster ends."""
        with aws_errors(f"set when {id_} ends"):
            body = request.put_auto_termination_policy(id_, seconds)
            self._emr.put_auto_termination_policy(**body)

    def scale(self, id_: str) -> None:
        """Lets the service choose the number of nodes, as the settings' [scaling] says."""
        with aws_errors(f"set the scaling of {id_}"):
            body = request.put_managed_scaling_policy(self._settings, id_)
            self._emr.put_managed_scaling_policy(**body)

    def primary(self, id_: str) -> dict[str, Any]:
        """ListInstances' entry of the primary node; empty while there is none."""
        with aws_errors(f"look at the nodes of {id_}"):
            nodes = list(
                pages(
                    self._emr,
                    "list_instances",
                    "Instances",
                    ClusterId=id_,
                    **self._of_primary(id_),
                )
            )
        return nodes[0] if nodes else {}

    def instances(self, id_: str) -> list[dict[str, Any]]:
        """ListInstances' entries of all nodes, of those that are gone, too."""
        with aws_errors(f"look at the nodes of {id_}"):
            return list(pages(self._emr, "list_instances", "Instances", ClusterId=id_))

    def why_not_ours(self, id_: str) -> str:
        """As of Plane."""
        cluster = self.describe(id_)
        tag = {"Key": request.OUR_TAG, "Value": self._settings.all_tags[request.OUR_TAG]}
        if tag not in cluster.get("Tags", []):
            return f"it is not tagged {request.OUR_TAG}={tag['Value']}"
        if cluster.get("Name") != self._settings.name:
            return f"it is called {cluster.get('Name')}, not {self._settings.name}"
        return ""

    def _of_primary(self, id_: str) -> dict[str, Any]:
        fleets = self.describe(id_).get("InstanceCollectionType") == "INSTANCE_FLEET"
        return {"InstanceFleetType": "MASTER"} if fleets else {"InstanceGroupTypes": ["MASTER"]}


def _creation(cluster: dict[str, Any]) -> datetime:
    time = cluster.get("Status", {}).get("Timeline", {}).get("CreationDateTime")
    return time if isinstance(time, datetime) else datetime.min.replace(tzinfo=timezone.utc)
