"""A badge: the file that a shields.io endpoint serves (https://shields.io/badges/endpoint-badge)."""

import json

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
