"""The compatibility page: implementations side by side, requirement by requirement, without an overall score.

The page is one file. The same records, in whatever order, give the same bytes. Targets that were judged by different editions of a
contract stand beside each other; what an edition does not have is no verdict, and what is compared is what they share.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from conformance.evidence.features import Feature
from conformance.evidence.results import Level, Manifest, Row, Status, Verdict
from conformance.reporting import messages, pages
from conformance.reporting.editions import Editions, family
from conformance.reporting.submission import Submission

# What a reader sees besides colour: a sign, and a letter that tells what binds (capital) from what is recommended.
_SIGNS = {
    Status.PASSED: "✓",
    Status.FAILED: "✗",
    Status.DEVIATION: "≈",
    Status.ERROR: "!",
    Status.NOT_EXERCISED: "?",
    Status.NOT_APPLICABLE: "–",
}
_NO_PAGES: Mapping[str, str] = MappingProxyType({})
_NO_VERDICT = frozenset({Status.NOT_APPLICABLE, Status.NOT_EXERCISED, Status.ERROR})


@dataclass(frozen=True, slots=True)
class _Column:
    """A target on the page; `marks` say what makes its run another one than most."""

    anchor: str
    submission: Submission
    marks: list[str]
    rows: dict[str, Row]
    command: str

    @property
    def contract(self) -> str:
        """The contract that it was judged by."""
        return self.submission.results.manifest.contract.name


@dataclass(frozen=True, slots=True)
class _Cell:
    """What a target did: the status for the style, the sign, what it means in words, and where the evidence stands."""

    status: str
    sign: str
    words: str
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class _Line:
    """A requirement or a feature on the page, with a cell for each target."""

    name: str
    text: str
    level: str
    cells: list[_Cell]
    shows: str = ""
    statuses: str = ""
    requirements: list[str] = field(default_factory=list)
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Why a cell is as it is."""

    anchor: str
    column: _Column
    row: Row
    lines: list[str]


def render(submissions: Sequence[Submission], features: Sequence[Feature], contract_pages: Mapping[str, str] = _NO_PAGES) -> str:
    """Return the page for these records; they are sorted by name. `contract_pages` has for each contract where it stands in words."""
    columns, editions = _columns(submissions), Editions.of(submission.results for submission in submissions)
    rows = _all_rows(columns)
    chapters: dict[str, list[_Line]] = {}
    for row in rows.values():
        chapters.setdefault(row.chapter, []).append(_line(row, columns, editions))
    values = {
        "contract_pages": {name: page for name, page in contract_pages.items() if name in editions.requirements},
        "editions": _told(editions, columns),
        "shared": lambda column: _counts_of_shared(column, editions),
        "columns": columns,
        "features": [_feature(feature, rows, columns, editions) for feature in features if feature.among(rows)],
        "chapters": chapters,
        "evidence": [evidence for column in columns for row in rows.values() for evidence in _evidence(row.id, column)],
        "levels": list(Level),
        "statuses": list(Status),
        "signs": _SIGNS,
        "verdict": lambda column: messages.verdict_text(column.submission.results),
        "effort": lambda column: messages.effort(column.submission.results),
    }
    return pages.render("matrix.html", values, styles=("page.css", "matrix.css"), scripts=("filters.js", "matrix.js"))


def _columns(submissions: Sequence[Submission]) -> list[_Column]:
    ordered = sorted(submissions, key=_place)
    return [
        _Column(
            anchor=f"t{index}",
            submission=submission,
            marks=_marks(submission, ordered),
            rows={row.id: row for row in submission.results.requirements},
            command=_command(submission.results.manifest),
        )
        for index, submission in enumerate(ordered, 1)
    ]


