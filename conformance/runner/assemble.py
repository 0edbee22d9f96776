"""The results of a run, as `results.json` holds them."""

import hashlib
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

from conformance import __version__
from conformance.configuration.settings import Settings
from conformance.core import resources
from conformance.core.errors import UsageError
from conformance.core.tags import Tags
from conformance.engine.contract import Contract
from conformance.evidence import causes, verdicts
from conformance.evidence.findings import Findings
from conformance.evidence.record import EXCHANGES, FORMAT
from conformance.evidence.requirements import Requirement
from conformance.evidence.verdicts import Excuse, Row
from conformance.runner import checkpoint

FILES = (EXCHANGES, "results.json", "junit.xml", "report.html", "results.sarif", "badge.json")
_LIBRARIES = ("hypothesis", "schemathesis", "httpcore", "pydantic", "jsonschema-rs", "pytest")


def results(
    settings: Settings, contract: Contract[Any], found: Findings, *, started: float, seconds: float, ended: str | None
) -> dict[str, Any]:
    """Return the whole record of a run but for its exchanges; `started` is a POSIX time, `seconds` how long it ran."""
    excuses = [Excuse(one.requirement, one.reason, one.expires, fingerprints=one.fingerprints) for one in settings.file.deviations]
    excuses += [Excuse(one.requirement, one.reason, one.expires, True, one.fingerprints) for one in settings.file.flaky]  # noqa: FBT003
    today = datetime.now(UTC).date()
    rows = [
        verdicts.row(
            one,
            found.by_requirement.get(one.id),
            lacking=_lacking(settings, one),
            unclear=_unclear(settings, one),
            excuses=excuses,
            today=today,
        )
        for one in settings.selected(contract.api.requirements)
    ]
    verdict, why = verdicts.verdict(rows, ended=ended, strict=settings.strict)
    why = _explained(settings, rows) or why if ended is None and verdict is verdicts.Verdict.INCOMPLETE else why
    # What a run that was cut short did not see may show all the same.
    stale = [] if ended is not None else verdicts.stale(rows, excuses)
    if settings.strict and stale and verdict is verdicts.Verdict.CONFORMING:
        verdict = verdicts.Verdict.NOT_CONFORMING
    found_causes, failure = _causes(rows)
    manifest = {**_manifest(settings, contract, started), "buckets": found.buckets, "incomplete_because": why, "stale_deviations": stale,
                "causes_lacking": failure}  # fmt: skip
    return {
        "format": FORMAT,
        "verdict": verdict,
        "manifest": manifest,
        "requirements": [one.to_json() for one in rows],
        "causes": found_causes,
        "requests": found.requests,
        "seconds": round(seconds, 3),
        "scenarios": found.scenarios,
        "shares": {name: {"hits": hits, "cases": cases} for name, (hits, cases) in found.shares.items()},
        "cleaned": found.cleaned,
        "incidents": found.incidents,
    }


def _causes(rows: list[Row]) -> tuple[list[dict[str, Any]], str | None]:
    """Return the causes of what failed; where they cannot be told, none, and why: the verdicts stand without them."""
    try:
        return [one.to_json() for one in causes.grouped(rows)], None
    except Exception as error:  # noqa: BLE001 - it is the toolkit's error, and must cost neither the record nor a verdict
        return [], f"{type(error).__name__}: {error}"


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
    """Return why a requirement could not be exercised whose profile, or one that it needs, may be there or not."""
    names = [requirement.profile, *(name for need in requirement.needs for name in need.split("|"))]
    open_ones = [name for name in names if name in settings.profiles and settings.decision(name).is_open]
    if not open_ones:
        return None
    return f"whether the target has the profile {open_ones[0]} could not be found out: {settings.decision(open_ones[0]).why}"


def _explained(settings: Settings, rows: list[Row]) -> str | None:
    """Return why a run is incomplete where the reason is one that many rows share: nobody knows whether a profile is there."""
    names = {row.profile for row in rows if row.status is verdicts.Status.NOT_EXERCISED and row.profile in settings.profiles}
    open_ones = [name for name in settings.profiles if name in names and settings.decision(name).is_open]
    if not open_ones:
        return None
    profiles = f"the profile {open_ones[0]}" if len(open_ones) == 1 else f"the profiles {', '.join(open_ones)}"
    return f"whether the target has {profiles} could not be found out: {settings.decision(open_ones[0]).why}"


def _manifest(settings: Settings, contract: Contract[Any], started: float) -> dict[str, Any]:
    target = settings.file.target
    return {
        "toolkit": __version__,
        "started": datetime.fromtimestamp(started, UTC).isoformat(timespec="seconds"),
        "seed": settings.seed,
        "prefix": Tags(settings.seed).prefix,
        "budget": settings.budget,
        "profiles": list(settings.profiles),
        "only": list(settings.only),
        "strict": settings.strict,
        "target": {"name": settings.name, "url": target.url, "app": target.app},
        "token_env": settings.token_variable,
        "namespaces": [settings.namespaces.primary, settings.namespaces.secondary] if settings.namespaces else None,
        "capabilities": {name: settings.decision(name).model_dump() for name in settings.profiles},
        "keep": settings.keep,
        "resumed": settings.attempt,
        "vocabulary": settings.file.vocabulary,
        "digests": {
            name: _digest(file)
            for name, file in (("openapi", contract.api.document.file), ("requirements", contract.requirements_file))
        },
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _digest(file: str) -> str:
    return hashlib.sha256(resources.find(file).read_bytes()).hexdigest()


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
