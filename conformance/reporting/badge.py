"""A badge: the file that a shields.io endpoint serves (https://shields.io/badges/endpoint-badge)."""

import json

from markupsafe import escape

from conformance.evidence.results import Results, Status, Verdict
from conformance.reporting.messages import counts, not_judged, selection, verdict_text

_COLOURS = {Verdict.CONFORMING: "brightgreen", Verdict.NOT_CONFORMING: "red", Verdict.INCOMPLETE: "lightgrey"}


def render(results: Results) -> str:
    """Return the badge of a run as JSON: the verdict, and how many of the requirements that apply to the target passed."""
    number = counts(results)
    applicable = len(results.requirements) - number[Status.NOT_APPLICABLE]
    without = not_judged(results)
    selected = " selected" if selection(results.manifest) else ""
    badge = {
        "schemaVersion": 1,
        "label": results.manifest.contract.title,
        "message": f"{verdict_text(results)}, {number[Status.PASSED]} of {applicable}{selected}{', ' if without else ''}{without}",
        "color": _COLOURS[results.verdict],
        "isError": results.verdict == Verdict.INCOMPLETE,
    }
    return json.dumps(badge, indent=1) + "\n"


_FILLS = {Verdict.CONFORMING: "#17733c", Verdict.NOT_CONFORMING: "#b3261e", Verdict.INCOMPLETE: "#56606b"}
# How wide a letter of the badge's font is on average, in pixels, and the space at each end of a text.
_LETTER, _END = 6.6, 7


def svg(results: Results) -> str:
    """Return the badge of a run as a picture of its own, which needs nobody's service."""
    label, message = results.manifest.contract.title, json.loads(render(results))["message"]
    left, right = (round(len(text) * _LETTER) + 2 * _END for text in (label, message))
    words = escape(f"{label}: {message}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="{words}"><title>{words}</title>'
        f'<rect width="{left}" height="20" fill="#3b434c"/><rect x="{left}" width="{right}" height="20" fill="{_FILLS[results.verdict]}"/>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">'
        f'<text x="{_END}" y="14" textLength="{left - 2 * _END}">{escape(label)}</text>'
        f'<text x="{left + _END}" y="14" textLength="{right - 2 * _END}">{escape(message)}</text></g></svg>\n'
    )
