"""The run: the one object that scenarios talk to."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any, TypeVar

from hypothesis import given, seed, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy, tuples

from conformance.client.client import Client, Sent
from conformance.contracts.collections.body_promises import chapter, chapters
from conformance.contracts.collections.checks.round_trip import shape_of
from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.operations import ROUTES, Expect, Operation, path
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text, timing
from conformance.core.errors import ConformanceError, OutOfTime
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine import checks, name_conflicts
from conformance.engine.budget import Budget
from conformance.engine.checks import History
from conformance.engine.cleanup import Belongings
from conformance.engine.drawing import DRAWN, by_seed_alone
from conformance.engine.interruption import Interruption
from conformance.engine.memory_limit import Memory
from conformance.engine.pipeline import Line
from conformance.engine.plan import OURSELVES, Delivery, Plan, Sender
from conformance.engine.sentinel import Landmark
from conformance.evidence.exchange import Case, Exchange, Headers, Namespace, Request
from conformance.evidence.ledger import Ledger
from conformance.evidence.record import Recorder
from conformance.generation.tags import Tags

T = TypeVar("T")
JSON_HEADERS: Headers = (("content-type", "application/json"),)
_LONGEST_NAME = 4096
_READ_BACK = 4
# Payloads drawn in one example: an example costs Hypothesis 260 µs whatever is drawn in it.
_BATCH = 10
# Series of draws, each with a seed of its own, before what was drawn has to be enough.
_SERIES = 4


class Run:
    """Sends, judges and records; a scenario only says what to send and in which order.

    `deadline` is a `timing.monotonic()` value, or None; `attempt` counts how often the run was taken up again; `first_number` keeps
    the exchanges of several processes apart, and `process` the names that each of them gives once. `list_delay` is in seconds.
    `on_exchange` is called after each exchange, for a progress display; `interruption` says when the user wants the run to end.
    """

    def __init__(
        self,
        client: Client,
        recorder: Recorder,
        *,
        vocabulary: Vocabulary,
        seed: str,
        budget: Budget,
        served: frozenset[str] = frozenset({"core"}),
        elsewhere: Vocabulary | None = None,
        clock_skew: float = 5.0,
        list_delay: float = 0.0,
        deadline: float | None = None,
        attempt: int = 0,
        first_number: int = 1,
        process: str = "",
        bounds_memory: bool = True,
        interruption: Interruption | None = None,
        on_exchange: Callable[["Run"], None] = lambda _run: None,
    ) -> None:
        self.client = client
        self.vocabulary = vocabulary
        self.elsewhere = elsewhere or vocabulary
        self.budget = budget
        self.ledger = Ledger()
        self.history = History(clock_skew=clock_skew)
        self.belongings = Belongings()
        self.landmark = Landmark()
        self.exchanges = 0
        self.names_taken = 0
        self._interruption = Interruption() if interruption is None else interruption
        self.counts: Counter[str] = Counter()
        self._first_number = first_number
        self._process = process
        self.scenario = ""
        self.tags = Tags(seed, attempt)
        self._attempt = attempt
        self.seed = seed
        self._served = served
        self._made_once: dict[str, Any] = {}
        self._recorder = recorder
        self._list_delay = list_delay
        self._wrote_at = 0.0
        self._deadline = deadline
        # What an application in this process takes is its own.
        self._memory = Memory() if bounds_memory else None
        self._on_exchange = on_exchange

    def begin(self, scenario: str) -> None:
        """Start a scenario: its names and choices depend on the seed and on itself, not on what ran before."""
        self.scenario = scenario
        self.tags.begin(scenario)

    def serves(self, profile: str) -> bool:
        """Whether the target has a profile, and it is to be judged."""
        return profile in self._served

    def vocabulary_in(self, namespace: Namespace) -> Vocabulary:
        """Return what a payload may name in a namespace."""
        return self.vocabulary if namespace is Namespace.PRIMARY else self.elsewhere

    def perform(self, plan: Plan) -> Exchange:
        """Send, judge and record one planned request."""
        return self.take(self._send(plan))

    def together(self, plans: Sequence[Plan], *, judged: bool = True) -> list[Exchange]:
        """Send planned requests at once, one thread each, then record and judge them in their order."""
        self.check_time()
        with ThreadPoolExecutor(len(plans)) as pool:
            deliveries = list(pool.map(self.deliver, plans))
        number = self._first_number + self.exchanges
        take = self.take if judged else self.adopt
        return [take(one, together=number) for one in deliveries]

    def take(self, delivery: Delivery, *, together: int | None = None) -> Exchange:
        """Judge and record what came back."""
        exchange = self.adopt(delivery, together=together)
        checks.judge(exchange, self.history, self.ledger)
        self._on_exchange(self)
        return exchange

    def show(self, exchange: Exchange, *about: str) -> None:
        """Judge an exchange once more, now that it is known to be the last of a series."""
        checks.judge(replace(exchange, case=replace(exchange.case, about=about)), self.history, self.ledger, only=about)

    def repeat(self, plan: Plan) -> Exchange:
        """Send and record a request without judging it: it repeats one that was."""
        return self.adopt(self._send(plan))

    def _send(self, plan: Plan) -> Delivery:
        self.check_time()
        return self.deliver(plan)

    def deliver(self, plan: Plan) -> Delivery:
        """Send a planned request; a list waits until what was written before must show in it (eventual consistency, declared)."""
        if self._list_delay and plan.case.operation is Operation.LIST_DOCUMENTS:
            time.sleep(max(0.0, self._wrote_at + self._list_delay - timing.monotonic()))
        delivery = name_conflicts.delivered(plan, self.tags, self.client.send)
        if plan.request.method != "GET" and plan.case.operation is not Operation.LIST_DOCUMENTS:
            self._wrote_at = timing.monotonic()
        return delivery

    def adopt(self, delivery: Delivery, *, together: int | None = None) -> Exchange:
        """Record what came back, without judging it; what was tried under a name that was taken goes before it."""
        for plan, sent in delivery.before:
            self._exchange(plan, sent)
        if delivery.took_names:
            self.names_taken += 1
            self.tags.renew()
        return self._exchange(delivery.plan, delivery.sent, together=together)

    def _exchange(self, plan: Plan, sent: Sent, *, together: int | None = None) -> Exchange:
        self.exchanges += 1
        self.counts[self.scenario] += 1
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
            together=together,
        )
        self._recorder.write(exchange)
        self.belongings.note(exchange)
        return exchange

    def check_time(self) -> None:
        """End the run between two requests, if its time or memory is used up or the user wants it to end.

        Raises:
            OutOfTime: it is.
            OutOfMemory: what the target answered fills the memory.
            KeyboardInterrupt: the user does.

        """
        if self._interruption.is_wanted:
            raise KeyboardInterrupt
        if self._deadline is not None and timing.monotonic() > self._deadline:
            raise OutOfTime("the time limit is over; --max-time S sets another")
        if self._memory is not None:
            self._memory.check()

    # What scenarios say.

    def collection(self, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None, named: bool = True,
                   context: tuple[Exchange, ...] = (), sender: Sender = OURSELVES) -> Exchange:  # fmt: skip
        """Create a collection; `named` puts the run's tag before the name, without `expect` the vocabulary decides it."""
        return self.perform(self.plan_collection(body, *about, expect=expect, at=at, named=named, context=context, sender=sender))

    def plan_collection(self, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None, named: bool = True,
                        context: tuple[Exchange, ...] = (), sender: Sender = OURSELVES) -> Plan:  # fmt: skip
        """Plan what `collection` sends."""
        if named and isinstance(body, dict) and isinstance(body.get("collection_name"), str):
            tag = self.tags.new()
            body = {**body, "collection_name": tag + body["collection_name"][: _LONGEST_NAME - len(tag)]}
        return self.plan(Operation.CREATE_COLLECTION, *about, body=body, expect=expect, at=at, context=context, sender=sender)

    def document(self, home: Exchange, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None,
                 context: tuple[Exchange, ...] = ()) -> Exchange:  # fmt: skip
        """Create a document in the collection that `home` made."""
        return self.perform(self.plan_document(home, body, *about, expect=expect, at=at, context=context))

    def plan_document(self, home: Exchange, body: Json, *about: str, expect: Expect | None = None, at: Pointer | None = None,
                      context: tuple[Exchange, ...] = (), sender: Sender | None = None) -> Plan:  # fmt: skip
        """Plan what `document` sends."""
        return self.plan(Operation.CREATE_DOCUMENT, *about, body=body, of=home, expect=expect, at=at, context=(home, *context),
                         sender=sender)  # fmt: skip

    def call(self, operation: Operation, *about: str, body: Json = MISSING, of: Exchange | None = None, expect: Expect | None = None,
             query: dict[str, str | int] | None = None, context: tuple[Exchange, ...] = (),
             sender: Sender | None = None) -> Exchange:  # fmt: skip
        """Send a request of an operation; `of` is the exchange that made, or names, the collection or the document it is about."""
        return self.perform(
            self.plan(operation, *about, body=body, of=of, expect=expect, query=query, context=context, sender=sender)
        )

    def plan(self, operation: Operation, *about: str, body: Json = MISSING, of: Exchange | None = None, expect: Expect | None = None,
             at: Pointer | None = None, query: dict[str, str | int] | None = None, context: tuple[Exchange, ...] = (),
             sender: Sender | None = None) -> Plan:  # fmt: skip
        """Plan what `call` sends; without `sender` the request goes out as the one that made what it is about."""
        collection, document = ("", "") if of is None else (of.collection or "", of.document or "")
        where = path(operation, collection, document, **(query or {}))
        if sender is None:
            sender = OURSELVES if of is None else Sender(namespace=of.request.namespace)
        if expect is None:
            expect, about = self.expected(operation, body, about, context, sender.namespace)
        unknown = expect is Expect.REFUSE and not self._knows(operation, body, context, sender.namespace)
        headers, content = ((), None) if body is MISSING else (JSON_HEADERS, json_text.dumps(body))
        request = Request(ROUTES[operation].method, where, headers, content, sender.credentials, sender.namespace)
        return Plan(Case(operation, expect, about, at, body, unknown), request, context)

    def read(self, made: Exchange, *about: str, expect: Expect = Expect.ACCEPT, context: tuple[Exchange, ...] = (),
             query: dict[str, str | int] | None = None, sender: Sender | None = None) -> Exchange:  # fmt: skip
        """Read the collection or the document that an exchange made; what it built on is part of the context."""
        operation = Operation.GET_COLLECTION if made.case.operation is Operation.CREATE_COLLECTION else Operation.GET_DOCUMENT
        before = context or (*made.context, made)
        return self.call(operation, *about, of=made, expect=expect, query=query, context=before, sender=sender)

    def read_back(self, made: Exchange) -> None:
        """Read what an exchange made, if it made something and the target can be read from."""
        if made.created_id is not None and self.serves("read"):
            self.read(made)

    def read_back_some(self, made: Exchange) -> None:
        """Read back one in four of what an exploration makes."""
        if made.number % _READ_BACK == 0:
            self.read_back(made)

    def listing(self, home: Exchange, body: dict[str, Json], *about: str, expect: Expect = Expect.ACCEPT,
             context: tuple[Exchange, ...] = (), **query: str | int) -> Exchange:  # fmt: skip
        """List documents of the collection that `home` made."""
        return self.call(Operation.LIST_DOCUMENTS, *about, body=body, of=home, expect=expect, query=query, context=context)

    def _knows(self, operation: Operation, body: Json, context: tuple[Exchange, ...], namespace: Namespace) -> bool:
        """Whether all that a body names is in the vocabulary or was made by the context."""
        if body is MISSING or ROUTES[operation].body is None:
            return True
        made = tuple(one.created_id for one in context if one.created_id)
        known = self.vocabulary_in(namespace).with_made(collections=made, documents=made)
        return known.covers(shape_of(operation), body)

    def expected(self, operation: Operation, body: Json, about: tuple[str, ...], context: tuple[Exchange, ...],
                 namespace: Namespace = Namespace.PRIMARY) -> tuple[Expect, tuple[str, ...]]:  # fmt: skip
        """Return what is promised about a valid request: what names something unknown may be refused for it."""
        if not self._knows(operation, body, context, namespace):
            return Expect.EITHER, ()
        return Expect.ACCEPT, about or (() if operation not in chapters() else (f"{chapter(operation)}.accepts-valid",))

    def raw(self, where: str, body: bytes | None, *about: str, expect: Expect = Expect.REFUSE, headers: Headers = JSON_HEADERS,
            method: str = "POST", operation: Operation = Operation.CREATE_COLLECTION, value: Any = MISSING,
            context: tuple[Exchange, ...] = ()) -> Exchange:  # fmt: skip
        """Send bytes as they are; `value` is the JSON they hold, where that is to be judged."""
        return self.perform(self.plan_raw(where, body, *about, expect=expect, headers=headers, method=method, operation=operation,
                                          value=value, context=context))  # fmt: skip

    def plan_raw(self, where: str, body: bytes | None, *about: str, expect: Expect = Expect.REFUSE, headers: Headers = JSON_HEADERS,
                 method: str = "POST", operation: Operation = Operation.CREATE_COLLECTION, value: Any = MISSING,
                 context: tuple[Exchange, ...] = ()) -> Plan:  # fmt: skip
        """Plan what `raw` sends."""
        return Plan(Case(operation, expect, about, body=value), Request(method, where, headers, body), context)

    def once(self, what: str, make: Callable[[], T]) -> T:
        """Return what `make` gives, made once in this process for all scenarios that share it, and counted under its own name."""
        if what not in self._made_once:
            tags, scenario = self.tags, self.scenario
            self.tags, self.scenario = Tags(self.seed, self._attempt), what
            self.tags.begin(f"{what} {self._process}")
            self._made_once[what] = make()
            self.tags, self.scenario = tags, scenario
        found: T = self._made_once[what]
        return found

    def home(self, namespace: Namespace = Namespace.PRIMARY) -> Exchange | None:
        """Return the collection that documents may share whose number nobody counts; None if the target does not let us make it."""
        return self.once(f"home/{namespace}", lambda: self.own_home(namespace))

    def is_at_home_elsewhere(self) -> bool:
        """Whether collections can be made in the other namespace: what the vocabulary names may be known in the first one only."""
        if not self.serves("namespaces"):
            return False
        return self.once("elsewhere", self._tried_elsewhere).created_id is not None

    def _tried_elsewhere(self) -> Exchange:
        body = collections.minimal(self.elsewhere, "elsewhere")
        return self.collection(body, expect=Expect.ANY, sender=Sender(namespace=Namespace.SECONDARY))

    def own_home(self, namespace: Namespace = Namespace.PRIMARY) -> Exchange | None:
        """Create a collection that only this scenario's documents live in; None if the target does not let us."""
        made = self.collection(collections.minimal(self.vocabulary_in(namespace), "home"), sender=Sender(namespace=namespace))
        return made if made.created_id is not None else None

    def draw(self, strategy: SearchStrategy[T], share: float = 1.0) -> list[T]:
        """Return the budget's number of examples, times `share`; the same ones for the same seed and scenario."""
        drawn: list[T] = []
        self._draw(strategy, share, drawn.append)
        return drawn

    def explore(self, strategy: SearchStrategy[T], plan: Callable[[T], Plan | None], share: float = 1.0,
                then: Callable[[Exchange], None] = lambda _exchange: None, *, batch: int = _BATCH) -> None:  # fmt: skip
        """Draw the budget's number of examples, times `share`, and send what is planned for each, in that order.

        `then` is called with each exchange once it is judged. `batch` values are drawn in one example; a strategy that rejects many
        of its own values wants 1, for a rejected value takes all of its example with it.

        While one request is under way the next ones are drawn: a draw costs as much as a request on this machine. Nothing is
        raised for what the target does wrong.

        Raises:
            ConformanceError: the run cannot go on.

        """
        ended: list[ConformanceError] = []

        def send(value: T) -> None:
            if ended:
                return
            try:
                if (planned := plan(value)) is not None:
                    line.put(planned)
            except ConformanceError as error:
                # Hypothesis would take it for a failure of the example, and run it again.
                ended.append(error)

        with Line(self, then) as line:
            self._draw(strategy, share, send, batch)
            if ended:
                raise ended[0]

    def _draw(self, strategy: SearchStrategy[T], share: float, take: Callable[[T], None], batch: int = _BATCH) -> None:
        wanted = max(1, round(self.budget.examples * share))
        drawn = 0
        for series in range(_SERIES):
            drawn += self._draw_series(strategy, wanted - drawn, take, batch, series)
            if drawn >= wanted:
                return
        if not drawn:
            raise Unsatisfiable(f"{_SERIES} series of draws gave no value")

    def _draw_series(self, strategy: SearchStrategy[T], wanted: int, take: Callable[[T], None], batch: int, series: int) -> int:
        """Draw so many values, or as many as Hypothesis finds before it gives up; return their number."""
        size, drawn = min(batch, wanted), 0

        @seed(f"{self.seed}:{self.scenario}" + (f":{series}" if series else ""))
        @settings(max_examples=-(-wanted // size), **DRAWN)
        @given(tuples(*[strategy] * size))
        def each(values: tuple[T, ...]) -> None:
            nonlocal drawn
            drawn += len(values)
            for value in values:
                take(value)

        with suppress(Unsatisfiable), by_seed_alone():  # it rejected so many values of this series; the next one is another chance
            each()
        return drawn
