"""`conformance run`: run the scenarios, and print the results."""

import argparse
import os
import secrets
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO

from conformance import records
from conformance.cli.commands._target import contract_of, settings_of, started
from conformance.client.server_output import ServerOutput
from conformance.configuration.settings import Settings, build, validate
from conformance.core import memory, streams
from conformance.core.display import visible
from conformance.core.errors import Exit, UsageError
from conformance.engine import interruption
from conformance.engine.run import Run
from conformance.evidence.results import Results, Status, Verdict
from conformance.reporting import baseline, github, terminal
from conformance.runner import checkpoint, contracts, worker_progress
from conformance.runner.checkpoint import Checkpoint
from conformance.runner.controller import Controller
from conformance.runner.isolation import isolated
from conformance.runner.performing import perform_all

# Between two looks at what the workers tell.
_LOOK_SECONDS = 0.2
# Options that a resumed run takes from its checkpoint, by attribute name.
_FIXED = {"url": "URL", "app": "--app", "target": "--target", "profile": "--profile", "only": "--only", "seed": "--seed",
          "strict": "--strict", "keep": "--keep", "budget": "--budget", "output": "--output",
          "contract": "--contract", "failed": "--failed", "server_command": "--command", "shard": "--shard"}  # fmt: skip
EXITS = {
    Verdict.CONFORMING: Exit.CONFORMING,
    Verdict.NOT_CONFORMING: Exit.NOT_CONFORMING,
    Verdict.INCOMPLETE: Exit.INCOMPLETE,
}


def run(options: argparse.Namespace) -> int:
    """Test a target and return the exit code of its verdict."""
    if options.write_deviations is not None:
        baseline.check(options.write_deviations)
    if options.shard is not None and options.seed is None and options.resume is None:
        raise UsageError(f"--shard {options.shard} needs --seed, the same one for all shards: each draws its part of the same run")
    if options.failed is not None:
        _select_failed(options)
    with started(options) as output:
        controller = _resume(options) if options.resume is not None else _perform(_settings(options), output)
    conclusion = controller.conclusion
    assert conclusion is not None
    files = [str(file) for file in conclusion.files]
    terminal.show(conclusion.results, files=files)
    tell_lacking(conclusion.lacking)
    if controller.ending.because is not None:
        print(f"conformance run --resume {shlex.quote(str(controller.settings.output))} goes on from here")  # noqa: T201
    tell_github(conclusion.results, files)
    if options.write_deviations is not None:
        print(baseline.write(conclusion.results, options.write_deviations))  # noqa: T201
    return EXITS[conclusion.results.verdict] if controller.ending.exit_code is None else controller.ending.exit_code


def _select_failed(options: argparse.Namespace) -> None:
    """Select what failed in a record, and its target unless another one is named.

    Raises:
        UsageError: the record cannot be read, or nothing failed in it.

    """
    results = records.read(options.failed)
    names = [row.id for row in results.requirements if row.status is Status.FAILED]
    if not names:
        raise UsageError(f"--failed {options.failed}: nothing failed in it")
    options.only = [*options.only, *names]
    manifest = results.manifest
    options.contract, options.routes = options.contract or manifest.contract.name, manifest.routes
    options.token_env = options.token_env or manifest.token_env
    if (options.url, options.app, options.target, options.server_command) == (None, None, None, None):
        options.url, options.app, options.server_command = manifest.target.url, manifest.target.app, manifest.target.command
        if options.server_command is not None:
            options.url = None


def tell_lacking(lacking: dict[str, str]) -> None:
    """Print which reports could not be made, and why."""
    for name, reason in lacking.items():
        print(f"conformance: the toolkit failed to make {name}: {visible(reason)}", file=sys.stderr)  # noqa: T201


