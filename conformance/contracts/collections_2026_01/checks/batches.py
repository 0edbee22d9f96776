"""Chapters documents.bulk, documents.batch-update and documents.batch-delete: what requests about many documents do, and say they did."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from conformance.contracts.collections.checks import expected_state
from conformance.contracts.collections.checks.collections import fits
from conformance.contracts.collections.checks.expectations import CLEAN, answer_in_words, answers_not_found, refuses
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items, judge_differences
from conformance.contracts.collections.checks.updates import is_before
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections_2026_01 import batch_bodies
from conformance.contracts.collections_2026_01.checks import batch_model
from conformance.contracts.collections_2026_01.checks.batch_model import BATCHES, Change, Document, Documents, Look
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core import equality
from conformance.core.equality import Difference
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Check, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect, Operation

CHECKS = Checks()


@dataclass(frozen=True, slots=True)
class Chapter:
    """The requirements about one operation: their chapter, the name of the one about what is done, and where the answer counts that."""

    name: str
    operation: Operation
    does: str
    count: str
    schema: str

    def id(self, last: str) -> str:
        """Return the id of a requirement."""
        return f"{self.name}.{last}"


BULK = Chapter("documents.bulk", Added.UPDATE_IN_BULK, "changes-selected", "updated_count", "BulkUpdate")
UPDATE = Chapter("documents.batch-update", Added.UPDATE_IN_BATCH, "changes-each", "updated_count", "BatchUpdate")
DELETE = Chapter("documents.batch-delete", Added.DELETE_IN_BATCH, "deletes-each", "deleted_count", "BatchDelete")
_UPDATES, _ALL, _NAMING = (BULK, UPDATE), (BULK, UPDATE, DELETE), (UPDATE, DELETE)
# What an answer breaks that cannot be read.
UNREADABLE = tuple(chapter.id("response-schema") for chapter in _ALL)

refuses(CHECKS, BULK.id("requires-update-data"), UPDATE.id("requires-fields"))
refuses(CHECKS, *(chapter.id(last) for chapter in _ALL for last in ("rejects-wrong-types", "rejects-broken-filters")))
refuses(CHECKS, *(chapter.id("needs-one-mode") for chapter in _NAMING))
# Where ids are long, a thousand of them may be too large a body.
refuses(CHECKS, *(chapter.id("bounds") for chapter in _NAMING), statuses=(400, 413, 422))
answers_not_found(CHECKS, *(chapter.id("unknown-collection") for chapter in _ALL))


def _accepted(exchange: Exchange) -> Outcome:
    """Judge a request that must be done; a filter that lists refuse too is judged there."""
    if exchange.accepted or batch_model.filters_deviate(exchange):
        return None
    return Violation("a valid request was not accepted", "status 200", answer_in_words(exchange))


@dataclass(frozen=True, slots=True)
class _View:
    """What a list or a read shows after requests of an operation: the documents that must be there, each with its row there.

    `sent` are the fields that requests of that operation were to give to any document.
    """

    chapter: Chapter
    exchange: Exchange
    look: Look
    known: Documents
    sent: frozenset[str]

    @property
    def seen(self) -> Iterator[tuple[str, Document, dict[str, Any] | None]]:
        """Each document that the answer shows if it is there."""
        yield from ((name, document, self.look.rows.get(name)) for name, document in self.known.items() if self.look.shows(name))

    @property
    def touched(self) -> Iterator[tuple[Document, dict[str, Any]]]:
        """The documents that the operation may have changed, as they are shown."""
        yield from ((document, row) for _name, document, row in self.seen if row is not None and self.is_by(document))

    @property
    def changed(self) -> Iterator[tuple[Document, dict[str, Any]]]:
        """The documents that the operation was to change, as they are shown."""
        yield from ((document, row) for document, row in self.touched if document.given)

    @property
    def extra(self) -> str | None:
        """A document that a list shows and nobody has made."""
        is_list = self.exchange.case.operation == Operations.LIST_DOCUMENTS
        return next((name for name in self.look.rows if name not in self.known), None) if is_list else None

    def is_by(self, document: Document) -> bool:
        """Whether the operation was to change, or delete, a document since it was last shown."""
        return any(batch.case.operation == self.chapter.operation for batch in document.by)

    def differences(self, document: Document, row: dict[str, Any]) -> Iterator[Difference]:
        """Yield how a document that nothing was to change differs from before: also by fields that others were given."""
        yield from _user_differences(document, row)
        yield from _identity_differences(document, row, updated=True)
        yield from self.foreign(document, row)

    def foreign(self, document: Document, row: dict[str, Any]) -> Iterator[Difference]:
        """Yield fields of a document that only others were to be given."""
        for name in sorted((self.sent & row.keys()) - document.fields.keys() - document.open):
            yield Difference((name,), equality.Kind.STRUCTURE, MISSING, row[name])


_Judge = Callable[[_View], Iterator[Outcome]]


def _view(chapter: Chapter, exchange: Exchange, requests: tuple[Exchange, ...]) -> _View | None:
    known, look = batch_model.documents(exchange), batch_model.look(exchange)
    if known is None or look is None or not requests:
        return None
    bodies = [dict_or_empty(request.case.body) for request in requests]
    sent = (expected_state.fields(data) for body in bodies for data in batch_bodies.all_changes(body))
    return _View(chapter, exchange, look, known, frozenset[str]().union(*sent))


def _done(chapter: Chapter, exchange: Exchange) -> tuple[Exchange, ...]:
    """Return the requests of an operation that were done before, in any collection."""
    return tuple(earlier for earlier in exchange.context if earlier.case.operation == chapter.operation and earlier.accepted)


def _looked(judge: _Judge, chapter: Chapter, exchange: Exchange) -> Outcome:
    """Judge a list or a read after requests of an operation: the first thing that is wrong, or that something is as it must be."""
    if exchange.case.operation in BATCHES:
        return _accepted(exchange)
    view = _view(chapter, exchange, _done(chapter, exchange))
    return None if view is None else _first(judge(view))


def _first(outcomes: Iterator[Outcome]) -> Outcome:
    """Return the first violation, or else that something held."""
    has_held = False
    for outcome in outcomes:
        if isinstance(outcome, Violation):
            return outcome
        has_held = has_held or outcome == HELD
    return HELD if has_held else None


def _given(view: _View) -> Iterator[Outcome]:
    """Each document shows what it was to be given. A value that has changed to something else is judged by `merges`."""
    for document, row in view.changed:
        lacking = (
            difference for difference in _given_differences(document, row) if not _has_become_another(document, row, difference)
        )
        yield judge_differences(lacking, "a document was not changed as asked for", document.proofs)


def _given_differences(document: Document, row: dict[str, Any]) -> Iterator[Difference]:
    for name, value in sorted(document.given.items()):
        yield from expected_state.field_differences(name, value, row.get(name, MISSING))


def _has_become_another(document: Document, row: dict[str, Any], difference: Difference) -> bool:
    """Whether an object or a list is neither what was given nor what it was before."""
    name = difference.at[0]
    return len(difference.at) > 1 and not (name in document.shown and equality.same(document.shown[str(name)], row[str(name)]))


def _merged(view: _View) -> Iterator[Outcome]:
    """What was not named is as before, and what was named is what was given, and no more."""
    for document, row in view.changed:
        other = (difference for difference in _given_differences(document, row) if _has_become_another(document, row, difference))
        yield judge_differences(other, "a value is not the one that was given", document.proofs)
        yield judge_differences(_user_differences(document, row), "a field that was not named has changed", document.proofs)


def _user_differences(document: Document, row: dict[str, Any]) -> Iterator[Difference]:
    for name in sorted(document.kept):
        yield from expected_state.field_differences(name, document.shown[name], row.get(name, MISSING))


def _identity(view: _View) -> Iterator[Outcome]:
    """Ids, creation time and lineage are as before."""
    for document, row in view.touched:
        differences = _identity_differences(document, row, updated=False)
        yield judge_differences(differences, "an update changed what is not the user's", document.proofs)
    if view.extra is not None and any(row is None for _name, _document, row in view.seen):
        supporting = _done(view.chapter, view.exchange)
        yield Violation("a document has another id", MISSING, view.extra, ("results",), supporting=supporting)


def _identity_differences(document: Document, row: dict[str, Any], *, updated: bool) -> Iterator[Difference]:
    for key in ("document_id", "collection_id"):
        yield from equality.differences(document.shown.get(key), row.get(key, MISSING), (key,))
    yield from expected_state.internal_differences(document.shown, row, exact=False, updated=updated)


def _advanced(view: _View) -> Iterator[Outcome]:
    """The time of the last update is not before that of the one before, nor before the creation."""
    for document, row in view.changed:
        old, new = (dict_or_empty(shown.get("_internal")) for shown in (document.shown, row))
        updated = new.get("updated_at")
        if equality.instant(old.get("updated_at")) is None or equality.instant(updated) is None:
            continue  # what cannot be read has a requirement of its own
        earliest = {"updated_at": old.get("updated_at"), "created_at": new.get("created_at")}
        late = next((key for key, earlier in earliest.items() if is_before(updated, earlier)), None)
        if late is not None:
            at = ("_internal", "updated_at")
            yield Violation(f"updated_at is before {late}", f"at least {earliest[late]}", updated, at, supporting=document.proofs)
        yield HELD


def _untouched(view: _View) -> Iterator[Outcome]:
    """What a request was not about is as before, and there is no more than before."""
    for name, document, row in view.seen:
        if not document.is_there:
            continue
        if row is None:
            yield Violation("a document is gone that was only to be changed", name, MISSING, supporting=document.proofs)
        else:
            differences = view.foreign(document, row) if document.by else view.differences(document, row)
            supporting = (*document.proofs, *_done(view.chapter, view.exchange))
            yield judge_differences(differences, "a document was changed that was not asked for", supporting)
    if view.extra is not None:
        supporting = _done(view.chapter, view.exchange)
        yield Violation("a document is there that nobody made", MISSING, view.extra, ("results",), supporting=supporting)


def _deleted(chapter: Chapter, exchange: Exchange) -> Outcome:
    """Judge that what was deleted is gone for reads, for lists and for totals."""
    outcome = _looked(_gone, chapter, exchange)
    stated = dict_or_empty(exchange.made.get("pagination")).get("total")
    if outcome != HELD or exchange.query.get("include_total") != "true" or stated is None:
        return outcome
    count = len(items(exchange.made.get("results")))
    if equality.same(count, stated):
        return HELD
    return Violation("the total is not reduced", count, stated, ("pagination", "total"), supporting=_done(chapter, exchange))


def _gone(view: _View) -> Iterator[Outcome]:
    for name, document, row in view.seen:
        if document.is_there is False and view.is_by(document):
            yield HELD if row is None else Violation("a document is still there", MISSING, name, supporting=document.proofs)


def _kept(view: _View) -> Iterator[Outcome]:
    """What was not to be deleted is there, as before."""
    for name, document, row in view.seen:
        if not document.is_there or document.by:
            continue
        supporting = (*document.proofs, *_done(view.chapter, view.exchange))
        if row is None:
            yield Violation("a document is gone that was not to be deleted", name, MISSING, supporting=supporting)
        else:
            yield judge_differences(view.differences(document, row), "a delete changed another document", supporting)


def _refused_without_effect(chapter: Chapter, exchange: Exchange) -> Outcome:
    """Judge a list after refused requests: all is as before."""
    refused = tuple(
        earlier for earlier in exchange.context if earlier.case.operation == chapter.operation and not earlier.succeeded
    )
    view = _view(chapter, exchange, refused)
    return None if view is None else _first(_as_before(view, refused))


def _as_before(view: _View, refused: tuple[Exchange, ...]) -> Iterator[Outcome]:
    for name, document, row in view.seen:
        if not document.is_there or document.by:
            continue
        supporting = (document.proof, *refused)
        if row is None:
            yield Violation("a refused request deleted a document", name, MISSING, supporting=supporting)
        else:
            yield judge_differences(view.differences(document, row), "a refused request changed a document", supporting)
    if view.extra is not None:
        yield Violation("a refused request made a document", MISSING, view.extra, ("results",), supporting=refused)


def _goes_on(exchange: Exchange) -> Outcome:
    """Judge a request that also names documents that are not there."""
    if exchange.accepted:
        return HELD
    if exchange.status in CLEAN:
        return Violation("all was refused for some unknown ids", "status 200", answer_in_words(exchange))
    return Violation("neither done nor cleanly refused", "status 200", answer_in_words(exchange))


def _acceptable(exchange: Exchange) -> Outcome:
    """Judge a request that may be refused, but then cleanly."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return Violation("neither done nor cleanly refused", "status 200 or a clean 4xx", answer_in_words(exchange))


