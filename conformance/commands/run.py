"""`conformance run`: start pytest with the plugin, and make the reports of what it leaves."""

import argparse
import os
import secrets
import sys
import tempfile
from pathlib import Path
from typing import IO

import pytest

from conformance.commands._target import settings
from conformance.errors import ConformanceError, Exit
from conformance.reporting import terminal
from conformance.running.run import Run
from conformance.session import KEY, SUITES, Session
from conformance.settings import Settings

_EXITS = {"conforming": Exit.CONFORMING, "not conforming": Exit.NOT_CONFORMING, "incomplete": Exit.INCOMPLETE}


def run(options: argparse.Namespace) -> int:
    """Judge a target and return the exit code of its verdict."""
    made = settings(
        options,
        profiles=tuple(options.profile) if options.profile else None,
        budget=options.budget,
        seed=options.seed if options.seed is not None else str(secrets.randbits(32)),
        max_time=options.max_time,
        workers=options.workers,
        only=tuple(options.only),
        output=options.output,
        strict=options.strict,
        keep=options.keep,
    )
    session = _judged(made)
    assert session.results is not None
    terminal.show(session.results, files=[str(file) for file in session.files])
    return session.exit_code if session.exit_code is not None else _EXITS[session.results["verdict"]]


def _judged(made: Settings) -> Session:
    with _own_stderr() as stream:
        progress = terminal.Progress(stream)
        # Hypothesis would leave its tables of characters in the folder that we are called from.
        os.environ.setdefault(
            "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / f"conformance-hypothesis-{os.getuid()}")
        )
        session = Session(made, lambda run: _progress(progress, run))
        session.open(judges=not made.workers)
        try:
            code = pytest.main(_arguments(session.settings), plugins=[_Carrier(session)])
        finally:
            session.close()
            progress.clear()
    if session.results is None:
        raise ConformanceError(f"pytest ended with code {int(code)} before there was a result")
    return session


def _progress(progress: terminal.Progress, run: Run) -> None:
    progress.show(run.scenario, run.exchanges, len(run.ledger.failed()))


class _Carrier:
    """Hands the session to the plugin before it makes one of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[KEY] = self._session


def _own_stderr() -> IO[str]:
    """Return a stream to the terminal that pytest's capturing does not take."""
    return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8", errors="replace")


def _arguments(made: Settings) -> list[str]:
    plugins = ["conformance.plugin", *(["xdist.plugin"] if made.workers else [])]
    arguments = ["--disable-plugin-autoload", *(part for name in plugins for part in ("-p", name))]
    arguments += ["-c", str(SUITES / "pytest.ini"), "--rootdir", str(SUITES), "-p", "no:terminal", "-p", "no:cacheprovider"]
    arguments += ["-p", "no:warnings", "--import-mode=importlib", "--conformance-settings", made.model_dump_json()]
    return arguments + (["-n", str(made.workers)] if made.workers else [])
