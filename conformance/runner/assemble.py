"""The results of a run: a verdict on each requirement, their causes, and how the run was made."""

import hashlib
import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from conformance import __version__
from conformance.configuration.settings import Decision, Settings
from conformance.core import resources
from conformance.core.errors import UsageError
from conformance.core.tags import Tags
from conformance.engine.contract import Contract
from conformance.evidence import causes, verdicts
from conformance.evidence.findings import Findings
from conformance.evidence.record import EXCHANGES
from conformance.evidence.requirements import Requirement
from conformance.evidence.results import (
    Capability,
    Cause,
    Example,
    Excused,
    Manifest,
    Part,
    Recording,
    Results,
    Row,
    Share,
    Status,
    Target,
    Verdict,
)
from conformance.evidence.results import Contract as JudgedBy
from conformance.evidence.results_file import RESULTS
from conformance.evidence.verdicts import KnownDeviation
from conformance.reporting.contract_page import CONTRACT_PAGE
from conformance.runner import checkpoint

FILES = (EXCHANGES, RESULTS, "junit.xml", "report.html", "results.sarif", "badge.json", CONTRACT_PAGE)
# What a server printed between two POSIX times.
Printed = Callable[[float, float], list[str]]
_PRINTED_LINES = 60
_OTHERS_CHARACTERS = 2_000
_LIBRARIES = ("hypothesis", "schemathesis", "httpcore", "pydantic", "jsonschema-rs", "pytest")


def results(settings: Settings, contract: Contract[Any], findings: Findings, *, started: float, seconds: float, ended: str | None,
            recording: Recording | None = None, printed: Printed = lambda _start, _end: []) -> Results:  # fmt: skip
    """Return the whole record of a run but for its exchanges; `started` is a POSIX time, `seconds` how long it ran.

    `printed` tells what the server printed between two times.

    `recording` is the traffic that was judged, where no target was.
    """
    judged = rows(settings, contract, findings)
    # What a run that was cut short, or a shard, did not see may show all the same.
    is_partial = ended is not None or settings.shard is not None
    stale = () if is_partial else verdicts.stale(judged, _known_deviations(settings))
    verdict, because = _verdict(settings, judged, ended, stale)
    causes_of_rows, failure = _causes(judged, contract.api.checks.scope.general)
    manifest = replace(_manifest(settings, contract, started), supplies=findings.supplies, incomplete_because=because, stale_deviations=stale,
                       causes_lacking=failure, recording=recording, part=_part(settings, ended))  # fmt: skip
    return Results(
        verdict=verdict,
        manifest=manifest,
        requirements=tuple(_with_output(_slim(row), printed) for row in judged),
        causes=causes_of_rows,
        requests=findings.requests,
        seconds=round(seconds, 3),
        scenarios=findings.scenarios,
        operations=dict(sorted(findings.operations.items())),
        shares={name: Share(*share) for name, share in findings.shares.items()},
        cleaned=findings.cleaned,
        incidents=findings.incidents,
        exploration=findings.kinds.exploration(),
    )


def _slim(row: Row) -> Row:
    """Return a row whose further kinds of violation have the offending exchange alone, and no long texts.

    A corpus of documents, or a text of 100,000 letters, would stand in each.
    """
    return replace(row, others=tuple(map(_short, row.others))) if row.others else row


def _short(example: Example) -> Example:
    offender = example.offender
    response = offender.response
    short = replace(
        offender,
        request=replace(offender.request, body=_cut(offender.request.body), body_base64=_cut(offender.request.body_base64)),
        response=None if response is None else replace(response, body=_cut(response.body), body_base64=_cut(response.body_base64)),
    )
    expected, actual = (_said_if_long(value) for value in (example.expected, example.actual))
    return replace(example, exchanges=(short,), not_shown_by=(), expected=expected, actual=actual)


def _cut(text: str | None) -> str | None:
    return text if text is None or len(text) <= _OTHERS_CHARACTERS else f"{text[:_OTHERS_CHARACTERS]}…"


def _said_if_long(value: Any) -> Any:
    size = len(json.dumps(value))
    return value if size <= _OTHERS_CHARACTERS else f"({size:,} characters, which are left out here)"


