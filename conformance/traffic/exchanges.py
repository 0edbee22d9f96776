"""Recorded entries as exchanges: which operation each is, and what the contract promises about it although nobody chose it for that.

What a recording does not show is not guessed: a part of an exchange that it lacks (`har.Part`), whoever else changes things, whether a
name is known, whether somebody may. So a valid request that was refused says nothing, and a read is not held against an earlier write;
an answer that contradicts its own request is.
"""

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from conformance.contracts.collections import body_promises, openapi
from conformance.contracts.collections.operations import ALL_OPERATIONS, Operations
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.operation import Expect, Operation
from conformance.traffic.fields import is_media_type
from conformance.traffic.har import PARAMETERS, Entry, Part

_REFUSED = (400, 422)
_OK = 200
_WHOLE_NUMBERS = ("limit", "offset")
# A page and its service worker, or a browser and a proxy, each record one and the same request; one of them may have taken its own
# time of day for another zone's, which are quarters of an hour apart.
_TWICE_SECONDS = 2.0
_ZONE_SECONDS = 900.0
_FARTHEST_ZONES = 26 * 3600.0
# A page may ask for one and the same thing all day.
_ALIKE = 64
_IDS = re.compile(rb'"(?:collection_id|document_id)"\s*:\s*"([^"\\]+)"')
_NAMED = re.compile(rb'"collection_name"\s*:\s*"([^"\\]+)"')


@dataclass(frozen=True, eq=False)
class Recorded(Exchange):
    """An exchange that somebody recorded; `unknown` names its parts that are not known as they were."""

    unknown: frozenset[Part] = frozenset()


@dataclass(slots=True)
class Reader:
    """Makes exchanges of entries, one after the other; `base` is the address under which the API was served.

    Without a `vocabulary` nothing is known of what the target knows. `skipped` counts entries that are no exchange to be judged by
    why, `partly` those that are judged without some part of them by which.
    """

    base: str
    vocabulary: Vocabulary
    skipped: dict[str, int] = field(default_factory=dict)
    partly: dict[str, int] = field(default_factory=dict)
    _named: frozenset[str] = frozenset()
    _ids: frozenset[str] = frozenset()
    _is_changed: bool = False
    _seen: dict[tuple[str, str, bytes], deque[Entry]] = field(default_factory=dict)
    _made: dict[str, Exchange] = field(default_factory=dict)
    _keys: set[str] = field(default_factory=set)
    _number: int = 0

    def exchanges(self, entries: list[Entry]) -> Iterator[Recorded]:
        """Yield the exchanges of this API in their order, and count the others by why they are none."""
        self._named, self._ids = _called(entries, _NAMED), _called(entries, _IDS)
        self._is_changed = any(_changes_a_collection(entry, self.base) for entry in entries)
        for entry in sorted(entries, key=lambda one: one.sent_at):
            operation = operation_of(entry, self.base)
            why = _unusable(entry, operation) or self._doubt(entry)
            if why is not None or operation is None:
                self.skipped[why or ""] = self.skipped.get(why or "", 0) + 1
                continue
            yield self._exchange(entry, operation)

    def _doubt(self, entry: Entry) -> str | None:
        """Return why an entry may be something else than it looks like."""
        if any(part not in self._named and not self._is_id(part) for part in _ids_of(entry, self.base)):
            return "of an address whose last part may be no id"
        if Part.GOT in entry.unknown:
            return self._repeated(entry)  # it makes nothing that could be made twice
        alike = self._seen.setdefault((entry.method, entry.url, entry.response_body), deque(maxlen=_ALIKE))
        is_twice = any(_is_one(before, entry) for before in alike)
        alike.append(entry)
        if is_twice:
            return "recorded twice"
        return self._repeated(entry)

    def _is_id(self, part: str) -> bool:
        """Whether a text is the id of a collection or a document: an answer called it so, or it looks like one."""
        return part in self._ids or part.startswith(("col_", "doc_"))

    def _repeated(self, entry: Entry) -> str | None:
        key = next((value for name, value in entry.headers if name == "idempotency-key"), None)
        if key is None or key not in self._keys:
            self._keys.add(key or "")
            return None
        return "repeated with the same idempotency key"

    def _exchange(self, entry: Entry, operation: Operation) -> Recorded:
        self._number += 1
        for part in sorted(entry.unknown):
            self.partly[part.value] = self.partly.get(part.value, 0) + 1
        path = _path(entry, self.base)
        case = self._case(entry, operation)
        exchange = Recorded(
            number=self._number,
            scenario="recorded",
            case=case,
            request=Request(entry.method, path, entry.headers, entry.body),
            response=Response(entry.status, entry.response_headers, entry.response_body, entry.seconds),
            sent_at=entry.sent_at,
            done_at=entry.sent_at + entry.seconds,
            context=self._context(case),
            unknown=entry.unknown,
        )
        if exchange.created_id is not None:
            self._made[exchange.created_id] = exchange
        return exchange

    def _case(self, entry: Entry, operation: Operation) -> Case:
        if Part.SENT in entry.unknown and operation.body is not None:
            return Case(operation, _of_unknown(entry, operation), names_unknown=True)
        body = _object(entry)
        expect, about = self._promise(entry, operation, body)
        if expect is Expect.REFUSE and entry.status not in (*_REFUSED, _OK):
            expect, about = Expect.ANY, ()  # refused, and for which reason nobody says
        if expect is Expect.ACCEPT:
            expect, about = Expect.EITHER, ()  # or refused, for a reason that nobody recorded
        if Part.GOT in entry.unknown and expect is not Expect.REFUSE:
            expect, about = Expect.ANY, ()  # that it was accepted shows something only if it should not have been
        return Case(operation, expect, about, body=body, names_unknown=True)

    def _promise(self, entry: Entry, operation: Operation, body: Json) -> body_promises.Promise:
        if operation.body is None:
            return _accepted(entry)
        if body is MISSING:
            is_json = body_promises.is_shaped(operation) and entry.body is not None and _is_json(entry)
            return body_promises.of_bytes(entry.body) if is_json else (Expect.ANY, ())
        if not body_promises.is_shaped(operation):
            shape = openapi.request_of(operation)
            is_open = body_promises.is_broken(shape, body) or body_promises.is_unspecified(operation, shape, body)
            return (Expect.ANY, ()) if is_open or _is_beyond(operation, body) else _accepted(entry)
        if self._names_by_name(body):
            return Expect.ANY, ()
        return body_promises.of_object(operation, openapi.request_of(operation), body, self.vocabulary)

    def _names_by_name(self, body: Json) -> bool:
        """Whether a source may name its collection by its name, or names a bucket as well: what the answer shows is another thing then."""
        source = body.get("source")
        if not isinstance(source, dict) or not isinstance(source.get("collection_id"), str):
            return False
        return not self._is_id(source["collection_id"]) or source.get("bucket_id") is not None

    def _context(self, case: Case) -> tuple[Exchange, ...]:
        """Return the parent of a collection, if its create was recorded, and nothing that the contract does not know changes any."""
        source = case.body.get("source") if isinstance(case.body, dict) else None
        parent = source.get("collection_id") if isinstance(source, dict) else None
        if not isinstance(parent, str) or parent not in self._made or self._is_changed:
            return ()
        return (self._made[parent],)


