"""The report reports/faults.html."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup, escape

from fault_detection.goals import evaluate_goals
from fault_detection.results import Results, totals
from fault_detection.run_summary import summarize
from fault_detection.seed_series import group_by_fault

_SEPARATORS = (".", "-", "_")


def html_report(results: Results) -> str:
    """Return the page: the goals, the totals, and a row for each fault at each budget."""
    return _TEMPLATES.get_template("html_report.html").render(
        how=results.how, summary=summarize(results), goals=evaluate_goals(results.faults, results.variants), totals=totals(results.faults),
        faults=group_by_fault(results.faults), variants=results.variants, errors=results.errors,
    )  # fmt: skip


def _breakable_name(text: str) -> Markup:
    """Return a name as HTML that a browser may break after a dot, a hyphen or an underscore, and nowhere else."""
    escaped = str(escape(text))
    for separator in _SEPARATORS:
        escaped = escaped.replace(separator, f"{separator}<wbr>")
    return Markup(f'<code class="name">{escaped}</code>')


_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True, lstrip_blocks=True)
_TEMPLATES.filters["breakable_name"] = _breakable_name