def _with_output(row: Row, printed: Printed) -> Row:
    """Return a row whose counterexample has what the server printed while it was sent, the last lines if there are many."""
    example = row.counterexample
    if example is None:
        return row
    last = example.offender
    end = last.sent_at + (0.0 if last.response is None else last.response.seconds)
    lines = printed(example.exchanges[0].sent_at, end)[-_PRINTED_LINES:]
    return replace(row, counterexample=replace(example, printed=tuple(lines))) if lines else row


def _known_deviations(settings: Settings) -> list[KnownDeviation]:
    tables = ((settings.file.deviations, False), (settings.file.flaky, True))
    return [
        KnownDeviation(
            declared.requirement, declared.reason, declared.expires, is_flaky, declared.fingerprints, declared.since, declared.issue
        )
        for table, is_flaky in tables
        for declared in table
    ]


def rows(settings: Settings, contract: Contract[Any], findings: Findings) -> tuple[Row, ...]:
    """Return the verdict on each requirement that is judged, by what is known."""
    known, today = _known_deviations(settings), datetime.now(UTC).date()
    return tuple(
        verdicts.row(
            requirement,
            findings.by_requirement.get(requirement.id),
            lacking=_lacking(settings, requirement),
            unclear=_unclear(settings, requirement),
            known=known,
            today=today,
        )
        for requirement in settings.selected(contract.api.requirements)
    )


def _verdict(settings: Settings, rows: Sequence[Row], ended: str | None, stale: tuple[str, ...]) -> tuple[Verdict, str | None]:
    """Return the verdict on the run, and why it is incomplete if it is."""
    verdict, because = verdicts.verdict(rows, ended=ended, strict=settings.strict)
    if ended is None and verdict is Verdict.INCOMPLETE:
        because = _unclear_profiles(settings, rows) or because
    if settings.strict and stale and verdict is Verdict.CONFORMING:
        verdict = Verdict.NOT_CONFORMING
    has_crashed = any(row.status is Status.ERROR for row in rows)
    if settings.shard is not None and ended is None and verdict is not Verdict.NOT_CONFORMING and not has_crashed:
        number, count = settings.shard.number, settings.shard.count
        return Verdict.INCOMPLETE, f"this is shard {number} of {count}; conformance merge gives the verdict on all of them"
    return verdict, because


def _causes(rows: Sequence[Row], general: tuple[str, ...]) -> tuple[tuple[Cause, ...], str | None]:
    """Return the causes of what failed; where they cannot be told, none, and why: the verdicts stand without them."""
    try:
        return causes.grouped(rows, general), None
    except Exception as error:  # noqa: BLE001 - it is the toolkit's error, and must cost neither the record nor a verdict
        return (), f"{type(error).__name__}: {error}"


def _lacking(settings: Settings, requirement: Requirement) -> str | None:
    """Return why a requirement is not applicable, or None if it is."""
    profile = requirement.profile
    if profile not in settings.profiles:
        return f"the profile {profile} was not selected"
    decision = settings.decision(profile)
    if not decision.served and not decision.is_open:
        return f"the profile {profile}: {decision.why}"
    unmet = next((need for need in requirement.needs if not any(map(settings.serves, need.split("|")))), None)
    if unmet is not None and any(settings.decision(name).is_open for name in unmet.split("|") if name in settings.profiles):
        return None
    return None if unmet is None else f"only a target with the profile {unmet.replace('|', ' or ')} can show it"


def _unclear(settings: Settings, requirement: Requirement) -> str | None:
    """Return why a requirement could not be exercised: its profile, or one that it needs, may be there or not, or another shard does it."""
    names = [requirement.profile, *(name for need in requirement.needs for name in need.split("|"))]
    open_ones = [name for name in names if name in settings.profiles and settings.decision(name).is_open]
    if not open_ones:
        return None if settings.shard is None or requirement.not_tested else f"nothing in shard {settings.shard} could show it"
    return f"whether the target has the profile {open_ones[0]} could not be found out: {settings.decision(open_ones[0]).why}"


