"""The bill of `run`: of the nodes that ran, or in words of those it started with; times as said."""

from __future__ import annotations

import argparse
from datetime import timedelta
from typing import Any

import pytest
from verger.cloud import costs
from verger.cloud.cluster import Status
from verger.cloud.commands.run import _say_bill
from verger.cloud.context import Context
from verger.cloud.prices import load
from verger.cloud.settings import Group
from verger.cloud.text import exact_duration
from verger.errors import Failed
from verger.runs.text import pluralize

from .programs import mission
from .stubbed import BEGIN, stub

HOUR = timedelta(hours=1)
ENDED = Status("TERMINATED", "COMPLETED", True, begin=BEGIN, end=BEGIN + 2 * HOUR)


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
        return costs.bill(context, ENDED, "j-1")


def hour_of(spot: bool = False, type_: str = "m5.xlarge") -> float:
    """USD of one node."""
    none = Group(count=0)
    one = mission(primary=none, core=none, task=Group(type_, 1, spot=spot))
    return sum(line.dollars for line in load(None).cluster_hour(one))


@pytest.mark.usefixtures("environment")
def test_each_node_is_billed_from_its_start_to_its_end() -> None:
    spot = node(0.5, 1.5, market="SPOT")
    bill = billed(node(0, None), node(0, 2), node(0.5, 1), node(1, 1.25), spot)
    assert bill["hours"] == 2
    assert bill["dollars"] == pytest.approx(4.75 * hour_of() + hour_of(spot=True), abs=1e-3)
    assert f"120 minutes, about {bill['dollars']:.2f} USD for 5 nodes that ran (prices of " in (
        costs.bill_text(bill)
    )


@pytest.mark.usefixtures("environment")
def test_nodes_of_another_type_have_its_price() -> None:
    bill = billed(node(0, 1, "m5.2xlarge"))
    assert bill["dollars"] == pytest.approx(hour_of(type_="m5.2xlarge"), abs=1e-3)
    assert "for 1 node that ran" in costs.bill_text(bill)
    assert "no price of x1.huge" in costs.bill_text(billed(node(0, 1, "x1.huge")))


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize(
    ("nodes", "denied"),
    [((), True), ((), False), (({"InstanceType": "m5.xlarge"},), False)],
)
def test_nodes_that_are_not_listed_are_billed_as_at_the_start(
    nodes: tuple[dict[str, Any], ...], denied: bool
) -> None:
    bill = billed(*nodes, denied=denied)
    assert bill["dollars"] == pytest.approx(2 * 4 * hour_of(), abs=1e-3)
    assert " USD for the 4 nodes it started with (" in costs.bill_text(bill)


def test_a_run_that_failed_without_network_has_no_bill(capsys: pytest.CaptureFixture[str]) -> None:
    class Clusters:
        def status(self, id_: str) -> Status:
            raise Failed("no network")

    context = Context(argparse.Namespace(), mission())
    for id_ in ("j-1", None):
        whole: Any = argparse.Namespace(id=id_, clusters=Clusters())
        _say_bill(context, whole)
    assert capsys.readouterr().err == ""


def test_one_is_no_plural() -> None:
    bill = {"hours": 1 / 60, "dollars": 0.5, "prices_of": "2026-11-25"}
    assert costs.bill_text(bill).startswith("1 minute, about 0.50 USD (prices of")
    assert pluralize(2000, "node", "nodes") == "2,000 nodes"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(90_000, "25 h"), (900, "15 min"), (5400, "1 h 30 min"), (90, "90 s"), (60, "1 min")]
    + [(3661, "1 h 1 min 1 s"), (3605, "1 h 5 s"), (604_800, "168 h")],
)
def test_durations_are_in_hours_and_minutes(seconds: int, text: str) -> None:
    assert exact_duration(seconds) == text
