"""A badge: the file that a shields.io endpoint serves (https://shields.io/badges/endpoint-badge)."""

import json
from typing import Any

from conformance.reporting.messages import counts, not_judged, selection, verdict_told

_COLOURS = {"conforming": "brightgreen", "not conforming": "red", "incomplete": "lightgrey"}


def render(results: dict[str, Any]) -> str:
    """Return the badge of a run: its verdict, and how many of the requirements that apply to the target passed."""
    number = counts(results["requirements"])
    apply = len(results["requirements"]) - number["not-applicable"]
    without = not_judged(results)
    selected = " selected" if selection(results["manifest"]) else ""
    badge = {
        "schemaVersion": 1,
        "label": "collections API",
        "message": f"{verdict_told(results)}, {number['passed']} of {apply}{selected}{', ' if without else ''}{without}",
        "color": _COLOURS[results["verdict"]],
        "isError": results["verdict"] == "incomplete",
    }
    return json.dumps(badge, indent=1) + "\n"
