"""The page of a contract: its document (Markdown) as it lies beside each report."""

from markdown_it import MarkdownIt
from markupsafe import Markup

from conformance.reporting import pages

CONTRACT_PAGE = "contract.html"


def render(text: str) -> str:
    """Return the page of a document; the headings have anchors, and the requirements have their own."""
    body = MarkdownIt("commonmark").enable("table").render(text)
    title = text.partition("\n")[0].removeprefix("# ")
    values = {"title": title, "body": Markup(body)}  # noqa: S704 - a file of the contract's own
    return pages.render("contract.html", values, styles=("page.css", "contract.css"), scripts=())
