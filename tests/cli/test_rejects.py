"""50 bad files among 1,000 good ones: counted, explained, and no harm to the rest."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import pytest
from program import manifest, parts, stamps, summary, table, verger
from small_photos import fruit, jpeg, plant

# Part of the reason that each kind of bad file must get.
REASONS = {
    "empty.jpg": "empty",
    "truncated.jpg": "ends before",
    "truncated.png": "PNG",
    "html.jpg": "HTML",
    "huge.jpg": "65500 x 65500",
    "gif.jpg": "GIF",
    "heic.jpg": "HEIC",
    "text.jpg": "not a",
    "renamed.tiff": "TIFF",
    "zeros.webp": "not a",
}


def huge_header() -> bytes:
    """A JPEG that claims 65,500 x 65,500 pixels."""
    photo = bytearray(jpeg(1))
    frame = photo.index(b"\xff\xc0")
    photo[frame + 5 : frame + 9] = struct.pack(">HH", 65500, 65500)
    return bytes(photo)


def bad_files(folder: Path) -> dict[str, bytes]:
    """One of each kind."""
    fruit(2).save(folder / "scratch.gif")
    fruit(2).save(folder / "scratch.tiff")
    fruit(2).save(folder / "scratch.png")
    contents = {
        "empty.jpg": b"",
        "truncated.jpg": jpeg(1)[: len(jpeg(1)) * 2 // 3],
        "truncated.png": (folder / "scratch.png").read_bytes()[:300],
        "html.jpg": b"<!DOCTYPE html>\n<title>404 Not Found</title>",
        "huge.jpg": huge_header(),
        "gif.jpg": (folder / "scratch.gif").read_bytes(),
        "heic.jpg": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(200),
        "text.jpg": b"an apple a day keeps the doctor away\n",
        "renamed.tiff": (folder / "scratch.tiff").read_bytes(),
        "zeros.webp": bytes(4096),
    }
    for scratch in folder.glob("scratch.*"):
        scratch.unlink()
    return contents


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1,000 good photos of 10 labels and 5 of each kind of bad file."""
    folder = plant(tmp_path_factory.mktemp("mixed") / "photos", 1000, labels=10)
    bad = bad_files(folder)
    assert bad.keys() == REASONS.keys()
    for copy in range(5):
        for name, content in bad.items():
            (folder / f"Label {copy}" / f"bad {name}").write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def mixed_out(mixed: Path, tiny: list[str]) -> Path:
    """What a run makes of them."""
    out = mixed.parent / "out"
    done = verger("run", mixed, out, *tiny)
    assert done.stdout.startswith("1,050 photos, 10 labels, 50 rejects")
    assert "  rejected Label 0/bad empty.jpg: " in done.stdout
    assert "... and 30 more" in done.stdout
    assert done.stdout.endswith("Dimensions: (1000, 4)\n")
    return out


def test_every_reject_has_its_reason(mixed_out: Path) -> None:
    contents = manifest(mixed_out)
    assert (contents["inputs"], contents["rows"], len(contents["rejects"])) == (1050, 1000, 50)
    for reject in contents["rejects"]:
        kind = reject["path"].split("bad ")[1]
        assert REASONS[kind] in reject["reason"], reject
    rows = table(mixed_out, "Preprocessing")
    assert rows.num_rows == 1050
    for row in rows.select(["path", "features", "error", "sha256"]).to_pylist():
        assert (row["features"] is None) == bool(row["error"]) == ("bad " in row["path"])
        assert len(row["sha256"]) == 64


def test_same_again_extracts_nothing(mixed: Path, mixed_out: Path, tiny: list[str]) -> None:
    before = stamps([*mixed_out.rglob("part-*"), *mixed_out.rglob("manifest-*")])
    result = summary("run", mixed, mixed_out, *tiny)
    assert (result["extracted"], result["reused"], len(result["rejects"])) == (0, 1050, 50)
    assert stamps([*mixed_out.rglob("part-*"), *mixed_out.rglob("manifest-*")]) == before


