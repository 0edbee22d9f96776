"""Hooks of MkDocs: the pages that are made of the code and of the contract, and links from pages to files of the repository."""

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from reference_pages import reference_pages  # noqa: E402 - it lies beside this file
from requirement_pages import contract_page, requirement_pages  # noqa: E402

from conformance.core import resources  # noqa: E402
from conformance.runner import contracts  # noqa: E402

_CONTRACTS = {contract.text_file or "": contract_page(contract) for contract in contracts.family(contracts.DEFAULT)}
# A file of the repository that is a page of the site, by how pages name it.
_PAGES = {f"../{file}": page for file, page in _CONTRACTS.items()} | {
    "../specs/results.schema.json": "reference/results.schema.json"
}


def on_files(files: Files, config: Any) -> Files:
    """Add what is generated."""
    in_words = {page: _with_links(resources.find(file).read_text("utf-8")) for file, page in _CONTRACTS.items()}
    pages = {**in_words, **reference_pages(), **requirement_pages()}
    for path, text in pages.items():
        files.append(File.generated(config, path, content=text))
    return files


def _with_links(text: str) -> str:
    """Link each requirement of the contract to its page."""
    return re.sub(r'(<a id="([^"]+)"></a>)`\2`', r"\1[`\2`](requirements/\2.md)", text)


def on_page_markdown(markdown: str, page: Any, **_more: Any) -> str:
    """Make links into the repository links within the site, or plain names of files where the site has no such page."""
    if "/" in page.file.src_uri:  # what is generated knows where it is
        return markdown
    return re.sub(r"\[([^\]]+)\]\((\.\./[^)]+)\)", _link, markdown)


def _link(link: re.Match[str]) -> str:
    text, place = link[1], link[2]
    return f"[{text}]({_PAGES[place]})" if place in _PAGES else f"{text} (`{place.removeprefix('../')}`)"
