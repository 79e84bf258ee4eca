"""What every test needs: Qt without a screen, no graphics card, and no skipping where it counts."""

import gc
import os
import signal
from pathlib import Path

import hypothesis
import pytest

hypothesis.settings.register_profile("tower", hypothesis.settings.default, deadline=None)  # no test asserts wall time
hypothesis.settings.load_profile("tower")

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("QT_QUICK_BACKEND", "software")
os.environ.setdefault("QTWEBENGINE_CHROMIUM_FLAGS", "--disable-gpu")
if hasattr(os, "geteuid") and os.geteuid() == 0:
    os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")

pytest_plugins = ["tests.postgres_server", "tests.fix_batches"]

_SKIPS_FAIL = os.environ.get("CI", "").lower() in ("1", "true", "yes")


class SkipsFail:
    """Fails a session in which a test was skipped: what did not run has proved nothing."""

    def __init__(self) -> None:
        self._skipped: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a skipped test; an expected failure counts as skipped to pytest, not to us."""
        if report.skipped and not hasattr(report, "wasxfail"):
            self._skipped.append(report.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that skipped itself as a whole."""
        if report.skipped:
            self._skipped.append(report.nodeid)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a success with skipped tests into a failure."""
        if self._skipped and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Name what was skipped."""
        if self._skipped:
            terminalreporter.section("skipped, which fails in CI", red=True)
            for name in self._skipped:
                terminalreporter.line(name)


class GarbageWaits:
    """Collects garbage between tests, in the main thread alone.

    Python collects in whatever thread happens to allocate. A Qt object in a cycle would be destroyed in a worker thread
    of some service under test, while Qt still delivers events to it: the process crashes, in another test.
    """

    _EVERY = 20

    def __init__(self) -> None:
        self._ended = 0
        gc.disable()

    def pytest_collection_finish(self) -> None:
        """Set aside what stays to the end, the modules and the tests: to look through it each time takes minutes."""
        gc.collect()
        gc.freeze()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_teardown(self) -> None:
        """Collect now and then, when nothing runs."""
        self._ended += 1
        gc.collect(2 if self._ended % self._EVERY == 0 else 0)


LONG = ("journeys", "backend_service/benchmarks", "app/test_demo", "backend_service/streets/test_city")
"""What begins with this takes tens of seconds a file, with processes of its own."""

LONG_TIMEOUT_S = 900
"""So long a long test may take that says nothing else: it costs only when it fails, and a machine may be busy."""


def is_long(item: pytest.Item) -> bool:
    folder = Path(__file__).parent
    return item.path.is_relative_to(folder) and str(item.path.relative_to(folder)).startswith(LONG)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first, so that workers that are handed file after file end together; give them time."""
    items.sort(key=is_long, reverse=True)
    for item in filter(is_long, items):
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(LONG_TIMEOUT_S))


def pytest_configure(config: pytest.Config) -> None:
    """Refuse skipped tests in CI; workers of a spread run only report, their controller judges."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # Started in the background by a shell without job control: what the tests start would not heed Ctrl-C either.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    config.pluginmanager.register(GarbageWaits())
    if _SKIPS_FAIL and not hasattr(config, "workerinput"):
        config.pluginmanager.register(SkipsFail())