def _place(submission: Submission) -> tuple[Any, ...]:
    """Return what columns are sorted by."""
    manifest = submission.results.manifest
    return _natural(submission.name), manifest.contract.name, manifest.started


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what names are sorted by: "v10" comes after "v9"."""
    return [(int(part) if part.isdecimal() else 0, part.lower()) for part in re.split(r"(\d+)", name)]


def _digest_of(submission: Submission) -> str:
    return submission.results.manifest.digests.get("requirements", "")[:12]


# What runs are compared by: two that differ in one of these are not of the same kind.
_COMPARED: Mapping[str, Callable[[Submission], str]] = {
    "budget": lambda submission: submission.results.manifest.budget,
    "toolkit": lambda submission: submission.results.manifest.toolkit,
}


def _unusual(submission: Submission, among: Sequence[Submission], kind: str, read: Callable[[Submission], str]) -> Iterator[str]:
    if read(submission) != Counter(map(read, among)).most_common(1)[0][0]:
        yield f"other {kind}: {read(submission) or 'unknown'}"


def _marks(submission: Submission, ordered: Sequence[Submission]) -> list[str]:
    results = submission.results
    marks = list(_unusual(submission, ordered, "contract", lambda one: family(one.results.manifest)))
    # Runs by the same edition have the same requirements, unless they were judged by different versions of it.
    name = results.manifest.contract.name
    same = [one for one in ordered if one.results.manifest.contract.name == name]
    marks += _unusual(submission, same, "edition of the contract", _digest_of)
    marks += [mark for kind, read in _COMPARED.items() for mark in _unusual(submission, ordered, kind, read)]
    if results.verdict is Verdict.INCOMPLETE:
        marks.append(f"incomplete: {results.manifest.incomplete_because}")
    if chosen := messages.selection(results.manifest):
        marks.append(f"a part: {chosen}")
    if submission.is_edited:
        marks.append("edited: the record is not as the toolkit wrote it")
    return marks


def _command(manifest: Manifest) -> str:
    """Return the command that makes a record like this one, where nobody says how it was made."""
    target = manifest.target
    where = [target.url] if target.url else ["--app", target.app] if target.app else []
    token = ["--token-env", manifest.token_env] if manifest.token_env else []
    contract = ["--contract", manifest.contract.name] if "@" in manifest.contract.name else []
    only = [part for name in manifest.only for part in ("--only", f"'{name}'")]
    return " ".join(["conformance run", *where, *contract, *token, *only, f"--budget {manifest.budget} --seed {manifest.seed}"])


def _all_rows(columns: Iterable[_Column]) -> dict[str, Row]:
    """Return a row for each requirement that any target was judged by, in the contract's order: by what an older edition says of it."""
    rows: dict[str, Row] = {}
    for column in sorted(columns, key=lambda column: column.contract):
        for identifier, row in column.rows.items():
            rows.setdefault(identifier, row)
    return rows


def _line(row: Row, columns: Sequence[_Column], editions: Editions) -> _Line:
    cells = [_cell(row.id, column, editions) for column in columns]
    statuses = " ".join(sorted({cell.status for cell in cells}))
    return _Line(row.id, row.text, row.stated_level, cells, _shows(cells), statuses, note=_note(row, columns))


def _note(row: Row, columns: Sequence[_Column]) -> str:
    """Return what other editions say of a requirement, where that is something else."""
    said = {column.contract: column.rows[row.id] for column in columns if row.id in column.rows}
    others = {name: other for name, other in said.items() if (other.text, other.stated_level) != (row.text, row.stated_level)}
    return " ".join(f"{name}: {other.stated_level}, {other.text}" for name, other in sorted(others.items()))


def _shows(cells: Sequence[_Cell]) -> str:
    """Return the words by which a line is found: whether targets differ, and whether one alone fails."""
    judged = {cell.status for cell in cells} - {"absent", *(str(status) for status in _NO_VERDICT)}
    failing = sum(cell.status in ("failed", "deviation") for cell in cells)
    return " ".join(word for word, holds in (("differ", len(judged) > 1), ("one-fails", failing == 1)) if holds)


def _cell(identifier: str, column: _Column, editions: Editions) -> _Cell:
    row = column.rows.get(identifier)
    if row is None:
        return _absent(editions.lacks(column.contract, identifier), editions)
    letter = str(row.status)[0]
    shown = letter.upper() if row.level is Level.MUST else letter
    words = f"{str(row.status).replace('-', ' ')} ({row.level})"
    return _Cell(str(row.status), f"{_SIGNS[row.status]}{shown}", words, _anchor(row, column))


def _anchor(row: Row, column: _Column) -> str:
    """Return where the evidence of a row stands, or an empty text if there is none."""
    has_evidence = row.counterexample is not None or row.status in _NO_VERDICT
    return f"{column.anchor}-{row.id}" if has_evidence else ""


