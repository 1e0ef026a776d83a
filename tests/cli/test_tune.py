"""verger tune, and --precision auto: what is measured, said and taken."""

from __future__ import annotations

import json
import shlex
import signal
import time
from pathlib import Path
from typing import Any

import pytest
from program import TIMEOUT, manifest, start, summary, verger
from small_photos import plant

PRECISIONS = {"fp32", "bf16", "int8"}


def tuned(*arguments: str | Path) -> dict[str, Any]:
    return dict(json.loads(verger("tune", *arguments, "--json").stdout))


def test_every_candidate_is_measured_on_the_same_photos(small: Path, tiny: list[str]) -> None:
    report = tuned(small, *tiny)
    candidates = report["candidates"]
    assert {"fp32", "int8"} <= {each["precision"] for each in candidates} <= PRECISIONS
    assert (report["sample"], report["rejected"], report["labels"]) == (40, 0, 2)
    for each in candidates:
        assert each["photos"] == 40
        assert each["photos_per_second"] > 0
        assert -1 <= each["least_cosine"] <= each["mean_cosine"] <= 1 + 1e-9
        assert each["right"] <= each["classed"] == 40
        assert each["reference"] == 0
        assert (each["why_not"] == "") == each["taken"]
    assert candidates[0]["precision"] == "fp32"
    assert candidates[0]["mean_cosine"] == pytest.approx(1)
    assert candidates[report["taken"]]["taken"]
    assert candidates[report["taken"]]["as_good"]


def test_the_command_that_it_names_gives_that_candidate(
    small: Path, tiny: list[str], tmp_path: Path
) -> None:
    report = tuned(small, *tiny)
    for at, each in enumerate(report["candidates"]):
        out = tmp_path / str(at)
        verger("extract", small, out, *shlex.split(each["options"]))
        model = manifest(out)["model"]
        assert model["identity"] == each["identity"]
        assert model["sha256"] == each["sha256"]


def test_a_preset_is_for_networks_that_have_none(small: Path, tiny: list[str]) -> None:
    options = ["--precision", "fp32", "--input-size", "native", "--include-hidden"]
    report = tuned(small, "--model", "efficientnet-lite0", *tiny[1:], *options)
    embedded, other = (each["options"] for each in report["candidates"])
    assert embedded == "--model efficientnet-lite0 --precision fp32 --include-hidden"
    assert other == f"--model {tiny[1]} --precision fp32 --preset torchvision --include-hidden"
    assert report["left_out"] == []


