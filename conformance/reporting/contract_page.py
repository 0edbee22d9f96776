"""The contract in words: a Markdown document whose tables of requirements come from their rows, and the page that is made of it."""

import fnmatch
import re
from collections.abc import Iterable, Mapping

from markdown_it import MarkdownIt
from markupsafe import Markup

from conformance.evidence.requirements import Requirement
from conformance.reporting import pages

CONTRACT_PAGE = "contract.html"
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


def render(text: str) -> str:
    """Return the page of a document; the headings have anchors, and the requirements have their own."""
    body = MarkdownIt("commonmark").enable("table").render(text)
    title = text.partition("\n")[0].removeprefix("# ")
    values = {"title": title, "body": Markup(body)}  # noqa: S704 - a file of the contract's own
    return pages.render("contract.html", values, styles=("page.css", "contract.css"), scripts=())
