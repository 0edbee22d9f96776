"""Tables of requirements in a contract's document (Markdown): what it says of a requirement comes from its row."""

import fnmatch
import re
from collections.abc import Iterable, Mapping

from conformance.evidence.requirements import Requirement

_BLOCK = re.compile(r"(<!-- requirements: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)
_HEAD = "| requirement | level | source | what is promised |\n|---|---|---|---|\n"


def filled(text: str, requirements: Mapping[str, Requirement]) -> str:
    """Return the document with the tables of its chapters: `<!-- requirements: source, filters.* -->` up to `<!-- end -->` is one."""
    return _BLOCK.sub(lambda block: block[1] + _table(_of_chapters(block[2], requirements.values())) + block[3], text)


def _of_chapters(globs: str, requirements: Iterable[Requirement]) -> list[Requirement]:
    wanted = [glob.strip() for glob in globs.split(",")]
    return [requirement for requirement in requirements if any(fnmatch.fnmatchcase(requirement.chapter, glob) for glob in wanted)]


def _table(requirements: Iterable[Requirement]) -> str:
    return _HEAD + "".join(
        f'| <a id="{row.id}"></a>`{row.id}` | {row.level} | {" ".join(row.source)} | {_cell(row)} |\n' for row in requirements
    )


def _cell(row: Requirement) -> str:
    """Return the text of a requirement for a cell of Markdown."""
    text = re.sub(r"([|_*\[\]<>])", r"\\\1", row.text)
    return text if row.not_tested is None else f"{text} (Not judged: {row.not_tested})"
