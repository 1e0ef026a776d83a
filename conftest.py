"""Every skip is on a list: in CI, any other fails the run (tests/allowed_skips.txt)."""

from __future__ import annotations

import os
import signal
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ALLOWED_SKIPS = Path(__file__).parent / "tests" / "allowed_skips.txt"


def read_allowed_skips(text: str) -> list[tuple[str, str]]:
    """Patterns of a test and of the reason of its skip, from lines `test | reason | why`."""
    allowed = []
    for line in text.splitlines():
        if line and not line.startswith("#"):
            test, reason, why = (field.strip() for field in line.split("|", 2))
            assert why, f"{ALLOWED_SKIPS.name}: '{line}' does not say why the skip is allowed"
            allowed.append((test, reason))
    return allowed


def reason_of(report: pytest.TestReport | pytest.CollectReport) -> str:
    """Why a test or a file of tests was skipped, as it said."""
    text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return text.removeprefix("Skipped: ")


class SkipGate:
    """Collects the skips that are not on the list, and fails the run for them."""

    def __init__(self, allowed: list[tuple[str, str]]) -> None:
        self._allowed = allowed
        self._unlisted: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._check(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._check(report)

    def _check(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped:
            reason = reason_of(report)
            if not any(
                fnmatchcase(report.nodeid, test) and fnmatchcase(reason, text)
                for test, text in self._allowed
            ):
                self._unlisted.append(f"{report.nodeid}: {reason}")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self._unlisted and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self._unlisted:
            terminalreporter.section("skips that CI does not allow", red=True, bold=True)
            for line in sorted(set(self._unlisted)):
                terminalreporter.write_line(line)
            terminalreporter.write_line(
                "Make what they need available, or list them with a reason in "
                "tests/allowed_skips.txt."
            )


def pytest_configure(config: pytest.Config) -> None:
    # A shell's background job ignores Ctrl-C, and so would the programs that tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # A worker of pytest-xdist leaves it to the process that started it.
    if os.environ.get("CI") and not hasattr(config, "workerinput"):
        allowed = read_allowed_skips(ALLOWED_SKIPS.read_text("utf-8"))
        config.pluginmanager.register(SkipGate(allowed), "skip-gate")
