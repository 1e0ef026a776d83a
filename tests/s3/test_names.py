"""2,500 keys with hostile names: three pages of a listing, and every photo under its own name."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from small_photos import jpeg, plant

from .cloud import Cloud, Harvest, assert_same_files, files
from .conftest import harvested
from .server import S3Server

OBJECTS = 2500
CONTENTS = 250  # each under ten names
NAMES = (
    *("a b", "a  b", "a+b", "a%b", "a%20b", "a%2Fb", "a#b", "a?b", "a&b", "a&amp;b", "a'b"),
    *('a"b', "a=b", "a;b", "a@b", "a:b", "a,b", "a$b", "a!b", "a(b)", "a*b", "a~b", "a[b]"),
    *("a{b}", "a|b", "a<b>", "a^b", "a`b", "a\\b", "a.", "a...", ".a", "-a", "日本", "🍏🍎"),
    *("\u00e9", "e\u0301", "ab", "A b", "a_b", "x" * 200),
)


def name(index: int) -> str:
    """No two alike; each name of NAMES as a label and as a photo."""
    label, photo = NAMES[index % len(NAMES)], NAMES[index // len(NAMES) % len(NAMES)]
    return f"{label}/{index} {photo}.jpg"


@pytest.fixture(scope="module")
def hostile(
    s3_server: S3Server, tiny: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Harvest:
    folder = tmp_path_factory.mktemp("hostile") / "photos"
    for index in range(OBJECTS):
        photo = folder / name(index)
        photo.parent.mkdir(parents=True, exist_ok=True)
        photo.write_bytes(jpeg(index % CONTENTS))
    return harvested(s3_server, folder, [*tiny, "--include-hidden"])  # one label is ".a"


def test_hostile_names(cloud: Cloud, hostile: Harvest, tmp_path: Path) -> None:
    summary = cloud.summary("run", hostile.url, cloud.url("out"), *hostile.options)
    assert (summary["inputs"], summary["rows"], summary["rejects"]) == (OBJECTS, OBJECTS, [])
    assert summary["labels"] == len(NAMES)
    assert cloud.proxy.operations()["ListObjects"] >= 3
    assert_same_files(cloud.objects("out"), files(hostile.out))

    rows = pq.read_table(cloud.copied("out", tmp_path / "out") / "Preprocessing")
    hashes = dict(zip(rows["path"].to_pylist(), rows["sha256"].to_pylist(), strict=True))
    contents = [hashlib.sha256(jpeg(number)).hexdigest() for number in range(CONTENTS)]
    assert hashes == {name(index): contents[index % CONTENTS] for index in range(OBJECTS)}


@pytest.mark.parametrize("prefix", NAMES)
def test_hostile_prefixes(prefix: str, cloud: Cloud, small: Harvest) -> None:
    """OUT may be called anything, too; a copy is then made from and to such keys."""
    out = cloud.url(f"{prefix}/out {prefix}")
    cloud.verger("run", small.url, out, *small.options)
    assert_same_files(cloud.objects(f"{prefix}/out {prefix}"), files(small.out))
    assert cloud.verger("show", out).stdout.endswith("Dimensions: (40, 4)\n")


def test_names_that_are_none(cloud: Cloud, tiny: list[str], tmp_path: Path) -> None:
    """Names that cannot be printed are rejects, as on a disk."""
    folder = plant(tmp_path / "photos", 3)
    for odd in ("a\nb.jpg", "a\tb.jpg", "a\x7fb.jpg", "odd\nlabel/a.jpg"):
        photo = folder / "Label 0" / odd
        photo.parent.mkdir(exist_ok=True)
        photo.write_bytes(jpeg(9))
    odd_names = harvested(cloud.server, folder, [*tiny, "--max-reject-rate", "1"])
    cloud.verger("run", odd_names.url, cloud.url("out"), *odd_names.options)
    assert_same_files(cloud.objects("out"), files(odd_names.out))
