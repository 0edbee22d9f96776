"""The results of the banks as a page, and as JSON."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from bank.goals import TRIGGERS, Goal
from bank.trial import Caught
from conformance.contract.requirements import registry

_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)


def as_json(trials: Sequence[Caught], freedoms: dict[str, list[str]], goals: Sequence[Goal], how: dict[str, Any]) -> dict[str, Any]:
    """Return all of it as a JSON value; `freedoms` maps each run of a benign variant to what was reported of it."""
    return {
        "how": how,
        "goals": [{"goal": one.text, "reached": one.reached, "met": one.is_met} for one in goals],
        "totals": _totals(trials),
        "faults": [one.to_json() for one in trials],
        "freedoms": freedoms,
    }


def _totals(trials: Sequence[Caught]) -> dict[str, Any]:
    chapters = sorted({registry()[one.breaks].chapter for one in trials})
    keys: dict[str, dict[str, list[Caught]]] = {
        "by trigger": {name: [one for one in trials if one.trigger == name] for name in TRIGGERS},
        "by chapter": {name: [one for one in trials if registry()[one.breaks].chapter == name] for name in chapters},
    }
    return {key: {name: _counts(some) for name, some in parts.items()} for key, parts in keys.items()}


def _counts(trials: Sequence[Caught]) -> dict[str, dict[str, int]]:
    budgets = dict.fromkeys(one.budget for one in trials)
    return {
        budget: {
            "faults": sum(one.budget == budget for one in trials),
            "caught": sum(one.budget == budget and bool(one.named) for one in trials),
            "right": sum(one.budget == budget and one.is_right for one in trials),
        }
        for budget in budgets
    }


def html(results: dict[str, Any]) -> str:
    """Return the page: the goals, the totals, and a row a fault."""
    return _TEMPLATES.get_template("page.html").render(**results)
