"""Hooks of MkDocs: the pages that are made of the code and of the contract, and links from pages to files of the repository."""

import re
import sys
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path.insert(0, str(HERE))

from reference_pages import reference_pages  # noqa: E402 - it lies beside this file
from requirement_pages import requirement_pages  # noqa: E402

_CONTRACT = ROOT / "specs" / "collections" / "contract.md"
# A file of the repository that is a page of the site, by how pages name it.
_PAGES = {"../specs/collections/contract.md": "contract.md", "../specs/results.schema.json": "reference/results.schema.json"}


def on_files(files: Files, config: Any) -> Files:
    """Add what is generated."""
    pages = {"contract.md": _with_links(_CONTRACT.read_text("utf-8")), **reference_pages(), **requirement_pages()}
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