@CHECKS.promise(UPDATE.id("same-id-twice"), Expect.ACCEPT)
def both_changes(exchange: Exchange) -> Outcome:
    """A document that was named twice shows both changes, unless one of them was said to have failed."""
    view = _view(UPDATE, exchange, _done(UPDATE, exchange))
    return None if view is None else _first(_both_given(view))


def _both_given(view: _View) -> Iterator[Outcome]:
    twice = {name: given for batch in _done(UPDATE, view.exchange) for name, given in _given_twice(batch)}
    for name, document, row in view.seen:
        if row is not None and document.is_there and name in twice:
            lost = (
                difference
                for key, value in twice[name].items()
                for difference in expected_state.field_differences(key, value, row.get(key, MISSING))
            )
            yield judge_differences(lost, "a change was lost beside another one of the same document", document.proofs)


def _given_twice(batch: Exchange) -> Iterator[tuple[str, dict[str, Json]]]:
    """Yield the documents that a request names twice with different fields, and reports no failure of, and all that it gives them."""
    updates = batch_bodies.updates(dict_or_empty(batch.case.body))
    failed = {
        dict_or_empty(entry).get("document_id")
        for entry in items(batch.made.get("results"))
        if not dict_or_empty(entry).get("success")
    }
    for name, count in Counter(batch_bodies.named(dict_or_empty(batch.case.body))).items():
        given = [update["update_data"] for update in updates if update.get("document_id") == name]
        fields = {key: value for data in given for key, value in data.items()}
        if count > 1 and name not in failed and len(fields) == sum(map(len, given)):
            yield name, fields


