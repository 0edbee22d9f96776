"""A page for each requirement, made of its row, of a run against the reference, and of the fault bank."""

import gzip
import json
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from conformance.cli.main import main
from conformance.core import resources
from conformance.core.toml_text import quoted
from conformance.engine.contract import Contract
from conformance.evidence import editions, features
from conformance.evidence.requirements import Requirement
from conformance.runner import contracts

_LONGEST = 1_500
_MOST = 20
_FREEDOMS = "../contract.md#what-an-implementation-is-free-to-do"
_EDITIONS = contracts.family(contracts.DEFAULT)
_LEVELS = {"MUST": "callers rely on it", "SHOULD": "recommended", "MAY": "an extra"}


def contract_page(contract: Contract[Any]) -> str:
    """Return the page on which an edition's contract stands in words."""
    edition = contract.name.partition("@")[2]
    return f"contract-{edition}.md" if edition else "contract.md"


def requirement_pages() -> dict[str, str]:
    """Return the pages by their paths: of each edition those of the requirements that no older one has."""
    pages: dict[str, str] = {}
    for contract, rows in _new_rows():
        shown = _examples(contract)
        pages |= {f"requirements/{row.id}.md": _page(row, contract, shown.get(row.id)) for row in rows}
    return {"requirements/index.md": _index(), **pages}


def _new_rows() -> Iterator[tuple[Contract[Any], list[Requirement]]]:
    known: set[str] = set()
    for contract in _EDITIONS:
        rows = [row for row in contract.api.requirements.values() if row.id not in known]
        known.update(row.id for row in rows)
        yield contract, rows


def _index() -> str:
    lines = ["# Requirements", "", "By chapter. [The contract](../contract.md) has them with all that surrounds them.", ""]
    for contract, rows in _new_rows():
        if contract is not _EDITIONS[0]:
            lines += ["", f"New in [`{contract.name}`](../{contract_page(contract)}):"]
        lines += _chapters(rows)
    return "\n".join(lines) + "\n"


def _chapters(rows: Iterable[Requirement]) -> Iterator[str]:
    chapter = None
    for row in rows:
        if row.chapter != chapter:
            chapter = row.chapter
            yield from ("", f"## {chapter}", "", "| requirement | level | what is promised |", "|---|---|---|")
        yield f"| [`{row.id}`]({row.id}.md) | {row.level} | {_cell(row.text)} |"


def _page(row: Requirement, contract: Contract[Any], example: dict[str, Any] | None) -> str:
    parts = [f"# `{row.id}`", row.text, _facts(row, contract), "## What is free", _free(row, contract)]
    if example is not None:
        parts += ["## A request that shows it", "From a run against the reference implementation.", _exchange(example)]
    parts += _breaking(row, contract)
    parts += ["## If you deviate", "Declare it in the target file, with your reason.",
              f'```toml\n[[deviations]]\nrequirement = {quoted(row.id)}\nreason = "…"\n```']  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _breaking(row: Requirement, contract: Contract[Any]) -> list[str]:
    bank = {} if contract.reference is None else contract.reference.faults()
    faults = [name for name, fault in bank.items() if fault.breaks == row.id]
    if not faults:
        return []
    names = [f"- `{name}`" for name in faults[:_MOST]]
    names += [f"- and {len(faults) - _MOST} more"] if len(faults) > _MOST else []
    by = "" if contract is _EDITIONS[0] else f" --contract {contract.name}"
    judged = f"conformance run http://127.0.0.1:8123{by} --only {row.id}"
    return [
        "## What breaks it",
        "Bugs of the fault bank that are caught by this requirement; each can be served and judged.",
        "\n".join(names),
        f"```sh\nconformance serve{by} --fault {faults[0]} --port 8123 &\n{judged}\n```",
    ]


def _facts(row: Requirement, contract: Contract[Any]) -> str:
    known = features.together(*(features.read(edition.features_file) for edition in _EDITIONS))
    used = [feature.name for feature in known if feature.among([row.id])]
    fate = editions.fate(row.id, {edition.name: edition.api.requirements for edition in _EDITIONS})
    facts = {
        "Level": f"{row.level}: {_LEVELS[row.level]}",
        "Profile": f"`{row.profile}`",
        "About": row.subject,
        "Source": "; ".join(contract.sources[letter] for letter in row.source),
        "Needs": ", ".join(need.replace("|", " or ") for need in row.needs),
        "Feature": ", ".join(used),
        "Not judged": row.not_tested or "",
        "Editions": "; ".join(f"{name}: {what}" for name, what in fate),
    }
    return "| fact | of this requirement |\n|---|---|\n" + "\n".join(
        f"| {name} | {_cell(text)} |" for name, text in facts.items() if text
    )


def _free(row: Requirement, contract: Contract[Any]) -> str:
    """Return what the contract says around the row's chapter, and where its freedoms stand."""
    general = (
        f"[The contract](../{contract_page(contract)}#{row.id}) says what surrounds it, and [what is always free]({_FREEDOMS})."
    )
    chapter = resources.find(contract.text_file or "").read_text("utf-8").partition(f'<a id="{row.id}">')[0].rpartition("\n### ")[2]
    prose = chapter.partition("\n")[2].partition("<!--")[0].strip()
    return f"{prose}\n\n{general}" if prose else general


def _examples(contract: Contract[Any]) -> dict[str, dict[str, Any]]:
    """Return for each requirement that a request was the test of the smallest such exchange."""
    smallest: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        main(["run", "--contract", contract.name, "--seed", "1", "--output", folder])
        with gzip.open(Path(folder) / "exchanges.jsonl.gz", "rt", encoding="utf-8") as lines:
            for exchange in map(json.loads, lines):
                for name in exchange["about"]:
                    if name not in smallest or _size(exchange) < _size(smallest[name]):
                        smallest[name] = exchange
    return smallest


def _size(exchange: dict[str, Any]) -> int:
    return len(exchange["request"].get("body") or "") + len(exchange["request"]["path"])


def _exchange(exchange: dict[str, Any]) -> str:
    request, response = exchange["request"], exchange["response"] or {"status": "none", "body": exchange["failure"]}
    sent = f"{request['method']} {request['path'][:300]}\n{_body(request.get('body'))}".strip()
    return f"```\n{sent}\n```\n\nis answered\n\n```\n{response['status']}\n{_body(response.get('body'))}\n```"


def _body(text: str | None) -> str:
    try:
        shown = json.dumps(json.loads(text or ""), indent=2, ensure_ascii=True)
    except ValueError:
        shown = (text or "").encode("unicode_escape").decode()
    return shown if len(shown) <= _LONGEST else shown[:_LONGEST] + "\n…"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("_", "\\_").replace("<", "&lt;")
