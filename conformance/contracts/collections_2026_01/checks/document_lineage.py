"""What the edition of 2026-01 promises of the lineage of a document. Its shape is the server's own: what counts is what it names."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.expectations import answer_in_words, answers_not_found
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items, judge_differences
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()
_LINEAGE, _SAFE = Added.GET_LINEAGE, "documents.lineage.safe"
_ROOTS = ("root_object_id", "root_bucket_id")
_FROM = (*_ROOTS, "source_object_id", "source_document_id", "source_collection_id")

answers_not_found(CHECKS, "documents.lineage.unknown", "documents.lineage.wrong-collection")


def _created(exchange: Exchange) -> Exchange | None:
    """Return the create of the document whose lineage is read; None if it is not there, or nobody must show it."""
    document = expected_state.expected_document(exchange)
    return None if document is None or exchange.case.expect is Expect.REFUSE else document.created


@CHECKS.check("documents.lineage.answers", _LINEAGE, when=When.ALWAYS)
def answers(exchange: Exchange) -> Outcome:
    """The lineage of a document that is there is an object."""
    created = _created(exchange)
    if created is None or (exchange.case.expect is not Expect.ACCEPT and not exchange.accepted):
        return None
    if not exchange.accepted:
        return Violation(
            "the lineage of a document is not answered", "status 200", answer_in_words(exchange), supporting=(created,)
        )
    return HELD if isinstance(exchange.answer, dict) else Violation("no lineage", "(a JSON object)", exchange.answer)


def steps(created: Exchange) -> list[dict[str, Any]]:
    """Return the steps of the chain that a document was given."""
    return [dict_or_empty(step) for step in items(dict_or_empty(created.case.body).get("lineage_chain"))]


def _texts(value: Json) -> Iterator[str]:
    """Yield all texts of a value, keys too: a server may keep what it shows under an id."""
    for node in pointers.nodes(value):
        if isinstance(node, str):
            yield node
        elif isinstance(node, dict):
            yield from node


def _names(exchange: Exchange, identifier: Json) -> bool:
    return isinstance(identifier, str) and any(identifier in text for text in _texts(exchange.made))


def _first_lacking(exchange: Exchange, identifiers: Sequence[Json], message: str) -> Outcome:
    lacking = next((identifier for identifier in identifiers if not _names(exchange, identifier)), None)
    if lacking is not None:
        return Violation(message, lacking, json_text.dumps(exchange.made).decode()[:200])
    return HELD if identifiers else None


@CHECKS.check("documents.lineage.shows-steps", _LINEAGE, when=When.ACCEPTED)
def shows_steps(exchange: Exchange) -> Outcome:
    """Each step is named by its collection, wherever that stands."""
    created = _created(exchange)
    given = [] if created is None else [step.get("collection_id") for step in steps(created)]
    return _first_lacking(exchange, given, "a step that was given is not in the lineage")


@CHECKS.check("documents.lineage.shows-root", _LINEAGE, when=When.ACCEPTED)
def shows_root(exchange: Exchange) -> Outcome:
    """The root object and the root bucket are named."""
    created = _created(exchange)
    body = {} if created is None else dict_or_empty(created.case.body)
    given = [body[name] for name in _ROOTS if body.get(name) is not None]
    return _first_lacking(exchange, given, "a root that was given is not in the lineage")


@CHECKS.check("documents.lineage.steps-in-order", _LINEAGE, when=When.ACCEPTED)
def steps_in_order(exchange: Exchange) -> Outcome:
    """Of the lists that show all steps as steps, one has them in the given order. A lineage of another shape is not judged."""
    created = _created(exchange)
    given = [] if created is None else [_pair(step) for step in steps(created)]
    if len(given) < 2:  # noqa: PLR2004
        return None
    lists = [[_pair(item) for item in node] for node in pointers.nodes(exchange.made) if isinstance(node, list)]
    complete = [shown for shown in lists if not Counter(given) - Counter(shown)]
    if not complete:
        return None
    if any(_is_within(given, shown) for shown in complete):
        return HELD
    return Violation("the steps are in another order", [list(pair) for pair in given], [list(pair) for pair in complete[0]])


def _pair(step: Json) -> tuple[str, str]:
    named = dict_or_empty(step)
    return str(named.get("collection_id")), str(named.get("feature_extractor_id"))


def _is_within(given: list[tuple[str, str]], shown: list[tuple[str, str]]) -> bool:
    rest = iter(shown)
    return all(step in rest for step in given)


@CHECKS.check("documents.lineage.only-own", _LINEAGE, when=When.ACCEPTED)
def only_own(exchange: Exchange) -> Outcome:
    """Nothing is named that only another document was given. What a collection was made from may be named in any lineage."""
    created, outcome = _created(exchange), None
    if created is None:
        return None
    own = {*_given(created), *exchange.request.path.split("/"), *_of_collections(exchange)}
    for other in _unrelated(exchange, created):
        foreign = next((name for name in sorted(_given(other) - own) if _names(exchange, name)), None)
        if foreign is not None:
            return Violation("the lineage names what another document was given", MISSING, foreign, supporting=(other,))
        outcome = HELD
    return outcome


def _given(created: Exchange) -> set[str]:
    """Return the ids that a document was given for where it comes from, and its own."""
    body = dict_or_empty(created.case.body)
    named = [body.get(name) for name in _FROM]
    named += [step.get(key) for step in steps(created) for key in ("collection_id", "document_id")]
    return {name for name in (*named, created.created_id) if isinstance(name, str) and name}


def _of_collections(exchange: Exchange) -> set[str]:
    """Return the texts in the collections of a context, but for their own ids: a lineage may go on to what those were made from."""
    creates = [earlier for earlier in exchange.context if earlier.case.operation == Operations.CREATE_COLLECTION]
    return {text for create in creates for text in _texts(create.case.body)}


def _unrelated(exchange: Exchange, created: Exchange) -> Iterator[Exchange]:
    """Yield the creates of documents that neither come from this one nor it from them, nor both from one object."""
    documents = [
        earlier for earlier in exchange.context if earlier.case.operation == Operations.CREATE_DOCUMENT and earlier.created_id
    ]
    for other in documents:
        shared = _given(created) & _given(other)
        if other.created_id != created.created_id and not shared:
            yield other


@CHECKS.promise(_SAFE, Expect.ACCEPT)
def safe(exchange: Exchange) -> Outcome:
    """A second read names the same ids as often; the document is as it was read before its lineage was."""
    if not exchange.accepted:
        return None
    before = next((earlier for earlier in reversed(exchange.context) if _is_same_read(earlier, exchange)), None)
    if before is None or not before.accepted:
        return None
    if exchange.case.operation == _LINEAGE:
        return _names_the_same(before, exchange)
    document = expected_state.expected_document(exchange)
    if document is None:
        return None
    shown = expected_state.ExpectedState(document.created, before, document.names, document.gone)
    differences = expected_state.differences(shown, exchange.made, exact=True)
    return judge_differences(differences, "reading the lineage changed the document", (before,))


def _is_same_read(earlier: Exchange, exchange: Exchange) -> bool:
    return earlier.case.operation == exchange.case.operation and earlier.request.path == exchange.request.path


def _names_the_same(before: Exchange, exchange: Exchange) -> Outcome:
    """Compare how often two reads name the ids of the context; times and whatever else is the server's own may differ."""
    creates = [earlier for earlier in exchange.context if earlier.created_id is not None]
    known = {name for create in creates for name in (create.created_id or "", *_given(create))}
    first, second = (Counter(name for text in _texts(read.made) for name in known if name in text) for read in (before, exchange))
    if first == second:
        return HELD
    name = min((first - second) + (second - first))
    return Violation(f"a second read does not name {name} as often", first[name], second[name], supporting=(before,))
