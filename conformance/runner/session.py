"""A pytest session that judges a target: suites are its items, requirements the rows of every reporter.

Scenarios run as pytest items, on workers too, but are not reported; when all have run, one report a requirement goes to the
terminal, to JUnit and to pytest-html, whichever process saw the evidence.
"""

import io
import json
import os
import tempfile
from collections.abc import Callable, Generator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

import pytest
from pydantic import SecretStr

from conformance.client import connect
from conformance.client.client import Client
from conformance.configuration import target_file
from conformance.configuration.settings import Settings, built, checked
from conformance.configuration.target_file import PROFILES
from conformance.contracts.collections import capabilities, openapi
from conformance.contracts.collections.vocabulary import Vocabulary
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
)
from conformance.engine import interruption
from conformance.engine.budget import BUDGETS
from conformance.engine.interruption import Interruption
from conformance.engine.minimize import are_alike, explained
from conformance.engine.replay import again
from conformance.engine.run import Run
from conformance.evidence import findings, record
from conformance.evidence.exchange import Credentials, Exchange, Namespace
from conformance.evidence.record import Recorder
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Example, Results, Row, Status, Verdict
from conformance.evidence.violation_kinds import Kind
from conformance.generation.tags import Tags
from conformance.runner import assemble, checkpoint, output_folder
from conformance.runner.checkpoint import Checkpoint
from conformance.runner.collection import SUITES, Scenario, Suite

_MILLION = 1_000_000
_MOST_WORKERS = 1000
_SAVE_SECONDS = 1.0
# What a run may spend on further kinds of violation of its requirements: in all, as a multiple of what one requirement's first has, and
# each as a part of that.
_SPARE, _PART = 8, 8
_CLEANING_SECONDS = 30.0
Observer = Callable[[Run], None]
KEY = pytest.StashKey["Session"]()


def register(config: pytest.Config) -> None:
    """Make this pytest run a run against the target that its options name.

    Raises:
        pytest.UsageError: the options make no sense.

    """
    try:
        settings = _settings(config)
    except ConformanceError as error:
        raise pytest.UsageError(str(error)) from None
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args[:] = []
    config.args += [path for path in suites(settings) if path not in config.args]
    session = config.stash.get(KEY, None) or Session(settings)
    config.stash[KEY] = session
    config.pluginmanager.register(session, "conformance-session")


def suites(settings: Settings) -> list[str]:
    """Return the files of the suites that can show something of what is to be judged.

    Files rather than folders: those are collected whatever the user's own python_files says. The scenarios of core show other
    profiles too: they read what they create.
    """
    folders = [profile for profile in PROFILES if profile == "core" or profile in settings.profiles]
    return [str(path) for profile in folders for path in sorted((SUITES / profile).glob("test_*.py"))]


def _settings(config: pytest.Config) -> Settings:
    option = config.option
    # A worker of pytest-xdist is told what probing has found; its options are those of the beginning.
    told = getattr(config, "workerinput", {}).get("conformance") or option.conformance_settings
    if told:
        return Settings.model_validate_json(told)
    path = Path(option.conformance_target) if option.conformance_target else None
    file = target_file.aimed(path, option.conformance_url or None, option.conformance_app or None)
    given = {
        "budget": option.conformance_budget,
        "seed": option.conformance_seed,
        "max_time": option.conformance_max_time,
        "only": option.conformance_only.split(",") if option.conformance_only else None,
        "token_env": option.conformance_token_env,
    }
    return checked(
        built(
            {key: value for key, value in given.items() if value is not None},
            file=file,
            strict=option.conformance_strict,
            keep=option.conformance_keep,
            output=Path(option.conformance_output) if option.conformance_output else None,
        ),
    )


