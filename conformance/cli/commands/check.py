"""`conformance check`: judge recorded exchanges. No request is sent."""

import argparse
from pathlib import Path
from typing import Any

from conformance.cli.commands._target import contract_named, contract_of
from conformance.cli.commands.run import EXITS, tell_github, tell_lacking
from conformance.configuration import target_file
from conformance.configuration.settings import ALWAYS, OUTPUT, Decision, Settings, build, validate
from conformance.configuration.target_file import TargetFile
from conformance.core import json_text, timing
from conformance.core.errors import Exit, UsageError
from conformance.engine import routes
from conformance.engine.contract import Contract
from conformance.evidence import results
from conformance.evidence.findings import Findings
from conformance.evidence.record import EXCHANGES, Recorder
from conformance.evidence.redaction import Redactor
from conformance.reporting import files, terminal
from conformance.runner import assemble, checkpoint, contracts, output_folder
from conformance.traffic import har
from conformance.traffic.addresses import Addresses, query_parameters
from conformance.traffic.exchanges import Reader
from conformance.traffic.har import Recording
from conformance.traffic.judge import judge


def check(options: argparse.Namespace) -> int:
    """Judge a recording and return the exit code of its verdict."""
    json_text.allow_depth()
    contract = contract_of(options)
    recording = har.read(options.traffic, query_parameters(contract.api.document))
    file = target_file.resolve_target(options.target, options.url, None, contract.vocabulary_table, needs_place=False)
    contract = routes.served(contract, file.routes)
    settings = _settings(options, contract, recording, file)
    # Without a target file, only what the recording itself created is known to exist on the target.
    is_described = options.target is not None
    vocabulary = contract.vocabulary(settings.file.vocabulary) if is_described else contract.recordings.nothing_known
    reader = Reader(contract, settings.url or "", vocabulary)
    output = options.output or OUTPUT
    with output_folder.held(output):
        return _judge(options, contract, recording, reader, settings, output)


def _judge(
    options: argparse.Namespace, contract: Contract[Any], recording: Recording, reader: Reader, settings: Settings, output: Path
) -> int:
    started = timing.now()
    redactor = Redactor(*recording.secrets)
    with assemble.open_exchanges(output) as file:
        ledger, count = judge(reader.exchanges(recording.entries), Recorder(file, redactor), contract)
    findings = Findings()
    findings.add_ledger(ledger, redactor)
    outcome = assemble.results(settings, contract, findings, started=started, seconds=timing.now() - started, ended=None,
                               recording=_recording_facts(options.traffic, recording, reader, count))  # fmt: skip
    written = files.write(outcome, output)
    paths = [str(file) for file in (*written.paths, checkpoint.join_exchanges(output))]
    terminal.show(outcome, files=paths)
    tell_lacking(written.lacking)
    tell_github(outcome, paths)
    return Exit.INCOMPLETE if written.lacking else EXITS[outcome.verdict]


def _settings(options: argparse.Namespace, contract: Contract[Any], recording: Recording, file: TargetFile) -> Settings:
    addresses = Addresses(contract.api)
    bases = addresses.bases(recording.entries)
    if not bases:
        raise UsageError(f"{options.traffic}: no request to a {contract.title} is in it")
    if file.target.url is None and len(bases) > 1:
        raise UsageError(f"{options.traffic} has requests to {', '.join(bases)}; say which: conformance check FILE URL")
    file = file.model_copy(update={"target": file.target.model_copy(update={"app": None})})
    given = {"only": tuple(options.only), "output": options.output or OUTPUT, "profiles": contract.profiles}
    built = build(given, file=file, strict=options.strict, contract=contract_named(options) or contracts.DEFAULT)
    settings = validate(built, contract.api.requirements, contract.profiles)
    # The URL of the recording is not checked, because nothing is sent to it.
    target = settings.file.target.model_copy(update={"url": settings.url or bases[0]})
    settings = settings.model_copy(update={"file": settings.file.model_copy(update={"target": target})})
    return settings.model_copy(update={"decisions": _decisions(settings, addresses, recording)})


def _decisions(settings: Settings, addresses: Addresses, recording: Recording) -> dict[str, Decision]:
    """Return for each profile whether the recording has a request to one of its operations; the always judged profile counts as served."""
    operations = (addresses.operation_of(entry, settings.url or "") for entry in recording.entries)
    seen = {operation.profile for operation in operations if operation is not None}
    return {
        name: Decision(served=name in seen or name == ALWAYS, why="in the recording" if name in seen else "not in the recording")
        for name in settings.profiles
    }


def _recording_facts(traffic: Path, recording: Recording, reader: Reader, count: int) -> results.Recording:
    skipped = dict(reader.skipped)
    if recording.unreadable:
        skipped["no whole exchange"] = recording.unreadable
    return results.Recording(str(traffic), count, dict(reader.partly), skipped, EXCHANGES)