def test_a_stored_network_is_called_by_its_name(
    small: Path, tiny: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    verger("model", "add", tiny[1], "--name", "mine", *tiny[2:])
    report = tuned(small, "--model", "mine", "--precision", "fp32")
    assert [each["model"] for each in report["candidates"]] == ["mine"]
    table = verger("tune", small, "--model", "mine", "--precision", "fp32", "-q").stdout
    assert table.splitlines()[1].split()[:2] == ["mine", "fp32"]


def test_people_get_a_table_and_a_command(small: Path) -> None:
    before = sorted(small.rglob("*"))
    result = verger(
        "tune", small, "--model", "efficientnet-lite0", "--input-size", "native", "112", "-q"
    )
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    rows = lines[1 : lines.index("")]
    assert len(rows) in (4, 6)  # bf16 where the processor has it
    head = lines[0].split()
    assert head == ["NETWORK", "PRECISION", "INPUT", "PHOTOS/S", "SPEED", "COSINE", "ACCURACY"]
    for title in ("INPUT", "PHOTOS/S", "SPEED", "COSINE", "ACCURACY"):
        end = lines[0].index(title) + len(title)
        assert all(row[end - 1] != " " and row[end : end + 1] in (" ", "") for row in rows), title
    speeds = [int(row.split()[3].replace(",", "")) for row in rows]
    assert speeds == sorted(speeds, reverse=True)
    assert sum("fastest that is as good" in row for row in rows) == 1
    assert sum(row.split()[2] == "112" for row in rows) * 2 == len(rows)
    assert f"verger run {small} OUT --model efficientnet-lite0 --precision " in result.stdout
    assert '"As good" is judged by' in result.stdout
    assert sorted(small.rglob("*")) == before


def test_what_cannot_be_is_left_out_and_said(small: Path, tiny: list[str]) -> None:
    for sizes in (("native", "7"), ("7", "native")):
        result = verger("tune", small, *tiny, "--precision", "fp32", "--input-size", *sizes)
        assert "Left out: --input-size 7: " in result.stdout
    verger("tune", small, *tiny, "--input-size", "7", check=2)
    failed = verger("tune", small, "--seconds", "0", check=2)
    assert "--seconds 0: give a time above 0" in failed.stderr
    failed = verger("tune", small, "--model", "nothing", check=4)
    assert "unknown model 'nothing'" in failed.stderr


def test_no_photos_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no photo that can be read" in verger("tune", tmp_path / "empty", check=4).stderr
    (tmp_path / "empty" / "a.jpg").write_bytes(b"no photo")
    assert (
        "no photo of the sample gives features"
        in verger("tune", tmp_path / "empty", "--model", "efficientnet-lite0", check=2).stderr
    )


def wait_until_at_work(process: int) -> None:
    """Until SIGINT is caught and photos go through a network, on threads beside the first two."""
    folder = Path(f"/proc/{process}")
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        status = dict(line.split(":\t", 1) for line in (folder / "status").read_text().splitlines())
        caught = int(status["SigCgt"], 16) >> (signal.SIGINT - 1) & 1
        if caught and int(status["Threads"]) > 2:
            return
        time.sleep(0.02)
    raise AssertionError(f"tune is not at work after {TIMEOUT} s")


def test_tune_can_be_interrupted(tmp_path: Path) -> None:
    running = start("tune", plant(tmp_path / "photos", 300), "--input-size", "native", "288")
    wait_until_at_work(running.pid)
    running.send_signal(signal.SIGINT)
    stdout, stderr = running.communicate(timeout=TIMEOUT)
    assert running.returncode == 130, stderr
    assert stdout == b""
    assert b"interrupted" in stderr


def test_auto_of_few_photos_is_fp32(photos: Path, tmp_path: Path) -> None:
    done = verger("extract", photos, tmp_path / "out", "--precision", "auto")
    assert "precision auto: fp32, because 40 photos take less time" in done.stderr
    assert "precision" not in manifest(tmp_path / "out")["model"]


def test_auto_says_what_it_takes_and_the_output_keeps_it(tmp_path: Path) -> None:
    photos, out = plant(tmp_path / "photos", 1520, labels=4), tmp_path / "out"
    done = verger("extract", photos, out, "--precision", "auto", timeout=2 * TIMEOUT)
    lines = [line for line in done.stderr.splitlines() if line.startswith("precision auto: ")]
    assert len(lines) == 1, done.stderr
    assert "(by " in lines[0]
    precision = lines[0].removeprefix("precision auto: ").split(",")[0]
    model = manifest(out)["model"]
    assert model.get("precision", "fp32") == precision
    assert precision in PRECISIONS
    ending = {"fp32": "", "bf16": ":bf16", "int8": ":int8="}[precision]
    assert ending in model["identity"]
    assert precision != "fp32" or not any(each in model["identity"] for each in (":bf16", ":int8="))

    again = verger("extract", photos, out, "--precision", "auto", "--json")
    assert "precision auto" not in again.stderr, "the rows decide"
    assert json.loads(again.stdout)["extracted"] == 0
    assert summary("extract", photos, out)["extracted"] == 0


def test_the_hint_after_a_run_tells_what_auto_does(tiny: list[str], tmp_path: Path) -> None:
    photos, out = plant(tmp_path / "photos", 1000), tmp_path / "out"
    stderr = verger("run", photos, out, *tiny).stderr
    flags = Path("/proc/cpuinfo").read_text()
    hint = "Then give --precision auto with a new OUT, or --precision bf16 with this one"
    assert (hint in stderr) == ("avx512_bf16" in flags or "amx_bf16" in flags)
    assert hint not in verger("run", photos, out, *tiny).stderr
