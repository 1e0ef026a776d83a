"""The price file: what it says of an hour, what it marks as assumed, and how it refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from verger.cloud import prices
from verger.cloud.settings import Group, Settings
from verger.errors import BadInput

OURS = Path(prices.__file__).parent / "prices" / "eu-west-3.json"
Edit = Callable[[dict[str, Any]], None]


def edited(folder: Path, edit: Edit) -> Path:
    """A copy of our file, changed."""
    document = json.loads(OURS.read_text())
    edit(document)
    file = folder / "prices.json"
    file.write_text(json.dumps(document))
    return file


def hour(settings: Settings, file: Path | None = None) -> float:
    return sum(line.dollars for line in prices.load(file).cluster_hour(settings))


def test_hour_of_the_missions_cluster() -> None:
    # 4 m5.xlarge of 0.224 + 0.048, and 30 + 64 GB of gp3 each at 0.0928 a month of 730 hours.
    assert hour(Settings()) == pytest.approx(4 * (0.224 + 0.048 + 94 * 0.0928 / 730))
    lines = prices.load().cluster_hour(Settings())
    assert [(line.what, line.number) for line in lines if "EC2" in line.what] == [
        ("Primary: m5.xlarge, EC2", 1),
        ("Core: m5.xlarge, EC2", 1),
        ("PCA: m5.xlarge, EC2", 2),
    ]


def test_lines_follow_the_count() -> None:
    more = replace(Settings(), task=Group(name="PCA", count=20))
    node = hour(replace(Settings(), task=Group(count=0)), None)
    assert hour(more) == pytest.approx(node + 20 * (node / 2))


def test_spot_is_cheaper_but_emr_is_not() -> None:
    spot = replace(Settings(), task=Group(name="PCA", count=2, spot=True))
    lines = {line.what: line.dollars for line in prices.load().cluster_hour(spot)}
    assert lines["PCA: m5.xlarge, EC2 spot"] == pytest.approx(2 * 0.066)
    assert lines["PCA: m5.xlarge, EMR"] == pytest.approx(2 * 0.048)
    assert any("spot prices change" in note for note in prices.load().notes(spot))
    assert not any("spot" in note for note in prices.load().notes(Settings()))


def test_other_sizes_are_in_proportion_and_say_so() -> None:
    large = replace(Settings(), core=Group(type="m5.4xlarge", name="Core"))
    lines = {line.what: line.dollars for line in prices.load().cluster_hour(large)}
    assert lines["Core: m5.4xlarge, EC2"] == pytest.approx(0.896)
    assert any(
        "EC2 m5.4xlarge" in note and "in proportion to m5.xlarge" in note
        for note in prices.load().notes(large)
    )


def test_disks_of_both_kinds_are_counted() -> None:
    disks = Group(disk_type="gp2", disk_gb=100, disks=2)
    only = replace(Settings(), primary=disks, core=Group(count=0), task=Group(count=0))
    assert hour(only) == pytest.approx(0.272 + (30 * 0.0928 + 200 * 0.116) / 730)


def test_notes_name_day_file_and_what_is_assumed() -> None:
    notes = prices.load().notes(Settings())
    assert "2026-11-25" in notes[0]
    assert "eu-west-3.json" in notes[0]
    assert sum("EMR m5.xlarge" in note for note in notes) == 1  # once for all three groups
    assert any(note.startswith("assumed: EBS gp3") for note in notes)
    assert not any("EC2 m5.xlarge" in note for note in notes)  # read from two sources
    assert any("ec2 2025-03-02, emr 2026-11-25" in note for note in notes)
    assert any("VAT" in note for note in notes)
    elsewhere = replace(Settings(), region="eu-west-1")
    assert any("eu-west-1" in note for note in prices.load().notes(elsewhere))


def test_every_figure_has_source_and_date() -> None:
    tables = json.loads(OURS.read_text())["tables"]
    for name, table in tables.items():
        assert table["source"].startswith("https://") or name == "spot_share"
        assert date.fromisoformat(table["date"]) <= prices.load().day
        known = set(table["usd"]) | {"*"}
        assert set(table["assumed"]) <= known


def test_users_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    def dearer(document: dict[str, Any]) -> None:
        document["day"] = "2027-01-02"
        document["tables"]["ec2"]["usd"]["m5.xlarge"] = 1.0
        document["tables"]["emr"]["assumed"] = {}

    file = edited(tmp_path, dearer)
    assert hour(Settings(), file) == pytest.approx(hour(Settings()) + 4 * (1.0 - 0.224))
    notes = prices.load(file).notes(Settings())
    assert "2027-01-02" in notes[0]
    assert str(file) in notes[0]
    assert not any("EMR" in note for note in notes)


def test_a_type_without_price_is_refused_with_the_remedy() -> None:
    unknown = replace(Settings(), task=Group(type="x9.xlarge", count=1))
    with pytest.raises(BadInput, match=r"x9\.xlarge.*--prices"):
        prices.load().cluster_hour(unknown)
    with pytest.raises(BadInput, match=r"io2.*--prices"):
        prices.load().cluster_hour(replace(Settings(), core=Group(disk_type="io2")))


def put(*path: str, value: object) -> Edit:
    """An edit that sets what `path` leads to."""

    def edit(document: dict[str, Any]) -> None:
        for key in path[:-1]:
            document = document[key]
        document[path[-1]] = value

    return edit


@pytest.mark.parametrize(
    ("edit", "named"),
    [
        (put("format", value="other"), "format"),
        (put("version", value=2), "version"),
        (put("currency", value="EUR"), "currency"),
        (put("day", value="yesterday"), "day"),
        (put("region", value=""), "region"),
        (put("tables", value=[]), "tables"),
        (put("tables", "emr", value=None), "tables.emr"),
        (put("tables", "ec2", "usd", "m5.xlarge", value="0.2"), "tables.ec2.usd.m5.xlarge"),
        (put("tables", "ec2", "usd", "m5.xlarge", value=-1), "tables.ec2.usd.m5.xlarge"),
        (put("tables", "ec2", "usd", "m5.xlarge", value=0), "tables.ec2.usd.m5.xlarge"),
        (put("tables", "stack", "usd", value={}), "tables.stack.usd.nat_hour"),
        (put("tables", "ec2", "usd", "m5.xlarge", value=True), "tables.ec2.usd.m5.xlarge"),
        (put("tables", "ec2", "usd", "m5.xlarge", value=float("nan")), "tables.ec2.usd.m5.xlarge"),
        (put("tables", "s3", "usd", value={}), "tables.s3.usd.put"),
        (put("tables", "ebs", "source", value=""), "tables.ebs.source"),
        (put("tables", "ebs", "assumed", value={"gp3": 1}), "tables.ebs.assumed.gp3"),
    ],
)
def test_a_wrong_file_is_refused_by_the_key(tmp_path: Path, edit: Edit, named: str) -> None:
    file = edited(tmp_path, edit)
    with pytest.raises(BadInput) as refused:
        prices.load(file)
    assert f"{file}: {named}: " in str(refused.value)


def test_the_stack_has_a_price_that_older_files_lack(tmp_path: Path) -> None:
    assert "another 40 USD a month while it exists" in prices.load().stack_month()
    assert "unchecked" in prices.load().stack_month()
    older = edited(tmp_path, lambda document: document["tables"].pop("stack"))
    assert prices.load(older).stack_month() == ""


def test_old_prices_and_those_of_elsewhere_are_warned_of() -> None:
    ours = prices.load()
    assert ours.risks(Settings(), date(2027, 11, 25)) == []
    (old,) = ours.risks(Settings(), date(2027, 11, 27))
    assert "2026-11-25 are more than a year old" in old
    (far,) = ours.risks(replace(Settings(), region="eu-west-1"), ours.day)
    assert "the prices are for eu-west-3, but the cluster runs in eu-west-1" in far
    assert ours.dated() == "gathered 2026-11-25, oldest figure of 2025-03-02"


def test_a_file_that_nests_without_end_is_no_json(tmp_path: Path) -> None:
    (tmp_path / "deep.json").write_text("[" * 100_000)
    with pytest.raises(BadInput, match="not JSON"):
        prices.load(tmp_path / "deep.json")


def test_no_file_and_no_json_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"nowhere\.json.*--prices"):
        prices.load(tmp_path / "nowhere.json")
    (tmp_path / "text.json").write_text("prices")
    with pytest.raises(BadInput, match=r"text\.json: not JSON"):
        prices.load(tmp_path / "text.json")
