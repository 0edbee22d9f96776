"""What all HTML pages share: templates with escaping, styles and scripts in the page, and a policy that allows nothing else.

The policy (Content Security Policy Level 3) names the digests of the page's own style and script: no other script runs, and no request
leaves, whatever text a server has put into a record.
"""

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from conformance.core.display import visible


def render(template: str, values: dict[str, Any], *, styles: tuple[str, ...], scripts: tuple[str, ...]) -> str:
    """Return a page; `styles` and `scripts` are the names of assets, which are put into it in this order."""
    style, script = (_asset(names) for names in (styles, scripts))
    policy = (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )
    return _environment().get_template(template).render(values, style=Markup(style), script=Markup(script), policy=policy)  # noqa: S704 - our own files


@cache
def _environment() -> Environment:
    environment = Environment(loader=PackageLoader("conformance.reporting"), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
                              lstrip_blocks=True)  # fmt: skip
    environment.filters["visible"] = visible_html
    environment.filters["sentence"] = sentence
    environment.filters["words"] = lambda text: str(text).replace("-", " ")
    return environment


def visible_html(text: Any) -> Markup:
    """Escape a text for HTML, with invisible characters as escapes; line breaks stay."""
    return escape("\n".join(visible(line) for line in str(text).split("\n")))


def sentence(text: str) -> str:
    """Return the text with a capital first letter; all other letters stay as they are."""
    return text[:1].upper() + text[1:]


def _asset(names: tuple[str, ...]) -> str:
    folder = resources.files("conformance.reporting") / "assets"
    if not names:
        return ""
    return "\n" + "\n".join((folder / name).read_text("utf-8").strip() for name in names) + "\n"


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
