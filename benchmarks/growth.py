"""How cost grows: CPU seconds of the toolkit against examples, requirements, documents and targets, each with the power that they grow by."""

import gzip
import json
import math
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local_server import running_server

ROOT = Path(__file__).parent.parent
# Linear is 1; what is above this for a tenfold size costs 14 times as much.
NEAR_LINEAR = 1.15
# What grows less than this from the smallest to the largest size does not grow: the power of a noise says nothing.
_FLAT = 1.25
_RUN = """
import dataclasses, json, sys
from conformance.cli.main import main
from conformance.engine.budget import BUDGETS
BUDGETS["quick"] = dataclasses.replace(BUDGETS["quick"], **json.loads(sys.argv[1]))
sys.exit(main(sys.argv[2:]))
"""


@dataclass(frozen=True, slots=True)
class Growth:
    """CPU seconds by size, the smallest first; what that costs is the start, and is taken off all others before the power is fitted."""

    name: str
    unit: str
    seconds: dict[int, float]

    @property
    def added(self) -> dict[int, float]:
        """What each further size costs beyond the smallest, by how much larger it is."""
        (smallest, start), *others = self.seconds.items()
        return {size - smallest: max(spent - start, 1e-3) for size, spent in others}

    @property
    def power(self) -> float:
        """The power of the size that the cost grows by: the slope of both in logarithms; 0 if the cost does not grow."""
        start, *others = self.seconds.values()
        if max(others) < _FLAT * start:
            return 0.0
        points = [(math.log(size), math.log(spent)) for size, spent in self.added.items()]
        return statistics.linear_regression(*zip(*points, strict=True)).slope

    @property
    def is_near_linear(self) -> bool:
        """Whether it grows by hardly more than its size."""
        return self.power <= NEAR_LINEAR


def cpu_of(command: Sequence[str]) -> float:
    """Return the CPU seconds, of the user and the system, that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def least(measure: Callable[[], float], times: int = 3) -> float:
    """Return the least of some measurements: what the work itself needs."""
    return min(measure() for _ in range(times))


def run_command(url: str, budget: dict[str, int], *options: str) -> list[str]:
    return [sys.executable, "-c", _RUN, json.dumps(budget), "run", url, "--seed", "1", *options]


def examples(url: str, folder: str, sizes: Sequence[int] = (1, 2, 4, 8)) -> Growth:
    """Grow all that is by chance in a quick run, so many times; what is not by chance costs the same each time."""

    def cost(times: int) -> float:
        numbers = {"examples": 12, "schemathesis": 3, "filters": 7, "sequences": 5}
        budget = {name: max(1, number * times) for name, number in numbers.items()}
        return least(lambda: cpu_of(run_command(url, budget, "--output", folder)))

    return Growth("examples of explorations", "times those of quick", {size: cost(size) for size in sizes})


def requirements(folder: str, sizes: Sequence[int] = (1, 2, 4, 8, 16)) -> Growth:
    """Judge the exchanges of a quick run by the contract's checks, so many times in one table."""
    from conformance.contracts.collections.contract import API
    from conformance.core import json_text, typed_json
    from conformance.engine.checks import Checks, History
    from conformance.evidence import record
    from conformance.evidence.ledger import Ledger
    from conformance.evidence.results import ExchangeRecord

    json_text.allow_depth()
    cpu_of([sys.executable, "-m", "conformance", "run", "--seed", "1", "--output", folder])
    lines = gzip.decompress(Path(folder, "exchanges.jsonl.gz").read_bytes()).splitlines()
    exchanges = record.exchanges([typed_json.from_json(ExchangeRecord, json.loads(line)) for line in lines], API.by_name)

    def cost(times: int) -> float:
        checks, ledger, history = Checks(*[API.checks] * times, scope=API.checks.scope), Ledger(), History()
        started = time.process_time()
        for exchange in exchanges:
            checks.judge(exchange, history, ledger)
        return time.process_time() - started

    cost(1)  # what is remembered of filters is remembered for all
    each = len(API.checks.requirements())
    return Growth("requirements", "requirements with a check", {each * size: least(lambda size=size: cost(size)) for size in sizes})


def documents_of_others(sizes: Sequence[int] = (0, 1_000, 10_000)) -> Growth:
    """Judge the reference that holds so many documents of somebody else's."""

    def cost(count: int) -> float:
        with tempfile.TemporaryDirectory() as folder:
            _fill(Path(folder, "data.db"), count)
            with running_server(lambda port: [sys.executable, "-m", "conformance", "serve", "--port", str(port), "--database",
                                              str(Path(folder, "data.db"))]) as url:  # fmt: skip
                return least(lambda: cpu_of(run_command(url, {}, "--output", folder)))

    return Growth("documents of others in the target", "documents", {size: cost(size) for size in sizes})


