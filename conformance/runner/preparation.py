"""Before the first scenario: what the target serves, and what payloads may name on it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from conformance.client.client import Client
from conformance.configuration.settings import Settings
from conformance.core.tags import Tags
from conformance.engine.budget import BUDGETS
from conformance.engine.contract import Contract
from conformance.engine.control import RunControl
from conformance.engine.examples import Examples
from conformance.engine.run import Process, Run
from conformance.evidence.exchange import Namespace
from conformance.evidence.record import Recorder
from conformance.runner import editions

# More exchanges than a process has in a day.
_ITS_OWN = 100_000_000
_MOST_WORKERS, _MOST_ATTEMPTS = 1000, 100


@dataclass(slots=True)
class Preparation:
    """Prepares one process of a run, of that name; `made` collects the ids of what the target had to make for it."""

    contract: Contract[Any]
    client: Client
    settings: Settings
    process: str
    made: list[str]

    def look(self, *, has_token: bool) -> Settings:
        """Return the settings with what the target serves.

        Raises:
            TargetError: nothing answers, or what answers is not this API.
            UsageError: the target wants a token, or refuses the given one.

        """
        settings = self.settings
        is_known = settings.decisions and not any(decision.is_open for decision in settings.decisions.values())
        if settings.attempt and is_known:  # what it serves was found out the first time
            self.client.check_life()
            return settings
        vocabulary = self.contract.vocabulary(settings.file.vocabulary)
        look = self.contract.first_look(self.client, settings, vocabulary, self._tags("probe"))
        try:
            decisions = editions.looked(settings.contract, self.contract, self.client, settings, look, has_token=has_token)
        except KeyboardInterrupt:
            look.abandon()
            raise
        seen = {"decisions": decisions, "renamed": look.took_names, "is_crowded": self.client.is_crowded}
        self.settings = settings.model_copy(update=seen)
        return self.settings

    def vocabulary(self, namespace: Namespace, *, again: bool = False) -> tuple[Any, tuple[str, ...]]:
        """Return what a payload may name in a namespace, and the ids of what was made for it; `again` gives it other names."""
        vocabulary, supplies = self.contract.vocabulary(self.settings.file.vocabulary), self.contract.supplies
        if supplies is None or not supplies.are_needed(vocabulary, self.settings):
            return vocabulary, ()
        ids = supplies.make(self.client, self._tags(f"bucket {namespace}", again=again), namespace)
        self.made += ids
        return (supplies.add(vocabulary, ids) if ids else vocabulary), ids

    def make_run(self, recorder: Recorder, control: RunControl, examples: Examples, on_exchange: Callable[[Run], None]) -> Run:
        """Return the run of this process, once it is known what the target serves."""
        settings, limits = self.settings, self.settings.file.limits
        primary, supplies = self.vocabulary(Namespace.PRIMARY)
        has_two = settings.serves("namespaces")
        run: Run = self.contract.run(
            self.contract.api,
            self.client,
            recorder,
            vocabulary=primary,
            secondary=self.vocabulary(Namespace.SECONDARY)[0] if has_two else None,
            seed=settings.seed,
            budget=BUDGETS[settings.budget],
            served=frozenset(name for name in settings.profiles if settings.serves(name)),
            clock_skew=limits.clock_skew_seconds,
            list_delay=limits.list_delay_seconds,
            concurrency=settings.concurrency,
            control=control,
            process=self._process,
            examples=examples,
            on_exchange=on_exchange,
        )
        run.supplies = supplies
        return run

    @property
    def _process(self) -> Process:
        return Process(self.process, self.settings.attempt, self._first_number, self.settings.shard)

    @property
    def _first_number(self) -> int:
        """Return the number of the first exchange.

        Workers are called gw0, gw1, …: each numbers its exchanges from a hundred million of its own, each attempt from far above, and each shard
        from farther above, so that the exchanges of all can be joined.
        """
        shard = self.settings.shard
        attempts = self.settings.attempt + (0 if shard is None else _MOST_ATTEMPTS * (shard.number - 1))
        return 1 + _ITS_OWN * (int(self.process.removeprefix("gw") or 0) + _MOST_WORKERS * attempts)

    def renew_supplies(self, run: Run) -> dict[str, str]:
        """Make once more what the target had made for the run, for it may be forgotten too; return the new id for each old one."""
        old = run.supplies
        run.vocabulary, run.supplies = self.vocabulary(Namespace.PRIMARY, again=True)
        return dict(zip(old, run.supplies, strict=False))

    def _tags(self, what: str, *, again: bool = False) -> Tags:
        """Return tags for something that each process makes once."""
        tags = Tags(self.settings.seed, self.settings.attempt)
        tags.begin(self._process.own(what))
        if self.settings.renamed or again:
            tags.renew()
        return tags
