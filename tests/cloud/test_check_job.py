"""What a job is refused for before a cluster is paid for: by pca.py's own rules, and S3's."""

from __future__ import annotations

from datetime import date

import pytest
from verger.cloud import guard
from verger.cloud.bucket import places
from verger.cloud.check_job import wrong_job, wrong_places
from verger.cloud.checks import check
from verger.cloud.settings import Job, Settings
from verger.errors import BadCall
from verger.runs.job_options import pca_settings, reject_rate

from .programs import Program, mission

BEFORE = date(2026, 11, 20)
DATA = "s3://orchard-paris/Data"
GIVEN = [
    "50",
    " 50 ",
    "5_0",
    "0",
    "65536",
    "65537",
    "-1",
    "0.95",
    "1.0",
    "1.5",
    "5%",
    "50%",
    "101%",
]
GIVEN += ["abc", "", "nan", "inf", "--model", "9" * 5000, "1e-400", "-0.0", "%", "0.0"]


@pytest.mark.parametrize("text", GIVEN)
def test_values_are_refused_as_pca_py_refuses_them(text: str) -> None:
    for job, reads in (
        (Job(components=text), lambda: pca_settings(text, "centred")),
        (Job(max_reject_rate=text), lambda: reject_rate(text)),
    ):
        try:
            reads()
            expected = 0
        except BadCall:
            expected = 1
        assert len(list(wrong_job(mission(job=job)))) == expected, job


@pytest.mark.parametrize(
    ("photos", "out", "message"),
    [
        (DATA, DATA, "is PHOTOS"),
        (DATA, DATA.replace("s3", "s3a") + "/", "is PHOTOS"),
        (DATA, f"{DATA}/out", "is PHOTOS"),
        ("s3://orchard-paris", "s3://orchard-paris/runs/1", "is PHOTOS"),
        (DATA, "/tmp/x", "OUT /tmp/x: a cluster reads and writes buckets"),
        (f"{DATA}/../x", "s3://orchard-paris", "PHOTOS s3://orchard-paris/Data/../x: '//', '.'"),
        (DATA, "s3://orchard-paris//x", "OUT s3://orchard-paris//x: '//'"),
        (DATA, "s3://orchard-paris/runs//", "OUT s3://orchard-paris/runs//: '//'"),
        ("s3://Orchard/Data", "s3://orchard-paris", "'Orchard' is not the name of a bucket"),
        ("s3://a..b/Data", "s3://orchard-paris", "'a..b' is not the name of a bucket"),
        ("s3://10.0.0.1/Data", "s3://orchard-paris", "'10.0.0.1' is not the name of a bucket"),
        (DATA, "s3://orchard-paris/a\nb", "invisible characters"),
    ],
)
def test_places_that_cannot_be_are_refused_by_all_before_anything_is_sent(
    program: Program, photos: str, out: str, message: str
) -> None:
    for command in ("plan", "submit", "run"):
        done = program(command, photos, out, settings=mission(release="emr-7.13.0"))
        assert done.code == 2
        assert message in done.err
    assert guard.sent == []


@pytest.mark.parametrize(
    "out", ["s3://orchard-paris", "s3://orchard-paris/Data2", "s3a://other/x y"]
)
def test_places_that_can_be_pass(out: str) -> None:
    assert DATA in places(mission(), DATA, out)
    assert list(wrong_places(DATA, out)) == []


def beyond(photos: str, out: str, settings: Settings) -> list[str]:
    return check(settings, BEFORE, photos, out)


def test_places_that_the_stacks_role_may_not_touch_are_warned_of() -> None:
    ours = "s3://orchard-paris"
    assert beyond(DATA, ours, mission()) == []
    assert beyond(f"{DATA}/apples/", f"{ours}/runs/1", mission()) == []
    photos, out = beyond(f"{ours}/photos", f"{ours}/Out", mission())
    assert "PHOTOS s3://orchard-paris/photos: the stack's role, verger-emr-node" in photos
    assert "may not write there, only in s3://orchard-paris, s3://orchard-paris/runs" in out
    assert len(beyond("s3://other/Data", "s3://other/runs", mission())) == 2
    (model,) = beyond(DATA, ours, mission(job=Job(model="s3://other/x.onnx", preset="timm")))
    assert "model s3://other/x.onnx" in model
    # What another role may do is not known.
    assert beyond("s3://other/Data", "s3://other", mission(instance_profile="mine")) == []
