"""What the program asks of S3: regions first, encryption on every put, large objects in pieces."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from program import Argument
from program import verger as verger_on_disk
from small_photos import plant, tiny_network

from .cloud import Cloud, Harvest, assert_same_files, files
from .conftest import harvested
from .dialects import saying_that_it_encrypts
from .fault_proxy import running_proxy
from .faults import Fault, on
from .plain_names import plain
from .server import S3Server, running_s3_server

STORAGE, REFUSED = 5, 7
MIB = 1 << 20
ASKED_FOR_THE_REGION = {"HeadBucket", "GetBucketLocation"}
PUTS = ("PutObject", "CreateMultipartUpload")  # where encryption is asked for
WIDE = 4200  # features; the moments of so many take 67.3 MiB


@pytest.fixture(scope="module")
def frankfurt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A server in another region."""
    folder = tmp_path_factory.mktemp("frankfurt") / "server"
    with running_s3_server(folder, "eu-central-1") as server:
        yield server


@pytest.fixture
def abroad(cloud: Cloud, frankfurt: S3Server) -> Iterator[Cloud]:
    """The program before that server."""
    with running_proxy(frankfurt.port) as proxy:
        yield Cloud(frankfurt, proxy, cloud.home, frankfurt.new_bucket())


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_bucket_in_a_region_that_is_not_allowed(
    way: str, abroad: Cloud, small: Harvest, tmp_path: Path
) -> None:
    """Refused before a byte is read or written, whichever of the two places it is."""
    abroad.server.put_folder(abroad.bucket, "Photos", small.folder)
    env, options = abroad.environment(), ["--regions", "eu-west-3,eu-west-1"]
    if way == "variable":
        env, options = {**env, "VERGER_REGIONS": "eu-west-3,eu-west-1"}, []
    photos, out = abroad.url("Photos"), abroad.url("out")
    commands: tuple[tuple[Argument, ...], ...] = (
        ("run", photos, tmp_path / "out", *small.options),
        ("run", small.folder, out, *small.options),
        ("extract", photos, out, *small.options),
        ("show", out),
        ("verify", out),
        ("reduce", out),
    )
    for command in commands:
        done = abroad.verger(*command, *options, env=env, check=REFUSED)
        for word in (abroad.bucket, "eu-central-1", "eu-west-3", "--regions", "VERGER_REGIONS"):
            assert word in done.stderr
        assert {*abroad.proxy.operations()} <= ASKED_FOR_THE_REGION
    assert abroad.proxy.requests
    assert "out" not in {key.split("/")[0] for key in abroad.server.keys(abroad.bucket)}
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_a_bucket_in_a_region_that_is_allowed(abroad: Cloud, small: Harvest) -> None:
    abroad.server.put_folder(abroad.bucket, "Photos", small.folder)
    run = ("run", abroad.url("Photos"), abroad.url("out"), *small.options)
    abroad.verger(*run, "--regions", "eu-west-3, eu-central-1")
    assert abroad.proxy.requests[0].operation in ASKED_FOR_THE_REGION
    # The option goes before the variable; a server of one's own is free by default.
    env = {**abroad.environment(), "VERGER_REGIONS": "eu-west-3"}
    abroad.verger(*run, "--regions", "eu-central-1", env=env)
    abroad.verger(*run)


def test_regions_that_cannot_be_told(abroad: Cloud, small: Harvest) -> None:
    """A guard that could not look lets nobody through."""
    abroad.proxy.rules = [on(Fault.ACCESS_DENIED, "HeadBucket")]
    abroad.proxy.rules += [on(Fault.ACCESS_DENIED, "GetBucketLocation")]
    out, region = abroad.url("out"), ("--regions", "eu-central-1")
    done = abroad.finish(abroad.start("run", small.folder, out, *small.options, *region))
    assert done.returncode in (STORAGE, REFUSED), done.stderr
    assert abroad.bucket in done.stderr
    assert {*abroad.proxy.operations()} <= ASKED_FOR_THE_REGION


def test_the_region_may_be_left_out(abroad: Cloud, small: Harvest) -> None:
    """The bucket tells it; signatures for another would be refused."""
    env = {name: value for name, value in abroad.environment().items() if name != "AWS_REGION"}
    out = abroad.url("out")
    region = ("--regions", "eu-central-1")
    abroad.verger("run", small.folder, out, *small.options, *region, env=env)
    assert abroad.verger("show", out).stdout.endswith("Dimensions: (40, 4)\n")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ([], (None, None)),
        (["--sse", "AES256"], ("AES256", None)),
        (["--sse", "aws:kms"], ("aws:kms", None)),
        (["--sse", "aws:kms", "--sse-kms-key-id", "arn:a/b"], ("aws:kms", "arn:a/b")),
    ],
)
def test_encryption_is_asked_for_with_every_put(
    options: list[str], expected: tuple[str | None, str | None], cloud: Cloud, small: Harvest
) -> None:
    cloud.proxy.dialect = saying_that_it_encrypts()
    cloud.verger("run", small.url, cloud.url("out"), *small.options, *options)
    cloud.verger("reduce", cloud.url("out"), "-k", "2", *options)
    name = "x-amz-server-side-encryption"
    puts = [request for request in cloud.proxy.requests if request.operation in PUTS]
    assert len(puts) >= 10
    for request in puts:
        actual = (request.headers.get(name), request.headers.get(f"{name}-aws-kms-key-id"))
        assert actual == expected, request.target
    for request in cloud.proxy.requests:
        assert request.operation in PUTS or name not in request.headers


