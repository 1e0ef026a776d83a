"""A folder of photos that cannot be listed costs itself: its rows stay, also where rows would go.

Sources of the kind: "immich-app/immich#13253", "navidrome/navidrome#328" (lost+found).
"""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from program import verger

from .gate import Call, run_gated
from .outputs import Scenario, rows

REASONS = {
    errno.EACCES: "Permission denied",
    errno.EIO: "Input/output error",
    errno.ENOENT: "No such file or directory",
}


@pytest.mark.parametrize("error", REASONS)
@pytest.mark.parametrize("mode", ["plain", "hash"])
def test_its_rows_stay(
    error: int, mode: str, scenarios: dict[str, Scenario], out: Path, tmp_path: Path
) -> None:
    scenario = scenarios["fresh"]
    photos = tmp_path / "photos"
    photos.mkdir()
    for label in ("Label 0", "Label 1"):
        (photos / label).mkdir()
        for photo in sorted((scenario.photos / label).iterdir())[:20]:
            (photos / label / photo.name).write_bytes(photo.read_bytes())
    command = ["run", photos, out, *scenario.options, "--path-mode", mode]
    verger(*command)
    before = rows(out)
    assert len(before) == 40
    (photos / "Label 0" / "frame_0000.jpg").unlink()

    def fails(call: Call) -> int | None:
        return error if call.name == "openat" and call.paths[0] == str(photos / "Label 1") else None

    done = run_gated([*scenario.command(out)[:1], *command, "--sync", "--json"], fails)
    assert done.returncode == 0, done
    result = json.loads(done.stdout)
    assert result["unread_folders"] == [{"path": "Label 1", "reason": REASONS[error]}]
    assert result["rejected"] == 0
    # Hashes do not tell which rows lie in the folder: then all stay.
    assert result["rows"] == (39 if mode == "plain" else 40)
    assert rows(out).keys() <= before.keys()
    result = json.loads(verger(*command, "--sync", "--json").stdout)
    assert (result["rows"], result["unread_folders"], result["extracted"]) == (39, [], 0)


def test_where_no_photo_is_left_the_folder_is_named(
    scenarios: dict[str, Scenario], out: Path
) -> None:
    scenario = scenarios["fresh"]

    def fails(call: Call) -> int | None:
        below = call.paths[0].startswith(f"{scenario.photos}/")
        return errno.EACCES if call.name == "openat" and below else None

    done = run_gated(scenario.command(out), fails)
    assert done.returncode == 4, done
    assert "no photos in it" in done.stderr
    assert "cannot list the folder Label 0: Permission denied" in done.stderr
