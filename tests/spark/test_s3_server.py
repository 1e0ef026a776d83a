"""2,500 objects with hostile names go to S3 and come back through Spark, byte for byte."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from s3.server import S3Server

from .s3a import s3a_conf
from .venvs import SparkVenv, only_3_5

JOBS = Path(__file__).parent / "jobs"
OBJECTS = 2500  # three pages of a listing
NAMES = ("a b", "a+b", "a%b", "a%20b", "é", "a#b", "a'b&c=d", "ab")


def hostile_objects() -> dict[str, bytes]:
    """No two with the same name or content."""
    return {
        f"photos/Label {NAMES[index % len(NAMES)]}/{index} {NAMES[-index % len(NAMES)]}.jpg": (
            f"content of {index}".encode()
        )
        for index in range(OBJECTS)
    }


@only_3_5
def test_hostile_names_through_spark(
    spark_venv: SparkVenv, s3_server: S3Server, tmp_path: Path
) -> None:
    objects = hostile_objects()
    bucket = s3_server.new_bucket()
    s3_server.put_all(bucket, objects)
    assert s3_server.keys(bucket) == sorted(objects)
    out = tmp_path / "digests"
    spark_venv.spark_submit(
        JOBS / "hash_files.py", f"s3a://{bucket}/photos", out, conf=s3a_conf(s3_server)
    )
    read = {}
    for line in out.read_text("utf-8").splitlines():
        digest, path = line.split("\t")
        read[json.loads(path).removeprefix(f"s3a://{bucket}/")] = digest
    assert read == {key: hashlib.sha256(content).hexdigest() for key, content in objects.items()}
