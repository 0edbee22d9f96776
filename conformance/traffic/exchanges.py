"""Recorded entries as exchanges: which operation each is, and what the contract promises about it although nobody chose it for that.

What a recording does not show is not guessed: a part of an exchange that it lacks (`har.Part`), whoever else changes things, whether a
name is known, whether somebody may. So a valid request that was refused says nothing, and a read is not held against an earlier write;
an answer that contradicts its own request is.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from conformance.core import json_text, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.contract import Contract
from conformance.engine.recordings import Promise
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.operation import Expect, Operation
from conformance.traffic.addresses import Addresses, path_within, query_parameters
from conformance.traffic.fields import is_media_type
from conformance.traffic.har import Entry, Part
from conformance.traffic.repetitions import Repetitions

_REFUSED = (400, 422)
_OK = 200
_WHOLE_NUMBER = re.compile("[0-9]{1,9}")
_NOTHING_PROMISED: Promise = (Expect.ANY, ())


@dataclass(frozen=True, eq=False)
class Recorded(Exchange):
    """An exchange that somebody recorded; `unknown` names its parts that are not known as they were."""

    unknown: frozenset[Part] = frozenset()


@dataclass(slots=True)
class Reader:
    """Makes exchanges of entries, one after the other; `base` is the address under which the API was served.

    `vocabulary` has what the recorded target knows. `skipped` counts entries that are no exchange to be judged by why, `partly` those
    that are judged without some part of them by which.
    """

    contract: Contract[Any]
    base: str
    vocabulary: Any
    skipped: dict[str, int] = field(default_factory=dict)
    partly: dict[str, int] = field(default_factory=dict)
    _addresses: Addresses = field(init=False)
    _query_types: dict[str, str] = field(init=False)
    _ids: frozenset[str] = frozenset()
    _names: frozenset[str] = frozenset()
    _changed_things: frozenset[str] = frozenset()
    _repetitions: Repetitions = field(default_factory=Repetitions)
    _creates: dict[str, Exchange] = field(default_factory=dict)
    _number: int = 0

    def __post_init__(self) -> None:
        self._addresses = Addresses(self.contract.api)
        self._query_types = query_parameters(self.contract.api.document)

    def exchanges(self, entries: list[Entry]) -> Iterator[Recorded]:
        """Yield the exchanges of this API in their order, and count the others by why they are none."""
        self._ids = _texts_under(self._addresses.id_keys, entries)
        self._names = _texts_under(self._addresses.name_keys, entries)
        changes = (self._addresses.changed_thing(entry, self.base) for entry in entries)
        self._changed_things = frozenset(thing for thing in changes if thing is not None)
        for entry in sorted(entries, key=lambda entry: entry.sent_at):
            operation = self._addresses.operation_of(entry, self.base)
            reason = "not of this API" if operation is None else self._why_unusable(entry) or self._why_doubtful(entry)
            if reason is not None or operation is None:
                self.skipped[reason or ""] = self.skipped.get(reason or "", 0) + 1
                continue
            yield self._exchange(entry, operation)

    def _why_unusable(self, entry: Entry) -> str | None:
        """Return why an entry is no whole exchange with the server, or None."""
        if entry.lacks is not None:
            return f"recorded without {entry.lacks}"
        if 100 <= entry.status < 200 or 300 <= entry.status < 400:  # noqa: PLR2004
            return "answered not yet, from a cache, or elsewhere"
        numbers = [name for name, type_name in self._query_types.items() if type_name == "integer"]
        query = dict(parse_qsl(urlsplit(entry.url).query, keep_blank_values=True))
        if any(not _WHOLE_NUMBER.fullmatch(query.get(name, "0")) for name in numbers):
            return f"with {_any_of(numbers)} that is no number"
        return None

    def _why_doubtful(self, entry: Entry) -> str | None:
        """Return why an entry may be something else than it looks like, or None."""
        ids = self._addresses.ids_of(entry, self.base)
        if any(part not in self._names and not self._is_id(part) for part in ids):
            return "of an address whose last part may be no id"
        return self._repetitions.reason(entry)

    def _is_id(self, part: str) -> bool:
        """Whether a text is a thing's id: an answer called it so, or it looks like one."""
        return part in self._ids or self.contract.recordings.looks_like_id(part)

    def _exchange(self, entry: Entry, operation: Operation) -> Recorded:
        self._number += 1
        for part in sorted(entry.unknown):
            self.partly[part.value] = self.partly.get(part.value, 0) + 1
        exchange = self._recorded(entry, self._case(entry, operation))
        if exchange.created_id is not None:
            self._creates[exchange.created_id] = exchange
        return exchange

    def _recorded(self, entry: Entry, case: Case) -> Recorded:
        return Recorded(
            number=self._number,
            scenario="recorded",
            case=case,
            request=Request(entry.method, self._path(entry), entry.headers, entry.body),
            response=Response(entry.status, entry.response_headers, entry.response_body, entry.seconds),
            sent_at=entry.sent_at,
            done_at=entry.sent_at + entry.seconds,
            context=self._context(case),
            unknown=entry.unknown,
        )

    def _path(self, entry: Entry) -> str:
        """Return path and query as the API has them; a parameter that it lacks may be a key."""
        path, query = path_within(entry, self.base), parse_qsl(urlsplit(entry.url).query, keep_blank_values=True)
        kept = [(name, value if name in self._query_types else "$REDACTED") for name, value in query]
        return f"{path}?{urlencode(kept)}" if kept else path

    def _context(self, case: Case) -> tuple[Exchange, ...]:
        """Return the create of the thing that an answer builds on, if it was recorded and nothing else may have changed such a thing."""
        create = self._creates.get(self._parent_id(case.operation, case.body) or "")
        if create is None or create.case.operation.makes in self._changed_things:
            return ()
        return (create,)

    def _parent_id(self, operation: Operation, body: Json) -> str | None:
        """Return what a body calls the thing that the answer builds on, if it names one."""
        place = self.contract.recordings.builds_on.get(operation)
        identifier = MISSING if place is None else pointers.get(body, place)
        return identifier if isinstance(identifier, str) else None

    def _case(self, entry: Entry, operation: Operation) -> Case:
        if Part.REQUEST_BODY in entry.unknown and operation.body is not None:
            return Case(operation, _of_unknown_body(entry, operation), names_unknown=True)
        body = _json_object(entry)
        expect, about = _weakened(entry, *self._promise(entry, operation, body))
        return Case(operation, expect, about, body=body, names_unknown=True)

    def _promise(self, entry: Entry, operation: Operation, body: Json) -> Promise:
        recordings = self.contract.recordings
        if operation.body is None:
            return _by_status(entry)
        if body is MISSING:
            is_json = entry.body is not None and _is_called_json(entry)
            return recordings.promise_of_bytes(operation, entry.body or b"") if is_json else _NOTHING_PROMISED
        parent_id = self._parent_id(operation, body)
        if parent_id is not None and not self._is_id(parent_id):
            return _NOTHING_PROMISED  # named by its name: what the answer shows is another thing then
        promise = recordings.promise(operation, operation.schema, body, self.vocabulary)
        return _by_status(entry) if promise is None else promise


