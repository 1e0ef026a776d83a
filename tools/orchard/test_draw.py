"""The orchard as a folder: names, counts, the same bytes again, and what is refused."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from draw_orchard import main
from PIL import Image

from orchard import draw as drawing
from orchard import sheet as contact
from orchard.draw import MARKER, Plan, RefusedError, draw
from orchard.varieties import VARIETIES

SMALL = Plan(photos=10, size=40, seed=3)


def digest(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


@pytest.fixture(scope="module")
def orchard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("drawn") / "orchard"
    assert draw(out, SMALL)
    return out


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leaves two labels, where the folder matters and not the photos."""
    monkeypatch.setattr(drawing, "VARIETIES", VARIETIES[:2])
    monkeypatch.setattr(contact, "VARIETIES", VARIETIES[:2])


def photos(orchard: Path) -> dict[str, np.ndarray]:
    """Returns the photos of each label. Shape: (photos, size, size, 3)."""
    return {
        folder.name: np.stack([np.asarray(Image.open(p)) for p in sorted(folder.iterdir())])
        for folder in sorted(orchard.glob("*/*"))
    }


def test_the_default_is_large_enough_to_try_the_program_on() -> None:
    plan = Plan()
    assert (plan.photos, plan.size) == (40, 100)
    assert len(VARIETIES) >= 12
    assert len({v.label for v in VARIETIES}) == len(VARIETIES)
    assert len(plan.files()) == len(set(plan.files())) == len(VARIETIES) * 40
    assert "Apple/Apple Red 1/0_100.jpg" in plan.files()
    assert "Apple/Apple Red 1/r_0_100.jpg" in plan.files()


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40, 600])
def test_every_photo_has_its_own_angle(count: int) -> None:
    frames = Plan(photos=count).frames()
    assert len(frames) == len(set(frames)) == count
    assert all(0 <= angle < 360 for _, angle in frames)


def test_holds_what_the_plan_says(orchard: Path) -> None:
    assert set(digest(orchard)) == {*SMALL.files(), MARKER}
    marker = json.loads((orchard / MARKER).read_text())
    assert marker["seed"] == 3
    assert marker["total"] == 10 * len(VARIETIES) == len(SMALL.files())
    for name in SMALL.files():
        with Image.open(orchard / name) as photo:
            assert (photo.format, photo.mode, photo.size) == ("JPEG", "RGB", (40, 40))


def test_the_same_seed_gives_the_same_bytes(orchard: Path, tmp_path: Path) -> None:
    draw(tmp_path / "again", SMALL)
    assert digest(tmp_path / "again") == digest(orchard)


@pytest.mark.usefixtures("few")
def test_another_seed_gives_other_photos_of_every_label(orchard: Path, tmp_path: Path) -> None:
    other = Plan(photos=1, size=40, seed=4)
    draw(tmp_path / "other", other)
    first, second = digest(orchard), digest(tmp_path / "other")
    assert all(first[name] != second[name] for name in other.files())


def test_fruit_fills_the_frame_before_white(orchard: Path) -> None:
    for label, stack in photos(orchard).items():
        border = np.concatenate(
            [stack[:, [0, -1]].reshape(-1, 3), stack[:, :, [0, -1]].reshape(-1, 3)]
        )
        assert (border > 240).all(axis=1).mean() > 0.75, label
        fruit = silhouettes(stack)
        assert 0.1 < fruit.mean() < 0.85, label
        for mask in fruit:
            rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
            extent = max(int(np.ptp(rows)), int(np.ptp(columns))) + 1
            assert extent >= 0.5 * SMALL.size, label
            # No holes where points were too far apart: white inside the fruit is rare.
            assert (mask | ~_inside(mask)).mean() > 0.995, label


def silhouettes(stack: np.ndarray) -> np.ndarray:
    """Returns where there is fruit. Shape: (photos, size, size)."""
    return np.asarray(stack.min(axis=3) < 225)


def _inside(mask: np.ndarray) -> np.ndarray:
    """Returns the pixels that have fruit next to them on all four sides."""
    inner = np.zeros_like(mask)
    inner[1:-1, 1:-1] = mask[:-2, 1:-1] & mask[2:, 1:-1] & mask[1:-1, :-2] & mask[1:-1, 2:]
    return inner


