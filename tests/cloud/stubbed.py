"""Clusters with expected requests and prepared answers, checked by AWS's own model."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from verger.cloud.aws import Aws
from verger.cloud.cluster import Clusters
from verger.cloud.groups import NodeGroups

from .programs import mission

stub = pytest.importorskip("botocore.stub")

BEGIN = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


class Stubbed:
    """Clusters whose every request is expected."""

    def __init__(self, **changes: Any) -> None:
        aws = Aws(mission(**changes))
        self.client, self.once = aws.client("emr"), aws.client("emr", tries=1)
        self.emr, self.starts = stub.Stubber(self.client), stub.Stubber(self.once)
        self.paused: list[float] = []
        self.clusters = Clusters(mission(**changes), aws, self.paused.append)
        self.nodes = NodeGroups(mission(**changes), aws)
        self.emr.activate()
        self.starts.activate()

    def cluster(self, state: str, code: str = "", message: str = "", **more: Any) -> None:
        status: dict[str, Any] = {"State": state, "Timeline": {"CreationDateTime": BEGIN}}
        if code or message:
            reason = {"Code": code, "Message": message}
            status["StateChangeReason"] = {key: text for key, text in reason.items() if text}
        answer = {"Cluster": {"Id": "j-1", "Name": "verger", "Status": status, **more}}
        self.emr.add_response("describe_cluster", answer, {"ClusterId": "j-1"})

    def steps(self, *steps: dict[str, Any]) -> None:
        self.emr.add_response("list_steps", {"Steps": list(steps)}, {"ClusterId": "j-1"})


class Raw:
    """A body of an answer in place of the network's."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def stream(self, **_: Any) -> list[bytes]:
        return [self._data]
