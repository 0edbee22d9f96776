"""What changed between two runs: pure, from two records."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from conformance.evidence.results import Level, Manifest, Results, Row, Status
from conformance.reporting import editions
from conformance.reporting.messages import one_line


class Change(StrEnum):
    """What became of a requirement."""

    NEWLY_FAILING = "newly failing"
    NO_LONGER_JUDGED = "no longer judged"
    CHANGED_EVIDENCE = "fails in another way"
    CHANGED_CONTRACT = "changed in the contract"
    NEW_IN_CONTRACT = "new in the contract"
    GONE_FROM_CONTRACT = "gone from the contract"
    NEWLY_JUDGED = "newly judged"
    NEWLY_PASSING = "newly passing"


@dataclass(frozen=True, slots=True)
class Changed:
    """One change: what it is, of which requirement, its statuses (None where it was not in the contract), and whether what bound got worse."""

    change: Change
    requirement: str
    level: Level
    before: Status | None
    after: Status | None
    is_worse: bool
    details: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes, by kind; `circumstances` are sentences about what else differs between the runs."""

    changes: tuple[Changed, ...]
    circumstances: tuple[str, ...]

    @property
    def is_worse(self) -> bool:
        """Whether anything that bound got worse."""
        return any(changed.is_worse for changed in self.changes)


_JUDGED = (Status.PASSED, Status.FAILED, Status.DEVIATION)


def compare(old: Results, new: Results) -> Comparison:
    """Return what changed from an old run to a new one of the same target, or from one target to another.

    Of runs by different editions of a contract only the requirements that both have are compared.
    """
    rows = {row.id: row for row in old.requirements}
    after = {row.id: row for row in new.requirements}
    if editions.differ(old.manifest, new.manifest):
        rows, after = ({name: row for name, row in one.items() if name in other} for one, other in ((rows, after), (after, rows)))
    changes = [
        changed
        for name in dict.fromkeys((*after, *rows))
        for changed in _changes(rows.get(name), after.get(name), strict=new.manifest.strict)
    ]
    order = list(Change)
    return Comparison(tuple(sorted(changes, key=lambda changed: order.index(changed.change))), tuple(_circumstances(old, new)))


def _changes(old: Row | None, new: Row | None, *, strict: bool) -> Iterator[Changed]:
    if old is None and new is not None:
        yield Changed(Change.NEW_IN_CONTRACT, new.id, new.level, None, new.status, is_worse=False, details=_what(new))
    elif new is None and old is not None:
        yield Changed(Change.GONE_FROM_CONTRACT, old.id, old.level, old.status, None, is_worse=False)
    elif old is not None and new is not None:
        if (old.text, old.stated_level) != (new.text, new.stated_level):
            yield Changed(Change.CHANGED_CONTRACT, new.id, new.level, old.status, new.status, is_worse=False, details=new.text)
        change = _change(old, new)
        if change is not None:
            yield Changed(
                change, new.id, new.level, old.status, new.status, is_worse=_is_worse(old, new, strict=strict), details=_what(new)
            )


def _change(old: Row, new: Row) -> Change | None:
    if new.status is Status.FAILED and old.status is not Status.FAILED:
        return Change.NEWLY_FAILING
    if old.status in _JUDGED and new.status not in _JUDGED:
        return Change.NO_LONGER_JUDGED
    if new.status in (Status.FAILED, Status.DEVIATION) and _kinds(old) and _kinds(new) - _kinds(old):
        return Change.CHANGED_EVIDENCE
    if new.status is Status.PASSED and old.status in (Status.FAILED, Status.DEVIATION):
        return Change.NEWLY_PASSING
    if new.status in _JUDGED and old.status not in _JUDGED:
        return Change.NEWLY_JUDGED
    return None


def _kinds(row: Row) -> set[str | None]:
    return {example.fingerprint for example in row.examples}


def _is_worse(old: Row, new: Row, *, strict: bool) -> bool:
    """Whether a requirement that binds held before, or was excused, and does not any more."""
    binds = new.stated_level is Level.MUST or (strict and new.stated_level is Level.SHOULD)
    if not binds or old.status not in (Status.PASSED, Status.DEVIATION):
        return False
    return (
        new.weighs(strict=strict) or new.status not in _JUDGED or (old.status is Status.PASSED and new.status is Status.DEVIATION)
    )


def _what(row: Row) -> str:
    return one_line(row.counterexample) if row.counterexample is not None else row.reason or ""


def _circumstances(old: Results, new: Results) -> Iterator[str]:
    before, after = old.manifest, new.manifest
    for name, first, second in (
        ("target", before.target.name, after.target.name),
        ("contract", before.contract.name, after.contract.name),
        ("toolkit", before.toolkit, after.toolkit),
        ("budget", before.budget, after.budget),
        ("verdict", old.verdict, new.verdict),
    ):
        if first != second:
            yield f"{name}: {first}, then {second}"
    if editions.differ(before, after):
        yield _only_shared(old, new)
    else:
        digests = sorted(before.digests.keys() | after.digests.keys())
        yield from (f"the contract's {name} changed" for name in digests if before.digests.get(name) != after.digests.get(name))
    if before.routes != after.routes:
        yield "the routes of operations changed"
    are_editions = editions.differ(before, after)
    for name in dict.fromkeys((*before.capabilities, *after.capabilities)):
        if are_editions and not (name in before.capabilities and name in after.capabilities):
            continue  # a profile of one edition alone
        was, now = (_served(manifest, name) for manifest in (before, after))
        if was != now:
            yield f"profile {name}: {was}, then {now}"
    for results, which in ((old, "old"), (new, "new")):
        if results.manifest.incomplete_because:
            yield f"the {which} run is incomplete: {results.manifest.incomplete_because}"


def _only_shared(old: Results, new: Results) -> str:
    """Return what of two editions is compared, and what is not."""
    first, second = ({row.id for row in results.requirements} for results in (old, new))
    return (
        f"these are two editions of the contract: the {len(first & second)} requirements of both are compared, "
        f"{len(first - second)} of the old and {len(second - first)} of the new edition alone are not"
    )


def _served(manifest: Manifest, profile: str) -> str:
    capability = manifest.capabilities.get(profile)
    return "served" if capability is not None and capability.served else "not served"