class Session:
    """The plugin of an active run: `run` is what scenarios send through; after pytest has ended, `results` is the record."""

    def __init__(self, settings: Settings, on_exchange: Observer = lambda _run: None, *, before: Checkpoint | None = None) -> None:
        """Judge by settings; `before` is what earlier attempts at the same run have found."""
        self.settings = settings
        self.results: Results | None = None
        self.ended: str | None = None
        self.exit_code: Exit | None = None
        self.files: list[Path] = []
        self.lacking: dict[str, str] = {}
        self._on_exchange = on_exchange
        self._stack = ExitStack()
        # The folder of the record, and the folder of the word to workers, are held until everything is written.
        self._held = ExitStack()
        self.interruption = Interruption()
        self.run: Run | None = None
        self._before = before
        # What is known without the run of this process: of earlier attempts, of workers, of probing.
        self._found = findings.Findings() if before is None else before.findings
        # The kinds of violation, by requirement, that were repeated and made small, or need not be.
        self._explained = {(name, example.fingerprint) for name, one in self._found.by_requirement.items() for example in one.examples
                           if _is_repeated(example)}  # fmt: skip
        self._spare = BUDGETS[settings.budget].shrinks * _SPARE
        self._done: set[str] = set(settings.done)
        self._wanted: set[str] = set()
        self._written_at = 0.0
        self._worker = ""
        self._is_open = False
        self._redactor: Redactor
        self._has_begun_record = False
        self._opened = timing.monotonic()
        self._started = timing.now() if before is None else before.started

    # What pytest calls, in the order it does.

    def pytest_sessionstart(self, session: pytest.Session) -> None:
        """Open the target, unless the command line has done so."""
        told = getattr(session.config, "workerinput", {})
        self._worker = told.get("workerid", "")
        if self._worker:
            self.interruption = Interruption(Path(told["conformance_word"]))
        if self._is_open:
            return
        try:
            self.open(judges=self._worker != "" or not session.config.getoption("numprocesses", None))
        except ConformanceError as error:
            pytest.exit(str(error), returncode=int(error.exit_code))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Tell a worker of pytest-xdist what is to be judged, what probing has found, and where the word to end will be."""
        node.workerinput["conformance"] = self.settings.model_dump_json()
        node.workerinput["conformance_word"] = str(self._word)

    def open(self, *, judges: bool) -> None:
        """Open the target, and look whether it is one; a process that leaves the scenarios to workers only looks.

        Raises:
            UsageError: the target's configuration makes no sense.
            TargetError: nothing answers, or what answers is not this API.

        """
        json_text.allow_depth()
        secret = connect.token(self.settings)
        self._redactor = Redactor(secret)
        # Hypothesis would leave its tables of characters in the folder that we are called from.
        os.environ.setdefault(
            "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / f"conformance-hypothesis-{os.getuid()}")
        )
        openapi.document()  # a damaged installation is told before anything is sent
        try:
            if self.settings.output is not None and not self._worker:
                self._held.enter_context(output_folder.held(self.settings.output))
            if not judges:
                self._word = Path(self._held.enter_context(tempfile.TemporaryDirectory(prefix="conformance-"))) / "end"
                self.interruption = Interruption(self._word)
            self._open(secret, judges=judges)
        except KeyboardInterrupt:
            self._let_go()
            if not self._worker:
                self.ended = "interrupted before anything was judged"
                self._conclude()
            self.close()
            if self._worker:
                raise
        except BaseException as error:
            self.close()
            self._forget_record()
            if isinstance(error, ConformanceError):
                # What the target answered may be part of the message, and the token part of that.
                raise type(error)(self._redactor.ours(str(error))) from None
            raise
        self._is_open = True

    def _forget_record(self) -> None:
        """Take away the record that a run had begun which then could not be; what an earlier run left stays."""
        if self._has_begun_record and self.settings.output is not None and not self.settings.attempt:
            with suppress(OSError):
                checkpoint.partial(self.settings.output, self._worker, 0).unlink()

    def _open(self, secret: SecretStr | None, *, judges: bool) -> None:
        until = timing.monotonic() + self._seconds
        output = self.settings.output
        has_lost_exchanges = bool(self.settings.attempt) and output is not None and not checkpoint.has_exchanges(output)
        client = self._stack.enter_context(connect.open_target(self.settings, secret, until))
        recorder = Recorder(self._stack.enter_context(self._exchanges_file()), self._redactor)
        if not self._worker:
            self._found.note({"exchanges_lost": int(has_lost_exchanges)})
            self._look(client, has_token=secret is not None)
        if judges:
            self.run = self._make_run(client, recorder, until)
            client.learn_entry()  # a worker has not looked at the target
        self._found.count({"probing": client.requests})
        self._own_what_is_left()
        if not judges:
            self._found.requests += client.requests
            self._stack.close()
        self._save(at_once=True)

    @property
    def _seconds(self) -> float:
        return BUDGETS[self.settings.budget].seconds if self.settings.max_time is None else self.settings.max_time

    def _own_what_is_left(self) -> None:
        """Take over what earlier attempts have made and not deleted: one process does."""
        if self.run is not None and self.settings.attempt and self.settings.output is not None and self._worker in ("", "gw0"):
            for exchange in checkpoint.exchanges(self.settings.output):
                self.run.belongings.note(exchange)

    def _noticed(self, run: Run) -> None:
        """After each exchange: what was seen violated is written down at once, so that no end of the run can lose it."""
        if run.ledger.has_news:
            run.ledger.has_news = False
            self._save(at_once=True)
        self._on_exchange(run)

    def _save(self, *, at_once: bool = False) -> None:
        """Write down how far this process has got, so that the run can go on from here; not all the time."""
        output, now = self.settings.output, timing.monotonic()
        if output is None or not (at_once or now - self._written_at > _SAVE_SECONDS):
            return
        self._written_at = now
        with suppress(OSError):  # a full disk ends a run by what it cannot be without: the exchanges and the results
            Checkpoint(self.settings, self._started, self._spent(), self._known(), frozenset(self._done)).write(
                output, self._worker
            )

    def _spent(self) -> float:
        """Return the seconds that the run took, without the pauses between attempts."""
        return (self._before.seconds if self._before else 0.0) + timing.monotonic() - self._opened

    def _known(self) -> findings.Findings:
        """Return what is known so far, of this process and before it."""
        found = findings.Findings()
        found.merge(self._found)
        if self.run is not None:
            found.add_ledger(self.run.ledger, self._redactor)
            found.count(self.run.counts)
            found.note(_incidents(self.run))
            found.requests += self.run.client.requests
        return found

    def _look(self, client: Client, *, has_token: bool) -> None:
        is_known = self.settings.decisions and not any(one.is_open for one in self.settings.decisions.values())
        if self.settings.attempt and is_known:  # what it serves was found out the first time
            client.check_life()
            return
        probe = capabilities.Probe(client, self.settings, self.settings.file.vocabulary.vocabulary(), self._tags("probe"))
        try:
            decisions = probe.look(has_token=has_token)
        except KeyboardInterrupt:
            probe.abandon()
            raise
        self.settings = self.settings.model_copy(update={"decisions": decisions, "renamed": probe.took_names})

    def _tags(self, what: str) -> Tags:
        """Return tags for something that each process makes once."""
        tags = Tags(self.settings.seed, self.settings.attempt)
        tags.begin(f"{what} {self._worker}")
        if self.settings.renamed or self.run is not None:  # what is made again in one run has other names
            tags.renew()
        return tags

    def _vocabulary(self, client: Client, namespace: Namespace) -> Vocabulary:
        """Return what a payload may name in a namespace; where no buckets are known and the target makes some, it is asked to."""
        known = self.settings.file.vocabulary.vocabulary()
        if known.buckets is not None or not self.settings.serves("buckets"):
            return known
        made = capabilities.make_buckets(client, self._tags(f"bucket {namespace}"), namespace)
        self._found.buckets += made
        return known.with_buckets(made) if made else known

    def _make_run(self, client: Client, recorder: Recorder, until: float) -> Run:
        settings, limits = self.settings, self.settings.file.limits
        has_two = settings.serves("namespaces")
        return Run(
            client,
            recorder,
            vocabulary=self._vocabulary(client, Namespace.PRIMARY),
            elsewhere=self._vocabulary(client, Namespace.SECONDARY) if has_two else None,
            seed=settings.seed,
            budget=BUDGETS[settings.budget],
            served=frozenset(name for name in settings.profiles if settings.serves(name)),
            clock_skew=limits.clock_skew_seconds,
            list_delay=limits.list_delay_seconds,
            deadline=until,
            attempt=settings.attempt,
            process=self._worker,
            bounds_memory=self.settings.file.target.app is None,
            interruption=self.interruption,
            # Workers are called gw0, gw1, …: each numbers its exchanges from a million of its own, and each attempt from far above.
            first_number=1 + _MILLION * (int(self._worker.removeprefix("gw") or 0) + _MOST_WORKERS * settings.attempt),
            on_exchange=self._noticed,
        )

    def _exchanges_file(self) -> IO[str]:
        output = self.settings.output
        if output is None:
            return io.StringIO()
        file = assemble.open_exchanges(output, self._worker, self.settings.attempt)
        self._has_begun_record = True
        return file

    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
        """Collect a suite whatever the user's own settings say about names of tests."""
        if SUITES not in module_path.parents:
            return None
        # With an id of its own: outside of the user's folder all suites would have the same, and a scheduler goes by that.
        name = f"conformance-suites/{module_path.parent.name}/{module_path.name}"
        suite: Suite = Suite.from_parent(parent, path=module_path, nodeid=name)
        return suite

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item], config: pytest.Config) -> None:
        """Leave out scenarios that show nothing of what is to be judged, and what other plugins find in the suites."""
        wanted = {one.id for one in self.settings.selected() if self.settings.serves(one.profile)}
        dropped = [item for item in items if SUITES in item.path.parents and not self._is_wanted(item, wanted)]
        if dropped:
            items[:] = [item for item in items if item not in dropped]
            config.hook.pytest_deselected(items=dropped)
        self._wanted = {item.scenario for item in items if isinstance(item, Scenario)}

    def _is_wanted(self, item: pytest.Item, requirements: set[str]) -> bool:
        """Whether it is a scenario still to be run that can show a requirement, and the target has the profile that it needs."""
        if not isinstance(item, Scenario) or item.scenario in self.settings.done or not item.exercised() & requirements:
            return False
        return item.profile == "core" or self.settings.serves(item.profile)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> bool | None:
        """Run a scenario without a report of its own; first, so that no plugin of the user's runs it again, or in another way."""
        if not isinstance(item, Scenario) or self.run is None:
            return None
        if self.ended is None:
            self._guarded(item, item.perform(self.run))
        if self.ended is not None:
            item.session.shouldstop = self.ended
        else:
            self._done.add(item.scenario)
            self._save()
        return True

    def _guarded(self, item: Scenario, raised: BaseException | None) -> None:
        assert self.run is not None
        try:
            if isinstance(raised, ConformanceError):
                raise raised
            if raised is not None:
                self._crashed(item, raised)
            self._explain(self.run)
        except (TargetGone, TargetBusy, TargetForgot, TokenRefused, OutOfTime, OutOfMemory, RecordLost) as error:
            if isinstance(error, TokenRefused):
                self._take_back_what_was_locked_out(self.run)
            self.ended = self._redactor.ours(str(error))
            self.exit_code = error.exit_code
            self._save(at_once=True)
        except ConformanceError as error:
            self._crashed(item, error)

    def _crashed(self, item: Scenario, error: BaseException) -> None:
        assert self.run is not None
        for requirement in sorted(item.exercised()):
            self.run.ledger.crashed(requirement, f"{self.run.scenario} raised {type(error).__name__}: {error}")

    def _explain(self, run: Run) -> None:
        """Make the counterexamples that the scenario brought small.

        Raises:
            TargetForgot: what was made before is gone, and some of them do not show with what is made anew.

        """
        new, forgotten = self._unexplained(run), run.landmark.identifier
        is_gone = bool(new) and run.landmark.is_gone(run)
        renamed = self._buckets_anew(run) if is_gone else {}
        is_forgetful = is_gone and not run.landmark.falls_to_deletes(run)
        taken_back = [one for one in new if is_forgetful and self._is_due_to_forgetting(run, *one, renamed)]
        for requirement, kind in new:
            if (requirement, kind) not in taken_back:
                self._make_small(run, requirement, kind)
        if taken_back:
            raise TargetForgot(
                f"the target has forgotten what was made on it: the collection {forgotten} was there and is answered 404, though "
                "nothing has deleted it (was it restarted with an empty store?)"
            )
        if is_gone:
            run.landmark.place(run)

    def _unexplained(self, run: Run) -> list[tuple[str, Kind]]:
        """Return the kinds of violation that were neither repeated nor made small yet, of what is to be judged."""
        selected = {one.id for one in self.settings.selected()}
        return [
            (name, kind)
            for name, kind in run.ledger.seen()
            if name in selected and (name, kind.fingerprint(name)) not in self._explained
        ]

    def _buckets_anew(self, run: Run) -> dict[str, str]:
        """Make the buckets of the run once more, for they may be forgotten too; return the new one for each old one."""
        old = run.vocabulary
        run.vocabulary = self._vocabulary(run.client, Namespace.PRIMARY)
        return dict(zip(old.buckets or (), run.vocabulary.buckets or (), strict=False))

    def _is_due_to_forgetting(self, run: Run, requirement: str, kind: Kind, renamed: dict[str, str]) -> bool:
        """Take a violation back that does not show when all that it needs is made anew."""
        seen = run.ledger.findings[requirement].kinds[kind].exchanges
        if again(run, requirement, seen, renamed=renamed).proof is not None:
            return False
        run.ledger.take_back(requirement, kind)
        return True

    def _take_back_what_was_locked_out(self, run: Run) -> None:
        """Take back what was seen while our token was refused, and nobody had noticed yet."""
        for requirement, kind in self._unexplained(run):
            if _is_locked_out(run.ledger.findings[requirement].kinds[kind].exchanges[-1]):
                run.ledger.take_back(requirement, kind)

    def _make_small(self, run: Run, requirement: str, kind: Kind) -> None:
        """Repeat a violation and make it small: the first of a requirement with all that the budget has for it, others with a part.

        What is left of two kinds may be one: then the second is taken back.
        """
        is_first = not any(name == requirement for name, _fingerprint in self._explained)
        if not is_first and self._spare <= 0:
            return
        self._explained.add((requirement, kind.fingerprint(requirement)))
        kinds, before = run.ledger.findings[requirement].kinds, run.exchanges
        shrinks = run.budget.shrinks if is_first else run.budget.shrinks // _PART
        try:
            found = explained(run, requirement, kinds[kind], shrinks)
            is_anothers = found.kind != kind and found.kind in kinds
            if is_anothers or any(other is not kind and are_alike(found, one) for other, one in kinds.items()):
                run.ledger.take_back(requirement, kind)
            else:
                run.ledger.explained(requirement, kind, found)
        except ConformanceError:
            raise
        except Exception as error:  # noqa: BLE001 - making a counterexample small is no reason to lose it, or others
            run.ledger.crashed(requirement, f"its counterexample was not made small: {type(error).__name__}: {error}")
        self._spare -= 0 if is_first else run.exchanges - before

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        """Take over what a worker of pytest-xdist has found."""
        sent = getattr(node, "workeroutput", {}).get("conformance")
        if sent is None:
            self.ended = self.ended or ("interrupted" if self.interruption.is_wanted else f"a worker was lost: {error}")
            return
        told = json.loads(sent)
        self._found.merge(findings.Findings.from_json(told["findings"]))
        self._wanted |= set(told["wanted"])
        self._done |= set(told["done"])
        if told["ended"] is not None:
            self.ended, self.exit_code = told["ended"], None if told["exit_code"] is None else Exit(told["exit_code"])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, Any, Any]:
        """When all scenarios have run, or the user ended them, give the verdicts."""
        try:
            with self.interruption.on_signals():
                self._place_landmark()
                self._repeat_what_was_seen()
                return (yield)
        except KeyboardInterrupt:  # pytest's own session.Interrupted is one
            self.ended = self.ended or "interrupted"
            raise
        except BaseException as error:
            self.ended = self.ended or f"{type(error).__name__}: {error}"
            raise
        finally:
            if self.interruption.is_wanted:
                self.ended = self.ended or "interrupted"
            with interruption.at_once():
                self._finish(session)

    def _place_landmark(self) -> None:
        """Make what tells later on whether the target has forgotten what was made on it."""
        try:
            if self.run is not None:
                self.run.landmark.place(self.run)
        except ConformanceError as error:
            self.ended, self.exit_code = self._redactor.ours(str(error)), error.exit_code

    def _repeat_what_was_seen(self) -> None:
        """Repeat what an earlier attempt saw violated, and was cut short before it could."""
        if self.ended is not None:
            return
        seen = [(name, one.examples[0]) for name, one in self._found.by_requirement.items()
                if one.examples and not _is_repeated(one.examples[0])]  # fmt: skip
        for name, example in seen if self.run is not None else ():
            assert self.run is not None
            self.run.begin(f"again/{name}")
            self._explained.add((name, example.fingerprint))
            try:
                found = explained(self.run, name, record.as_counterexample(example))
                repeated = record.counterexample_record(found, self._redactor, fingerprint=example.fingerprint)
                self._found.repeated(name, repeated)
            except ConformanceError as error:
                self.ended, self.exit_code = self._redactor.ours(str(error)), error.exit_code
                return
            except Exception as error:  # noqa: BLE001 - repeating a counterexample is no reason to lose it, or others
                said = self._redactor.ours(f"{type(error).__name__}: {error}")
                self._found.crashed(name, f"its counterexample was not repeated: {said}")

    def _finish(self, session: pytest.Session) -> None:
        if self.run is not None:
            self._found.add_ledger(self.run.ledger, self._redactor)
            self._found.count(self.run.counts)
            self._clean(self.run)
            self._found.note(_incidents(self.run))
            self._found.requests += self.run.client.requests
        self._let_go()
        if self._worker:
            told = {"findings": self._found.to_json(), "ended": self.ended, "exit_code": self.exit_code, "wanted": sorted(self._wanted),
                    "done": sorted(self._done)}  # fmt: skip
            session.config.workeroutput["conformance"] = json.dumps(told)  # type: ignore[attr-defined]
            return
        _report(session, self._conclude(), strict=self.settings.strict)

    def _conclude(self) -> Results:
        """Give the verdicts, and write the record and the reports."""
        if self.ended is None and (left := self._wanted - self._done):
            self.ended = f"{len(left)} scenarios were not run, {min(left)} among them"
        with interruption.put_off():
            self.results = assemble.results(
                self.settings, self._found, started=self._started, seconds=self._spent(), ended=self.ended
            )
            if self.settings.output is not None:
                self._write(self.settings.output)
        return self.results

    def _let_go(self) -> None:
        try:
            self._stack.close()
        except OSError as error:
            self.ended = self.ended or f"the record could not be written: {error.strerror or error}"

    def _write(self, output: Path) -> None:
        """Write the reports; a run whose record is lost is incomplete, whatever it saw."""
        from conformance.reporting import files

        assert self.results is not None
        try:
            written = files.write(self.results, output)
            self.files = [*written.paths, checkpoint.join_exchanges(output)]
            if written.lacking:
                self.lacking, self.exit_code = written.lacking, Exit.INCOMPLETE
            if self.ended is None:
                checkpoint.forget(output)
        except (OSError, ValueError) as error:
            because = f"the record could not be written into {output}: {getattr(error, 'strerror', None) or error}"
            self.ended, self.exit_code = because, Exit.INCOMPLETE
            self.results = self.results.incomplete(because)

    def _clean(self, run: Run) -> None:
        """Leave the target as it was found, also after Ctrl-C; a second one ends this too."""
        if not self.settings.serves("write") or self.settings.keep or self.exit_code is Exit.UNREACHABLE:
            return
        before = run.client.requests
        with suppress(KeyboardInterrupt):
            self._found.clean(run.belongings.delete(run.client, _CLEANING_SECONDS))
        self._found.count({"cleaning up": run.client.requests - before})

    def pytest_unconfigure(self) -> None:
        """Close what an early end left open."""
        self.close()

    def close(self) -> None:
        """Let go of the target, the record and its folder; again is harmless."""
        self._stack.close()
        self._held.close()


