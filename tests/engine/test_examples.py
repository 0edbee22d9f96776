"""What failed in one run is tried first in the next one, beside what its seed draws; what holds is forgotten, whatever a database has."""

import json
import re
from dataclasses import dataclass, field

import pytest
from harness import begun, reference, scenarios
from hypothesis.database import ExampleDatabase, InMemoryExampleDatabase, choices_to_bytes

from conformance.contracts.collections.reference.faults import Fault
from conformance.engine.examples import FAILED_AGAIN, Examples
from conformance.engine.explore import Drawn

EXPLORED = "core/test_collections/test_explored"
DOCUMENTS = "core/test_documents/test_explored"


@dataclass
class Seen:
    """One scenario of a run: what it sent, in order, and the run."""

    run: object
    bodies: list = field(default_factory=list)

    @property
    def failed(self):
        return self.run.ledger.failed()

    @property
    def created(self):
        """The bodies, without the ids that the server gave."""
        return [re.sub(rb"(col|doc)_[0-9a-f]{24}", b"id", body) for body in self.bodies if body is not None]


class OfManyKinds(Examples):
    """Takes each violation for one of another kind."""

    def failed(self, exchange, *, is_news):
        super().failed(exchange, is_news=True)


def performed(seed, database=None, fault=None, scenario=EXPLORED, examples=Examples):
    """Perform one scenario, as the controller would."""
    with reference(fault) if fault else reference() as transport:
        run = begun(transport, seed=seed)
        run.examples = examples(database, "test")
        seen, record = Seen(run), run._record

        def noted(plan, sent, **details):
            seen.bodies.append(plan.request.body)
            return record(plan, sent, **details)

        run._record = noted
        run.begin(scenario)
        scenarios()[scenario](run)
        run.end()
    return seen


def entries(database):
    return [entry for stored in database.data.values() for entry in stored]


def metadata(body):
    return json.dumps(json.loads(body).get("metadata"), sort_keys=True)


@pytest.fixture(scope="module")
def by_chance():
    """Return a fault that shows only for what the seed 1 draws, and the seed 2 does not."""
    of_one, of_two = ({metadata(body) for body in performed(seed).created} for seed in ("1", "2"))
    trigger = max(of_one - of_two)

    def made(operation, body, answer):
        is_it = operation == "create_collection" and json.dumps(body.get("metadata"), sort_keys=True) == trigger
        return {**answer, "metadata": {"lost": True}} if is_it else answer

    return Fault("by-chance", breaks="collections.create.echoes-metadata", trigger="rare", made=made)


def test_what_one_seed_finds_another_one_tries_first(by_chance):
    database = InMemoryExampleDatabase()
    assert performed("2", fault=by_chance).failed == set()
    assert by_chance.breaks in performed("1", database, by_chance).failed
    again = performed("2", database, by_chance)
    assert by_chance.breaks in again.failed
    assert again.run.ledger.shares[FAILED_AGAIN] == (1, 1)
    assert entries(database) != []


def test_what_holds_again_is_forgotten(by_chance):
    database = InMemoryExampleDatabase()
    performed("1", database, by_chance)
    fixed = performed("2", database)
    assert (fixed.failed, fixed.run.ledger.shares[FAILED_AGAIN], entries(database)) == (set(), (0, 1), [])


def test_what_a_run_did_not_get_to_the_end_of_is_not_forgotten(by_chance):
    database = InMemoryExampleDatabase()
    performed("1", database, by_chance)
    with reference() as transport:
        run = begun(transport, seed="2")
        run.examples = Examples(database, "test")
        run.begin(EXPLORED)
        scenarios()[EXPLORED](run)
    assert len(entries(database)) == 1


def test_what_a_seed_draws_and_names_is_the_same_with_what_had_failed_before_it(by_chance):
    database = InMemoryExampleDatabase()
    performed("1", database, by_chance)
    alone, beside = performed("2"), performed("2", database)
    added = len(beside.created) - len(alone.created)
    assert added == 1
    # The shared collection, what had failed, and then what the seed says.
    assert [beside.created[0], *beside.created[1 + added :]] == alone.created
    assert beside.created[1] not in alone.created


