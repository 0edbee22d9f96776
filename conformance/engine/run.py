"""The run: the one object that scenarios talk to. A contract may derive one that speaks of its own things."""

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from typing import Any, TypeVar

from hypothesis.strategies import SearchStrategy

from conformance.client.client import Client, Sent
from conformance.core import json_text
from conformance.core.errors import ConformanceError
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.core.tags import Tags
from conformance.engine.api import Api
from conformance.engine.budget import Budget
from conformance.engine.checks import History
from conformance.engine.cleanup import Cleanup
from conformance.engine.control import RunControl
from conformance.engine.dispatch import Dispatcher
from conformance.engine.drawing import forget_strategies
from conformance.engine.examples import Examples, Exploration
from conformance.engine.explore import BATCH, Drawer, Drawn
from conformance.engine.interruption import Interruption
from conformance.engine.novelty import Novelty
from conformance.engine.pipeline import Pipeline
from conformance.engine.plan import OURSELVES, Delivery, Plan, Sender
from conformance.engine.strands import Strands
from conformance.evidence.exchange import Case, Exchange, Headers, Namespace, Request
from conformance.evidence.ledger import Ledger
from conformance.evidence.operation import Expect, Operation
from conformance.evidence.record import Recorder
from conformance.evidence.shard import Shard

T = TypeVar("T")
JSON_HEADERS: Headers = (("content-type", "application/json"),)


@dataclass(frozen=True, slots=True)
class Process:
    """Which process of a run this is: its name, which attempt at the run, the number of its first exchange, and which shard it is of."""

    name: str = ""
    attempt: int = 0
    first_number: int = 1
    shard: Shard | None = None

    def of_shard(self, name: str) -> str:
        """Return the name of something that each shard makes for itself: the target may be the same."""
        return name if self.shard is None else f"{name} {self.shard}"

    def own(self, name: str) -> str:
        """Return the name of something that each process makes for itself."""
        return self.of_shard(f"{name} {self.name}")