def names_itself_otherwise(exchange: Exchange) -> bool:
    """Whether a path names its collection by another identifier than the answer does: names may stand there too."""
    found = exchange.made.get("collection_id")
    return (
        isinstance(found, str) and exchange.case.operation is Operations.CREATE_DOCUMENT and exchange.id_of("collection") != found
    )


def bases(entries: list[Entry]) -> list[str]:
    """Return the addresses under which operations of this API were called, the most frequent first."""
    found: dict[str, int] = {}
    for entry in entries:
        parts = urlsplit(entry.url)
        for pattern in _PATTERNS.values():
            match = pattern.search(parts.path)
            if match is not None and entry.method != "OPTIONS":
                base = f"{_origin(parts)}{parts.path[: match.start()]}"
                found[base] = found.get(base, 0) + 1
                break
    return sorted(found, key=lambda one: -found[one])


def operation_of(entry: Entry, base: str) -> Operation | None:
    """Return the operation that an entry is a request of, or None if it is none of this API."""
    if not _is_under(entry.url, base):
        return None
    path = _path_within(entry, base)
    for operation, pattern in _PATTERNS.items():
        if operation.method == entry.method and pattern.fullmatch(path):
            return operation
    return None


def _path_within(entry: Entry, base: str) -> str:
    """Return the path of an entry as the API has it, without what it was served under."""
    return urlsplit(entry.url).path.removeprefix(urlsplit(base).path)


def _is_under(url: str, base: str) -> bool:
    parts = urlsplit(url)
    return f"{_origin(parts)}{parts.path}".startswith(f"{base}/")


