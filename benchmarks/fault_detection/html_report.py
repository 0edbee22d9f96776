"""A record of the banks as a page to look at."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from fault_detection.goals import goals
from fault_detection.results import Record, totals
from fault_detection.run_summary import scope
from fault_detection.seed_series import series

_BREAKS = (".", "-", "_")


def html(record: Record) -> str:
    """Return the page: the goals, the totals, and a row for each fault at each budget."""
    return _TEMPLATES.get_template("html_report.html").render(
        how=record.how, scope=scope(record), goals=goals(record.trials, record.freedoms), totals=totals(record.trials),
        faults=series(record.trials), freedoms=record.freedoms, errors=record.errors,
    )  # fmt: skip


def _name(text: str) -> Markup:
    """Return a name that may go on in the next line after a dot or a hyphen, and nowhere else."""
    escaped = str(escape(text))
    for mark in _BREAKS:
        escaped = escaped.replace(mark, f"{mark}<wbr>")
    return Markup(f'<code class="name">{escaped}</code>')


_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEMPLATES.filters["name"] = _name
