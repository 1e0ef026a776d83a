"""The bill of `run`: of the nodes that ran, or in words of those it started with; times as said."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

import pytest
from verger.cloud import costs
from verger.cloud.commands.run import _say_bill
from verger.cloud.context import Context
from verger.cloud.plane import Look
from verger.cloud.prices import load
from verger.cloud.settings import Group
from verger.cloud.words import span
from verger.errors import Failed
from verger.runs.text import counted

from .programs import mission
from .stubbed import BEGIN, stub

HOUR = timedelta(hours=1)
SEEN = Look("TERMINATED", "COMPLETED", True, begin=BEGIN, end=BEGIN + 2 * HOUR)


def node(
    begin: float, end: float | None, type_: str = "m5.xlarge", market: str = "ON_DEMAND"
) -> dict[str, Any]:
    timeline: dict[str, Any] = {"CreationDateTime": BEGIN + begin * HOUR}
    if end is not None:
        timeline["EndDateTime"] = BEGIN + end * HOUR
    return {"InstanceType": type_, "Market": market, "Status": {"Timeline": timeline}}


def billed(*nodes: dict[str, Any], denied: bool = False, **changes: Any) -> dict[str, Any]:
    context = Context(argparse.Namespace(), mission(**changes))
    with stub.Stubber(context.aws.client("emr")) as emr:
        if denied:
            emr.add_client_error("list_instances", "AccessDeniedException", "no")
        else:
            emr.add_response("list_instances", {"Instances": list(nodes)}, {"ClusterId": "j-1"})
        return costs.bill(context, SEEN, "j-1")


def hour_of(spot: bool = False, type_: str = "m5.xlarge") -> float:
    """USD of one node."""
    none = Group(count=0)
    one = mission(primary=none, core=none, task=Group(type_, 1, spot=spot))
    return sum(line.dollars for line in load(None).cluster_hour(one))


@pytest.mark.usefixtures("environment")
def test_each_node_is_billed_from_its_start_to_its_end() -> None:
    spot = node(0.5, 1.5, market="SPOT")
    found = billed(node(0, None), node(0, 2), node(0.5, 1), node(1, 1.25), spot)
    assert found["hours"] == 2
    assert found["dollars"] == pytest.approx(4.75 * hour_of() + hour_of(spot=True), abs=1e-3)
    assert f"120 minutes, about {found['dollars']:.2f} USD for 5 nodes that ran (prices of " in (
        costs.bill_text(found)
    )


@pytest.mark.usefixtures("environment")
def test_nodes_of_another_type_have_its_price() -> None:
    found = billed(node(0, 1, "m5.2xlarge"))
    assert found["dollars"] == pytest.approx(hour_of(type_="m5.2xlarge"), abs=1e-3)
    assert "for 1 node that ran" in costs.bill_text(found)
    assert "no price of x1.huge" in costs.bill_text(billed(node(0, 1, "x1.huge")))


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("nodes", "denied"),
    [((), True), ((), False), (({"InstanceType": "m5.xlarge"},), False)],
)
def test_nodes_that_are_not_to_be_seen_are_billed_as_it_started_and_said_so(
    nodes: tuple[dict[str, Any], ...], denied: bool
) -> None:
    found = billed(*nodes, denied=denied)
    assert found["dollars"] == pytest.approx(2 * 4 * hour_of(), abs=1e-3)
    assert " USD for the 4 nodes it started with (" in costs.bill_text(found)


def test_a_job_of_emr_serverless_is_billed_by_what_it_used() -> None:
    context = Context(argparse.Namespace(), mission())
    usd = load(None).tables["serverless"].usd
    found = costs.serverless_bill(context, SEEN, (1.5, 6.0, 30.0))
    expected = 1.5 * usd["vcpu_hour"] + 6 * usd["gb_hour"] + 30 * usd["disk_gb_hour"]
    assert found["dollars"] == pytest.approx(expected, abs=1e-4)
    assert costs.bill_text(found).startswith(f"120 minutes, about {expected:.2f} USD (prices of ")


def test_what_a_job_used_may_not_be_told_yet() -> None:
    found = costs.serverless_bill(Context(argparse.Namespace(), mission()), SEEN, None)
    assert "dollars" not in found
    assert costs.bill_text(found).startswith("120 minutes, at a cost that is not told yet (prices ")


@pytest.mark.parametrize("serverless", [True, False])
def test_a_run_that_failed_is_looked_at_only_for_a_bill_that_is_said(serverless: bool) -> None:
    looks: list[str] = []

    class Plane:
        def look(self, id_: str) -> Look:
            looks.append(id_)
            raise Failed("no network")

    whole: Any = argparse.Namespace(id="j-1", plane=Plane())
    _say_bill(Context(argparse.Namespace(serverless=serverless), mission()), whole)
    assert looks == ([] if serverless else ["j-1"])


def test_one_is_no_plural() -> None:
    found = {"hours": 1 / 60, "dollars": 0.5, "prices_of": "2026-11-25"}
    assert costs.bill_text(found).startswith("1 minute, about 0.50 USD (prices of")
    assert counted(2000, "node", "nodes") == "2,000 nodes"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(90_000, "25 h"), (900, "15 min"), (5400, "1 h 30 min"), (90, "90 s"), (60, "1 min")]
    + [(3661, "1 h 1 min 1 s"), (3605, "1 h 5 s"), (604_800, "168 h")],
)
def test_times_are_said_in_hours_and_minutes(seconds: int, text: str) -> None:
    assert span(seconds) == text
