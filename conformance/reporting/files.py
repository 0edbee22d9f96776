"""The files of a run, each written whole or not at all."""

import json
from pathlib import Path
from typing import Any

from conformance.evidence.record import RESULTS, write_whole
from conformance.reporting import badge, html, junit, sarif

JUNIT, REPORT, SARIF, BADGE = "junit.xml", "report.html", "results.sarif", "badge.json"


def write(results: dict[str, Any], output: Path) -> list[Path]:
    """Write a run's reports beside its exchanges; return the paths of those that are told, the one for people first.

    Raises:
        OSError: the folder cannot be written to.

    """
    results_file = output / RESULTS
    text = json.dumps(results, indent=1) + "\n"
    write_whole(results_file, text)
    write_whole(output / JUNIT, junit.render(results))
    write_whole(output / SARIF, sarif.render(results, results_file=results_file.as_posix(), results_text=text))
    write_whole(output / BADGE, badge.render(results))
    write_whole(output / REPORT, html.render(results, results_file=str(results_file)))
    return [output / REPORT, results_file, output / JUNIT]
