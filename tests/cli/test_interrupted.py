"""Runs that are stopped, politely or not: the output stays whole, and the next run goes on."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from program import (
    TIMEOUT,
    VERGER,
    assert_near,
    assert_same,
    column,
    latest_rows,
    parts,
    start,
    summary,
    table,
    verger,
    wait_until,
)
from small_photos import plant

SLOW = ["--batch", "1", "--threads", "1"]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Photos for three parts."""
    return plant(tmp_path_factory.mktemp("many") / "photos", 1200)


@pytest.fixture(scope="module")
def many_out(many: Path, tiny: list[str]) -> Path:
    """What a run makes of them that nothing disturbs."""
    out = many.parent / "out"
    verger("run", many, out, *tiny)
    return out


def wait_for(condition: Path, pattern: str) -> None:
    """Waits until a file of that pattern is there."""
    wait_until(lambda: next(condition.glob(pattern), None))


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signal(
    sent: signal.Signals, code: int, many: Path, many_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    run = start("run", many, out, *tiny, *SLOW)
    wait_for(out / "Preprocessing", "part-00000.parquet")
    run.send_signal(sent)
    _, stderr = run.communicate(timeout=TIMEOUT)
    assert run.returncode == code, stderr
    assert b"run the same command again" in stderr
    rows_before = sum(len(part) for part in [table(out, "Preprocessing")])
    assert 512 <= rows_before < 1200
    result = summary("run", many, out, *tiny)
    assert (result["extracted"], result["reused"]) == (1200 - rows_before, rows_before)
    verger("verify", out)
    assert table(out).drop("pca_features").equals(table(many_out).drop("pca_features"))
    assert_near(column(out, "pca_features"), column(many_out, "pca_features"), 1e-6)


def test_killed_at_any_time(many: Path, many_out: Path, tiny: list[str], tmp_path: Path) -> None:
    """kill -9, over and over: each next run takes over whole parts, and the end is the same."""
    begin = time.monotonic()
    start("run", many, tmp_path / "undisturbed", *tiny, *SLOW).communicate(timeout=TIMEOUT)
    seconds = time.monotonic() - begin
    out = tmp_path / "out"
    shares = random.Random(20)
    killed = 0
    for _ in range(6):
        run = start("run", many, out, *tiny, *SLOW)
        time.sleep(seconds * shares.uniform(0.05, 0.6))
        run.kill()
        run.communicate(timeout=TIMEOUT)
        if run.returncode == -signal.SIGKILL:
            killed += 1
        elif killed == 0:  # done already: the undisturbed run had been slow, on a busy machine
            shutil.rmtree(out)
            seconds /= 4
    assert killed > 0
    whole = len(parts(out, "Preprocessing"))
    result = summary("run", many, out, *tiny)
    assert result["reused"] >= 512 * min(whole, 2)
    assert_same(out, many_out)
    assert list(out.rglob("*.tmp*")) + list((out / "_verger" / "staged").iterdir()) == []


@pytest.fixture
def strace() -> str:
    """strace, where it may trace."""
    path = shutil.which("strace")
    if path is None:
        pytest.skip("NOT TESTED: kills at system calls, for there is no strace")
    tried = subprocess.run([path, "-o", "/dev/null", "true"], capture_output=True, timeout=20)
    if tried.returncode != 0:
        pytest.skip(f"NOT TESTED: kills at system calls: {tried.stderr.decode().strip()}")
    return path


@pytest.fixture(scope="module")
def grown_out(
    small: Path, small_out: Path, tiny: list[str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """The small photos' output after four photos more, undisturbed."""
    folder = tmp_path_factory.mktemp("grown")
    photos, out = folder / "photos", folder / "out"
    shutil.copytree(small, photos)
    shutil.copytree(small_out, out)
    verger("run", plant(photos, 4, first=100), out, *tiny)
    return out


# Which of the calls: some of early parts, some of the commit, some of the tidying after it.
KILLS = [("fsync", when) for when in (2, 7, 10)]
KILLS += [("rename", when) for when in range(1, 7)]
KILLS += [("unlink", 1), ("unlink", 3), ("write", 4)]


def run_killed_at(strace: str, call: str, when: int, *arguments: str | Path) -> None:
    """Runs the program until its `when`-th such call, which kills it."""
    traced = f"?{call},?{call}at,?{call}at2"
    prefix = [strace, "-f", "-o", "/dev/null", "-e", f"trace={traced}"]
    prefix += ["-e", f"inject={traced}:signal=SIGKILL:when={when}"]
    run = subprocess.run([*prefix, VERGER, *arguments], capture_output=True, timeout=TIMEOUT)
    assert run.returncode == -signal.SIGKILL, f"{call} {when}: it has no such call any more"


@pytest.mark.parametrize("when", [1, 2, 3])
def test_killed_while_tidying(
    when: int, strace: str, photos: Path, out: Path, tiny: list[str]
) -> None:
    """The version is there; the next run completes it although it has nothing else to do."""
    next(photos.rglob("*.jpg")).unlink()
    (out / "Preprocessing" / "_SUCCESS").unlink()
    run_killed_at(strace, "unlink", when, "run", photos, out, "--sync", *tiny)
    assert summary("run", photos, out, "--sync", *tiny)["extracted"] == 0
    verger("verify", out)
    assert (out / "Preprocessing" / "_SUCCESS").exists()
    assert len(parts(out, "Preprocessing")) == len(parts(out, "Results"))
    assert len(list((out / "_verger").glob("manifest-*"))) == 1


def test_reduce_keeps_what_an_interrupted_run_did(
    many: Path, many_out: Path, tiny: list[str], tmp_path: Path
) -> None:
    """Parts that no manifest names yet are work, also to the commands that make no features."""
    photos, out = tmp_path / "photos", tmp_path / "out"
    shutil.copytree(many, photos)
    first = tmp_path / "first"
    plant(first, 30)
    verger("run", first, out, *tiny)
    run = start("run", photos, out, *tiny, *SLOW)
    wait_for(out / "Preprocessing", "part-00001.parquet")
    run.kill()
    run.communicate(timeout=TIMEOUT)
    verger("reduce", out, "-k", "2")
    assert summary("run", photos, out, *tiny)["reused"] >= 512
    assert len(table(out)) == len(table(many_out))


@pytest.mark.parametrize(("call", "when"), KILLS)
def test_killed_at_a_system_call(
    call: str, when: int, strace: str, photos: Path, out: Path, grown_out: Path, tiny: list[str]
) -> None:
    """A new version over an old one, killed in between: one of both is there, whole."""
    plant(photos, 4, first=100)
    run_killed_at(strace, call, when, "run", photos, out, *tiny)
    assert latest_rows(out) in (40, 44)
    # Parts of the other version may lie about; all that the latest manifest names is whole.
    result = json.loads(start("verify", out, "--json").communicate(timeout=TIMEOUT)[0])
    assert all(
        "not part of this output" in problem or "Model/pca.json" in problem
        for problem in result["problems"]
    )
    assert verger("show", out).stdout.endswith(f"Dimensions: ({latest_rows(out)}, 4)\n")
    verger("run", photos, out, *tiny)
    verger("verify", out)
    assert_same(out, grown_out)


def test_interrupted_before_anything(photos: Path, tiny: list[str], tmp_path: Path) -> None:
    """A signal before the first photo leaves nothing that a reader could take for an output."""
    run = start("run", photos, tmp_path / "out", *tiny)
    run.send_signal(signal.SIGTERM)
    run.communicate(timeout=TIMEOUT)
    assert run.returncode in (-signal.SIGTERM, 143, 0)
    if run.returncode != 0:
        verger("show", tmp_path / "out", check=4)
        assert summary("run", photos, tmp_path / "out", *tiny)["rows"] == 40
