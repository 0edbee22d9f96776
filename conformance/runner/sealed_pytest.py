"""Scenarios run by workers of pytest-xdist, in a pytest that is sealed off from the user's own: no conftest.py, ini file or plugin of theirs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from conformance.core.errors import ConformanceError
from conformance.runner import selection
from conformance.runner.controller import Controller
from conformance.runner.session import KEY, PYTEST_INI, Session


def run_workers(controller: Controller) -> None:
    """Have the scenarios run by workers; the controller is open, and has its conclusion afterwards.

    Raises:
        ConformanceError: pytest ended before there was a result.

    """
    session = Session(controller, is_open=True)
    with _without_pytest_environment():
        code = pytest.main(_arguments(controller), plugins=[_SessionPlugin(session)])
    if controller.conclusion is None:
        raise ConformanceError(f"pytest ended with code {int(code)} before there was a result")


@contextmanager
def _without_pytest_environment() -> Iterator[None]:
    """Hide environment variables for pytest and Hypothesis, because they are meant for the user's own tests."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("PYTEST_", "HYPOTHESIS_PROFILE"))}
    try:
        yield
    finally:
        os.environ.update(hidden)


class _SessionPlugin:
    """Gives the session to the plugin, which would otherwise make its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[KEY] = self._session


def _arguments(controller: Controller) -> list[str]:
    settings, contract = controller.settings, controller.contract
    plugins = ["conformance.plugin", "xdist.plugin"]
    # The suites are given as arguments; without any, pytest would load the conftest.py of the working directory.
    arguments = [*map(str, selection.suites(settings, contract)), "--noconftest", "--disable-plugin-autoload"]
    arguments += [part for name in plugins for part in ("-p", name)]
    arguments += ["-c", str(PYTEST_INI), "--rootdir", str(contract.scenarios[0]), "-p", "no:terminal", "-p", "no:cacheprovider"]
    arguments += ["-p", "no:warnings", "-p", "no:threadexception", "-p", "no:unraisableexception"]
    arguments += ["--import-mode=importlib", "--conformance-settings", settings.model_dump_json()]
    # If a worker crashes, the run is incomplete; a new worker in its place would start in the middle.
    arguments += ["-n", str(settings.workers), "--max-worker-restart=0"]
    # Scenarios take from a millisecond to seconds: given out one by one, none waits behind a long one while another worker is idle.
    return [*arguments, "--maxschedchunk=1"]
