"""What bootstrap.sh starts on the primary node, and wheels that come from a bucket."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from s3.server import PROGRAM, S3Server, running_s3_server

from .clean_root import CleanRoot, needs_clean_root
from .test_bootstrap import LOG, RUN, WHEELS, new_node, ready
from .wheelhouses import VERGER, fill, flip, only

__all__ = ["ready"]  # a fixture

INSTANCE = "/mnt/var/lib/info/instance.json"
# There is no systemd in a chroot. This one has one service, and tells what it was asked.
SYSTEMCTL = """#!/bin/sh
echo "$*" >>/var/log/systemctl
case $1 in
  is-active) test -e /run/apppusher-runs ;;
  stop) rm -f /run/apppusher-runs ;;
esac
"""
# until WHAT COMMAND...: tries a command for half a minute.
UNTIL = """
until_true() {
  local what=$1
  shift
  for _ in $(seq 60); do
    if "$@"; then echo "$what"; return; fi
    sleep 0.5
  done
  echo "not within 30 s: $what"
  return 1
}
"""
# watches N: whether N of our processes watch, now detached from sudo.
WATCHES = """
watches() {
  test "$(cat /proc/[0-9]*/cmdline 2>/dev/null | grep -czx 'keep_[b]usy')" -eq "$1"
}
"""
BUSY = """
busy=/emr/metricscollector/isbusy
# A process that has our library, but does nothing; and one that works, without it.
cd /
python3 -I -c 'import time, verger; verger.Model(); time.sleep(60)' &
python3 -I -c 'import time
end = time.monotonic() + 60
while time.monotonic() < end: pass' & other=$!
until_true "the start of our process was seen" test -e "$busy"
untouched() { sudo rm -f "$busy"; sleep 3; test ! -e "$busy"; }
until_true "then nothing" untouched
kill "$other"
python3 -I - >/dev/null <<'PYTHON' &
import io, time, pyarrow, verger
extractor = verger.Extractor(verger.Model())
photos = pyarrow.RecordBatch.from_pydict({"content": [open("/given/photo.jpg", "rb").read()] * 16})
end = time.monotonic() + 60
while time.monotonic() < end:
    extractor.extract(photos)
PYTHON
until_true "work was seen" test -e "$busy"
touch "$busy" # as other work may
again() { test "$(stat -c %Y "$busy")" -gt "$1"; }
until_true "and again" again "$(stat -c %Y "$busy")"
"""
UI = """
stopped() { ! test -e /run/apppusher-runs; }
until_true "stopped at once" stopped
sudo touch /run/apppusher-runs
until_true "stopped when it came later" stopped
"""
NOT_UI = """
sleep 3
test -e /run/apppusher-runs && ! test -e /etc/apppusher && echo "left alone"
"""


@pytest.fixture(scope="session", autouse=True)
def _clean_root() -> None:
    needs_clean_root()


@pytest.fixture
def primary(ready: CleanRoot, tmp_path: Path) -> CleanRoot:
    """A primary node as EMR makes it, on which the service of the persistent UI runs."""
    node = new_node(tmp_path / "node", ready)
    node.write(INSTANCE, '{"instanceGroupId":"ig-1","isMaster": true,"isRunningNameNode":true}')
    node.write("/usr/local/bin/systemctl", SYSTEMCTL, 0o755)
    node.write("/run/apppusher-runs", "")
    node.write("/emr/metricscollector/other", "")
    photo = Path(__file__).resolve().parents[1] / "golden" / "photos" / "apple.jpg"
    (node.inputs / "photo.jpg").write_bytes(photo.read_bytes())
    return node


EVERY_SECOND = {"VERGER_WATCH_SECONDS": "1"}


def test_native_work_keeps_the_cluster(primary: CleanRoot) -> None:
    # Twice: the second finds that the first's watch runs, and starts no other.
    script = f'{UNTIL}{WATCHES}{RUN}; {RUN}\nuntil_true "one watch" watches 1\n{BUSY}'
    done = primary.run(script, WHEELS, env=EVERY_SECOND, check=None)
    assert done.stdout.splitlines() == [
        "one watch",
        "the start of our process was seen",
        "then nothing",
        "work was seen",
        "and again",
    ], done.stderr


def test_the_persistent_ui_is_turned_off(primary: CleanRoot) -> None:
    wait = f'until_true "and logged it" grep -q "stopped apppusher" {LOG}'
    done = primary.run(f"{UNTIL}{RUN}\n{UI}\n{wait}", WHEELS, env=EVERY_SECOND)
    assert done.stdout == "stopped at once\nstopped when it came later\nand logged it\n"
    assert primary.read("/etc/apppusher/run-apppusher") == "Stop Application UI\n"
    requests = set(primary.read("/var/log/systemctl").splitlines())
    assert requests == {"stop apppusher", "is-active --quiet apppusher"}


def test_the_persistent_ui_stays_where_it_is_wanted(primary: CleanRoot) -> None:
    done = primary.run(f"{RUN}\n{NOT_UI}", "--persistent-ui", WHEELS, env=EVERY_SECOND)
    assert done.stdout == "left alone\n"


def test_other_nodes_watch_nothing(primary: CleanRoot) -> None:
    primary.write(INSTANCE, '{"instanceGroupId":"ig-2","isMaster":false}')
    script = f"{UNTIL}{WATCHES}{RUN}\n{NOT_UI}\nuntil_true 'no watch' watches 0"
    done = primary.run(script, WHEELS, env=EVERY_SECOND)
    assert done.stdout == "left alone\nno watch\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    """A real S3 server."""
    if not PROGRAM.is_file():
        missing = f"{PROGRAM} is not there: run 'tools/setup.sh spark'"
        pytest.skip(f"NOT TESTED: wheels of a bucket, for {missing}")
    with running_s3_server(tmp_path_factory.mktemp("s3") / "server") as running:
        yield running


def test_wheels_come_from_a_bucket(server: S3Server, tmp_path: Path) -> None:
    """By AWS's own client, as on a node."""
    bucket = server.new_bucket()
    server.put_folder(bucket, "wheels", fill(tmp_path / "wheels"))
    node = new_node(tmp_path / "node")
    node.run(RUN, f"s3://{bucket}/wheels/", env=server.environment(), network=True)
    assert "ready after" in node.read(LOG)
    # Later the bucket is not asked for what is there already.
    for key in server.keys(bucket, "wheels"):
        if key.endswith(".whl"):
            server.delete(bucket, key)
    node.run(RUN, f"s3://{bucket}/wheels/", env=server.environment(), network=True)
    assert "already installed, and works" in node.read(LOG)


def test_errors_of_a_bucket_are_reported(server: S3Server, tmp_path: Path) -> None:
    bucket = server.new_bucket()
    node = new_node(tmp_path / "node")
    url = f"s3://{bucket}/wheels"

    def output(**more: str) -> str:
        env = {**server.environment(), **more}
        done = node.run(RUN, f"{url}/", env=env, network=True, check=1)
        return done.stderr.strip().splitlines()[-1]

    assert f"{url}/SHA256SUMS cannot be fetched" in output()
    wheels = fill(tmp_path / "wheels", VERGER)
    server.put_folder(bucket, "wheels", wheels)
    assert f"{url}/SHA256SUMS cannot be fetched" in output(AWS_SECRET_ACCESS_KEY="wrong")
    wheel = only(wheels, VERGER)
    flip(wheel)
    server.put(bucket, f"wheels/{wheel.name}", wheel.read_bytes())
    assert f"{wheel.name} is damaged" in output()