def tell_github(results: Results, files: list[str]) -> None:
    """Print annotations and write the step summary if GitHub Actions runs this process.

    Raises:
        UsageError: the file that GITHUB_STEP_SUMMARY names cannot be written.

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
    return settings_of(
        options,
        contract_of(options),
        profiles=tuple(options.profile) if options.profile else None,
        budget=options.budget,
        seed=options.seed if options.seed is not None else str(secrets.randbits(32)),
        seed_is_named=options.seed is not None,
        max_time=options.max_time,
        workers=options.workers,
        shard=options.shard,
        only=tuple(options.only),
        output=options.output,
        strict=options.strict,
        keep=options.keep,
    )


def _resume(options: argparse.Namespace) -> Controller:
    """Continue a run with the settings of its checkpoint; only the time limit, the workers and the token may be given anew."""
    fixed = {name for name in _FIXED if getattr(options, name)}
    if fixed:
        raise UsageError(
            f"--resume goes on with the run as it was begun; leave out {', '.join(sorted(map(_FIXED.__getitem__, fixed)))}"
        )
    before = checkpoint.read(options.resume)
    kept = before.settings.model_dump() | {"max_time": options.max_time, "workers": options.workers}
    if options.token_env is not None:  # the earlier token may have expired
        kept["token_env"] = options.token_env
    built = build({key: value for key, value in kept.items() if value is not None})
    contract = contracts.of(built)
    before.settings = validate(built, contract.api.requirements, contract.profiles)
    return _perform(before.settings, before=before)


def _perform(settings: Settings, output: ServerOutput | None = None, before: Checkpoint | None = None) -> Controller:
    with _own_stderr() as stream:
        progress = terminal.Progress(stream)
        controller = Controller(
            settings, contracts.of(settings), lambda run: _progress(progress, run), before=before, output=output
        )
        replaced = before is None and settings.output is not None and checkpoint.is_there(settings.output)
        with interruption.at_once():
            controller.open(judges=not settings.workers)
        if replaced:
            note = "conformance: the record of a run that was cut short is replaced here; --resume would have gone on with it"
            print(note, file=sys.stderr)  # noqa: T201
        if controller.conclusion is None:
            try:
                # An interruption before the first request ends the run too.
                with controller.interruption.on_signals():
                    _perform_scenarios(controller, progress)
            finally:
                controller.close()
                progress.clear()
    return controller


def _perform_scenarios(controller: Controller, progress: terminal.Progress) -> None:
    memory.settle()
    if controller.settings.workers:
        from conformance.runner import sealed_pytest

        with _showing_workers(controller, progress):
            sealed_pytest.run_workers(controller)
    else:
        _run_here(controller)


@contextmanager
def _showing_workers(controller: Controller, progress: terminal.Progress) -> Iterator[None]:
    """Show how far all workers are together, while the block runs."""
    folder, has_ended = controller.shared_folder, threading.Event()

    def watch() -> None:
        while not has_ended.wait(_LOOK_SECONDS):
            if progress.is_due and (workers := worker_progress.read(folder)):
                violated = {name for worker in workers for name in worker.violated}
                exchanges = sum(worker.exchanges for worker in workers)
                progress.show(" | ".join(worker.stage for worker in workers), exchanges, len(violated))

    watcher = threading.Thread(target=watch, daemon=True, name="conformance-progress")
    watcher.start()
    try:
        yield
    finally:
        has_ended.set()
        watcher.join()


def _run_here(controller: Controller) -> None:
    """Run the scenarios in this process; what an application in it prints is kept off the terminal."""
    try:
        with streams.silenced() if controller.settings.url is None else nullcontext(), isolated(), suppress(KeyboardInterrupt):
            perform_all(controller)
    finally:
        with interruption.at_once():
            controller.conclude()


def _progress(progress: terminal.Progress, run: Run) -> None:
    if progress.is_due:
        progress.show(run.stage, run.exchanges, len(run.ledger.failed()))


def _own_stderr() -> IO[str]:
    """Return a copy of standard error that pytest does not capture."""
    return os.fdopen(os.dup(sys.stderr.fileno()), "w", encoding="utf-8", errors="replace")
