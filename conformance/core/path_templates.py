"""Path templates such as `/things/{thing}`: which of them are alike, and what stands in a path at their placeholders."""

import re
from functools import cache
from urllib.parse import urlsplit


def anonymous(template: str) -> str:
    """Return a template without the names of its placeholders."""
    return re.sub(r"\{[^{}]*\}", "{}", template)


def placeholders(template: str) -> list[str]:
    """Return the names of a template's placeholders, in order."""
    return re.findall(r"\{([^{}]*)\}", template)


@cache
def pattern(template: str) -> re.Pattern[str]:
    """Return what a path of a template ends with: something stands at each placeholder."""
    return re.compile(re.sub(r"\\{[^{}]*\\}", "[^/]+", re.escape(template)) + "$")


def standing(template: str, path: str) -> dict[str, str]:
    """Return what stands in a path at each placeholder, as it is written there.

    Where path and template part, what stands at the same place is returned: a path may be one that nobody serves.
    """
    parts = urlsplit(path).path.split("/")
    return {
        name: value
        for index, names, place in _places(template)
        if index < len(parts)
        for name, value in zip(names, _values(place, parts[index]), strict=False)
    }


@cache
def _places(template: str) -> tuple[tuple[int, tuple[str, ...], re.Pattern[str]], ...]:
    """Return the parts of a template that have placeholders: where they are, the names, and what the part looks like."""
    parts = [(index, part, tuple(placeholders(part))) for index, part in enumerate(template.split("/"))]
    return tuple(
        (index, names, re.compile(re.sub(r"\\{[^{}]*\\}", "(.*)", re.escape(part)), re.DOTALL))
        for index, part, names in parts
        if names
    )


def _values(place: re.Pattern[str], part: str) -> tuple[str, ...]:
    match = place.fullmatch(part)
    return () if match is None else tuple(match.groups())
