"""Names of photos and folders as people have them, and as nobody should."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from program import manifest, summary, table, verger
from small_photos import jpeg, plant

E_ACUTE = "p\u00e9che"
NAMES = [
    "with spaces .jpg",
    'it\'s "quoted".jpg',
    "50%+#&?;=$(echo).jpg",
    "-starts with a dash.jpg",
    "emoji \U0001f34e\u200d\U0001f333.jpg",
    "back\\slash.jpg",
    "UPPER.JPG",
    "two.dots.jpeg",
    "\u6843.jpg",
    unicodedata.normalize("NFC", E_ACUTE) + ".jpg",
    unicodedata.normalize("NFD", E_ACUTE) + ".jpg",
]


def test_names_come_through(tmp_path: Path, tiny: list[str]) -> None:
    photos = tmp_path / "my photos \u00e9 'x'"
    label = photos / "Pomme d'Api #1 \U0001f34f"
    label.mkdir(parents=True)
    for seed, name in enumerate(NAMES):
        (label / name).write_bytes(jpeg(seed))
    out = tmp_path / "out \u00e9"
    done = verger("run", photos, out, *tiny)
    assert done.stdout.endswith(f"Dimensions: ({len(NAMES)}, 4)\n")
    rows = table(out)
    assert sorted(rows["path"].to_pylist()) == sorted(f"{label.name}/{name}" for name in NAMES)
    assert set(rows["label"].to_pylist()) == {label.name}
    assert summary("run", photos, out, *tiny)["extracted"] == 0
    assert manifest(out)["labels"] == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (b"new\nline.jpg", "new\\x0aline.jpg"),
        (b"latin \xe9.jpg", "latin \\xe9.jpg"),
        (b"\x1b[31mred.jpg", "\\x1b[31mred.jpg"),
    ],
)
def test_names_that_are_no_text(
    name: bytes, text: str, photos: Path, tmp_path: Path, tiny: list[str]
) -> None:
    with open(os.fsencode(photos / "Label 0") + b"/" + name, "wb") as file:
        file.write(jpeg(1))
    result = verger("run", photos, tmp_path / "out", *tiny)
    assert f"rejected Label 0/{text}: its name is not plain UTF-8 text: rename it" in result.stdout
    assert "\x1b" not in result.stdout + result.stderr
    assert manifest(tmp_path / "out")["rejects"][0]["path"] == f"Label 0/{text}"


def test_things_that_are_no_files(photos: Path, tmp_path: Path, tiny: list[str]) -> None:
    """None is waited for: a FIFO nobody writes to, links to nothing and round in circles."""
    label = photos / "Label 0"
    os.mkfifo(label / "fifo.jpg")
    (label / "gone.jpg").symlink_to("nowhere.jpg")
    (label / "itself.jpg").symlink_to("itself.jpg")
    (label / "up").symlink_to(photos)
    (label / "linked.jpg").symlink_to(photos / "Label 1" / "frame_0001.jpg")
    (label / "notes.txt").write_text("not a photo, and not called one")
    result = summary("run", photos, tmp_path / "out", *tiny, "--max-reject-rate", "10%")
    assert result["rows"] == 41
    reasons = {Path(reject["path"]).name: reject["reason"] for reject in result["rejects"]}
    assert reasons.keys() == {"fifo.jpg", "gone.jpg", "itself.jpg"}
    assert reasons["fifo.jpg"] == "not a regular file"
    assert reasons["gone.jpg"] == "a link to a file that is not there"


def test_photos_in_no_folder_of_their_own(tmp_path: Path, tiny: list[str]) -> None:
    """Their label is the name of the folder given, however it is spelled."""
    plum = plant(tmp_path / "Plum", 3, labels=1) / "Label 0"
    plum.rename(tmp_path / "Damson")
    for index, spelling in enumerate([".", f"{tmp_path}/Damson", f"{tmp_path}/Damson/"]):
        out = tmp_path / f"out {index}"
        verger("run", spelling, out, *tiny, cwd=tmp_path / "Damson")
        assert set(table(out)["label"].to_pylist()) == {"Damson"}


def test_no_photos(tmp_path: Path, tiny: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert (
        "no photos in it"
        in verger("run", tmp_path / "empty", tmp_path / "o", *tiny, check=4).stderr
    )
    for missing in (tmp_path / "missing", tmp_path / "empty.jpg"):
        refused = verger("run", missing, tmp_path / "o", *tiny, check=4)
        assert str(missing) in refused.stderr


def test_two_names_that_print_alike(tmp_path: Path, tiny: list[str]) -> None:
    """Rows know a photo by what is printed: there are no two of one path."""
    photos = plant(tmp_path / "photos", 40)
    for name in (b"odd\xff.jpg", b"odd\\xff.jpg"):
        (photos / os.fsdecode(name)).write_bytes(jpeg(7))
    out = tmp_path / "out"
    for _ in range(2):
        result = summary("run", photos, out, *tiny)
        assert (result["inputs"], result["rows"]) == (42, 41 if len(result["rejects"]) == 1 else 40)
        assert any("looks the same" in reject["reason"] for reject in result["rejects"])
    verger("verify", out)


def test_longest_names(tmp_path: Path, tiny: list[str]) -> None:
    """255 bytes, which is all that file systems allow, of one or of four bytes a letter."""
    photos = plant(tmp_path / "photos", 4)
    label = "L" * 255
    names = ["n" * 251 + ".jpg", "\U0001f34e" * 62 + "aaa.jpg"]
    (photos / label).mkdir()
    for seed, name in enumerate(names):
        assert len(os.fsencode(name)) == 255
        (photos / label / name).write_bytes(jpeg(100 + seed))
    out = tmp_path / "out"
    assert summary("run", photos, out, *tiny)["rows"] == 6
    assert {f"{label}/{name}" for name in names} <= set(table(out)["path"].to_pylist())
    assert label in table(out)["label"].to_pylist()


def test_a_tree_deeper_than_any_path(tmp_path: Path, tiny: list[str]) -> None:
    """40 folders of 200 bytes each: no path of the system reaches the photo in the last one."""
    photos = plant(tmp_path / "photos", 4)
    folder = os.open(photos, os.O_RDONLY)
    for _ in range(40):
        os.mkdir("d" * 200, dir_fd=folder)
        deeper = os.open("d" * 200, os.O_RDONLY, dir_fd=folder)
        os.close(folder)
        folder = deeper
    photo = os.open("deep.jpg", os.O_WRONLY | os.O_CREAT, dir_fd=folder)
    os.write(photo, jpeg(200))
    os.close(photo)
    os.close(folder)
    out = tmp_path / "out"
    result = summary("run", photos, out, *tiny, "--max-reject-rate", "50%")
    named = [*result["rejects"], *result.get("unread_folders", [])]
    assert (result["inputs"], result["rows"]) == (5, 5) or any(
        entry["path"].endswith(("d" * 200, "deep.jpg")) for entry in named
    )
    verger("verify", out)