def _absent(is_lacking: bool, editions: Editions) -> _Cell:  # noqa: FBT001 - the two that there are
    """Return the cell of what a record has no row of: its edition does not have it, or nobody asked for it."""
    if not is_lacking:
        return _Cell("absent", "·", "not selected in this run")
    return _Cell("absent", "·", "not in this edition" if editions.are_several else "not in this run's contract")


def _feature(feature: Feature, rows: dict[str, Row], columns: Sequence[_Column], editions: Editions) -> _Line:
    ids = feature.among(rows)
    compared = _compared(ids, editions)
    cells = [_feature_cell(compared, ids, column, editions) for column in columns]
    left_out = len(ids) - len(compared)
    note = (
        f"By the {len(compared)} requirements of it that the editions share; {left_out} more are one edition's own."
        if left_out
        else ""
    )
    return _Line(
        feature.name, feature.about, "", cells, _shows(cells), " ".join(sorted({cell.status for cell in cells})), ids, note
    )


def _compared(ids: list[str], editions: Editions) -> list[str]:
    """Return the requirements of a feature by which targets are compared: those of all editions that have any of them."""
    having = [names.intersection(ids) for names in editions.requirements.values() if names.intersection(ids)]
    if not editions.are_several or not having:
        return ids
    shared = frozenset.intersection(*having)
    return [name for name in ids if name in shared] or ids


def _feature_cell(compared: list[str], ids: list[str], column: _Column, editions: Editions) -> _Cell:
    rows = [column.rows[name] for name in compared if name in column.rows]
    if rows or any(name in column.rows for name in ids):
        return _verdict_on_feature(rows)
    return _absent(all(editions.lacks(column.contract, name) for name in ids), editions)


def _verdict_on_feature(rows: Sequence[Row]) -> _Cell:
    """Return what a target makes of a feature: by what binds; what is recommended alone makes it partly."""
    applicable = [row for row in rows if row.status is not Status.NOT_APPLICABLE]
    failing = [row for row in applicable if row.status in (Status.FAILED, Status.DEVIATION)]
    binding = [row for row in failing if row.level is Level.MUST]
    if not applicable:
        return _Cell("not-applicable", "–", "not served")
    if binding:
        return _Cell("failed", "✗", f"no: {len(failing)} of {len(applicable)} fail")
    if failing:
        return _Cell("deviation", "≈", f"yes, but for what is recommended: {len(failing)} of {len(applicable)} fail")
    if any(row.status in _NO_VERDICT and row.level is Level.MUST and row.tested for row in applicable):
        return _Cell("not-exercised", "?", "not known: not all of it was judged")
    return _Cell("passed", "✓", "yes")


def _told(editions: Editions, columns: Sequence[_Column]) -> list[str]:
    """Return a sentence for each edition on the page and one on what is compared, if there are several."""
    if not editions.are_several:
        return []
    counts = Counter(column.contract for column in columns)
    told = [
        f"Edition {name}: {counts[name]} target{'' if counts[name] == 1 else 's'}, {len(ids)} requirements, "
        f"{len(editions.only_in(name))} of them in no other edition here"
        for name, ids in editions.requirements.items()
    ]
    return [*told, f"Compared and counted is what all of them have: {len(editions.shared)} requirements"]


def _counts_of_shared(column: _Column, editions: Editions) -> str:
    """Return how many of the requirements that all editions share have which status, if there are several editions."""
    if not editions.are_several:
        return ""
    counts = Counter(column.rows[name].status for name in editions.shared if name in column.rows)
    said = ", ".join(f"{counts[status]} {str(status).replace('-', ' ')}" for status in Status if counts[status])
    return f"Of the {len(editions.shared)} requirements that the editions share: {said or 'none was judged'}."


def _evidence(identifier: str, column: _Column) -> list[_Evidence]:
    row = column.rows.get(identifier)
    if row is None or not (anchor := _anchor(row, column)):
        return []
    if row.counterexample is None:
        return [_Evidence(anchor, column, row, [messages.evidence(row) or row.reason or "nothing is known"])]
    declared = [f"declared: {row.declared.reason}"] if row.declared else []
    return [_Evidence(anchor, column, row, [*messages.summary(row, has_rule=False).split("\n"), *declared])]
