"""`conformance run`: start pytest with the plugin, and make the reports of what it leaves."""

import argparse
import os
import secrets
import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from conformance.cli.commands._target import settings
from conformance.configuration.settings import Settings, built, checked
from conformance.core.errors import ConformanceError, Exit, UsageError
from conformance.engine import interruption
from conformance.engine.run import Run
from conformance.evidence.results import Results, Verdict
from conformance.reporting import baseline, github, terminal
from conformance.reporting.messages import visible
from conformance.runner import checkpoint
from conformance.runner.checkpoint import Checkpoint
from conformance.runner.collection import SUITES
from conformance.runner.session import KEY, Session, suites

# What a run that is resumed was begun with.
_FIXED = {"url": "URL", "app": "--app", "target": "--target", "profile": "--profile", "only": "--only", "seed": "--seed",
          "strict": "--strict", "keep": "--keep", "budget": "--budget", "output": "--output"}  # fmt: skip
EXITS = {
    Verdict.CONFORMING: Exit.CONFORMING,
    Verdict.NOT_CONFORMING: Exit.NOT_CONFORMING,
    Verdict.INCOMPLETE: Exit.INCOMPLETE,
}


def run(options: argparse.Namespace) -> int:
    """Judge a target and return the exit code of its verdict."""
    if options.write_deviations is not None:
        baseline.check(options.write_deviations)
    session = _resumed(options) if options.resume is not None else _judged(_settings(options))
    assert session.results is not None
    files = [str(file) for file in session.files]
    terminal.show(session.results, files=files)
    tell_lacking(session.lacking)
    if session.ended is not None:
        print(f"conformance run --resume {shlex.quote(str(session.settings.output))} goes on from here")  # noqa: T201
    tell_github(session.results, files)
    if options.write_deviations is not None:
        print(baseline.write(session.results, options.write_deviations))  # noqa: T201
    return session.exit_code if session.exit_code is not None else EXITS[session.results.verdict]


def tell_lacking(lacking: dict[str, str]) -> None:
    """Say which reports could not be made, and why."""
    for name, reason in lacking.items():
        print(f"conformance: the toolkit failed to make {name}: {visible(reason)}", file=sys.stderr)  # noqa: T201


def tell_github(results: Results, files: list[str]) -> None:
    """Tell GitHub Actions, if it is who runs this.

    Raises:
        UsageError: the file that it names cannot be written.

    """
    if os.environ.get("GITHUB_ACTIONS") == "true":
        print("\n".join(github.annotations(results)))  # noqa: T201
    if path := os.environ.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(path).open("a", encoding="utf-8") as summary:
                summary.write(github.step_summary(results, files))
        except OSError as error:
            raise UsageError(f"GITHUB_STEP_SUMMARY {path}: {error.strerror or error}") from None


def _settings(options: argparse.Namespace) -> Settings:
    return settings(
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


def _resumed(options: argparse.Namespace) -> Session:
    """Go on with a run: what it judges and how is in its checkpoint; only how long, with how many workers, is said anew."""
    fixed = {name for name in _FIXED if getattr(options, name)}
    if fixed:
        raise UsageError(
            f"--resume goes on with the run as it was begun; leave out {', '.join(sorted(map(_FIXED.__getitem__, fixed)))}"
        )
    before = checkpoint.read(options.resume)
    kept = before.settings.model_dump() | {"max_time": options.max_time, "workers": options.workers}
    if options.token_env is not None:  # the one before may have expired
        kept["token_env"] = options.token_env
    made = checked(built({key: value for key, value in kept.items() if value is not None}))
    before.settings = made
    return _judged(made, before)


def _judged(made: Settings, before: Checkpoint | None = None) -> Session:
    with _own_stderr() as stream:
        progress = terminal.Progress(stream)
        session = Session(made, lambda run: _progress(progress, run), before=before)
        replaced = before is None and made.output is not None and checkpoint.is_there(made.output)
        with interruption.at_once():
            session.open(judges=not made.workers)
        if replaced:
            told = "conformance: the record of a run that was cut short is replaced here; --resume would have gone on with it"
            print(told, file=sys.stderr)  # noqa: T201
        if session.results is None:
            # Between requests also while the scenarios are collected: then before the first.
            with session.interruption.on_signals():
                _perform(session, progress)
    return session


def _perform(session: Session, progress: terminal.Progress) -> None:
    try:
        with _apart():
            code = pytest.main(_arguments(session.settings), plugins=[_Carrier(session)])
    finally:
        session.close()
        progress.clear()
    if session.results is None:
        raise ConformanceError(f"pytest ended with code {int(code)} before there was a result")


@contextmanager
def _apart() -> Iterator[None]:
    """Let pytest see nothing of what the environment tells it: options, plugins and settings that are meant for the user's own tests."""
    hidden = {name: os.environ.pop(name) for name in list(os.environ) if name.startswith(("PYTEST_", "HYPOTHESIS_PROFILE"))}
    try:
        yield
    finally:
        os.environ.update(hidden)


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
    # The suites are named: without any file named, pytest would load the conftest.py of the folder that we are called from.
    arguments = [*suites(made), "--noconftest", "--disable-plugin-autoload", *(part for name in plugins for part in ("-p", name))]
    arguments += ["-c", str(SUITES / "pytest.ini"), "--rootdir", str(SUITES), "-p", "no:terminal", "-p", "no:cacheprovider"]
    arguments += ["-p", "no:warnings", "-p", "no:threadexception", "-p", "no:unraisableexception"]
    arguments += ["--import-mode=importlib", "--conformance-settings", made.model_dump_json()]
    # A worker that is lost leaves the run incomplete; another one in its place would begin in the middle.
    return arguments + (["-n", str(made.workers), "--max-worker-restart=0"] if made.workers else [])