def test_too_many_rejects_keep_the_old_results(
    mixed: Path, mixed_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    out = Path(shutil.copytree(mixed_out, tmp_path / "out"))
    before = stamps(parts(out, "Results"))
    more = [mixed / "Label 9" / f"one more {copy}.jpg" for copy in range(3)]
    for bad in more:
        bad.write_bytes(b"")
    try:
        refused = verger("run", mixed, out, *tiny, check=3)
        assert "53 of 1053 photos were rejected" in refused.stderr
        assert "--max-reject-rate" in refused.stderr
        # One: the three are equal.
        message = "1 photo extracted, kept for the next run; the output did not change\n  rejected "
        assert refused.stdout.startswith(message)
        assert refused.stdout.endswith("  ... and 33 more\n")
        assert stamps(parts(out, "Results")) == before
        assert verger("show", out).stdout.endswith("Dimensions: (1000, 4)\n")

        result = summary("run", mixed, out, *tiny, "--max-reject-rate", "6%")
        assert result["extracted"] == 0  # the new files were looked at before, and are known
        assert (result["rows"], len(result["rejects"])) == (1000, 53)
    finally:
        for bad in more:
            bad.unlink()


@pytest.mark.parametrize(("rate", "code"), [("4.8%", 0), ("0.048", 0), ("0.047", 3), ("0", 3)])
def test_limit_of_rejects(
    rate: str, code: int, mixed: Path, mixed_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    out = Path(shutil.copytree(mixed_out, tmp_path / "out"))
    verger("run", mixed, out, *tiny, "--max-reject-rate", rate, "--quiet", check=code)


def test_nothing_but_rejects(tmp_path: Path, tiny: list[str]) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_bytes(b"")
    refused = verger("run", tmp_path / "photos", tmp_path / "out", *tiny, check=3)
    assert "a.jpg" in refused.stderr
    # It is a version all the same: there were no Results to lose.
    assert refused.stdout.startswith("1 photo, 0 labels, 1 reject by ")
    assert manifest(tmp_path / "out")["inputs"] == 1
    result = verger(
        "run", tmp_path / "photos", tmp_path / "out", *tiny, "--max-reject-rate", "1", check=4
    )
    assert "2 photos or more" in result.stderr


@pytest.mark.parametrize("command", ["run", "extract"])
def test_a_version_that_was_not_made_is_not_told_of(
    command: str, tmp_path: Path, tiny: list[str]
) -> None:
    """The rows of photos that are gone stay where --sync ends with too many rejects."""
    photos, out = plant(tmp_path / "photos", 8), tmp_path / "out"
    verger("run", photos, out, *tiny)
    before = manifest(out)
    for photo in sorted(photos.rglob("*.jpg"))[:6]:
        photo.unlink()
    (photos / "Label 0" / "bad.jpg").write_bytes(b"")
    refused = verger(command, photos, out, *tiny, "--sync", check=3)
    assert refused.stdout == (
        "1 photo extracted, kept for the next run; the output did not change\n"
        "  rejected Label 0/bad.jpg: the file is empty\n"
    )
    result = summary(command, photos, out, *tiny, "--sync", check=3)
    assert (result["committed"], result["extracted"], result["rejected"]) == (False, 0, 1)
    assert not {"inputs", "rows", "labels"} & result.keys()
    assert manifest(out) == before


def test_too_few_photos_for_a_pca_leave_the_output_as_it_was(
    tmp_path: Path, tiny: list[str]
) -> None:
    photos, out = plant(tmp_path / "photos", 4), tmp_path / "out"
    verger("run", photos, out, *tiny)
    for photo in sorted(photos.rglob("*.jpg"))[1:]:
        photo.unlink()
    refused = verger("run", photos, out, *tiny, "--sync", check=4)
    assert refused.stdout == "0 photos extracted; the output did not change\n"
    assert manifest(out)["rows"] == 4


def test_content_decides_not_the_name(tmp_path: Path, tiny: list[str]) -> None:
    """A PNG called .jpg is a photo like any other."""
    photos = plant(tmp_path / "photos", 4)
    fruit(77).save(tmp_path / "real.png")
    (tmp_path / "real.png").rename(photos / "Label 0" / "lies.jpg")
    assert summary("run", photos, tmp_path / "out", *tiny)["rows"] == 5
