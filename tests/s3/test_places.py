"""The main job from and to a bucket leaves what it leaves on a disk, byte for byte."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from program import verger as verger_on_disk
from small_photos import jpeg

from .cloud import LOCK, Cloud, Harvest, assert_same_files, files, put_photos
from .conftest import PHOTOS
from .plain_names import plain


def test_from_a_bucket_to_a_bucket(cloud: Cloud, harvest: Harvest) -> None:
    out = cloud.url("my results/v1")
    done = cloud.verger("run", harvest.url, out, *harvest.options)
    assert done.stdout.endswith(f"Dimensions: ({PHOTOS}, 4)\n")
    objects = cloud.objects("my results/v1")
    assert_same_files(objects, files(harvest.out))
    assert LOCK not in objects
    manifest = json.loads(objects["_verger/manifest-000001.json"])
    assert manifest["photos"] == harvest.url

    assert cloud.verger("show", out).stdout == verger_on_disk("show", harvest.out).stdout
    summary = cloud.summary("verify", out)
    assert (summary["rows"], summary["problems"]) == (PHOTOS, [])
    again = cloud.summary("run", harvest.url, out, *harvest.options)
    assert (again["extracted"], again["reused"], again["inputs"]) == (0, PHOTOS, PHOTOS)
    assert cloud.objects("my results/v1") == objects


def test_extract_then_reduce_in_a_bucket(cloud: Cloud, small: Harvest, tmp_path: Path) -> None:
    out, local = cloud.url("out"), tmp_path / "local"
    assert cloud.summary("extract", small.url, out, *small.options)["extracted"] == 40
    assert "verger reduce" in cloud.verger("show", out, check=4).stderr
    cloud.verger("reduce", out, "-k", "3")
    verger_on_disk("extract", small.folder, local, *small.options)
    verger_on_disk("reduce", local, "-k", "3")
    assert_same_files(cloud.objects("out"), files(local))
    cloud.verger("reduce", out, "-k", "0.9")
    verger_on_disk("reduce", local, "-k", "0.9")
    assert_same_files(cloud.objects("out"), files(local))


def test_from_a_folder_to_a_bucket(cloud: Cloud, harvest: Harvest) -> None:
    cloud.verger("run", harvest.folder, cloud.url("out"), *harvest.options)
    assert_same_files(cloud.objects("out"), files(harvest.out))


def test_from_a_bucket_to_a_folder(cloud: Cloud, harvest: Harvest, tmp_path: Path) -> None:
    cloud.verger("run", harvest.url, tmp_path / "out", *harvest.options)
    assert_same_files(files(tmp_path / "out"), files(harvest.out))


@pytest.mark.parametrize("scheme", ["s3a", "s3n"])
def test_other_schemes_are_the_same_place(scheme: str, cloud: Cloud, small: Harvest) -> None:
    out = cloud.url("out")
    cloud.verger("run", small.url, out, *small.options)
    other = [place.replace("s3://", f"{scheme}://") for place in (small.url, out)]
    assert cloud.summary("run", *other, *small.options)["extracted"] == 0
    assert cloud.verger("show", f"{other[1]}/").stdout.endswith("Dimensions: (40, 4)\n")


def test_a_whole_bucket_is_a_place(cloud: Cloud, small: Harvest) -> None:
    photos = small.url.removesuffix("/Photos")
    cloud.verger("run", photos, f"s3://{cloud.bucket}", *small.options)
    expected = files(small.out)
    assert sorted(map(plain, cloud.server.keys(cloud.bucket))) == sorted({*expected} - {LOCK})
    # One folder more: the photos' names begin with it, their labels are the same.
    assert cloud.summary("show", f"s3://{cloud.bucket}")["dimensions"] == [40, 4]


def test_growth_in_a_bucket(cloud: Cloud, small: Harvest, tmp_path: Path) -> None:
    """New photos cost those photos; every version equals that on disk."""
    photos, local = tmp_path / "photos", tmp_path / "local"
    for number in range(3):
        folder = photos / f"Label {number}"
        folder.mkdir(parents=True)
        for index in range(10):
            (folder / f"{index}.jpg").write_bytes(jpeg(100 * number + index))
        url = put_photos(cloud.server, cloud.bucket, "Photos", photos)
        summary = cloud.summary("run", url, cloud.url("out"), *small.options)
        assert (summary["extracted"], summary["inputs"]) == (10, 10 * number + 10)
        verger_on_disk("run", photos, local, *small.options)
        assert_same_files(cloud.objects("out"), files(local))


def test_what_is_no_photo_is_passed_over(cloud: Cloud, small: Harvest) -> None:
    """Consoles make empty objects for folders; people leave notes."""
    cloud.server.put_folder(cloud.bucket, "Photos", small.folder)
    for key in ("Photos/", "Photos/Label 0/", "Photos/empty folder/", "Photos/notes.txt"):
        cloud.server.put(cloud.bucket, key, b"")
    cloud.server.put(cloud.bucket, "Photos other/Label 0/1.jpg", jpeg(1))  # another prefix
    summary = cloud.summary("run", cloud.url("Photos"), cloud.url("out"), *small.options)
    assert (summary["inputs"], summary["rejects"]) == (40, [])


def test_output_within_the_photos(cloud: Cloud, small: Harvest) -> None:
    """Nothing in OUT is taken for a photo."""
    cloud.server.put_folder(cloud.bucket, "Photos", small.folder)
    photos, out = cloud.url("Photos"), cloud.url("Photos/out")
    cloud.verger("run", photos, out, *small.options)
    cloud.server.put(cloud.bucket, "Photos/out/report.png", jpeg(1))
    assert cloud.summary("run", photos, out, *small.options)["inputs"] == 40