def _origin(parts: SplitResult) -> str:
    """Return scheme, host and port as one and the same text, however they were written (RFC 3986, 6.2)."""
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    is_default = parts.port in (None, {"http": 80, "https": 443}.get(parts.scheme))
    return f"{parts.scheme}://{shown}" + ("" if is_default else f":{parts.port}")


def _ids_of(entry: Entry, base: str) -> list[str]:
    """Return the parts of an address that are ids, if it is this API's."""
    parts = _path_within(entry, base).split("/")
    found = parts[3:6:2] if "documents" in parts[4:5] else parts[3:4]
    return [unquote(part) for part in found if part not in ("create", "list")]


def _called(entries: list[Entry], pattern: re.Pattern[bytes]) -> frozenset[str]:
    """Return what answers call an id, or a name, of a collection or a document."""
    return frozenset(match.decode("utf-8", "replace") for entry in entries for match in pattern.findall(entry.response_body))


def _changes_a_collection(entry: Entry, base: str) -> bool:
    path = _path_within(entry, base)
    return (
        entry.method in ("PATCH", "PUT", "POST")
        and bool(_PATTERNS[Operations.GET_COLLECTION].fullmatch(path))
        and not path.endswith("/create")
    )


def _is_beyond(operation: Operation, body: Json) -> bool:
    """Whether an update holds what the contract says nothing of: nulls, and names that may be paths or the system's."""
    if operation not in (Operations.PUT_DOCUMENT, Operations.PATCH_DOCUMENT):
        return False
    return any(value is None or name.startswith(("_", "$")) or "." in name for name, value in body.items())


def _unusable(entry: Entry, operation: Operation | None) -> str | None:
    if operation is None:
        return "not of this API"
    if entry.lacks is not None:
        return f"recorded without {entry.lacks}"
    if 100 <= entry.status < 200 or 300 <= entry.status < 400:  # noqa: PLR2004
        return "answered not yet, from a cache, or elsewhere"
    query = dict(parse_qsl(urlsplit(entry.url).query, keep_blank_values=True))
    if any(not re.fullmatch("[0-9]{1,9}", query.get(name, "0")) for name in _WHOLE_NUMBERS):
        return "with a limit or an offset that is no number"
    return None


def _path(entry: Entry, base: str) -> str:
    path, query = _path_within(entry, base), parse_qsl(urlsplit(entry.url).query, keep_blank_values=True)
    given = [(name, value if name in PARAMETERS else "$REDACTED") for name, value in query]
    return f"{path}?{urlencode(given)}" if given else path


def _of_unknown(entry: Entry, operation: Operation) -> Expect:
    """Return what to make of a request whose body is not known: what a create answers is, for some part, the server's own."""
    is_shown = operation.is_create and entry.status == _OK and Part.GOT not in entry.unknown
    return Expect.EITHER if is_shown else Expect.ANY


def _is_one(entry: Entry, other: Entry) -> bool:
    """Whether two alike entries are of one and the same exchange, as two recorders saw it."""
    is_same_body = entry.body == other.body or Part.SENT in entry.unknown | other.unknown
    apart = abs(other.sent_at - entry.sent_at)
    rest = apart % _ZONE_SECONDS
    is_same_time = apart < _FARTHEST_ZONES and min(rest, _ZONE_SECONDS - rest) < _TWICE_SECONDS
    # An entry without a time stands at the beginning of all times.
    return is_same_body and (is_same_time or not (entry.sent_at and other.sent_at))


def _accepted(entry: Entry) -> body_promises.Promise:
    """Return what to make of a request whose acceptance depends on what is there: an answer that shows something is judged for itself."""
    return Expect.EITHER if entry.status == _OK else Expect.ANY, ()


def _is_json(entry: Entry) -> bool:
    return "json" in _kind(entry).lower()


def _kind(entry: Entry) -> str:
    """Return what a request calls its body; most that say nothing send JSON."""
    return next((value for name, value in entry.headers if name == "content-type"), "json")


def _object(entry: Entry) -> Json:
    """Return the JSON object that was sent as JSON, or MISSING."""
    # A kind that was redacted may have been any; what is a JSON object all the same is taken for one.
    if entry.body is None or (is_media_type(_kind(entry)) and not _is_json(entry)):
        return MISSING
    try:
        value = json_text.loads(entry.body)
    except ValueError:
        return MISSING
    return value if isinstance(value, dict) else MISSING


def _pattern(template: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template)) + "$")


# Those without ids first: `create` is no collection's id.
_PATTERNS = {
    operation: _pattern(operation.path) for operation in sorted(ALL_OPERATIONS, key=lambda one: ("{" in one.path, one.name))
}
