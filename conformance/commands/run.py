"""`conformance run`: start pytest with the plugin, and make the reports of what it leaves."""

import argparse
import os
import secrets
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from conformance.commands._target import settings
from conformance.errors import ConformanceError, Exit, UsageError
from conformance.evidence.record import EXCHANGES, RESULTS, write_whole
from conformance.reporting import terminal
from conformance.running.run import Run
from conformance.session import KEY, SUITES, Session
from conformance.settings import Settings

_EXITS = {"conforming": Exit.CONFORMING, "not conforming": Exit.NOT_CONFORMING, "incomplete": Exit.INCOMPLETE}
JUNIT, REPORT = "junit.xml", "report.html"


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
        output=_folder(options.output),
        strict=options.strict,
    )
    session = _judged(made)
    assert session.results is not None
    assert made.output is not None
    files = write(session.results, made.output)
    terminal.show(session.results, files=[str(file) for file in files])
    return session.exit_code if session.exit_code is not None else _EXITS[session.results["verdict"]]


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise UsageError(f"--output {path}: {error.strerror or error}") from None
    return path


def _judged(made: Settings) -> Session:
    with _own_stderr() as stream:
        progress = terminal.Progress(stream)
        session = Session(made, lambda run: _progress(progress, run))
        session.open(judges=not made.workers)
        code = pytest.main(_arguments(made), plugins=[_Carrier(session)])
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


def write(results: dict[str, Any], output: Path) -> list[Path]:
    """Write a run's reports beside its exchanges, each whole or not at all; return their paths."""
    import json  # noqa: PLC0415

    from conformance.reporting import html, junit  # noqa: PLC0415

    results_file = output / RESULTS
    write_whole(results_file, json.dumps(results, indent=1) + "\n")
    write_whole(output / JUNIT, junit.render(results))
    write_whole(output / REPORT, html.render(results, results_file=str(results_file)))
    return [output / REPORT, results_file, output / JUNIT, output / EXCHANGES]
