"""`conformance replay`: repeat the counterexample of a requirement on the same target or another one."""

import argparse
import io
import json
from dataclasses import replace
from typing import Any

from conformance import records
from conformance.cli.commands._output import write
from conformance.cli.commands._target import contract_of, settings_of, started
from conformance.client import connect
from conformance.configuration.settings import Settings, find
from conformance.configuration.target_file import Namespaces
from conformance.core import json_text, typed_json
from conformance.core.errors import Exit, UsageError
from conformance.engine import replay as engine
from conformance.engine import routes
from conformance.engine.budget import BUDGETS
from conformance.engine.contract import Contract
from conformance.engine.run import Run
from conformance.evidence import record
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Counterexample
from conformance.evidence.results import Example, Manifest, Results, Status
from conformance.reporting import regression_test
from conformance.reporting.messages import in_full
from conformance.reporting.regression_test import Supply
from conformance.runner import contracts, editions
from conformance.runner.target import open_target

_CLEANING_SECONDS = 10.0
# How often a counterexample is repeated, because some violations show only sometimes.
_TIMES = 5


def replay(options: argparse.Namespace) -> int:
    """Return 1 if a violation shows again, and 0 if none does; with `--write`, 0 when the test is written."""
    json_text.allow_depth()
    results = records.read(options.results)
    names = [options.requirement] if options.requirement is not None else _failed(results, options)
    if options.write is not None:
        return _write(results, names, options)
    with started(options, results.manifest.target.command):
        codes = [_replay(options, results, name) for name in names]
    return max(codes)


def _failed(results: Results, options: argparse.Namespace) -> list[str]:
    names = [row.id for row in results.requirements if row.status is Status.FAILED and row.counterexample is not None]
    if not names:
        raise UsageError(f"{options.results}: nothing failed in it")
    return names


def _write(results: Results, names: list[str], options: argparse.Namespace) -> int:
    options.contract = options.contract or results.manifest.contract.name
    supply = _supply(routes.served(contract_of(options), results.manifest.routes or {}))
    text = regression_test.render(results, [(name, _example(results, name, options)) for name in names], supply)
    write(options.write, text, "--write")
    print(f"{options.write}: pytest {options.write} fails while {', '.join(names)} {'is' if len(names) == 1 else 'are'} broken")  # noqa: T201
    return Exit.CONFORMING


def _supply(contract: Contract[Any]) -> Supply | None:
    if contract.supplies is None:
        return None
    request, key = contract.supplies.request("kept-counterexample")
    return Supply(request.method, request.path, json.loads(request.body or b"null"), key)


def _replay(options: argparse.Namespace, results: Results, name: str) -> int:
    manifest = results.manifest
    options.contract, options.routes = options.contract or manifest.contract.name, manifest.routes
    contract = contract_of(options)
    recorded = routes.served(contract, manifest.routes or {})
    requirement = find(name, contract.api.requirements)
    example = _example(results, name, options)
    if options.url is None and options.app is None and options.target is None:
        options.url, options.app = manifest.target.url, manifest.target.app
    options.token_env = options.token_env or manifest.token_env
    settings = _as_recorded(settings_of(options, contract), manifest)
    contract = contracts.of(settings)
    known = connect.secrets(settings)
    redactor = known.redactor()
    with redactor.raising(), open_target(settings, contract, known) as client:
        vocabulary = contract.vocabulary(settings.file.vocabulary)
        run: Run = contract.run(contract.api, client, record.Recorder(io.StringIO(), redactor), vocabulary=vocabulary,
                                budget=BUDGETS["quick"], seed=f"replay {manifest.started}", served=_served(manifest),
                                clock_skew=settings.file.limits.clock_skew_seconds,
                                list_delay=settings.file.limits.list_delay_seconds)  # fmt: skip
        run.begin(f"replay of {requirement.id}")
        # Raises if the target does not serve this API or refuses the token; otherwise no violation would show for that reason.
        look = contract.first_look(client, settings, vocabulary, run.tags)
        editions.looked(options.contract, contract, client, settings, look, has_token=known.token is not None)
        renamed = _new_supplies(run, contract, example, manifest)
        sent = routes.moved(example.exchanges, recorded.api.by_name, contract.api.by_name)
        proof, hidden = _repeat(run, requirement.id, record.exchanges(sent, contract.api.by_name), renamed)
        if run.can_delete:
            run.cleanup.delete(client, _CLEANING_SECONDS)
    if proof is None:
        print(f"{requirement.id}: not shown again by {settings.where}, in {hidden} repetitions")  # noqa: T201
        return Exit.CONFORMING
    text = in_full(record.counterexample_record(proof, redactor))
    print(f"{requirement.id}: shown again by {settings.where}\n{text}")  # noqa: T201
    return Exit.NOT_CONFORMING


def _repeat(
    run: Run, requirement: str, exchanges: tuple[Exchange, ...], renamed: dict[str, str]
) -> tuple[Counterexample | None, int]:
    """Repeat the exchanges until the violation shows; return the proof, and how many repetitions did not show it."""
    held: tuple[Exchange, ...] = ()
    for hidden in range(_TIMES):
        repetition = engine.replay(run, requirement, exchanges, renamed=renamed)
        if repetition.proof is not None:
            return replace(repetition.proof, hidden=hidden, held=held), hidden
        held = repetition.exchanges
    return None, _TIMES


def _served(manifest: Manifest) -> frozenset[str]:
    """Return the profiles that the target served."""
    return frozenset(name for name, capability in manifest.capabilities.items() if capability.served)


def _new_supplies(run: Run, contract: Contract[Any], example: Example, manifest: Manifest) -> dict[str, str]:
    """Make new supplies for those that the counterexample names; return new names by old ones.

    The old supplies may be deleted, or belong to another target.
    """
    text = json.dumps(typed_json.to_json(example.exchanges))
    old_names = [name for name in manifest.supplies if name in text]
    new_names = contract.supplies.make(run.client, run.tags) if old_names and contract.supplies is not None else ()
    return {name: new_names[index % len(new_names)] for index, name in enumerate(old_names)} if new_names else {}


def _as_recorded(settings: Settings, manifest: Manifest) -> Settings:
    """Return settings with the namespaces and the vocabulary of the recorded run, if they have none of their own."""
    if settings.file.namespaces is not None or settings.file.vocabulary:
        return settings
    names = manifest.namespaces
    namespaces = None if names is None else Namespaces(primary=names[0], secondary=names[1])
    update = {"namespaces": namespaces, "vocabulary": manifest.vocabulary}
    return settings.model_copy(update={"file": settings.file.model_copy(update=update)})


def _example(results: Results, name: str, options: argparse.Namespace) -> Example:
    row = results.row(name)
    if row is None or row.counterexample is None:
        raise UsageError(f"{options.results} has no counterexample of {name}")
    return row.counterexample