def _incidents(run: Run) -> dict[str, int]:
    return {"waits": run.client.waits, "names_taken": run.names_taken}


def _is_locked_out(exchange: Exchange) -> bool:
    return exchange.request.credentials is Credentials.OWN and exchange.response is not None and exchange.response.locks_out


def _is_repeated(example: Example) -> bool:
    return example.reproduced is not None


def _report(session: pytest.Session, results: Results, *, strict: bool) -> None:
    """Send one report a requirement to whoever listens: the terminal, JUnit, pytest-html."""
    session.testscollected = len(results.requirements)
    for row in results.requirements:
        _log(session, row.id, *_outcome(row, strict=strict))
    if results.verdict == Verdict.INCOMPLETE:
        _log(session, "run", "failed", f"the run is incomplete: {results.manifest.incomplete_because}")


def _outcome(row: Row, *, strict: bool) -> tuple[str, Any]:
    from conformance.reporting.messages import summary

    match row.status:
        case Status.PASSED:
            return "passed", None
        case Status.FAILED if row.weighs(strict=strict):
            return "failed", summary(row)
        case Status.FAILED | Status.DEVIATION:
            return "xfailed", summary(row)
        case Status.ERROR:
            return "failed", f"the toolkit failed: {row.reason}"
        case _:
            return "skipped", ("requirements.toml", 0, f"Skipped: {row.reason or row.status}")


def _log(session: pytest.Session, name: str, outcome: str, longrepr: Any) -> None:
    hook = session.config.hook
    identity: dict[str, Any] = {
        "nodeid": f"conformance::{name}",
        "location": ("conformance", None, name),
        "keywords": {name: 1},
    }
    hook.pytest_runtest_logstart(nodeid=identity["nodeid"], location=identity["location"])
    for when in ("setup", "call", "teardown"):
        told = outcome if when == "call" else "passed"
        shown = "skipped" if told == "xfailed" else told
        report = pytest.TestReport(**identity, outcome=shown, longrepr=longrepr if when == "call" else None, when=when)  # type: ignore[arg-type]
        if told == "xfailed":
            report.wasxfail = longrepr
        hook.pytest_runtest_logreport(report=report)
    hook.pytest_runtest_logfinish(nodeid=identity["nodeid"], location=identity["location"])