def _fill(database: Path, count: int) -> None:
    from conformance.contracts.collections.generation import collections, documents
    from conformance.contracts.collections.reference.app import Reference
    from conformance.contracts.collections.vocabulary import Vocabulary

    reference = Reference(database=database)
    made = reference.service.create_collection("", collections.minimal(Vocabulary(), "of others"))
    reference.service.keep_collection("", made)
    for number in range(count):
        body = {**documents.minimal(made["collection_id"]), "title": f"document {number}", "number": number}
        reference.service.keep_document("", reference.service.create_document("", made["collection_id"], body))
    reference.close()


def documents_listed(url: str, folder: str, sizes: Sequence[int] = (0, 250, 500, 999)) -> Growth:
    """Have the run itself make so many documents in one collection, and page through them."""

    def cost(count: int) -> float:
        return least(lambda: cpu_of(run_command(url, {"crowd": count}, "--only", "list.*", "--output", folder)))

    return Growth("documents in one collection of the run", "documents", {size: cost(size) for size in sizes})


def targets(folder: str, sizes: Sequence[int] = (2, 8, 16, 32, 64)) -> Growth:
    """Make the page that shows so many targets side by side, of a published record under other names."""
    record = json.loads(next((ROOT / "reports" / "fastapi").rglob("results.json")).read_text("utf-8"))
    from conformance.evidence import results_file

    def cost(count: int) -> float:
        files = []
        for number in range(count):
            record["manifest"]["target"]["name"] = f"target {number}"
            record["digest"] = results_file.digest(record)
            files.append(Path(folder, f"{number}.json"))
            files[-1].write_text(json.dumps(record))
        page = str(Path(folder, "page"))
        return least(lambda: cpu_of([sys.executable, "-m", "conformance", "matrix", *map(str, files), "--output", page]))

    return Growth("targets in a matrix", "targets", {size: cost(size) for size in sizes})


def measure() -> list[Growth]:
    """Measure all; takes some minutes."""
    serve = [sys.executable, "-m", "conformance", "serve", "--port"]
    with tempfile.TemporaryDirectory() as folder, running_server(lambda port: [*serve, str(port)]) as url:
        of_runs = [examples(url, folder), documents_listed(url, folder)]
        return [*of_runs, documents_of_others(), requirements(folder), targets(folder)]


# The picture.

_WIDE, _HIGH, _EDGE = 250, 190, 42


def picture(grown: Sequence[Growth]) -> str:
    """Return the measurements as a picture (SVG): a panel each, what a larger size adds, both axes in logarithms, beside what is linear."""
    panels = "".join(f'<g transform="translate({index * _WIDE} 0)">{_panel(growth)}</g>' for index, growth in enumerate(grown))
    words = "; ".join(f"{growth.name}: grows by the power {growth.power:.2f}" for growth in grown)
    style = 'font-family="Verdana,DejaVu Sans,sans-serif" font-size="10" fill="#3b434c"'
    size = f'width="{_WIDE * len(grown)}" height="{_HIGH}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" aria-label="{words}" {style}><title>{words}</title>{panels}</svg>\n'


def _panel(growth: Growth) -> str:
    name = f'<text x="8" y="14" font-weight="bold">{growth.name}</text>'
    return name + (_curve(growth) if growth.power else _flat(growth))


def _flat(growth: Growth) -> str:
    """Return words for a cost that does not grow: what is left of it is noise, and has no curve."""
    lines = "".join(
        f'<text x="{_EDGE}" y="{60 + 18 * index}">{size:,} {growth.unit}: {seconds:.2f} s</text>'
        for index, (size, seconds) in enumerate(growth.seconds.items())
    )
    return f'{lines}<text x="8" y="{_HIGH - 8}">does not grow</text>'


def _curve(growth: Growth) -> str:
    points = list(growth.added.items())
    (first, least_spent), (last, most_spent) = points[0], points[-1]
    linear = least_spent * last / first
    top, bottom = max(most_spent, linear), min(spent for _size, spent in points)

    def place(size: float, seconds: float) -> tuple[float, float]:
        across = math.log(size / first) / math.log(last / first)
        up = math.log(seconds / bottom) / math.log(top / bottom)
        return round(_EDGE + across * (_WIDE - 2 * _EDGE), 1), round(_HIGH - _EDGE - up * (_HIGH - 2 * _EDGE), 1)

    places = [place(*point) for point in points]
    right, high = place(last, linear)
    lines = " ".join(f"{x},{y}" for x, y in places)
    shown = "".join(_dot(*at, *point) for at, point in zip(places, points, strict=True))
    return (
        f'<text x="8" y="{_HIGH - 8}">more {growth.unit}; power {growth.power:.2f}</text>'
        f'<path d="M{places[0][0]} {places[0][1]}L{right} {high}" stroke="#9aa3ad" stroke-dasharray="3 3"/>'
        f'<polyline points="{lines}" fill="none" stroke="#17733c" stroke-width="1.5"/>{shown}'
    )


def _dot(x: float, y: float, size: int, seconds: float) -> str:
    return (
        f'<circle cx="{x}" cy="{y}" r="3" fill="#17733c"/><text x="{x}" y="{y - 7}" text-anchor="middle">{seconds:.2g} s</text>'
        f'<text x="{x}" y="{_HIGH - _EDGE + 16}" text-anchor="middle">{size:,}</text>'
    )
