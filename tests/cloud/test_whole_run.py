"""Nothing is left running unannounced: `run` with a control clusters that fails at every point."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from verger.cloud.aws import Throttled, Unanswered
from verger.cloud.cluster import Clusters, Status
from verger.cloud.starting import Terminated, find_started, signals_raise, start_or_find
from verger.cloud.watch import Watch
from verger.cloud.whole_run import WholeRun
from verger.errors import BadCall, Failed, RegionRefused, StorageError, VergerError

ID = "j-1"
STATES = (
    Status("STARTING", "PENDING"),
    Status("BOOTSTRAPPING", "PENDING"),
    Status("RUNNING", "RUNNING"),
    Status("RUNNING", "RUNNING"),
    Status("WAITING", "COMPLETED"),
)


class FakeClusters(Clusters):
    """A cluster that goes through `states`; call number `failing` raises `error`, once or always.

    `starts_all_the_same`: the cluster runs although `start` failed.
    """

    def __init__(
        self,
        states: tuple[Status, ...] = STATES,
        failing: int | None = None,
        error: BaseException | None = None,
        times: int = 1,
        starts_all_the_same: bool = True,
    ) -> None:
        self.running = False
        self._states = list(states)
        self._failing, self._error, self._times = failing, error, times
        self._started_anyway = starts_all_the_same
        self.calls: list[str] = []

    def _call(self, name: str) -> None:
        number = len(self.calls)
        self.calls.append(name)
        if self._failing is None or self._error is None:
            return
        if self._failing <= number < self._failing + self._times:
            raise self._error

    def start(self, launch: str, job: tuple[str, str] | None = None) -> str:
        self.running = self._started_anyway
        self._call("start")
        self.running = True
        return ID

    def find(self, launch: str) -> list[str]:
        self._call("find")
        return [ID] if self.running else []

    def status(self, id_: str, step: str | None = None) -> Status:
        self._call("status")
        if not self.running:
            return Status("TERMINATED", "COMPLETED", ended=True)
        return self._states.pop(0) if len(self._states) > 1 else self._states[0]

    def stop(self, id_: str) -> None:
        self._call("stop")
        self.running = False

    def why_not_ours(self, id_: str) -> str:
        return ""

    def aws_stop_command(self, id_: str) -> str:
        return f"aws emr terminate-clusters --cluster-ids {id_}"

    def lifetime(self) -> str:
        return "it ends by itself"


class Scene:
    """A run on fake clusters, with what it said, how long it paused, and what it was asked."""

    def __init__(
        self,
        clusters: FakeClusters,
        answer: Callable[[], bool] = lambda: True,
        progress: Callable[[], dict[str, Any] | None] = lambda: None,
    ) -> None:
        self.clusters, self.lines, self.questions = clusters, list[str](), list[str]()
        self.paused = 0.0

        def ask(question: str) -> bool:
            self.questions.append(question)
            return answer()

        def pause(seconds: float) -> None:
            self.paused += seconds
            assert self.paused < 24 * 3600, "it waits for ever"

        watch = Watch(clusters, progress, self.lines.append, pause, 15)
        self.whole = WholeRun(clusters, watch, ask, self.lines.append, pause)

    def run(self) -> Status:
        return self.whole.run("0123", "s3://orchard/Data", "s3://orchard")

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def is_safe(self) -> bool:
        """Nothing runs, or the user knows how to stop it."""
        command = self.clusters.aws_stop_command(ID) in self.text
        looked_for = "may run, tagged verger-launch=0123" in self.text
        return not self.clusters.running or command or looked_for


ERRORS: list[BaseException] = [
    Failed("AWS refused"),
    Unanswered("no answer"),
    Throttled("too often"),
    BadCall("wrong"),
    RegionRefused("elsewhere"),
    StorageError("denied"),
    RuntimeError("a bug"),
    KeyboardInterrupt(),
    Terminated(),
    SystemExit(1),
    MemoryError(),
]


def test_a_run_that_goes_well_stops_its_cluster() -> None:
    scene = Scene(FakeClusters())
    assert scene.run().job == "COMPLETED"
    assert not scene.clusters.running
    assert scene.clusters.calls == [
        "start",
        "status",
        "status",
        "status",
        "status",
        "status",
        "stop",
    ]
    assert "j-1: bootstrapping, job pending" in scene.lines
    assert scene.lines[-1] == "j-1: stopping"
    end = scene.whole.wait_for_end()
    assert end is not None
    assert end.ended


@pytest.mark.parametrize("times", [1, 3, 10_000])
@pytest.mark.parametrize("failing", range(8))
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_fails_wherever_nothing_runs_unannounced(
    error: BaseException, failing: int, times: int
) -> None:
    """`error` from call number `failing` on: in start, in a look, in stop, in find."""
    for anyway in (False, True):
        refused = isinstance(error, VergerError) and not isinstance(error, Unanswered)
        if failing == 0 and anyway and refused:
            continue  # what AWS refused does not run
        clusters = FakeClusters(
            failing=failing, error=error, times=times, starts_all_the_same=anyway
        )
        scene = Scene(clusters)
        with suppress(BaseException):
            scene.run()
        assert scene.is_safe(), f"{clusters.calls}: {scene.text}"


@pytest.mark.parametrize("error", [Failed("refused"), BadCall("wrong"), RegionRefused("away")])
def test_what_aws_refused_is_not_looked_for(error: Exception) -> None:
    clusters = FakeClusters(failing=0, error=error, starts_all_the_same=False)
    with pytest.raises(type(error)):
        Scene(clusters).run()
    assert clusters.calls == ["start"]


@pytest.mark.parametrize("error", [Unanswered("lost"), KeyboardInterrupt(), RuntimeError("bug")])
def test_a_cluster_whose_id_got_lost_is_found_and_stopped(error: BaseException) -> None:
    scene = Scene(FakeClusters(failing=0, error=error))
    with pytest.raises(type(error)):
        scene.run()
    assert scene.clusters.calls == ["start", "find", "stop"]
    assert "j-1: stopping" in scene.lines


def test_a_start_without_answer_that_started_nothing_says_so() -> None:
    scene = Scene(FakeClusters(failing=0, error=Unanswered("lost"), starts_all_the_same=False))
    with pytest.raises(Unanswered):
        scene.run()
    assert "no cluster tagged verger-launch=0123 was found" in scene.text
    assert scene.clusters.calls == ["start", "find", "find", "find"]
    assert scene.paused == 20


class Absent(FakeClusters):
    """What is started is not listed before look number `looks`."""

    def __init__(self, looks: int, error: BaseException) -> None:
        super().__init__(failing=0, error=error)
        self._looks = looks

    def find(self, launch: str) -> list[str]:
        ids = super().find(launch)
        return ids if self.calls.count("find") > self._looks else []


@pytest.mark.parametrize("cut", [1, 2])
def test_waits_that_ctrl_c_cut_short_leave_it_open_whether_something_runs(cut: int) -> None:
    clusters, lines, pauses = Absent(9, KeyboardInterrupt()), list[str](), list[float]()

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == cut:
            raise KeyboardInterrupt

    assert find_started(clusters, "0123", lines.append, pause) == []
    assert lines[-1].startswith(
        "WARNING: a cluster may run, tagged verger-launch=0123, and the search was cut short "
        "(KeyboardInterrupt): look for it by 'verger cloud status', and stop it by 'verger cloud "
        "down'; it ends by itself"
    )
    assert lines[0] == "looking whether a cluster was started"
    assert lines[1] == lines[2] == "looking again in 10 s: AWS lists new clusters with a delay"
    assert clusters.calls == ["find", "find", "find"]


def test_a_run_that_stopped_nothing_knows_it() -> None:
    scene = Scene(FakeClusters(failing=6, error=Failed("denied"), times=10_000))
    scene.run()
    assert scene.whole.unstopped
    assert scene.whole.wait_for_end() is None
    assert scene.paused < 60 * 15  # one look that fails many times, and not sixty that do


def up(clusters: FakeClusters, lines: list[str]) -> str:
    """As `up` starts a cluster."""
    return start_or_find(clusters, "0123", lines.append, _no_pause)


def _no_pause(seconds: float) -> None:
    pass


@pytest.mark.parametrize("times", [1, 2, 10_000])
@pytest.mark.parametrize("anyway", [False, True])
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_whatever_fails_in_up_what_runs_is_announced(
    error: BaseException, anyway: bool, times: int
) -> None:
    refused = isinstance(error, VergerError) and not isinstance(error, Unanswered)
    if anyway and refused:
        return  # what AWS refused does not run
    clusters = FakeClusters(failing=0, error=error, times=times, starts_all_the_same=anyway)
    lines: list[str] = []
    id_ = None
    with suppress(BaseException):
        id_ = up(clusters, lines)
    text = "\n".join(lines)
    assert ("verger-launch=0123" in text or clusters.aws_stop_command(ID) in text) != refused
    assert (id_ == ID) == (isinstance(error, Unanswered) and anyway and times < 4)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Terminated(), RuntimeError("a bug")])
def test_a_cluster_that_up_lost_is_reported_and_goes_on(error: BaseException) -> None:
    clusters, lines = FakeClusters(failing=0, error=error), list[str]()
    with pytest.raises(type(error)):
        up(clusters, lines)
    assert clusters.running
    assert lines[-1] == f"{ID} was started and runs; to stop it: {clusters.aws_stop_command(ID)}"


def test_a_new_cluster_that_is_not_listed_at_once_is_looked_for_again() -> None:
    clusters, lines = Absent(1, Unanswered("lost")), list[str]()
    assert up(clusters, lines) == ID
    assert clusters.calls == ["start", "find", "find"]


def test_a_signal_in_up_is_announced_too() -> None:
    class Interrupted(FakeClusters):
        def start(self, launch: str, job: tuple[str, str] | None = None) -> str:
            self.running = True
            signal.raise_signal(signal.SIGTERM)
            return "not reached"

    lines: list[str] = []
    with pytest.raises(Terminated) as caught:
        up(Interrupted(), lines)
    assert caught.value.exit == 143
    assert f"{ID} was started and runs" in lines[-1]
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_so_as_under_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with signals_raise():
            signal.raise_signal(signal.SIGHUP)
            with pytest.raises(Terminated):
                signal.raise_signal(signal.SIGTERM)
    finally:
        signal.signal(signal.SIGHUP, before)


def test_an_end_that_nobody_saw_is_reported_with_the_command_that_stops_it() -> None:
    scene = Scene(FakeClusters(failing=6, error=Failed("denied"), times=4))
    scene.run()
    assert scene.clusters.running
    assert scene.whole.wait_for_end() is None
    assert scene.lines[-1].startswith("j-1 has not ended yet; to stop it: aws emr terminate-")


def test_ctrl_c_asks_and_stops() -> None:
    scene = Scene(FakeClusters(failing=3, error=KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    assert scene.questions == ["Stop the cluster j-1? Otherwise it ends by itself. [Y/n] "]
    assert not scene.clusters.running


def test_ctrl_c_and_no_leaves_it_and_says_how_to_stop_it() -> None:
    scene = Scene(FakeClusters(failing=3, error=KeyboardInterrupt()), answer=lambda: False)
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    assert scene.clusters.running
    assert scene.lines[-1] == (
        "the cluster j-1 continues; it ends by itself; to stop it: 'verger cloud down --cluster "
        "j-1', or aws emr terminate-clusters --cluster-ids j-1"
    )
    assert scene.whole.keep_running


@pytest.mark.parametrize("error", [KeyboardInterrupt(), EOFError(), OSError("no terminal")])
def test_a_second_ctrl_c_stops_it(error: BaseException) -> None:
    def answer() -> bool:
        raise error

    scene = Scene(FakeClusters(failing=3, error=KeyboardInterrupt()), answer)
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    assert not scene.clusters.running


def test_ctrl_c_while_it_stops_is_no_reason_not_to() -> None:
    scene = Scene(FakeClusters(failing=3, error=KeyboardInterrupt(), times=3))
    with pytest.raises(KeyboardInterrupt):
        scene.run()
    assert scene.clusters.calls[-3:] == ["stop", "stop", "stop"]
    assert not scene.clusters.running


def test_a_signal_stops_without_a_question() -> None:
    scene = Scene(FakeClusters(failing=3, error=Terminated()), answer=lambda: False)
    with pytest.raises(Terminated):
        scene.run()
    assert scene.questions == []
    assert not scene.clusters.running


def test_a_cluster_that_cannot_be_stopped_is_reported_with_the_command_that_does() -> None:
    clusters = FakeClusters(failing=6, error=Failed("no network"), times=10_000)
    scene = Scene(clusters)
    scene.run()
    assert clusters.running
    assert (
        "WARNING: the cluster j-1 still runs, and could not be stopped (no network)" in scene.text
    )
    assert "aws emr terminate-clusters --cluster-ids j-1; it ends by itself" in scene.text


def test_a_network_that_comes_and_goes_ends_no_run() -> None:
    scene = Scene(FakeClusters(failing=2, error=Failed("no network"), times=20))
    assert scene.run().job == "COMPLETED"
    assert scene.text.count("trying again") == 1


def test_a_network_that_stays_away_is_given_up_and_reported() -> None:
    scene = Scene(FakeClusters(failing=2, error=Failed("no network"), times=10_000))
    with pytest.raises(Failed, match="could not be checked"):
        scene.run()
    assert scene.paused >= 600
    assert "still runs, and could not be stopped" in scene.text


@pytest.mark.parametrize(
    "last",
    [
        Status(
            "TERMINATED_WITH_ERRORS", "", True, "a bootstrap action failed: its log is in s3://"
        ),
        Status("TERMINATED_WITH_ERRORS", "CANCELLED", True, "a quota of your account is exceeded"),
        Status("RUNNING", "FAILED", False, "the step failed: its logs are in s3://"),
        Status("TERMINATED", "PENDING", True, "the cluster ended before its job: it was idle"),
        Status("TERMINATED", "", True),
    ],
)
def test_a_job_that_was_not_done_fails_the_run_with_its_reason(last: Status) -> None:
    scene = Scene(FakeClusters(states=(STATES[0], last)))
    with pytest.raises(Failed) as caught:
        scene.run()
    assert str(caught.value) == last.problem or "ended before its job" in str(caught.value)
    assert ("stop" in scene.clusters.calls) != last.ended
    assert scene.is_safe() or last.ended


def test_progress_is_reported_while_the_job_runs() -> None:
    counts = iter(range(512, 4096, 512))

    def progress() -> dict[str, Any]:
        return {"step": "extract", "done": next(counts), "total": 4096, "rejects": 2}

    scene = Scene(FakeClusters(), progress=progress)
    scene.run()
    assert "j-1: running, extract 512/4,096 photos, 2 rejects" in scene.lines
    assert "j-1: running, extract 1,024/4,096 photos, 2 rejects" in scene.lines


@pytest.mark.parametrize(("every", "pause"), [(0.5, 0.5), (15, 15), (3600, 15)])
def test_an_end_is_waited_for_by_time_however_often_one_looks(every: float, pause: float) -> None:
    clusters, paused = FakeClusters(), list[float]()
    clusters.running = True
    watch = Watch(clusters, lambda: None, lambda text: None, paused.append, every)
    assert watch.until_stopped(ID) is None
    assert set(paused) == {pause}
    assert sum(paused) == pytest.approx(900 - pause)