def test_fruit_turns(orchard: Path) -> None:
    for label, stack in photos(orchard).items():
        flat = stack.astype(float)
        for i in range(len(stack)):
            for j in range(i):
                assert np.abs(flat[i] - flat[j]).mean() > 1.5, (label, i, j)


def test_labels_can_be_told_apart(orchard: Path) -> None:
    """By nearest mean of colour and size, fitted on every other photo, judged on the rest."""
    seen_facts, means, unseen = [], [], []
    for stack in photos(orchard).values():
        fruit = silhouettes(stack)
        colour = np.stack([s[m].mean(axis=0) for s, m in zip(stack, fruit, strict=True)])
        facts = np.column_stack([colour, 100 * fruit.mean(axis=(1, 2))])
        seen_facts.append(facts[::2])
        means.append(facts[::2].mean(axis=0))
        unseen.append(facts[1::2])
    right = [
        int(np.argmin(np.linalg.norm(np.array(means) - photo, axis=1))) == label
        for label, group in enumerate(unseen)
        for photo in group
    ]
    assert np.mean(right) > 0.7  # by chance 1 in 16


def test_does_nothing_when_the_same_orchard_stands(
    orchard: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawing, "_draw_all", lambda *_: pytest.fail("drew again"))
    assert draw(orchard, SMALL) is False


@pytest.mark.usefixtures("few")
def test_mends_and_replaces_its_own(tmp_path: Path) -> None:
    out, plan = tmp_path / "orchard", Plan(photos=2, size=16)
    draw(out, plan)
    before = digest(out)
    (out / plan.files()[3]).unlink()
    assert draw(out, plan) is True
    assert digest(out) == before
    other = Plan(photos=1, size=16)
    assert draw(out, other) is True
    assert set(digest(out)) == {*other.files(), MARKER}
    assert [p.name for p in tmp_path.iterdir()] == ["orchard"]


def test_refuses_what_it_did_not_draw(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "holiday.jpg").write_bytes(b"dear to someone")
    with pytest.raises(RefusedError, match=r"mine is not empty and holds no orchard"):
        draw(mine, SMALL)
    with pytest.raises(RefusedError, match=r"holiday\.jpg is a file"):
        draw(mine / "holiday.jpg", SMALL)
    assert digest(tmp_path).keys() == {"mine/holiday.jpg"}


@pytest.mark.usefixtures("few")
def test_refuses_to_replace_an_orchard_with_other_photos_in_it(tmp_path: Path) -> None:
    out = tmp_path / "orchard"
    draw(out, Plan(photos=1, size=16))
    (out / "Apple" / "Apple Mine 1").mkdir()
    (out / "Apple" / "Apple Mine 1" / "holiday.jpg").write_bytes(b"dear to someone")
    with pytest.raises(RefusedError, match=r"Apple Mine 1/holiday\.jpg, which this tool did not"):
        draw(out, Plan(photos=2, size=16))
    assert (out / "Apple" / "Apple Mine 1" / "holiday.jpg").exists()


def test_a_failed_drawing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(folder: Path, plan: Plan) -> None:
        (folder / "half").write_text("drawn")
        raise KeyboardInterrupt

    monkeypatch.setattr(drawing, "_draw_all", fail)
    with pytest.raises(KeyboardInterrupt):
        draw(tmp_path / "orchard", SMALL)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("option", "value"), [("--photos", "0"), ("--photos", "601"), ("--size", "4"), ("--seed", "-1")]
)
def test_names_the_option_that_is_wrong(
    option: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "orchard"), option, value]) == 1
    assert f"{option} is {value}; give " in capsys.readouterr().err


@pytest.mark.usefixtures("few")
def test_tool_draws_a_sheet_and_says_when_nothing_is_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [str(tmp_path / "o"), "--photos", "2", "--size", "16"]
    assert main(arguments) == 0
    assert "drew 2 labels, 4 photos" in capsys.readouterr().err
    assert main([*arguments, "--sheet", str(tmp_path / "sheet.png")]) == 0
    assert "already holds this orchard" in capsys.readouterr().err
    with Image.open(tmp_path / "sheet.png") as picture:
        assert picture.format == "PNG"
        assert len(picture.convert("RGB").getcolors(1 << 24) or []) > 50
