"""`conformance replay`: repeat the counterexample of one requirement, against its target or another one."""

import argparse
import io
import json
from dataclasses import replace
from typing import Any

from conformance import records
from conformance.cli.commands._target import contract_of, settings
from conformance.client import connect
from conformance.configuration.settings import Settings, find
from conformance.configuration.target_file import Namespaces
from conformance.core import json_text, typed_json
from conformance.core.errors import Exit, UsageError
from conformance.engine import replay as engine
from conformance.engine.budget import BUDGETS
from conformance.engine.contract import Contract
from conformance.engine.run import Run
from conformance.evidence import record
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Counterexample
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Example, Manifest, Results
from conformance.reporting.messages import in_full
from conformance.runner.target import open_target

_CLEANING_SECONDS = 10.0
# Some violations show only now and then.
_TIMES = 5


def replay(options: argparse.Namespace) -> int:
    """Return 1 if the violation shows again, and 0 if it does not."""
    json_text.allow_depth()
    results = records.read(options.results)
    manifest = results.manifest
    options.contract = options.contract or manifest.contract.name
    contract = contract_of(options)
    requirement = find(options.requirement, contract.api.requirements)
    example = _example(results, options)
    if options.url is None and options.app is None and options.target is None:
        options.url, options.app = manifest.target.url, manifest.target.app
    options.token_env = options.token_env or manifest.token_env
    made = _as_recorded(settings(options, contract), manifest)
    secret = connect.token(made)
    redactor = Redactor(secret)
    with redactor.raising(), open_target(made, contract, secret) as client:
        vocabulary = contract.vocabulary(made.file.vocabulary)
        run: Run = contract.run(contract.api, client, record.Recorder(io.StringIO(), redactor), vocabulary=vocabulary,
                                budget=BUDGETS["quick"], seed=f"replay {manifest.started}",
                                clock_skew=made.file.limits.clock_skew_seconds,
                                list_delay=made.file.limits.list_delay_seconds)  # fmt: skip
        run.begin(f"replay of {requirement.id}")
        # What is not this API, or lets nobody in, would show nothing either.
        contract.first_look(client, made, vocabulary, run.tags).look(has_token=secret is not None)
        renamed = _new_supplies(run, contract, example, manifest)
        proof, hidden = _repeated(run, requirement.id, record.exchanges(example.exchanges, contract.api.by_name), renamed)
        if _could_delete(contract, manifest):
            run.cleanup.delete(client, _CLEANING_SECONDS)
    if proof is None:
        print(f"{requirement.id}: not shown again by {made.where}, in {hidden} repetitions")  # noqa: T201
        return Exit.CONFORMING
    said = in_full(record.counterexample_record(proof, redactor))
    print(f"{requirement.id}: shown again by {made.where}\n{said}")  # noqa: T201
    return Exit.NOT_CONFORMING


def _repeated(
    run: Run, requirement: str, exchanges: tuple[Exchange, ...], renamed: dict[str, str]
) -> tuple[Counterexample | None, int]:
    """Repeat until the violation shows; return the proof, and how many repetitions did not show it."""
    held: tuple[Exchange, ...] = ()
    for hidden in range(_TIMES):
        repetition = engine.replay(run, requirement, exchanges, renamed=renamed)
        if repetition.proof is not None:
            return replace(repetition.proof, hidden=hidden, held=held), hidden
        held = repetition.exchanges
    return None, _TIMES


def _could_delete(contract: Contract[Any], manifest: Manifest) -> bool:
    """Whether the target served what deletes all that a run makes."""
    served = {name for name, capability in manifest.capabilities.items() if capability.served}
    return {deletion.profile for deletion in contract.api.deletions.values()} <= served


def _new_supplies(run: Run, contract: Contract[Any], example: Example, manifest: Manifest) -> dict[str, str]:
    """Make new ones of what the target had made for the run and the counterexample names; they may be gone, or another target's."""
    text = json.dumps(typed_json.to_json(example.exchanges))
    named = [old for old in manifest.buckets if old in text]
    made = contract.supplies.make(run.client, run.tags) if named and contract.supplies is not None else ()
    return {old: made[index % len(made)] for index, old in enumerate(named)} if made else {}


def _as_recorded(made: Settings, manifest: Manifest) -> Settings:
    """Give a replay without a target file of its own the namespaces and the vocabulary of the run."""
    if made.file.namespaces is not None or made.file.vocabulary:
        return made
    names = manifest.namespaces
    namespaces = None if names is None else Namespaces(primary=names[0], secondary=names[1])
    update = {"namespaces": namespaces, "vocabulary": manifest.vocabulary}
    return made.model_copy(update={"file": made.file.model_copy(update=update)})


def _example(results: Results, options: argparse.Namespace) -> Example:
    row = results.row(options.requirement)
    if row is None or row.counterexample is None:
        raise UsageError(f"{options.results} has no counterexample of {options.requirement}")
    return row.counterexample
