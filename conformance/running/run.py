"""The run: the one object that scenarios talk to."""

import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self, TypeVar
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy, tuples

from conformance.checks import registry
from conformance.checks.echoed import shape_of
from conformance.checks.registry import History
from conformance.contract import jsontext
from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect, Operation
from conformance.contract.pointers import MISSING, Pointer
from conformance.errors import ConformanceError, OutOfTime
from conformance.evidence.exchange import Case, Exchange, Headers, Request
from conformance.evidence.ledger import Ledger
from conformance.evidence.record import Recorder
from conformance.generation import collections
from conformance.generation.classification import chapter
from conformance.generation.vocabulary import Vocabulary
from conformance.running.budget import Budget
from conformance.running.tags import Tags
from conformance.target.client import Client, Sent

T = TypeVar("T")
JSON_HEADERS: Headers = (("content-type", "application/json"),)
CREATE = "/v1/collections/create"
_LONGEST_NAME = 4096
_UNDER_WAY = 3
# Payloads drawn in one example: an example costs Hypothesis 260 µs whatever is drawn in it.
_BATCH = 10
_SWITCH_SECONDS = 0.00005


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that is ready to be sent, and why."""

    case: Case
    request: Request
    context: tuple[Exchange, ...] = ()


class Run:
    """Sends, judges and records; a scenario only says what to send and in which order.

    `deadline` is a `time.monotonic()` value, or None; `first_number` keeps the exchanges of several processes
    apart. `on_exchange` is called after each exchange, for a progress display.
    """

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        *,
        vocabulary: Vocabulary,
        seed: str,
        budget: Budget,
        clock_skew: float = 5.0,
        deadline: float | None = None,
        sends_token: bool = False,
        first_number: int = 1,
        on_exchange: Callable[["Run"], None] = lambda _run: None,
    ) -> None:
        self.client = client
        self.vocabulary = vocabulary
        self.budget = budget
        self.sends_token = sends_token
        self.ledger = Ledger()
        self.history = History(clock_skew=clock_skew)
        self.exchanges = 0
        self._first_number = first_number
        self.scenario = ""
        self.tags = Tags(seed)
        self._seed = seed
        self._recorder = recorder
        self._deadline = deadline
        self._on_exchange = on_exchange

    def begin(self, scenario: str) -> None:
        """Start a scenario: its names and choices depend on the seed and on itself, not on what ran before."""
        self.scenario = scenario
        self.tags.begin(scenario)

    def perform(self, plan: Plan) -> Exchange:
        """Send, judge and record one planned request."""
        return self.take(plan, self._send(plan))

    def together(self, plans: Sequence[Plan]) -> list[Exchange]:
        """Send planned requests at once, one thread each, then judge and record them in their order."""
        self.check_time()
        with ThreadPoolExecutor(len(plans)) as pool:
            sent = list(pool.map(lambda plan: self.client.send(plan.request), plans))
        return [self.take(plan, one) for plan, one in zip(plans, sent, strict=True)]

    def take(self, plan: Plan, sent: Sent) -> Exchange:
        """Judge and record what came back."""
        exchange = self._exchange(plan, sent)
        registry.judge(exchange, self.history, self.ledger)
        self._on_exchange(self)
        return exchange

    def repeat(self, plan: Plan) -> Exchange:
        """Send and record a request without judging it: it repeats one that was."""
        return self._exchange(plan, self._send(plan))

    def _send(self, plan: Plan) -> Sent:
        self.check_time()
        return self.client.send(plan.request)

    def _exchange(self, plan: Plan, sent: Sent) -> Exchange:
        self.exchanges += 1
        exchange = Exchange(
            number=self._first_number + self.exchanges - 1,
            scenario=self.scenario,
            case=plan.case,
            request=plan.request,
            response=sent.response,
            failure=sent.failure,
            sent_at=sent.sent_at,
            done_at=sent.done_at,
            context=plan.context,
        )
        self._recorder.write(exchange)
        return exchange

    def check_time(self) -> None:
        """End the run if its time is over.

        Raises:
            OutOfTime: it is.

        """
        if self._deadline is not None and time.monotonic() > self._deadline:
            raise OutOfTime("the time limit (--max-time) is over")

    # What scenarios say.

    def collection(self, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None, named: bool = True,
                   context: tuple[Exchange, ...] = ()) -> Exchange:  # fmt: skip
        """Create a collection; `named` puts the run's tag before the name, without `expect` the vocabulary decides it."""
        return self.perform(self.plan_collection(body, *about, expect=expect, at=at, named=named, context=context))

    def plan_collection(self, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None, named: bool = True,
                        context: tuple[Exchange, ...] = ()) -> Plan:  # fmt: skip
        """Plan what `collection` sends."""
        if named and isinstance(body, dict) and isinstance(body.get("collection_name"), str):
            tag = self.tags.new()
            body = {**body, "collection_name": tag + body["collection_name"][: _LONGEST_NAME - len(tag)]}
        return self._plan(Operation.CREATE_COLLECTION, CREATE, body, about, expect, at, context)

    def document(self, home: Exchange, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None,
                 context: tuple[Exchange, ...] = ()) -> Exchange:  # fmt: skip
        """Create a document in the collection that `home` made."""
        return self.perform(self.plan_document(home, body, *about, expect=expect, at=at, context=context))

    def plan_document(self, home: Exchange, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None,
                      context: tuple[Exchange, ...] = ()) -> Plan:  # fmt: skip
        """Plan what `document` sends."""
        path = documents_path(home.created_id or "")
        return self._plan(Operation.CREATE_DOCUMENT, path, body, about, expect, at, (home, *context))

    def _plan(self, operation: Operation, path: str, body: Json, about: tuple[str, ...], expect: Expect | None, at: Pointer | None,
              context: tuple[Exchange, ...]) -> Plan:  # fmt: skip
        if expect is None:
            expect, about = self.expected(operation, body, about, context)
        unknown = expect is Expect.REFUSE and not self._knows(operation, body, context)
        request = Request("POST", path, JSON_HEADERS, jsontext.dumps(body))
        return Plan(Case(operation, expect, about, at, body, unknown), request, context)

    def _knows(self, operation: Operation, body: Json, context: tuple[Exchange, ...]) -> bool:
        """Whether all that a body names is in the vocabulary or was made by the context."""
        made = tuple(one.created_id for one in context if one.created_id)
        return self.vocabulary.with_made(collections=made, documents=made).covers(shape_of(operation), body)

    def expected(self, operation: Operation, body: Json, about: tuple[str, ...],
                 context: tuple[Exchange, ...]) -> tuple[Expect, tuple[str, ...]]:  # fmt: skip
        """Return what is promised about a valid body: what names something unknown may be refused for it."""
        if not self._knows(operation, body, context):
            return Expect.EITHER, ()
        return Expect.ACCEPT, about or (f"{chapter(operation)}.accepts-valid",)

    def raw(self, path: str, body: bytes | None, *about: str, expect: Expect = Expect.REFUSE, headers: Headers = JSON_HEADERS,
            method: str = "POST", operation: Operation = Operation.CREATE_COLLECTION, value: Any = MISSING,
            context: tuple[Exchange, ...] = ()) -> Exchange:  # fmt: skip
        """Send bytes as they are; `value` is the JSON they hold, where that is to be judged."""
        return self.perform(self.plan_raw(path, body, *about, expect=expect, headers=headers, method=method, operation=operation,
                                          value=value, context=context))  # fmt: skip

    def plan_raw(self, path: str, body: bytes | None, *about: str, expect: Expect = Expect.REFUSE, headers: Headers = JSON_HEADERS,
                 method: str = "POST", operation: Operation = Operation.CREATE_COLLECTION, value: Any = MISSING,
                 context: tuple[Exchange, ...] = ()) -> Plan:  # fmt: skip
        """Plan what `raw` sends."""
        return Plan(Case(operation, expect, about, body=value), Request(method, path, headers, body), context)

    def home(self) -> Exchange | None:
        """Create the collection that a scenario's documents live in; None if the target does not let us."""
        made = self.collection(collections.minimal(self.vocabulary, "home"))
        return made if made.created_id is not None else None

    def explore(self, strategy: SearchStrategy[T], plan: Callable[[T], Plan | None], share: float = 1.0) -> None:
        """Draw the budget's number of examples, times `share`, and send what is planned for each, in that order.

        While one request is under way the next ones are drawn: a draw costs as much as a request on this machine. Nothing is
        raised for what the target does wrong.

        Raises:
            ConformanceError: the run cannot go on.

        """
        ended: list[ConformanceError] = []
        wanted = max(1, round(self.budget.examples * share))
        batch = min(_BATCH, wanted)

        @seed(f"{self._seed}:{self.scenario}")
        @settings(
            max_examples=-(-wanted // batch), database=None, deadline=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(tuples(*[strategy] * batch))
        def each(values: tuple[T, ...]) -> None:
            if ended:
                return
            try:
                for planned in map(plan, values):
                    if planned is not None:
                        line.put(planned)
            except ConformanceError as error:
                # Hypothesis would take it for a failure of the example, and run it again.
                ended.append(error)

        with _Line(self) as line:
            each()
            if ended:
                raise ended[0]


class _Line:
    """Requests under way: sent one after the other by a thread, judged in that order by the one that draws."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._sent: deque[tuple[Plan, Future[Sent]]] = deque()
        self._thread = ThreadPoolExecutor(1)

    def __enter__(self) -> Self:
        # An answer that has come must not wait until the drawing thread has had its usual 5 ms.
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH_SECONDS)
        return self

    def put(self, plan: Plan) -> None:
        """Send a request, and judge those that are done; wait if too many are under way."""
        self._run.check_time()
        self._sent.append((plan, self._thread.submit(self._run.client.send, plan.request)))
        while len(self._sent) > _UNDER_WAY or (self._sent and self._sent[0][1].done()):
            self._take()

    def __exit__(self, kind: object, *_rest: object) -> None:
        try:
            while self._sent and kind is None:
                self._take()
        finally:
            self._thread.shutdown(cancel_futures=True)
            sys.setswitchinterval(self._interval)

    def _take(self) -> None:
        plan, sent = self._sent.popleft()
        self._run.take(plan, sent.result())


def documents_path(collection: str) -> str:
    """Return the path under which documents of a collection are created."""
    return f"/v1/collections/{quote(collection, safe='')}/documents"
