"""A sample of the hostile photos: `make hostile-photos` measures all, beside other decoders."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from .campaign import FILLED, campaign
from .decoders import MOST_BYTES, OURS, Decoder
from .measure import measure_decoder
from .program_run import run_program, write_names, write_photos
from .seeds import make_seeds

EVERY = 25


def test_each_photo_is_a_row_or_a_reject(pictures: list[Image.Image], tmp_path: Path) -> None:
    files = write_photos(tmp_path / "photos", campaign(pictures, EVERY, bombs=False))
    assert files > 800
    files += write_names(tmp_path / "photos" / "names")
    run = run_program(tmp_path, tmp_path / "photos", files, limit=600)
    assert run.exit == 0, run.stderr
    assert run.rows + run.rejects == files
    assert min(run.rows, run.rejects) > 200
    assert run.peak_bytes < MOST_BYTES


def test_no_photo_crashes_hangs_or_loses_rows(pictures: list[Image.Image]) -> None:
    tallies = measure_decoder(OURS, list(campaign(pictures, EVERY, bombs=False)))
    tally = tallies["all"]
    assert (tally.crashes, tally.hangs, tally.over_memory) == (0, 0, 0)
    assert tally.images + tally.refusals == tally.photos
    assert tally.cuts > 400
    # What fills a photo up may by chance decode to just the rows that are missing.
    filled = tallies.pop(FILLED)
    assert filled.lost_rows <= filled.photos // 20
    assert tally.lost_rows == filled.lost_rows


def test_whole_photos_are_images(pictures: list[Image.Image]) -> None:
    with Decoder(OURS) as decoder:
        kinds = {seed.kind: decoder.decode(seed.photo).kind for seed in make_seeds(pictures)}
    assert set(kinds.values()) == {"image"}, kinds


# What stands for a decoder: answers the photo of 7 bytes that starts it, then does as it says.
FAKE = "read size; head -c 7 >/dev/null; echo 'refusal no photo'; read size; "


@pytest.mark.parametrize(
    ("then", "expected"),
    [
        ("kill -SEGV $$", ("crash", "signal 11")),
        ("exit 3", ("crash", "exit 3")),
        ("while :; do :; done", ("hang", "at work")),
    ],
)
def test_the_harness_sees_what_dies_and_what_hangs(
    then: str, expected: tuple[str, str], pictures: list[Image.Image]
) -> None:
    photo = make_seeds(pictures[:1])[0].photo
    with Decoder(OURS, most_seconds=0.5) as decoder:
        right = decoder.command
        decoder.command = ["/bin/sh", "-c", FAKE + then]
        outcome = decoder.decode(photo)
        assert (outcome.kind, outcome.reason) == expected
        decoder.command = right
        assert decoder.decode(photo).kind == "image"