def _unclear_profiles(settings: Settings, rows: Sequence[Row]) -> str | None:
    """Return why a run is incomplete where the reason is one that many rows share: nobody knows whether a profile is there."""
    names = {row.profile for row in rows if row.status is Status.NOT_EXERCISED and row.profile in settings.profiles}
    open_ones = [name for name in settings.profiles if name in names and settings.decision(name).is_open]
    if not open_ones:
        return None
    profiles = f"the profile {open_ones[0]}" if len(open_ones) == 1 else f"the profiles {', '.join(open_ones)}"
    return f"whether the target has {profiles} could not be found out: {settings.decision(open_ones[0]).why}"


def _manifest(settings: Settings, contract: Contract[Any], started: float) -> Manifest:
    target, names = settings.file.target, settings.namespaces
    return Manifest(
        toolkit=__version__,
        started=datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        seed=settings.seed,
        prefix=Tags(settings.seed).prefix,
        budget=settings.budget,
        profiles=settings.profiles,
        only=settings.only,
        strict=settings.strict,
        contract=JudgedBy(
            settings.contract,
            contract.label,
            contract.profiles,
            dict(contract.sources),
            text=None if contract.text_file is None else CONTRACT_PAGE,
        ),
        target=Target(
            settings.name, target.url, f"{target.app}()" if target.app and target.factory else target.app, target.command
        ),
        token_env=settings.token_variable,
        headers=settings.file.headers or None,
        token_place=_token_place(settings),
        examples=settings.examples,
        routes=settings.file.routes or None,
        namespaces=None if names is None else (names.primary, names.secondary),
        namespace_header=contract.namespace_header,
        capabilities={name: _capability(settings.decision(name)) for name in settings.profiles},
        keep=settings.keep,
        resumed=settings.attempt,
        vocabulary=settings.file.vocabulary,
        digests=digests(contract),
        python=platform.python_version(),
        platform=platform.platform(terse=True),
        libraries={name: version(name) for name in _LIBRARIES},
        supplies=(),
        incomplete_because=None,
        stale_deviations=(),
        causes_lacking=None,
    )


def _part(settings: Settings, ended: str | None) -> Part | None:
    if settings.shard is None:
        return None
    tables = ((settings.file.deviations, False), (settings.file.flaky, True))
    excused = tuple(
        Excused(**declared.model_dump(mode="json") | {"fingerprints": declared.fingerprints, "flaky": is_flaky})
        for table, is_flaky in tables
        for declared in table
    )
    return Part(settings.shard, ended, excused)


def _token_place(settings: Settings) -> tuple[str, str] | None:
    auth = settings.file.auth
    return None if auth is None or (auth.header.lower(), auth.scheme) == ("authorization", "Bearer") else (auth.header, auth.scheme)


def _capability(decision: Decision) -> Capability:
    return Capability(decision.served, decision.why, decision.is_open)


def digests(contract: Contract[Any]) -> dict[str, str]:
    """Return the SHA-256 of what says what the contract is; of an edition, that of the files together of which it is made."""
    files = {"openapi": contract.api.document.files, "requirements": contract.requirements_files}
    return {name: _digest(made_of) for name, made_of in files.items()}


def _digest(files: Sequence[str]) -> str:
    return hashlib.sha256(b"".join(resources.find(file).read_bytes() for file in files)).hexdigest()


def open_exchanges(output: Path, worker: str = "", attempt: int = 0) -> IO[str]:
    """Open the file that a process writes its exchanges into; the first one makes the folder ready for all of them.

    Raises:
        UsageError: the folder cannot be written to.

    """
    try:
        output.mkdir(parents=True, exist_ok=True)
        if not worker and attempt:
            checkpoint.take_up(output, attempt)
        elif not worker:
            prepare(output)
        return checkpoint.partial(output, worker, attempt).open("w", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--output {output}: {error.strerror or error}") from None


def prepare(output: Path) -> None:
    """Make sure that the files of a run can be put in their places, and forget what a killed run left.

    Raises:
        IsADirectoryError: a folder has the name of a file that the run writes.

    """
    for name in FILES:
        if (output / name).is_dir():
            raise IsADirectoryError(21, f"{name} in it is a folder")
    for left in checkpoint.partials(output):
        left.unlink()
    checkpoint.forget(output)