def test_what_shows_only_when_it_is_read_is_kept_and_read_again():
    def sent(operation, _request, answer):
        return (500, answer[1], b"{}") if operation == "get_document" else answer

    fault, database = Fault("read", breaks="http.no-server-error", sent=sent), InMemoryExampleDatabase()
    assert fault.breaks in performed("1", database, fault, DOCUMENTS).failed
    kept = len(entries(database))
    assert kept
    again = performed("2", database, fault, DOCUMENTS)
    assert again.run.ledger.shares[FAILED_AGAIN] == (kept, kept)


def test_no_more_is_kept_than_a_run_can_try_again():
    def sent(operation, _request, answer):
        return (500, answer[1], b"{}") if operation == "create_collection" else answer

    database, fault = InMemoryExampleDatabase(), Fault("broken", breaks="http.no-server-error", sent=sent)
    for seed in ("1", "2", "3"):
        performed(seed, database, fault, examples=OfManyKinds)
    assert len(entries(database)) == 10


HOSTILE = [
    b"", b"\xff" * 40, bytes(range(256)), b"\x00" * 70_000, choices_to_bytes((10, 3)), choices_to_bytes((10, 99, 1, 2)),
    choices_to_bytes((2**70, 0)), choices_to_bytes((10, 0, *[True] * 500)), choices_to_bytes((1, 0, "\ud800", b"x" * 4000, float("nan"))),
    choices_to_bytes((1, 0, *[b"\xff" * 16] * 900)), choices_to_bytes((1, 0, "col_of_another_run", "$TOKEN")),
    *(choices_to_bytes((10, index, *[bytes([index]) * 16] * 300)) for index in range(9)),
]  # fmt: skip


@pytest.mark.parametrize("scenario", [
    EXPLORED, DOCUMENTS, "core/test_collections/test_rules_broken_by_chance", "core/test_documents/test_rules_broken_by_chance",
    "core/test_derived/test_derived_collections", "core/test_derived/test_derived_documents",
])  # fmt: skip
def test_whatever_a_database_holds_a_faithful_server_conforms_and_it_is_emptied(scenario):
    class Stuffed(ExampleDatabase):
        """Has the same for whoever asks."""

        deleted = set()

        def fetch(self, key):
            return [entry for entry in HOSTILE if (key, entry) not in self.deleted]

        def save(self, key, value):
            raise AssertionError("nothing has failed")

        def delete(self, key, value):
            self.deleted.add((key, value))

    database = Stuffed()
    seen = performed("1", database, scenario=scenario)
    assert (seen.failed, seen.run.examples.is_lost) == (set(), False)
    assert {entry for _key, entry in database.deleted} == set(HOSTILE)


@pytest.mark.parametrize("broken", ["fetch", "save", "delete"])
def test_a_database_that_raises_is_asked_once_and_changes_nothing_else(by_chance, broken):
    class Lost(InMemoryExampleDatabase):
        asked = 0

        def _raise(self, *_rest):
            type(self).asked += 1
            raise ConnectionError("gone")

    setattr(Lost, broken, Lost._raise)
    database = Lost()
    for seed, fault in (("1", by_chance), ("2", None)):
        seen = performed(seed, database, fault)
        assert seen.created == performed(seed, fault=fault).created or broken == "delete"
        assert (by_chance.breaks in seen.failed) is (fault is not None)
    assert seen.run.examples.is_lost is (broken != "save")
    assert Lost.asked == (2 if broken == "fetch" else 1)


def test_how_a_value_was_drawn_is_read_as_it_was_written_and_nothing_else_is():
    drawn = Drawn((1, b"\x00", "é\ud800", 0.5, True), 3, 2)
    assert Drawn.decoded(drawn.encoded()) == drawn
    assert all(decoded is None or decoded.encoded() == entry for entry in HOSTILE for decoded in [Drawn.decoded(entry)])


def test_a_round_neither_tries_again_what_failed_before_nor_forgets_it():
    database, broken = InMemoryExampleDatabase(), Fault("broken", breaks="http.no-server-error", sent=_broken)
    performed("1", database, broken, examples=OfManyKinds)
    before = entries(database)
    assert before

    with reference() as transport:
        run = begun(transport, seed="2")
        run.examples, run.round = Examples(database, "test"), 1
        run.begin(EXPLORED)
        scenarios()[EXPLORED](run)
        run.end()
    assert (entries(database), FAILED_AGAIN in run.ledger.shares) == (before, False)


def _broken(operation, _request, answer):
    return (500, answer[1], b"{}") if operation == "create_collection" else answer
