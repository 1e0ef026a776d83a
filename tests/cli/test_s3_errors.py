"""What the program makes of errors of S3: status and code decide, not words in keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from program import table, verger
from scripted_s3 import Refusal, ScriptedS3, serving
from small_photos import jpeg

STORAGE = 5  # exit codes
BAD_INPUT = 4
REFUSED = 7
# Names that say what happened to nobody.
NAMES = ["Forbidden Fruit/a.jpg", "expired.jpg", "AWS Error ACCESS_DENIED during/x.jpg"]
DENIED = Refusal(403, "AccessDenied")


@pytest.fixture
def bucket() -> Iterator[ScriptedS3]:
    photos = {f"photos/{name}": jpeg(seed) for seed, name in enumerate([*NAMES, "b/good.jpg"])}
    with serving(ScriptedS3(photos)) as script:
        yield script


def extract(bucket: ScriptedS3, out: Path, tiny: list[str], check: int, below: str = "") -> str:
    """Extracts the photos; a reject must not fail the run. Returns what it said."""
    photos, options = f"s3://fruits/photos{below}", [*tiny, "--max-reject-rate", "1"]
    return verger("extract", photos, out, *options, check=check, env=bucket.environment()).stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_photo_that_may_not_be_read_is_a_reject(
    name: str, bucket: ScriptedS3, tiny: list[str], tmp_path: Path
) -> None:
    bucket.refusals[f"photos/{name}"] = DENIED
    extract(bucket, tmp_path / "out", tiny, 0)
    rows = table(tmp_path / "out", "Preprocessing").to_pylist()
    errors = {row["path"]: row["error"] for row in rows}
    message = (
        "AccessDenied (HTTP 403): no & none; give these credentials the right to it, or use others"
    )
    assert errors == {
        path: f"cannot be read: {message}" if path == name else None
        for path in [*NAMES, "b/good.jpg"]
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        (Refusal(0), "NetworkConnection: "),
        (Refusal(403, "ExpiredToken"), "ExpiredToken (HTTP 403): no & none; the credentials have"),
        (Refusal(501, "NotImplemented"), "the server does not support this request"),
        (Refusal(404, "NoSuchBucket"), "check the bucket's name, or create it"),
    ],
)
def test_what_is_no_fault_of_a_photo_ends_the_run(
    refusal: Refusal, message: str, name: str, bucket: ScriptedS3, tiny: list[str], tmp_path: Path
) -> None:
    bucket.refusals[f"photos/{name}"] = refusal
    stderr = extract(bucket, tmp_path / "out", tiny, STORAGE)
    assert message in stderr
    assert f"'s3://fruits/photos/{name}'" in stderr


def test_a_photo_that_is_gone_is_told_from_a_bucket_that_is(
    bucket: ScriptedS3, tiny: list[str], tmp_path: Path
) -> None:
    """The body names a key NoSuchBucket."""
    bucket.refusals["photos/b/good.jpg"] = Refusal(404, "NoSuchKey")
    extract(bucket, tmp_path / "out", tiny, 0)
    rows = table(tmp_path / "out", "Preprocessing").to_pylist()
    assert [row["path"] for row in rows if row["error"]] == ["b/good.jpg"]


@pytest.mark.parametrize("below", ["/Forbidden Fruit", "/AWS Error ACCESS_DENIED during"])
def test_a_listing_that_fails_says_why(
    below: str, bucket: ScriptedS3, tiny: list[str], tmp_path: Path
) -> None:
    bucket.refusals[""] = Refusal(501, "NotImplemented")
    stderr = extract(bucket, tmp_path / "out", tiny, BAD_INPUT, below)
    assert "NotImplemented (HTTP 501): no & none; the server does not support" in stderr
    bucket.refusals[""] = Refusal(403, "ExpiredToken", "Access Denied")
    assert "renew them" in extract(bucket, tmp_path / "out", tiny, BAD_INPUT, below)


def test_no_other_region_of_aws_hears_of_a_bucket(tmp_path: Path, tiny: list[str]) -> None:
    away = {"AWS_ENDPOINT_URL_S3": "https://s3.us-east-1.amazonaws.com"}
    out = tmp_path / "out"
    stderr = verger("extract", "s3://fruits/photos", out, *tiny, check=REFUSED, env=away).stderr
    assert "s3://fruits: refused, nothing was read: the endpoint s3.us-east-1.amazonaws" in stderr