class Run:
    """Sends, judges and records; a scenario only says what to send and in which order.

    `vocabulary` is what payloads may name in the primary namespace and `secondary` in the other one; `list_delay` is in seconds.
    `on_exchange` is called after each exchange that was judged.
    """

    def __init__(
        self,
        api: Api,
        client: Client,
        recorder: Recorder,
        *,
        vocabulary: Any,
        seed: str,
        budget: Budget,
        served: frozenset[str] = frozenset({"core"}),
        secondary: Any = None,
        clock_skew: float = 5.0,
        list_delay: float = 0.0,
        concurrency: int = 1,
        control: RunControl | None = None,
        process: Process = Process(),
        examples: Examples | None = None,
        on_exchange: Callable[["Run"], None] = lambda _run: None,
    ) -> None:
        self.api = api
        self._operations = api.by_name
        self.client = client
        self.vocabulary = vocabulary
        self.secondary = secondary or vocabulary
        # Ids of what the target had to make for the whole run.
        self.supplies: tuple[str, ...] = ()
        self.budget = budget
        # The number of the round, in a long run that performs again what is by chance; before that 0.
        self.round = 0
        # What looks for new kinds of answers, in a long run.
        self.novelty: Novelty | None = None
        self._seed = seed
        self.ledger = Ledger()
        self.history = History(clock_skew=clock_skew)
        self._served = served
        self.cleanup = Cleanup(self._deletions)
        self.strands = Strands(concurrency)
        # What each strand is about: it is a thread of its own.
        self._here = threading.local()
        self.tags = Tags(seed, process.attempt)
        self.scenario = ""
        self.exchanges = 0
        self.names_taken = 0
        self.counts: Counter[str] = Counter()
        self.examples = Examples() if examples is None else examples
        self._control = RunControl(Interruption()) if control is None else control
        # How many seconds of the run's time scenarios leave for what comes after them.
        self.kept_seconds: Callable[[], float] = float
        self._process = process
        self._recorder = recorder
        self._dispatcher = Dispatcher(client, list_delay)
        self._made_once: dict[str, Any] = {}
        self._in_the_making: set[str] = set()
        # The scenarios whose examples the shards of the run share.
        self._in_parts: set[str] = set()
        self._has_renewed_tags = False
        self._on_exchange = on_exchange

    # What a run is about.

    @property
    def seed(self) -> str:
        """The seed of all that is drawn: in each round, process and attempt another one."""
        if not self.round:
            return self._seed
        return f"{self._seed} round {self.round} {self._process.name} {self._process.attempt}"

    @property
    def scenario(self) -> str:
        """The scenario of this strand."""
        name: str = self._here.scenario
        return name

    @scenario.setter
    def scenario(self, name: str) -> None:
        self._here.scenario = name

    @property
    def tags(self) -> Tags:
        """The tags of this strand's names."""
        tags: Tags = self._here.tags
        return tags

    @tags.setter
    def tags(self, tags: Tags) -> None:
        self._here.tags = tags

    def begin(self, scenario: str, *, in_parts: bool = False) -> None:
        """Start a scenario: its names and choices depend on the seed and on itself, not on what ran before.

        One that the shards share `in_parts` has names of its own in each, for they may meet on one target.
        """
        if in_parts:
            self._in_parts.add(scenario)
        self.scenario = scenario
        self.tags = self._tags_of(self._shared(scenario))
        self.examples.begin(scenario)

    def end(self) -> None:
        """End a scenario: all that was to be seen of its explorations was seen."""
        self.examples.end(self.scenario, self.ledger)

    def begin_own(self, name: str) -> None:
        """Start something that belongs to no scenario, and that each shard does for itself."""
        self.scenario = name
        self.tags = self._tags_of(self._process.of_shard(name))

    def _shared(self, name: str) -> str:
        """Return a name that is the shard's own where the scenario is performed by all shards."""
        return self._process.of_shard(name) if self.scenario in self._in_parts else name

    def _tags_of(self, name: str) -> Tags:
        tags = Tags(self._seed, self._process.attempt)
        tags.begin(f"{name} round {self.round} {self._process.name}" if self.round else name)
        if self._has_renewed_tags:
            tags.renew()
        return tags

    def serves(self, profile: str) -> bool:
        """Whether the target has a profile, and it is to be judged."""
        return profile in self._served

    @property
    def can_delete(self) -> bool:
        """Whether the target can delete what the run may leave behind, or a kind of it."""
        return bool(self._deletions)

    @property
    def _deletions(self) -> dict[Operation, Operation]:
        """What deletes the things of each create, where the target does so."""
        return {create: deletion for create, deletion in self.api.deletions.items() if self.serves(deletion.profile)}

    def vocabulary_in(self, namespace: Namespace) -> Any:
        """Return what a payload may name in a namespace."""
        return self.vocabulary if namespace is Namespace.PRIMARY else self.secondary

    def once(self, what: str, make: Callable[[], T], *, counted: str | None = None) -> T:
        """Return what `make` gives, made once in this process for all scenarios that share it, and counted under its own name, or another."""
        self.strands.wait_until(lambda: what not in self._in_the_making)
        if what not in self._made_once:
            tags, scenario = self.tags, self.scenario
            self._in_the_making.add(what)
            self.tags, self.scenario = self._tags_of(self._process.own(what)), counted or what
            try:
                self._made_once[what] = make()
            finally:
                self.tags, self.scenario = tags, scenario
                self._in_the_making.discard(what)
                self.strands.tell()
        value: T = self._made_once[what]
        return value

    def alone(self) -> AbstractContextManager[None]:
        """Send what the block sends without anything else beside it: what is proved is the order of all that the target gets."""
        return self.strands.alone()

    def beside(self, functions: Sequence[Callable[[], object]]) -> None:
        """Run parts of the run beside each other, as far as requests may be under way together; else one after the other.

        Raises:
            BaseException: what one of them raised.

        """
        scenario, tags = self.scenario, self.tags

        def begun(number: int, function: Callable[[], object]) -> Callable[[], None]:
            def begin() -> None:
                # Names of its own: what it sends must not depend on what goes on beside it.
                self.scenario = scenario
                self.tags = self._tags_of(self._shared(f"{scenario} {number}"))
                function()

            return begin

        parts = [begun(number, function) for number, function in enumerate(functions)]
        try:
            if self.strands.are_several and not self.strands.is_alone:
                self.strands.run(parts)
            else:
                for part in parts:
                    part()
        finally:
            self.scenario, self.tags = scenario, tags

    @property
    def stage(self) -> str:
        """The scenario that sends, and the round of a long run."""
        return f"{self.scenario}, round {self.round}" if self.round else self.scenario

    def begin_round(self) -> None:
        """Begin the next round of a long run: what was made before is forgotten, and of the round before only what was new stays on record."""
        if self.round:
            self._recorder.drop_round()
        self._recorder.begin_round()
        # An earlier attempt may have had rounds: their seeds are not drawn again.
        before = 0 if self.novelty is None else self.novelty.kinds.rounds
        self.round = max(self.round, before) + 1
        if self.novelty is not None:
            self.novelty.kinds.rounds += 1
        self.forget()
        forget_strategies()

    def forget(self) -> None:
        """Forget what was made: the target's data were reset, and ids may come again."""
        self._made_once.clear()
        self.history = History(clock_skew=self.history.clock_skew)
        self.cleanup = Cleanup(self._deletions)

    # What scenarios plan.

    def plan(self, operation: Operation, *about: str, body: Json = MISSING, ids: dict[str, str] | None = None,
             expect: Expect | None = None, at: Pointer | None = None, query: dict[str, str | float] | None = None,
             context: tuple[Exchange, ...] = (), sender: Sender = OURSELVES) -> Plan:  # fmt: skip
        """Plan a request of an operation on the things with these ids; without `expect` the vocabulary decides it.

        Raises:
            PlanningError: it is the test of something that is no requirement.

        """
        operation = self.operation(operation)
        if expect is None:
            expect, about = self.expected(operation, body, about, context, sender.namespace)
        about = self.api.known(about)
        unknown = expect is Expect.REFUSE and not self.knows(operation, body, context, sender.namespace)
        headers, content = ((), None) if body is MISSING else (JSON_HEADERS, json_text.dumps(body))
        where = operation.path_of(ids or {}, query)
        request = Request(operation.method, where, headers, content, sender.credentials, sender.namespace)
        return Plan(Case(operation, expect, about, at, body, unknown), request, context)

    def plan_raw(self, where: str, body: bytes | None, *about: str, operation: Operation, expect: Expect = Expect.REFUSE,
                 headers: Headers = JSON_HEADERS, method: str = "POST", value: Any = MISSING,
                 context: tuple[Exchange, ...] = ()) -> Plan:  # fmt: skip
        """Plan a request with bytes as they are; `value` is the JSON they hold, where that is to be judged.

        What is no operation has the `method`, and an operation the one that it is served with.

        Raises:
            PlanningError: it is the test of something that is no requirement.

        """
        operation = self.operation(operation)
        case = Case(operation, expect, self.api.known(about), body=value)
        return Plan(case, Request(operation.method or method, where, headers, body), context)

    def operation(self, operation: Operation) -> Operation:
        """Return an operation as the API under test has it: where it is served, and what its schemas are.

        Raises:
            KeyError: it does not have it.

        """
        return self._operations[operation.name]

    def knows(self, operation: Operation, body: Json, context: tuple[Exchange, ...],
              namespace: Namespace = Namespace.PRIMARY) -> bool:  # fmt: skip
        """Whether all that a body names is in the vocabulary or was made by the context."""
        if body is MISSING or operation.body is None:
            return True
        made = tuple(exchange.created_id for exchange in context if exchange.created_id)
        return self.api.bodies.is_known(operation, body, self.vocabulary_in(namespace), made)

    def expected(self, operation: Operation, body: Json, about: tuple[str, ...], context: tuple[Exchange, ...],
                 namespace: Namespace = Namespace.PRIMARY) -> tuple[Expect, tuple[str, ...]]:  # fmt: skip
        """Return what is promised about a valid request: what names something unknown may be refused for it."""
        if not self.knows(operation, body, context, namespace):
            return Expect.EITHER, ()
        return Expect.ACCEPT, about or self.api.bodies.accepted_for(operation)

    # What scenarios send.

    def perform(self, plan: Plan) -> Exchange:
        """Send, judge and record one planned request."""
        return self.record_and_evaluate(self._send(plan))

    def perform_all(self, plans: Iterable[Plan]) -> list[Exchange]:
        """Send, judge and record planned requests of which none needs the answer of another: under way together as far as they may be."""
        exchanges: list[Exchange] = []
        with self._pipeline(lambda delivery: exchanges.append(self.record_and_evaluate(delivery))) as pipeline:
            for plan in plans:
                self._check(plan)
                pipeline.put(plan)
        return exchanges

    def _pipeline(self, take: Callable[[Delivery], None]) -> Pipeline:
        """Return a pipeline whose answers are taken in order."""
        tags = self.tags
        return Pipeline(lambda plan: self._dispatcher.send(plan, tags), take, self.record_late, self.strands)

    def raw(self, where: str, body: bytes | None, *about: str, **details: Any) -> Exchange:
        """Send bytes as they are, as `plan_raw` plans it."""
        return self.perform(self.plan_raw(where, body, *about, **details))

    def repeat(self, plan: Plan) -> Exchange:
        """Send and record a request without judging it: it repeats one that was."""
        return self.record_late(self._send(plan))

    def send_concurrently(self, plans: Sequence[Plan], *, judged: bool = True) -> list[Exchange]:
        """Send planned requests at once, one thread each, then record and judge them in their order."""
        self._check(*plans)
        self.strands.may_send()
        tags = self.tags
        with self.strands.sending(len(plans)), self.strands.waiting(), ThreadPoolExecutor(len(plans)) as pool:
            deliveries = list(pool.map(lambda plan: self._dispatcher.send(plan, tags), plans))
        number = self._next_number
        take = self.record_and_evaluate if judged else self.record_late
        return [take(delivery, together=number) for delivery in deliveries]

    def _send(self, plan: Plan) -> Delivery:
        self._check(plan)
        return self._deliver(plan)

    def _check(self, *plans: Plan) -> None:
        self._control.check(self.kept_seconds())
        for plan in plans:
            self.api.known(plan.case.about)

    def _deliver(self, plan: Plan) -> Delivery:
        tags = self.tags
        if not self.strands.are_several:
            return self._dispatcher.send(plan, tags)
        self.strands.may_send()
        delivery, beside = self.strands.result(self.strands.submit(lambda: self._dispatcher.send(plan, tags)))
        return replace(delivery, beside=beside)

    def takes(self, number: int) -> bool:
        """Whether the example with this number, counted from 0, is to be sent: another shard may send it, if the scenario is in parts."""
        shard = self._process.shard
        return shard is None or self.scenario not in self._in_parts or shard.takes(number, self.scenario)

    def part(self, examples: Sequence[T]) -> list[T]:
        """Return those examples of a scenario that are to be sent: with shards, and in a scenario in parts, this shard's alone."""
        return [example for number, example in enumerate(examples) if self.takes(number)]

    def draw(self, strategy: SearchStrategy[T], share: float = 1.0) -> list[T]:
        """Return the budget's number of examples, times `share`; the same ones for the same seed and scenario, in each shard."""
        values: list[T] = []
        self._drawer().draw(strategy, self._wanted(share), lambda value, _drawn: values.append(value))
        return values

    def explore(self, strategy: SearchStrategy[T], plan: Callable[[T], Plan | None], share: float = 1.0,
                then: Callable[[Exchange], None] = lambda _exchange: None, *, batch: int = BATCH) -> None:  # fmt: skip
        """Draw the budget's number of examples, times `share`, and send what is planned for each, in that order.

        Of a scenario in parts, each shard draws all, and sends its own.
        What failed in earlier runs is sent before them, under names of its own, so that a seed draws and names what it always does.
        `then` is called with each exchange once it is judged; `batch` values are drawn in one example (`explore.Drawer.draw`).
        While one request is under way the next ones are drawn: a draw costs as much as a request on this machine. Nothing is
        raised for what the target does wrong.

        Raises:
            ConformanceError: the run cannot go on.

        """
        # In a round what failed was tried already, and more than once.
        exploration = self.examples.exploration(self.scenario, is_first=not self.round)
        self._explore_again(exploration, strategy, plan, then)
        errors: list[ConformanceError] = []
        numbers = count()

        def send(value: T, drawn: Drawn) -> None:
            if not self.takes(next(numbers)) or errors:
                return
            try:
                put(plan(value), drawn)
            except ConformanceError as error:
                # Hypothesis would take it for a failure of the example, and run it again.
                errors.append(error)

        with self._exploring(exploration, then) as put:
            self._drawer().draw(strategy, self._wanted(share), send, batch)
            if errors:
                raise errors[0]

    def _explore_again(self, exploration: Exploration, strategy: SearchStrategy[T], plan: Callable[[T], Plan | None],
                       then: Callable[[Exchange], None]) -> None:  # fmt: skip
        """Send what failed in earlier runs."""
        if not exploration.failed_before:
            return
        tags, self.tags = self.tags, self._tags_of(self._shared(f"{self.scenario} again {exploration.number}"))
        try:
            with self._exploring(exploration, then) as put:
                for drawn in exploration.failed_before.values():
                    for value in Drawer.again(strategy, drawn):
                        put(plan(value), drawn)
        finally:
            self.tags = tags

    @contextmanager
    def _exploring(
        self, exploration: Exploration, then: Callable[[Exchange], None]
    ) -> Iterator[Callable[[Plan | None, Drawn], None]]:
        """Yield what sends a plan, and knows how it was drawn when its answer is judged."""
        sent: deque[Drawn] = deque()

        def put(planned: Plan | None, drawn: Drawn) -> None:
            if planned is not None:
                self._check(planned)
                sent.append(drawn)
                pipeline.put(planned)

        def take(delivery: Delivery) -> None:
            exchange = self.record_late(delivery)
            self.examples.note(exchange, exploration, sent.popleft())
            self._evaluate(exchange)
            then(exchange)

        with self._pipeline(take) as pipeline:
            yield put

    def _drawer(self) -> Drawer:
        return Drawer(f"{self.seed}:{self.scenario}")

    def _wanted(self, share: float) -> int:
        return max(1, round(self.budget.examples * share))

    # What came back.

    def record_and_evaluate(self, delivery: Delivery, *, together: int | None = None) -> Exchange:
        """Record and judge what came back."""
        exchange = self.record_late(delivery, together=together)
        self._evaluate(exchange)
        return exchange

    def _evaluate(self, exchange: Exchange) -> None:
        before, kinds = self.ledger.violations, self.ledger.kinds_seen
        judged = self.api.checks.judge(exchange, self.history, self.ledger)
        if self.ledger.violations > before:
            self.examples.failed(exchange, is_news=self.ledger.kinds_seen > kinds)
        if self.novelty is not None and self.novelty.look(exchange, judged) and self.round:
            self._recorder.keep_last()
        self._on_exchange(self)

    def reevaluate(self, exchange: Exchange, *about: str) -> None:
        """Judge an exchange once more, now that it is known to be the last of a series."""
        self.api.known(about)
        last = replace(exchange, case=replace(exchange.case, about=about))
        self.api.checks.judge(last, self.history, self.ledger, only=about)

    def record_late(self, delivery: Delivery, *, together: int | None = None) -> Exchange:
        """Record what came back, without judging it; what was tried under a name that was taken goes before it."""
        for plan, sent in delivery.before:
            self._record(plan, sent)
        if delivery.took_names:
            self.names_taken += 1
            self._has_renewed_tags = True
            self.tags.renew()
        return self._record(delivery.plan, delivery.sent, together=together, beside=delivery.beside)

    @property
    def _next_number(self) -> int:
        return self._process.first_number + self.exchanges

    def _record(self, plan: Plan, sent: Sent, *, together: int | None = None, beside: int = 0) -> Exchange:
        exchange = Exchange(
            number=self._next_number,
            scenario=self.scenario,
            case=plan.case,
            request=plan.request,
            response=sent.response,
            failure=sent.failure,
            sent_at=sent.sent_at,
            done_at=sent.done_at,
            context=plan.context,
            together=together,
            beside=beside,
        )
        self.exchanges += 1
        self.counts[self.scenario] += 1
        self._recorder.write(exchange)
        self.ledger.exchanged(exchange)
        self.cleanup.note(exchange)
        return exchange
