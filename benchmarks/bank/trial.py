"""One trial: the whole contract, or what shows one requirement, against the reference with one fault or one freedom."""

import io
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from harness import IDENTITY, reference, scenarios, showing  # noqa: E402

from conformance.contract import jsontext  # noqa: E402
from conformance.evidence.exchange import Exchange  # noqa: E402
from conformance.evidence.record import Recorder  # noqa: E402
from conformance.evidence.redaction import redactor  # noqa: E402
from conformance.generation.vocabulary import Vocabulary  # noqa: E402
from conformance.reference.faults import FAULTS, Fault  # noqa: E402
from conformance.running.budget import BUDGETS  # noqa: E402
from conformance.running.reduction import explained  # noqa: E402
from conformance.running.run import Run  # noqa: E402
from conformance.target.client import Client  # noqa: E402
from conformance.target.configuration import PROFILES  # noqa: E402

# The members that the smallest valid body of an operation has, at any depth.
_REQUIRED = {"create_collection": 5, "create_document": 1, "create_bucket": 3}


@dataclass(frozen=True, slots=True)
class Caught:
    """What became of one fault at one budget.

    `named` are all requirements that failed; `requests` and `seconds` count until the broken one was seen violated, over what was run.
    `size`, `own`, `fields` and `nodes` are of the reduced counterexample: its requests, those of them that do more than make the
    collection or the document that later ones name, the members of its last body beyond the required ones, the JSON values in all its
    bodies; `shown` has the requests in words.
    """

    name: str
    trigger: str
    breaks: str
    budget: str
    seed: str
    named: list[str]
    requests: int | None
    seconds: float | None
    scenario: str | None
    size: int | None
    own: int | None
    fields: int | None
    nodes: int | None
    shown: list[str]
    sent: int
    took: float

    @property
    def is_right(self) -> bool:
        """Whether the requirement that the fault breaks is among those that failed."""
        return self.breaks in self.named

    def to_json(self) -> dict[str, Any]:
        """Return the trial as a JSON value."""
        return asdict(self)


def fault(name: str, budget: str, seed: str, *, whole: bool) -> Caught:
    """Judge one faulty reference: by the whole contract to the end, or by what shows the broken requirement until it has."""
    one = FAULTS[name]
    started = time.monotonic()
    with reference(one) as opened:
        run = _run(opened, budget, seed)
        seconds = _until_caught(run, one, started, whole=whole)
        sent = run.exchanges
        finding = run.ledger.findings.get(one.breaks)
        found = finding.counterexample if finding is not None else None
        small = explained(run, one.breaks, found) if found is not None else None
    bodies = [] if small is None else [exchange.case.body for exchange in small.exchanges]
    return Caught(
        name, one.trigger, one.breaks, budget, seed, sorted(run.ledger.failed()),
        requests=None if found is None else found.exchanges[-1].number, seconds=seconds,
        scenario=None if found is None else found.exchanges[-1].scenario.replace("/test_", "/"),
        size=None if small is None else len(small.exchanges), own=None if small is None else _own(small.exchanges),
        fields=None if small is None else _fields(small.exchanges[-1]),
        nodes=None if small is None else sum(map(_nodes, bodies)),
        shown=[] if small is None else [_words(exchange) for exchange in small.exchanges],
        sent=sent, took=round(time.monotonic() - started, 2),
    )  # fmt: skip


def freedom(variant: Fault, budget: str, seed: str) -> list[str]:
    """Return what is reported of a benign variant: nothing, if all is well."""
    with reference(variant) as opened:
        run = _run(opened, budget, seed)
        for name, scenario in scenarios().items():
            run.begin(name)
            scenario(run)
    crashed = [name for name, finding in run.ledger.findings.items() if finding.errors]
    return sorted({*run.ledger.failed(), *crashed})


def drawn_freedoms(seed: str, count: int) -> Fault:
    """Return a server that takes so many freedoms at once, drawn by the seed."""
    from variants import RESHAPING, VARIANTS, combined

    return combined(*Random(seed).sample(sorted(VARIANTS.keys() - RESHAPING), count))


def _run(opened: Any, budget: str, seed: str) -> Run:
    jsontext.allow_depth()
    recorder = Recorder(io.StringIO() if budget == "quick" else _Nowhere(), redactor(None))
    client = Client(opened, identity=IDENTITY)
    return Run(client, recorder, vocabulary=Vocabulary(), seed=seed, budget=BUDGETS[budget], served=frozenset(PROFILES))


class _Nowhere(io.StringIO):
    """Forgets what is written: the exchanges of a large run are not looked at again."""

    def write(self, text: str) -> int:
        return len(text)


def _until_caught(run: Run, one: Fault, started: float, *, whole: bool) -> float | None:
    seconds = None
    for name, scenario in (scenarios() if whole else showing(one.breaks)).items():
        run.begin(name)
        scenario(run)
        if seconds is None and one.breaks in run.ledger.failed():
            seconds = round(time.monotonic() - started, 2)
            if not whole:
                break
    return seconds


def _own(exchanges: tuple[Exchange, ...]) -> int:
    """Return how many requests are there for more than the place that others work in."""
    return sum(not _is_place(one, exchanges[index + 1 :]) for index, one in enumerate(exchanges))


def _is_place(one: Exchange, later: tuple[Exchange, ...]) -> bool:
    made = one.created_id
    return made is not None and any(made in other.request.path or made.encode() in (other.request.body or b"") for other in later)


def _fields(exchange: Exchange) -> int:
    return max(0, _members(exchange.case.body) - _REQUIRED.get(exchange.case.operation.value, 0))


def _members(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_members, value.values()))
    return sum(map(_members, value)) if isinstance(value, list) else 0


def _nodes(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_nodes, value.values()))
    return 1 + sum(map(_nodes, value)) if isinstance(value, list) else int(isinstance(value, str | int | float | bool | None))


def _words(exchange: Exchange) -> str:
    body = (exchange.request.body or b"")[:400].decode("utf-8", "replace")
    return f"{exchange.request.method} {exchange.request.path[:200]} {body}".rstrip()
