"""Shards joined: the records of the parts of one run become one record, with one verdict."""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from conformance import __version__
from conformance.configuration.settings import Decision, Settings
from conformance.configuration.target_file import Deviation, TargetFile
from conformance.core.errors import UsageError
from conformance.engine.contract import Contract
from conformance.evidence.findings import Finding, Findings
from conformance.evidence.record import EXCHANGES
from conformance.evidence.results import Capability, Excused, Results, Row, Status
from conformance.runner import assemble
from conformance.runner.shard_records import ShardRecord


def joined(shards: Sequence[ShardRecord], contract: Contract[Any]) -> Results:
    """Return one record of all shards, with the verdict on what they have seen together.

    Shards run beside each other: the seconds are those of the longest.

    Raises:
        UsageError: they were judged by another edition of the contract, or of the toolkit.

    """
    manifest = shards[0].manifest
    capabilities = {name: _capability(name, shards) for name in manifest.profiles}
    settings, findings = _settings(shards[0], capabilities), _findings(shards)
    _check_edition(shards[0], settings, contract)
    started = min(shard.manifest.started for shard in shards)
    judged = assemble.results(settings, contract, findings, started=datetime.fromisoformat(started).timestamp(),
                              seconds=max(shard.results.seconds for shard in shards), ended=_ended(shards, capabilities))  # fmt: skip
    told = judged.manifest
    return replace(
        judged,
        manifest=replace(
            manifest,
            part=None,
            shards=len(shards),
            started=started,
            capabilities=capabilities,
            keep=any(shard.manifest.keep for shard in shards),
            resumed=max(shard.manifest.resumed for shard in shards),
            supplies=told.supplies,
            incomplete_because=told.incomplete_because,
            stale_deviations=told.stale_deviations,
            causes_lacking=told.causes_lacking,
        ),
    )


def _check_edition(shard: ShardRecord, settings: Settings, contract: Contract[Any]) -> None:
    """Check that this is the edition of the contract and of the toolkit that the shards were judged by."""
    manifest = shard.manifest
    if manifest.toolkit != __version__:
        raise UsageError(f"{shard.file}: it was judged by version {manifest.toolkit} of the toolkit, and this is {__version__}")
    if manifest.digests != assemble.digests(contract):
        raise UsageError(
            f"{shard.file}: it was judged by another edition of the contract {settings.contract} than is installed here"
        )


def _settings(shard: ShardRecord, capabilities: Mapping[str, Capability]) -> Settings:
    """Return the settings of the run, as far as verdicts need them."""
    manifest, excused = shard.manifest, shard.part.excused
    file = TargetFile(
        deviations=tuple(_deviation(each) for each in excused if not each.flaky),
        flaky=tuple(_deviation(each) for each in excused if each.flaky),
    )
    decisions = {name: Decision(**asdict(capability)) for name, capability in capabilities.items()}
    return Settings.model_validate({"contract": manifest.contract.name, "file": file, "profiles": manifest.profiles,
                                    "budget": manifest.budget, "seed": manifest.seed, "only": manifest.only,
                                    "strict": manifest.strict, "decisions": decisions})  # fmt: skip


def _deviation(excused: Excused) -> Deviation:
    given = {name: value for name, value in asdict(excused).items() if name != "flaky"}
    return Deviation.model_validate(given, strict=False)  # a date is a text in a record


def _capability(name: str, shards: Sequence[ShardRecord]) -> Capability:
    """Return what the shards have found out about a profile; if they disagree, it is open."""
    found = [shard.manifest.capabilities[name] for shard in shards]
    other = next((number for number, each in enumerate(found) if _differ(each, found[0])), None)
    if other is None:
        return found[0]
    told = "; ".join(f"shard {shards[at].number}: {found[at].why}" for at in (0, other))
    return Capability(served=False, why=told, is_open=True)


def _differ(one: Capability, another: Capability) -> bool:
    return (one.served, one.is_open) != (another.served, another.is_open)


def _ended(shards: Sequence[ShardRecord], capabilities: Mapping[str, Capability]) -> str | None:
    """Return why the joined run is incomplete, whatever its rows say, or None."""
    count = shards[0].part.shard.count
    missing = sorted(set(range(1, count + 1)) - {shard.number for shard in shards})
    reasons = [f"{_named(missing)} of {count} {'is' if len(missing) == 1 else 'are'} missing"] if missing else []
    reasons += [f"shard {shard.number} of {count} was cut short: {shard.part.ended}" for shard in shards if shard.part.ended]
    reasons += _disagreements(shards, capabilities)
    return "; ".join(reasons) or None


def _named(numbers: Sequence[int]) -> str:
    *before, last = map(str, numbers)
    return f"shards {', '.join(before)} and {last}" if before else f"shard {last}"


def _disagreements(shards: Sequence[ShardRecord], capabilities: Mapping[str, Capability]) -> Iterator[str]:
    judged = {row.profile for row in shards[0].results.requirements}
    for name, capability in capabilities.items():
        if name in judged and any(_differ(shard.manifest.capabilities[name], capability) for shard in shards):
            yield f"the shards disagree whether the target has the profile {name} ({capability.why})"


def _findings(shards: Sequence[ShardRecord]) -> Findings:
    findings, rows = Findings(), dict[str, list[Row]]()
    for shard in shards:
        results = shard.results
        for row in results.requirements:
            rows.setdefault(row.id, []).append(row)
        shares = {name: (share.hits, share.cases) for name, share in results.shares.items()}
        findings.merge(Findings(requests=results.requests, scenarios=results.scenarios, operations=results.operations, shares=shares,
                                cleaned=results.cleaned, supplies=shard.manifest.supplies, incidents=results.incidents))  # fmt: skip
    findings.by_requirement = {name: _finding(of_one) for name, of_one in rows.items()}
    return findings


def _finding(rows: Sequence[Row]) -> Finding:
    """Return what the shards know of one requirement.

    A record's further examples are cut short, so of one kind of violation the counterexample of another shard says more.
    """
    finding = Finding(
        checks=sum(row.checks for row in rows),
        violations=sum(row.violations for row in rows),
        more=sum(row.more for row in rows),
        errors=tuple(dict.fromkeys(row.reason or "" for row in rows if row.status is Status.ERROR)),
    )
    for row in rows:
        if row.counterexample is not None:
            finding = finding.with_example(row.counterexample)
    whole = {example.fingerprint for example in finding.examples}
    for example in (example for row in rows for example in row.others if example.fingerprint not in whole):
        finding = finding.with_example(example)
    return finding


def join_exchanges(shards: Sequence[ShardRecord], folder: Path) -> list[Path]:
    """Make one file of the exchanges that lie beside the shards' records; return the records that have none.

    Their numbers tell them apart: each shard has its own. Compressed files that follow each other are one.

    Raises:
        OSError: the folder cannot be written to.

    """
    sources = {shard.file: shard.file.parent / EXCHANGES for shard in shards}
    there = [source for source in sources.values() if source.exists()]
    place = folder / EXCHANGES
    with suppress(FileNotFoundError):
        place.unlink()
    if there:
        unfinished = place.with_suffix(".unfinished")
        with unfinished.open("wb") as target:
            for source in there:
                with source.open("rb") as packed:
                    shutil.copyfileobj(packed, target)
        unfinished.replace(place)
    return [file for file, source in sources.items() if source not in there]
