"""`conformance check`: judge exchanges that somebody recorded. No request is sent."""

import argparse
from pathlib import Path

from conformance.cli.commands.run import EXITS, tell_github, tell_lacking
from conformance.configuration import target_file
from conformance.configuration.settings import OUTPUT, Decision, Settings, built, checked
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text, timing
from conformance.core.errors import Exit, UsageError
from conformance.evidence import results
from conformance.evidence.findings import Findings
from conformance.evidence.record import EXCHANGES, Recorder
from conformance.evidence.redaction import Redactor
from conformance.reporting import files, terminal
from conformance.runner import assemble, checkpoint, output_folder
from conformance.traffic import har
from conformance.traffic.exchanges import Reader, bases, operation_of
from conformance.traffic.har import Recording
from conformance.traffic.judge import judge

# Nothing but what the recording itself made is known to be there.
_NOTHING_KNOWN = Vocabulary((), (), (), (), ())


def check(options: argparse.Namespace) -> int:
    """Judge a recording and return the exit code of its verdict."""
    json_text.allow_depth()
    recording = har.read(options.traffic)
    made = _settings(options, recording)
    known = made.file.vocabulary.vocabulary() if options.target is not None else _NOTHING_KNOWN
    reader = Reader(made.url or "", known)
    output = options.output or OUTPUT
    with output_folder.held(output):
        return _judged(options, recording, reader, made, output)


def _judged(options: argparse.Namespace, recording: Recording, reader: Reader, made: Settings, output: Path) -> int:
    started = timing.now()
    redactor = Redactor(*recording.secrets)
    with assemble.open_exchanges(output) as file:
        ledger, count = judge(reader.exchanges(recording.entries), Recorder(file, redactor))
    findings = Findings()
    findings.add_ledger(ledger, redactor)
    outcome = assemble.results(made, findings, started=started, seconds=timing.now() - started, ended=None,
                               recording=_told(options.traffic, recording, reader, count))  # fmt: skip
    written = files.write(outcome, output)
    paths = [str(file) for file in (*written.paths, checkpoint.join_exchanges(output))]
    terminal.show(outcome, files=paths)
    tell_lacking(written.lacking)
    tell_github(outcome, paths)
    return Exit.INCOMPLETE if written.lacking else EXITS[outcome.verdict]


def _settings(options: argparse.Namespace, recording: Recording) -> Settings:
    found = bases(recording.entries)
    if not found:
        raise UsageError(f"{options.traffic}: no request to a collections and documents API is in it")
    file = target_file.aimed(options.target, options.url, None, needs_place=False)
    if file.target.url is None and len(found) > 1:
        raise UsageError(f"{options.traffic} has requests to {', '.join(found)}; say which: conformance check FILE URL")
    file = file.model_copy(update={"target": file.target.model_copy(update={"app": None})})
    made = checked(built({"only": tuple(options.only), "output": options.output or OUTPUT}, file=file, strict=options.strict))
    # What was recorded is taken as it is: nothing is sent there.
    target = made.file.target.model_copy(update={"url": made.url or found[0]})
    made = made.model_copy(update={"file": made.file.model_copy(update={"target": target})})
    return made.model_copy(update={"decisions": _decisions(made, recording)})


def _decisions(made: Settings, recording: Recording) -> dict[str, Decision]:
    """Return which profiles the recording has something of; those that nobody can judge by looking on are left out."""
    from conformance.contracts.collections.operations import ROUTES

    seen = {
        ROUTES[operation].profile for entry in recording.entries if (operation := operation_of(entry, made.url or "")) is not None
    }
    return {
        name: Decision(served=name in seen or name == "core", why="in the recording" if name in seen else "not in the recording")
        for name in made.profiles
    }


def _told(traffic: Path, recording: Recording, reader: Reader, count: int) -> results.Recording:
    skipped = dict(reader.skipped)
    if recording.unreadable:
        skipped["no whole exchange"] = recording.unreadable
    return results.Recording(str(traffic), count, dict(reader.partly), skipped, EXCHANGES)