@pytest.mark.parametrize(
    "options", [["--sse", "none"], ["--sse-kms-key-id", "k"], ["--addressing", "other"]]
)
def test_options_that_make_no_sense(options: list[str], cloud: Cloud, small: Harvest) -> None:
    cloud.verger("run", small.url, cloud.url("out"), *small.options, *options, check=2)
    assert not cloud.proxy.requests


def test_virtual_addressing_puts_the_bucket_into_the_host(cloud: Cloud) -> None:
    """*.localhost is this machine wherever names are asked as RFC 6761 has it."""
    env = cloud.environment()
    env["AWS_ENDPOINT_URL_S3"] = f"http://localhost:{cloud.proxy.port}"
    # The server knows no such names: what counts is what it was asked.
    cloud.finish(cloud.start("show", cloud.url("out"), "--addressing", "virtual", env=env))
    hosts = {request.headers["host"] for request in cloud.proxy.requests}
    assert hosts == {f"{cloud.bucket}.localhost:{cloud.proxy.port}"}


def noise(megabytes: int) -> bytes:
    """A PNG of so many MiB that no compression makes smaller."""
    rows = megabytes * MIB // (1024 * 3) + 1
    pixels = np.random.default_rng(1).integers(0, 256, (rows, 1024, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


def test_a_large_photo_is_read_in_ranges(cloud: Cloud, tiny: list[str], tmp_path: Path) -> None:
    """Of 8 MiB, none twice; together they are the object."""
    folder = plant(tmp_path / "photos", 3)
    (folder / "Label 0" / "large.png").write_bytes(noise(20))
    large = harvested(cloud.server, folder, tiny)
    # The page's thumbnails would read it once more.
    cloud.verger("run", large.url, cloud.url("out"), *tiny, "--no-report")
    assert_same_files(cloud.objects("out"), files(large.out))
    gets = [request for request in cloud.proxy.requests if request.target.key.endswith("large.png")]
    requested_ranges = [
        request.headers["range"] for request in gets if request.operation == "GetObject"
    ]
    size = (folder / "Label 0" / "large.png").stat().st_size
    starts = range(0, size, 8 * MIB)
    assert len(starts) == 3
    ranges = [f"bytes={start}-{min(start + 8 * MIB, size) - 1}" for start in starts]
    assert sorted(requested_ranges) == sorted(ranges)


@pytest.fixture(scope="module")
def wide(s3_server: S3Server, tmp_path_factory: pytest.TempPathFactory) -> Harvest:
    """Ten photos and a network of so many features that one file of the output is large."""
    folder = tmp_path_factory.mktemp("wide")
    network = tiny_network(folder / "wide.onnx", WIDE)
    options = ["--model", str(network), "--preset", "torchvision", "-k", "3"]
    return harvested(s3_server, plant(folder / "photos", 10), options)


def uploads(cloud: Cloud) -> dict[str, int]:
    """How often each step of an upload in pieces was asked for."""
    operations = cloud.proxy.operations()
    steps = ("CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
    return {step: operations[step] for step in (*steps, "AbortMultipartUpload")}


def unfinished(cloud: Cloud) -> bool:
    """Whether an upload in pieces was begun and neither completed nor aborted."""
    listing = cloud.server.request("GET", cloud.bucket, subresource="uploads")
    return b"<UploadId>" in listing


def test_a_large_file_is_put_in_pieces(cloud: Cloud, wide: Harvest) -> None:
    options = ["--sse", "AES256"]
    cloud.proxy.dialect = saying_that_it_encrypts()
    cloud.verger("run", wide.url, cloud.url("out"), *wide.options, *options)
    objects = cloud.objects("out")
    moments = next(name for name in objects if name.startswith("_verger/moments-000001-"))
    assert len(objects[moments]) > 64 * MIB
    assert_same_files(objects, files(wide.out))
    pieces = uploads(cloud)["UploadPart"]
    assert pieces >= 2
    assert [*uploads(cloud).values()] == [1, pieces, 1, 0]
    # Large objects are read in ranges as well.
    cloud.proxy.reset()
    cloud.verger("verify", cloud.url("out"))
    assert cloud.proxy.operations(moments)["GetObject"] > 1
    assert not unfinished(cloud)


@pytest.mark.parametrize("step", ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"])
@pytest.mark.parametrize("fault", [Fault.RESET_AFTER, Fault.SLOW_DOWN])
def test_pieces_are_put_again(fault: Fault, step: str, cloud: Cloud, wide: Harvest) -> None:
    """Even where the step was done and its answer was lost."""
    cloud.proxy.rules = [on(fault, step, times=1)]
    cloud.verger("run", wide.url, cloud.url("out"), *wide.options)
    assert cloud.proxy.faults == {fault: 1}
    assert_same_files(cloud.objects("out"), files(wide.out))


def test_pieces_of_a_failed_upload_do_not_stay(cloud: Cloud, wide: Harvest) -> None:
    cloud.proxy.rules = [on(Fault.ACCESS_DENIED, "UploadPart", after=1)]
    run = ("run", wide.url, cloud.url("out"), *wide.options)
    stderr = cloud.verger(*run, check=STORAGE).stderr
    assert "moments-000001.bin" in plain(stderr)
    assert uploads(cloud)["AbortMultipartUpload"] == 1
    assert not unfinished(cloud)
    assert "manifest" not in " ".join(cloud.server.keys(cloud.bucket))
    cloud.proxy.reset()
    cloud.verger(*run)
    verger_on_disk("verify", wide.out)
    assert_same_files(cloud.objects("out"), files(wide.out))