def _counts(chapter: Chapter, exchange: Exchange) -> Outcome:
    """Judge the counts of an answer. A server may count as changed only what is otherwise than before."""
    known = batch_model.documents(exchange)
    if known is None:
        return None
    changes, named = batch_model.changes(exchange, known), Counter(batch_bodies.named(dict_or_empty(exchange.case.body)))
    if any(change.truth is None and not _is_repeated(change, named, known) for change in changes):
        return None
    done = {change.document for change in changes if change.truth or _is_repeated(change, named, known)}
    fewest = {change.document for change in changes if change.document in done and _is_change(change, known)}
    most = max(len(done), sum(named[name] for name in done))
    stated, failed = exchange.made.get(chapter.count), exchange.made.get("failed_count", 0)
    if not all(isinstance(number, int | float) for number in (stated, failed)):
        return None  # that is judged by the schema
    if not _is_count(stated, len(fewest), most):
        return Violation("the count is not that of what was done", len(done), stated, (chapter.count,))
    unknown = [name for name in named.elements() if name not in done]
    if chapter is not BULK and not _is_count(failed, len(set(unknown)), len(unknown) + most - len(done)):
        return Violation("the count is not that of what failed", len(set(unknown)), failed, ("failed_count",))
    return HELD


def _is_repeated(change: Change, named: Counter[str], known: Documents) -> bool:
    """Whether a document that is there is named more than once: of its changes it is only open which one comes last."""
    return named[change.document] > 1 and change.document in known and known[change.document].is_there is True


