"""One process of a run: it opens the target, performs scenarios, confirms what they find, and finishes with the verdicts."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from conformance.client import connect
from conformance.client.client import Client
from conformance.client.connect import Secrets
from conformance.client.server_output import ServerOutput
from conformance.configuration.settings import Settings
from conformance.core import json_text, timing
from conformance.core.errors import (
    ConformanceError,
    Exit,
    OutOfMemory,
    OutOfTime,
    RecordLost,
    TargetBusy,
    TargetForgot,
    TargetGone,
    TokenRefused,
    describe_error,
)
from conformance.engine import interruption, memory_limit
from conformance.engine.budget import BUDGETS
from conformance.engine.confirm import Confirmation
from conformance.engine.contract import Contract
from conformance.engine.control import RunControl
from conformance.engine.examples import Examples
from conformance.engine.interruption import Interruption
from conformance.engine.memory_limit import MemoryLimit
from conformance.engine.novelty import Novelty
from conformance.engine.run import Run
from conformance.engine.sentinel import Sentinel
from conformance.evidence.answer_kinds import AnswerKinds
from conformance.evidence.findings import Findings
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Results
from conformance.runner import assemble, checkpoint, conclusion, example_database, resumption
from conformance.runner.checkpoint import Checkpoint
from conformance.runner.conclusion import Conclusion
from conformance.runner.ending import Ending
from conformance.runner.preparation import Preparation
from conformance.runner.record_folder import RecordFolder
from conformance.runner.scenario_function import Performable
from conformance.runner.target import open_target

_CLEANING_SECONDS = 30.0
# A server in this process is not slowed down by that, either.
_CLEANING_AT_ONCE = 4
_ENDS = (TargetGone, TargetBusy, TargetForgot, TokenRefused, OutOfTime, OutOfMemory, RecordLost)
Observer = Callable[[Run], None]


class _SeemsForgotten(Exception):
    """The sentinel is gone: what was seen is repeated before any other scenario begins."""


class Controller:
    """Judges by settings; `before` is what earlier attempts at the same run have found.

    `run` is what scenarios send through, or None in a process that leaves them to workers. After the end `conclusion` has the results.
    """

    def __init__(self, settings: Settings, contract: Contract[Any], on_exchange: Observer = lambda _run: None, *,
                 before: Checkpoint | None = None, worker: str = "", word: Path | None = None,
                 output: ServerOutput | None = None, given: Any = None,
                 reset: Callable[[], None] | None = None) -> None:  # fmt: skip
        self.settings = settings
        self.contract = contract
        self.worker = worker
        self.interruption = Interruption(word)
        self.ending = Ending()
        self.run: Run | None = None
        self.findings = Findings() if before is None else before.findings
        self.wanted: set[str] = set()
        self.done: set[str] = set(settings.done)
        # By requirement: how long the scenarios took that are there for it, each shared by all that it is there for.
        self.seconds: dict[str, float] = {}
        self.conclusion: Conclusion | None = None
        self.folder = RecordFolder(settings.output, worker, settings.attempt)
        # Ids of all that the target had to make for this process.
        self._supplies: list[str] = []
        self._on_exchange = on_exchange
        self._stack = ExitStack()
        # What workers may look at until they have ended.
        self._until_closed = ExitStack()
        self._before = before
        self._output = output or ServerOutput()
        self._given = given
        # What somebody who has the target in Python wants called before each scenario.
        self._reset = reset
        self._renew_supplies: Callable[[], dict[str, str]] = dict
        self._redactor: Redactor
        self._opened = timing.monotonic()
        self._started = timing.now() if before is None else before.started

    # Opening.

    def open(self, *, judges: bool) -> None:
        """Open the target, and look whether it is one; a process that leaves the scenarios to workers only looks.

        Raises:
            UsageError: the target's configuration makes no sense.
            TargetError: nothing answers, or what answers is not this API.

        """
        json_text.allow_depth()
        _ = self.contract.api.document.content  # a damaged installation is told before anything is sent
        secrets = connect.secrets(self.settings)
        self._redactor = secrets.redactor()
        try:
            self.folder.hold()
            if not judges and self.interruption.word is None:
                self._lead_workers()
            self._open(secrets, judges=judges)
        except KeyboardInterrupt:
            self._let_go()
            self.findings.supplies += tuple(self._supplies)  # a person has to know what is left
            if not self.worker:
                self.ending.note("interrupted before anything was judged")
                self.conclude()
            self.close()
            if self.worker:
                raise
        except BaseException as error:
            self.close()
            self.folder.discard()
            if isinstance(error, ConformanceError):
                # What the target answered may be part of the message, and the token part of that.
                raise type(error)(self._redactor.ours(str(error))) from None
            raise

    @property
    def shared_folder(self) -> Path:
        """The folder that the process that leads workers shares with them.

        Raises:
            ValueError: this process leads no workers.

        """
        if self.interruption.word is None:
            raise ValueError("this process leads no workers")
        return self.interruption.word.parent

    def _lead_workers(self) -> None:
        """Make the place where workers find the word that the run is to end."""
        folder = self._until_closed.enter_context(TemporaryDirectory(prefix="conformance-"))
        self.interruption = Interruption(Path(folder) / "end")

    def _open(self, secrets: Secrets, *, judges: bool) -> None:
        until = timing.monotonic() + self._seconds
        database = example_database.opened(self.settings)
        has_lost_exchanges = self.folder.has_lost_exchanges()
        target = self._stack.enter_context(ExitStack())
        if self.settings.file.target.app is not None:
            target.enter_context(self._output.of_logging())
        client = target.enter_context(open_target(self.settings, self.contract, secrets, until, self._given))
        recorder = Recorder(target.enter_context(self.folder.open_exchanges()), self._redactor)
        preparation = Preparation(self.contract, client, self.settings, self.worker, self._supplies)
        if not self.worker:
            self.findings.note({"exchanges_lost": int(has_lost_exchanges)})
            self.settings = preparation.look(has_token=secrets.token is not None)
            self.findings.note({"crowded": int(self.settings.is_crowded)})
        if judges:
            examples = Examples(database, example_database.name_of(self.settings, self.contract.name))
            self._begin_run(client, recorder, until, preparation, examples)
        self.findings.count({"probing": client.requests})
        if not judges:
            self.findings.requests += client.requests
            target.close()
        self._save()

    def _begin_run(self, client: Client, recorder: Recorder, until: float, preparation: Preparation, examples: Examples) -> None:
        # What an application in this process takes of the memory is its own.
        memory = None if self.settings.file.target.app else MemoryLimit()
        self.findings.note({"memory_not_limited": int(memory is not None and not memory_limit.is_supported())})
        control = RunControl(self.interruption, until, memory)
        self.run = run = preparation.make_run(recorder, control, examples, self._noticed)
        client.learn_entry()  # a worker has not looked at the target
        wanted = {requirement.id for requirement in self.settings.selected(self.contract.api.requirements)}
        self._sentinel: Sentinel[Any] = Sentinel(run, self.contract.sentinel)
        self._renew_supplies = lambda: preparation.renew_supplies(run)
        self._confirmation = Confirmation(run, self._sentinel, wanted, self._renew_supplies)
        run.kept_seconds = lambda: self._confirmation.seconds_needed(self._seconds)
        resumption.mark_confirmed(self.findings, self._confirmation)
        if self.settings.attempt and self.settings.output is not None and self.worker in ("", "gw0"):
            # What earlier attempts have made and not deleted: one process takes it over.
            for exchange in checkpoint.exchanges(self.settings.output, self.contract.api.by_name):
                run.cleanup.note(exchange)

    @property
    def _seconds(self) -> float:
        return BUDGETS[self.settings.budget].seconds if self.settings.max_time is None else self.settings.max_time

    # While scenarios run.

    def begin(self) -> None:
        """Make the sentinel, and repeat what an earlier attempt saw violated and could not repeat."""
        if self.run is None:
            return
        try:
            self._sentinel.place()
            resumption.repeat(self.run, self.findings, self._confirmation, self._redactor)
        except ConformanceError as error:
            self.ending.raised(error, self._redactor)

    def perform(self, scenario: Performable) -> None:
        """Run one scenario, unless the run has ended, and confirm what it found."""
        assert self.run is not None
        if self.ending.because is None:
            begun = timing.monotonic()
            self._start_afresh()
            self._confirm(scenario, scenario.perform(self.run))
            self._share_out(timing.monotonic() - begun, scenario)
        if self.ending.because is None:
            if not self.run.round:  # in a round it may be one that another process has not performed as a whole yet
                self.done.add(scenario.scenario)
            if self.folder.is_due():
                self._save()

    def perform_all(self, scenarios: Sequence[Performable]) -> None:
        """Run scenarios: beside each other as far as requests may be under way together, and then confirm what they found, alone."""
        assert self.run is not None
        if not self.run.strands.are_several or self._reset is not None:
            for scenario in scenarios:
                self.perform(scenario)
            return
        # Those that shards share have many requests that do not wait for each other: they fill up what the others leave at the end.
        left: Sequence[Performable] = scenarios[::-1]
        left = sorted(left, key=lambda scenario: scenario.is_in_parts and not scenario.by_chance)
        while left and self.ending.because is None:
            self._perform_beside(left)
            before, left = left, [scenario for scenario in left if scenario.scenario not in self.done]
            if len(left) == len(before):
                self.ending.note("no scenario could be run")

    def _perform_beside(self, scenarios: Sequence[Performable]) -> None:
        assert self.run is not None
        with suppress(_SeemsForgotten):
            try:
                self.run.beside([self._as_strand(scenario) for scenario in scenarios])
            except _ENDS as error:
                self._ended_by(error)
        if self.ending.because is None:
            self._confirm_all()

    def _as_strand(self, scenario: Performable) -> Callable[[], None]:
        def perform() -> None:
            assert self.run is not None
            begun = timing.monotonic()
            raised = scenario.perform(self.run)
            self._share_out(timing.monotonic() - begun, scenario)
            if isinstance(raised, _ENDS):
                raise raised
            if raised is not None:
                self._crashed(scenario, raised)
            self.done.add(scenario.scenario)
            if self.folder.is_due():
                self._save()
            if self._confirmation.has_news() and self._sentinel.is_gone():
                raise _SeemsForgotten

        return perform

    def _confirm_all(self) -> None:
        """Repeat what was seen while others were under way, alone, and make it small."""
        try:
            self._confirmation.confirm_new()
        except _ENDS as error:
            self._ended_by(error)

    def _ended_by(self, error: ConformanceError) -> None:
        if isinstance(error, TokenRefused):
            self._confirmation.take_back_what_was_locked_out()
        if isinstance(error, OutOfTime):  # a part of the time was kept for this
            error = self._confirmed_at_last(error)
        if isinstance(error, OutOfTime) and self.run is not None and self.run.round:
            raise error  # all scenarios were run: who performs rounds has come to their end
        self.ending.raised(error, self._redactor)
        self._save()

    def _confirmed_at_last(self, error: ConformanceError) -> ConformanceError:
        """Confirm what was seen when the time is over; return why the run ends, which may be something else now."""
        try:
            self._confirmation.confirm_new()
        except _ENDS as other:
            if isinstance(other, TokenRefused):
                self._confirmation.take_back_what_was_locked_out()
            return error if isinstance(other, OutOfTime) else other
        return error

    def _start_afresh(self) -> None:
        """Have the target's data reset, if somebody wants that, and make anew what the whole run is built on."""
        assert self.run is not None
        if self._reset is not None:
            self._reset()
            self.run.forget()
            self._renew_supplies()
            self._sentinel.place()

    def look_for_new_kinds(self) -> None:
        """Count the kinds of answers that this process gets from now on, and those that earlier attempts got."""
        if self.run is not None:
            self.run.novelty = Novelty(self.findings.kinds, self.contract.api.document.field_names)
            self.findings.kinds = AnswerKinds()

    def begin_round(self) -> None:
        """Begin a round of a long run: delete what was made before, so that neither the target nor this process fills up."""
        assert self.run is not None
        self._save()
        self._clean(self.run)
        self.run.begin_round()
        try:
            self._sentinel.place()
        except _ENDS as error:
            self._ended_by(error)

    def _share_out(self, seconds: float, scenario: Performable) -> None:
        judged = {requirement.id for requirement in self.settings.selected(self.contract.api.requirements)}
        shown = scenario.exercised(judged)
        for name in shown:
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds / len(shown)

    def failing(self) -> int:
        """Return how many requirements have failed so far, those that weigh."""
        if self.run is None or not self.run.ledger.failed():
            return 0
        rows = assemble.rows(self.settings, self.contract, self._known())
        return sum(row.weighs(strict=self.settings.strict) for row in rows)

    def _confirm(self, scenario: Performable, raised: BaseException | None) -> None:
        try:
            if isinstance(raised, ConformanceError):
                raise raised
            if raised is not None:
                self._crashed(scenario, raised)
            self._confirmation.confirm_new()
        except _ENDS as error:
            self._ended_by(error)
        except ConformanceError as error:
            self._crashed(scenario, error)

    def _crashed(self, scenario: Performable, error: BaseException) -> None:
        assert self.run is not None
        for requirement in sorted(scenario.exercised(self.contract.api.requirements)):
            self.run.ledger.crashed(requirement, f"the scenario {scenario.scenario} raised {describe_error(error)}")

    def _noticed(self, run: Run) -> None:
        """After each exchange: what was seen violated is written down soon, so that hardly an end of the run can lose it."""
        if run.ledger.has_news and self.folder.is_due():
            run.ledger.has_news = False
            self._save()
        self._on_exchange(run)

    def _save(self) -> None:
        """Write down how far this process has got, so that the run can go on from here."""
        self.folder.save(lambda: Checkpoint(self.settings, self._started, self._spent(), self._known(), frozenset(self.done)))

    def _spent(self) -> float:
        """Return the seconds that the run took, without the pauses between attempts."""
        return (self._before.seconds if self._before else 0.0) + timing.monotonic() - self._opened

    def _known(self) -> Findings:
        """Return what is known so far, of this process and before it."""
        known = Findings()
        known.merge(self.findings)
        if self.run is not None:
            self._add_run(self.run, known)
        return known

    def _add_run(self, run: Run, findings: Findings) -> None:
        findings.supplies += tuple(self._supplies)
        findings.add_ledger(run.ledger, self._redactor)
        findings.count(run.counts)
        if run.novelty is not None:
            findings.kinds.merge(run.novelty.kinds)
        findings.note({"waits": run.client.waits, "names_taken": run.names_taken, "examples_lost": int(run.examples.is_lost)})
        findings.requests += run.client.requests

    # The end.

    def finish(self) -> None:
        """Delete what was made, and take over what this process has found."""
        if self.run is not None:
            self._add_run(self.run, self.findings)
            before = self.run.client.requests
            self._clean(self.run)
            self.findings.requests += self.run.client.requests - before
            self.run.strands.close()
        self._let_go()

    def _clean(self, run: Run) -> None:
        """Leave the target as it was found, also after Ctrl-C; a second one ends this too."""
        if not run.can_delete or self.settings.keep or self.ending.exit_code is Exit.UNREACHABLE:
            return
        before = run.client.requests
        with suppress(KeyboardInterrupt):
            self.findings.clean(run.cleanup.delete(run.client, _CLEANING_SECONDS, max(_CLEANING_AT_ONCE, run.strands.most)))
        self.findings.count({"cleaning up": run.client.requests - before})

    def told(self) -> dict[str, Any]:
        """Return what a worker tells the process that leads."""
        return {
            "findings": self.findings.to_json(),
            "ended": self.ending.because,
            "exit_code": self.ending.exit_code,
            "wanted": sorted(self.wanted),
            "done": sorted(self.done),
            "seconds": self.seconds,
        }

    def take_over(self, told: dict[str, Any]) -> None:
        """Add what a worker has told."""
        self.findings.merge(Findings.from_json(told["findings"]))
        self.wanted |= set(told["wanted"])
        self.done |= set(told["done"])
        for name, seconds in told["seconds"].items():
            self.seconds[name] = self.seconds.get(name, 0.0) + seconds
        if told["ended"] is not None:
            self.ending.fail(told["ended"], None if told["exit_code"] is None else Exit(told["exit_code"]))

    def conclude(self) -> Conclusion:
        """Give the verdicts, and write the record and the reports."""
        with interruption.put_off():
            self.conclusion = conclusion.conclude(self.results(), self.settings.output, self.ending, self.contract.text_file)
        return self.conclusion

    def results(self) -> Results:
        """Give the verdicts on what is known, after the end."""
        if left := self.wanted - self.done:
            self.ending.note(f"{len(left)} scenarios were not run, {min(left)} among them")
        return assemble.results(self.settings, self.contract, self.findings, started=self._started, seconds=self._spent(),
                                ended=self.ending.because, printed=self._printed)  # fmt: skip

    def _printed(self, start: float, end: float) -> list[str]:
        """Return what the server printed between two times, without secrets."""
        return [self._redactor(line) for line in self._output.between(start, end)]

    def _let_go(self) -> None:
        try:
            self._stack.close()
        except OSError as error:
            self.ending.note(f"the record could not be written: {error.strerror or error}")

    def close(self) -> None:
        """Let go of the target, the record and its folder; again is harmless."""
        self._stack.close()
        self._until_closed.close()
        self.folder.let_go()
