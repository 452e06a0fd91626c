"""What every test stands on: an empty home, and an honest word about what was left out."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")  # a machine may be busy; what is slow is for the benchmarks

EVERYTHING = "REFACT_TEST_ALL"
"""Set in the environment, a test that is skipped has failed: nothing may be left out."""

_OURS = ("REFACT_CONFIG_DIR", "REFACT_CACHE_DIR", "REFACT_LSP_LOG")


def pytest_configure() -> None:
    """Have programs hear an interrupt, which what runs in the background of a script ignores."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the test, and all it starts, a home of its own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    for name in [*_OURS, *(each for each in os.environ if each.startswith("XDG_"))]:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home() -> Path:
    """Answer the home directory of this test."""
    return Path(os.environ["HOME"])


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Turn a skipped test into a failed one where everything was asked for."""
    report = yield
    if report.skipped and os.environ.get(EVERYTHING):
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was left out although everything was asked for: {_why(report)}"
        )
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say in one line what was left out, and how to get it."""
    skipped = terminalreporter.stats.get("skipped", [])
    reasons = Counter(_why(report) for report in skipped)
    if reasons:
        told = "; ".join(f"{count} tests: {reason}" for reason, count in sorted(reasons.items()))
        terminalreporter.write_line(f"Left out: {told}", yellow=True)


def _why(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return report.longrepr[2].removeprefix("Skipped: ")
    return str(report.longrepr)