def _is_change(change: Change, known: Documents) -> bool:
    return change.fields is None or batch_model.would_change(known[change.document], change.fields)


def _is_count(stated: Json, fewest: int, most: int) -> bool:
    return not isinstance(stated, bool) and stated in range(fewest, most + 1)


def _results(_chapter: Chapter, exchange: Exchange) -> Outcome:
    """Judge what an answer says of each document that a request names."""
    named = Counter(batch_bodies.named(dict_or_empty(exchange.case.body)))
    if not named:
        return None
    if not isinstance(exchange.made.get("results"), list):
        return Violation("no results of the documents", "an array", exchange.made.get("results", MISSING), ("results",))
    reported: list[tuple[Any, Any]] = [(dict_or_empty(entry).get("document_id"), entry) for entry in exchange.made["results"]]
    if not all(isinstance(name, str) and isinstance(entry.get("success"), bool) for name, entry in reported):
        return None  # that is judged by the schema
    counted = Counter(name for name, _entry in reported)
    for index, (name, _entry) in enumerate(reported):
        if counted[name] > named[name]:
            return Violation("a result too many", named[name], counted[name], ("results", index, "document_id"), kind="too many")
    lost = next((name for name in named if name not in counted), None)
    if lost is not None:
        return Violation("a document has no result", lost, MISSING, ("results",))
    return _successes(exchange, {name: entry for name, entry in reported if named[name] == 1})


