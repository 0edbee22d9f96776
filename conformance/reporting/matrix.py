"""The compatibility page: implementations side by side, requirement by requirement, without an overall score.

The page is one file. The same records, in whatever order, give the same bytes.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from conformance.evidence.features import Feature
from conformance.evidence.results import Level, Manifest, Row, Status, Verdict
from conformance.reporting import messages, pages
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
_NO_VERDICT = frozenset({Status.NOT_APPLICABLE, Status.NOT_EXERCISED, Status.ERROR})


@dataclass(frozen=True, slots=True)
class _Column:
    """A target on the page; `marks` say what makes its run another one than most."""

    anchor: str
    submission: Submission
    marks: list[str]
    rows: dict[str, Row]
    command: str


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


@dataclass(frozen=True, slots=True)
class _Evidence:
    """Why a cell is as it is."""

    anchor: str
    column: _Column
    row: Row
    lines: list[str]


def render(submissions: Sequence[Submission], features: Sequence[Feature], contract_page: str | None = None) -> str:
    """Return the page for these records; they are sorted by name. `contract_page` is where the contract stands in words."""
    columns = _columns(submissions)
    rows = _all_rows(columns)
    chapters: dict[str, list[_Line]] = {}
    for row in rows.values():
        chapters.setdefault(row.chapter, []).append(_line(row, columns))
    values = {
        "contract_page": contract_page,
        "columns": columns,
        "features": [_feature(feature, rows, columns) for feature in features if feature.among(rows)],
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
    ordered = sorted(submissions, key=lambda submission: (_natural(submission.name), submission.results.manifest.started))
    usual = {name: Counter(map(read, ordered)).most_common(1)[0][0] for name, read in _COMPARED.items()}
    return [
        _Column(
            anchor=f"t{index}",
            submission=submission,
            marks=_marks(submission, usual),
            rows={row.id: row for row in submission.results.requirements},
            command=_command(submission.results.manifest),
        )
        for index, submission in enumerate(ordered, 1)
    ]


def _natural(name: str) -> list[tuple[int, str]]:
    """Return what names are sorted by: "v10" comes after "v9"."""
    return [(int(part) if part.isdecimal() else 0, part.lower()) for part in re.split(r"(\d+)", name)]


def _digest_of(submission: Submission) -> str:
    return submission.results.manifest.digests.get("requirements", "")[:12]


# What runs are compared by: two that differ in one of these are not of the same kind.
_COMPARED: Mapping[str, Callable[[Submission], str]] = {
    "contract": lambda submission: submission.results.manifest.contract.name,
    "edition of the contract": _digest_of,
    "budget": lambda submission: submission.results.manifest.budget,
    "toolkit": lambda submission: submission.results.manifest.toolkit,
}


def _marks(submission: Submission, usual: dict[str, str]) -> list[str]:
    results = submission.results
    marks = [
        f"other {name}: {read(submission) or 'unknown'}" for name, read in _COMPARED.items() if read(submission) != usual[name]
    ]
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
    only = [part for name in manifest.only for part in ("--only", f"'{name}'")]
    return " ".join(["conformance run", *where, *token, *only, f"--budget {manifest.budget} --seed {manifest.seed}"])


def _all_rows(columns: Iterable[_Column]) -> dict[str, Row]:
    """Return a row for each requirement that any target was judged by, in the contract's order."""
    rows: dict[str, Row] = {}
    for column in columns:
        for identifier, row in column.rows.items():
            rows.setdefault(identifier, row)
    return rows


def _line(row: Row, columns: Sequence[_Column]) -> _Line:
    cells = [_cell(column.rows.get(row.id), column) for column in columns]
    return _Line(row.id, row.text, row.stated_level, cells, _shows(cells), " ".join(sorted({cell.status for cell in cells})))


def _shows(cells: Sequence[_Cell]) -> str:
    """Return the words by which a line is found: whether targets differ, and whether one alone fails."""
    judged = {cell.status for cell in cells} - {"absent", *(str(status) for status in _NO_VERDICT)}
    failing = sum(cell.status in ("failed", "deviation") for cell in cells)
    return " ".join(word for word, holds in (("differ", len(judged) > 1), ("one-fails", failing == 1)) if holds)


def _cell(row: Row | None, column: _Column) -> _Cell:
    if row is None:
        return _Cell("absent", "·", "not in this run's contract")
    letter = str(row.status)[0]
    shown = letter.upper() if row.level is Level.MUST else letter
    has_evidence = row.counterexample is not None or row.status in _NO_VERDICT
    anchor = f"{column.anchor}-{row.id}" if has_evidence else ""
    return _Cell(str(row.status), f"{_SIGNS[row.status]}{shown}", f"{str(row.status).replace('-', ' ')} ({row.level})", anchor)


def _feature(feature: Feature, rows: dict[str, Row], columns: Sequence[_Column]) -> _Line:
    ids = feature.among(rows)
    cells = [_feature_cell([column.rows[name] for name in ids if name in column.rows]) for column in columns]
    return _Line(feature.name, feature.about, "", cells, _shows(cells), " ".join(sorted({cell.status for cell in cells})), ids)


def _feature_cell(rows: Sequence[Row]) -> _Cell:
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


def _evidence(identifier: str, column: _Column) -> list[_Evidence]:
    row = column.rows.get(identifier)
    if row is None or not (anchor := _cell(row, column).anchor):
        return []
    if row.counterexample is None:
        return [_Evidence(anchor, column, row, [messages.evidence(row) or row.reason or "nothing is known"])]
    declared = [f"declared: {row.declared.reason}"] if row.declared else []
    return [_Evidence(anchor, column, row, [*messages.summary(row, has_rule=False).split("\n"), *declared])]