def _weakened(entry: Entry, expect: Expect, about: tuple[str, ...]) -> Promise:
    """Return as much of a promise as holds for a request whose circumstances nobody recorded."""
    if expect is Expect.REFUSE:
        is_for_the_body = entry.status in (*_REFUSED, _OK)  # else it was refused, and for which reason nobody says
        return (expect, about) if is_for_the_body else _NOTHING_PROMISED
    if Part.RESPONSE_BODY in entry.unknown:
        return _NOTHING_PROMISED  # that it was accepted shows something only if it should not have been
    # What must be accepted may have been refused for a reason that nobody recorded.
    return (Expect.EITHER, ()) if expect is Expect.ACCEPT else (expect, about)


def _of_unknown_body(entry: Entry, operation: Operation) -> Expect:
    """Return what to make of a request whose body is not known: what a create answers is, for some part, the server's own."""
    is_shown = operation.is_create and entry.status == _OK and Part.RESPONSE_BODY not in entry.unknown
    return Expect.EITHER if is_shown else Expect.ANY


def _by_status(entry: Entry) -> Promise:
    """Return what to make of a request whose acceptance depends on what is there: an answer that shows something is judged for itself."""
    return Expect.EITHER if entry.status == _OK else Expect.ANY, ()


def _json_object(entry: Entry) -> Json:
    """Return the JSON object that was sent as JSON, or MISSING."""
    # A kind that was redacted may have been any; what is a JSON object all the same is taken for one.
    if entry.body is None or (is_media_type(_content_type(entry)) and not _is_called_json(entry)):
        return MISSING
    try:
        value = json_text.loads(entry.body)
    except ValueError:
        return MISSING
    return value if isinstance(value, dict) else MISSING


def _is_called_json(entry: Entry) -> bool:
    return "json" in _content_type(entry).lower()


def _content_type(entry: Entry) -> str:
    """Return what a request calls its body; most that say nothing send JSON."""
    kind = entry.header("content-type")
    return "json" if kind is None else kind


def _texts_under(keys: frozenset[str], entries: Iterable[Entry]) -> frozenset[str]:
    """Return the texts that stand under some keys in answers."""
    if not keys:
        return frozenset()
    names = b"|".join(re.escape(key.encode()) for key in sorted(keys))
    pattern = re.compile(rb'"(?:' + names + rb')"\s*:\s*"([^"\\]+)"')
    return frozenset(text.decode("utf-8", "replace") for entry in entries for text in pattern.findall(entry.response_body))


def _any_of(names: list[str]) -> str:
    """Return names as alternatives: a limit or an offset."""
    return " or ".join(f"{'an' if name[0] in 'aeiou' else 'a'} {name}" for name in names)