def _successes(exchange: Exchange, reported: dict[str, dict[str, Any]]) -> Outcome:
    known = batch_model.documents(exchange)
    for name, is_there in () if known is None else batch_model.expected_successes(exchange, known):
        entry = reported.get(name)
        if entry is not None and entry.get("success") is not is_there:
            message = "a document is said to have failed" if is_there else "what is not there is said to have succeeded"
            proofs = known[name].proofs if known is not None and name in known else ()
            return Violation(message, is_there, entry.get("success"), ("results",), supporting=proofs)
    return None if known is None else HELD


def _schema(chapter: Chapter, exchange: Exchange) -> Outcome:
    return fits(exchange, chapter.schema)


def _register() -> None:
    judged: list[tuple[Chapter, str, Check]] = []
    for chapter in _UPDATES:
        for last, judge in (
            (chapter.does, _given),
            ("merges", _merged),
            ("keeps-identity", _identity),
            ("advances-updated-at", _advanced),
        ):
            judged.append((chapter, last, partial(_looked, judge, chapter)))
        judged.append((chapter, "changes-no-others", partial(_looked, _untouched, chapter)))
        CHECKS.promise(chapter.id("keeps-identity"), Expect.EITHER)(_acceptable)
    judged.append((DELETE, DELETE.does, partial(_deleted, DELETE)))
    judged.append((DELETE, "deletes-no-others", partial(_looked, _kept, DELETE)))
    judged += [(chapter, "refused-changes-nothing", partial(_refused_without_effect, chapter)) for chapter in _ALL]
    for chapter, last, check in judged:
        CHECKS.promise(chapter.id(last), Expect.ACCEPT)(check)
    for chapter in _ALL:
        CHECKS.check(chapter.id("counts"), chapter.operation, when=When.ACCEPTED)(partial(_counts, chapter))
        CHECKS.check(chapter.id("response-schema"), chapter.operation, when=When.ACCEPTED)(partial(_schema, chapter))
    for chapter in _NAMING:
        CHECKS.check(chapter.id("results"), chapter.operation, when=When.ACCEPTED)(partial(_results, chapter))
        CHECKS.promise(chapter.id("goes-on"), Expect.EITHER)(_goes_on)
    CHECKS.promise(DELETE.id(DELETE.does), Expect.REFUSE)(partial(_deleted, DELETE))
    CHECKS.promise(UPDATE.id("same-id-twice"), Expect.EITHER)(_acceptable)


_register()
