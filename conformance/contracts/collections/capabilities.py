"""The first look: does anything answer, is it this API, does it let us in, and which profiles does it serve.

The probes do no harm. They only touch what they have created, and delete it where the target can delete.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from conformance.client.asking import FIRST_PAUSES, PAUSES, ask, is_broken, is_passing
from conformance.client.beside import together
from conformance.client.client import Client
from conformance.configuration.settings import PROBED, Decision, Settings
from conformance.contracts.collections import openapi
from conformance.contracts.collections.edition import Edition, Trial
from conformance.contracts.collections.generation.collections import minimal
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core import json_text
from conformance.core.errors import ConformanceError, NotThisApi, TargetError, WantsToken
from conformance.core.tags import TAKEN, Tags
from conformance.engine.contract import Answered
from conformance.evidence.exchange import Namespace, Request, Response
from conformance.evidence.operation import Operation

_NOT_SERVED = (404, 405, 501)
_UNAUTHORIZED = (401, 403)
_BUCKETS = 2
_UNKNOWN_ID = "col_no_such_collection"
_ELSEWHERE = "/v1/no-such-operation/a/b"


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of one trial: the operation and its answer in words, and whether the target lacks the operation."""

    words: str
    is_lacking: bool


@dataclass(slots=True)
class Probe:
    """A first look through a client. Created names begin with `tags`; `took_names` says that the first name was already taken.

    It `is_doubtful` if a collection cannot be created as one creates it in this edition.
    """

    client: Client
    settings: Settings
    vocabulary: Vocabulary
    tags: Tags
    took_names: bool = False
    is_doubtful: bool = False
    _had_document: bool = False
    _is_second_look: bool = False
    _ids: dict[str, str] = field(default_factory=dict)

    @property
    def edition(self) -> Edition:
        """The edition of the API that is looked for."""
        return self.vocabulary.edition

    @property
    def _create_in_words(self) -> str:
        return _in_words(self.edition.operation(Operations.CREATE_COLLECTION))

    def look(self, *, has_token: bool) -> dict[str, Decision]:
        """Create a collection and decide which profiles the target serves.

        Raises:
            TargetError: nothing answers, or what answers is not this API (NotThisApi).
            UsageError: the target wants a token, or refuses the given one.

        """
        decisions = {name: self.settings.decision(name) for name in self.settings.profiles}
        if self._is_open(decisions, "buckets"):
            decisions["buckets"] = self._decide_buckets()
        elif "buckets" in decisions and decisions["buckets"].served and self._wants_bucket:
            self._use_bucket()
        self._create_first_collection(has_token=has_token)
        self._decide_profiles(decisions)
        if self._has_lost_collection() and not self._is_second_look:
            # The target was restarted and its store is empty: our own documents were missing, not its operations.
            self._ids, self._is_second_look = {}, True
            return self.look(has_token=has_token)
        self._clean_up(decisions)
        return decisions

    def _has_lost_collection(self) -> bool:
        """Whether the collection of the probe accepted documents before, and does not exist any more."""
        if not self._had_document:
            return False
        response = self._create_document({})
        return response is not None and response.status == 404  # noqa: PLR2004

    def abandon(self) -> None:
        """Delete what was created, where that is possible: the first look was interrupted."""
        for create, deletion in self.edition.deletions.items():
            if create.makes in self._ids:
                with suppress(ConformanceError):
                    self.client.send(_request(self.edition.operation(deletion), self._path(deletion), None))

    @property
    def _wants_bucket(self) -> bool:
        """Whether a bucket is to be created: for the sources of collections, or to look at what the target does with buckets."""
        return self.vocabulary.buckets is None or self.edition.operation(Operations.CREATE_BUCKET).is_create

    def _is_open(self, decisions: dict[str, Decision], name: str) -> bool:
        file = self.settings.file.profiles
        return name in decisions and name not in file.absent and name not in self.settings.declared

    def _create_first_collection(self, *, has_token: bool) -> None:
        response = self._send_or_fail(self._create, FIRST_PAUSES)
        if response.status in TAKEN:
            self.tags.renew()
            response = self._send_or_fail(self._create, FIRST_PAUSES)
            self.took_names = response.status == 200  # noqa: PLR2004
        self._check_access(response, has_token=has_token)
        self._check_is_this_api(response)
        # From here on the token may be what is refused: a token that expires must not look like a profile that is not served.
        self.client.learn_entry()
        self._remember_id("collection", response, "collection_id")
        if "collection" in self._ids and (document := self._create_document({})) is not None:
            self._remember_id("document", document, "document_id")
        # Not before: a target that is restarted meanwhile has a document to lose, which shows.
        self.client.learn_room(self.settings.concurrency)

    def _check_access(self, response: Response, *, has_token: bool) -> None:
        where = self.settings.where
        if response.status in _UNAUTHORIZED or self._is_unauthorized_behind_refusal(response):
            advice = (
                "refuses the given token" if has_token else "wants a token: name the variable that holds it with --token-env NAME"
            )
            raise WantsToken(f"{where} {advice} ({self._create_in_words} was answered {response.status})")
        if response.puts_off:
            retry_after = response.header("retry-after")
            advice = "" if retry_after is None else f", Retry-After: {retry_after}"
            raise TargetError(f"{where} asks to come back later ({response.status}{advice})")

    def _check_is_this_api(self, response: Response) -> None:
        where = self.settings.where
        if not _is_this_api(response):
            kind = (response.header("content-type") or "no content type").partition(";")[0]
            raise NotThisApi(
                f"{where} is not a collections and documents API: {self._create_in_words} was answered {response.status} ({kind})"
                + _unreadable(response)
            )
        if response.status == 404 and self._is_unrouted(response):  # noqa: PLR2004
            raise NotThisApi(
                f"{where}: {self._create_in_words} was answered 404, as any address that is not there; is the base path right? "
                "(Or the target knows certain names only, which [vocabulary] in a target file lists)"
            )
        self.is_doubtful = response.status in _NOT_SERVED

    def _create(self) -> Request:
        """Return a request that creates a collection. The name is new each time: a create answered 502 may still have been done."""
        body = json_text.dumps(minimal(self.vocabulary, f"{self.tags.new()}probe"))
        create = self.edition.operation(Operations.CREATE_COLLECTION)
        return _request(create, create.path, body)

    def _is_unrouted(self, response: Response) -> bool:
        return _wording(response, self.edition.path(Operations.CREATE_COLLECTION), *self.vocabulary.bucket_names) == _wording(
            self._answer_to_unknown(_ELSEWHERE), _ELSEWHERE
        )

    def _is_unauthorized_behind_refusal(self, response: Response) -> bool:
        """Whether a 400 or 422 hides that we are not let in: some servers check the body before the token."""
        if response.status not in (400, 422):
            return False
        read = self.edition.operation(Operations.GET_COLLECTION)
        answer = ask(self.client, lambda: _request(read, self.edition.path(read, _UNKNOWN_ID), None))
        return answer is not None and answer.status in _UNAUTHORIZED

    def _send_or_fail(self, request: Callable[[], Request], pauses: Sequence[float] = PAUSES) -> Response:
        """Return the answer to the first request.

        Raises:
            TargetError: there is no answer.

        """
        sent = self.client.send(request())
        if sent.response is None:
            raise TargetError(f"cannot reach {self.settings.where}: {sent.failure}")
        if not is_passing(sent.response) or sent.response.puts_off:
            return sent.response
        return ask(self.client, request, pauses) or sent.response

    def _create_document(self, more: dict[str, Any]) -> Response | None:
        """Create a document in the collection of the probes, and return the answer."""
        body = {"collection_id": self._ids["collection"], "title": f"{self.tags.prefix}probe", **more}
        response = self._ask(Operations.CREATE_DOCUMENT, json_text.dumps(body))
        if response is not None and _made_id(response, "document_id") is not None:
            self._had_document = True
        return response

    def _remember_id(self, kind: str, response: Response, key: str) -> None:
        if (identifier := _made_id(response, key)) is not None:
            self._ids[kind] = identifier

    def _ask(self, operation: Operation, body: bytes | None = None, **query: str) -> Response | None:
        where = self._path(operation, **query)
        return ask(self.client, lambda: _request(self.edition.operation(operation), where, body))

    def _path(self, operation: Operation, **query: str) -> str:
        """Return the path of an operation on what was created."""
        return self.edition.path(operation, *(self._ids.get(kind, "") for kind in ("collection", "document", "bucket")), **query)

    def _decide_buckets(self) -> Decision:
        if not self._wants_bucket:
            return Decision(served=False, why="not needed: the vocabulary names buckets")
        response = self._use_bucket()
        why = f"{PROBED}{_in_words(self.edition.operation(Operations.CREATE_BUCKET))} {_answer_in_words(response)}"
        return Decision(served="bucket" in self._ids, why=why, is_open=is_passing(response))

    def _use_bucket(self) -> Response:
        """Create a bucket; the sources of the probe's collections name it if the vocabulary has none."""
        response = self._send_or_fail(lambda: bucket_request(self.edition, f"{self.tags.new()}bucket"), FIRST_PAUSES)
        if response.status in TAKEN:
            self.tags.renew()
            response = self._send_or_fail(lambda: bucket_request(self.edition, f"{self.tags.new()}bucket"))
        if (bucket := _made_id(response, "bucket_id")) is not None:
            self._ids["bucket"] = bucket
            if self.vocabulary.buckets is None:
                self.vocabulary = self.vocabulary.with_buckets((bucket,))
        return response

    def _decide_profiles(self, decisions: dict[str, Decision]) -> None:
        """Try the operations of each profile on what was created, beside each other; a delete comes last."""
        wanted = {name: trials for name, trials in self.edition.probed.items() if self._is_open(decisions, name)}
        untried = {name: decision for name, trials in wanted.items() if (decision := self._untried(trials)) is not None}
        decisions |= untried
        trials = [trial for name, trials in wanted.items() if name not in untried for trial in trials]
        tried: dict[Operation, _Tried] = {}
        attempts = {trial[0]: partial(self._try, tried, *trial) for trial in trials}
        last = attempts.pop(Operations.DELETE_DOCUMENT, None)
        self._together(list(attempts.values()))
        decisions |= _decided(wanted, tried)
        optional = [partial(self._decide_optional_field, decisions, name) for name in self._readable_fields(decisions)]
        self._together([*optional, *([] if last is None else [last])])
        decisions |= _decided(wanted, tried)

    def _together(self, functions: Sequence[Callable[[], None]]) -> None:
        together(functions, 1 if self.client.is_crowded else self.settings.concurrency)

    def _untried(self, trials: Iterable[Trial]) -> Decision | None:
        """Return what is decided of a profile whose operations cannot be tried on what was created, or None if they can."""
        if "bucket" not in self._ids and any("{bucket}" in operation.path for operation, _body in trials):
            return Decision(served=False, why="not probed: the target made no bucket to try it on")
        if not {"collection", "document"} <= self._ids.keys():
            why = "not probed: the target made no collection with a document to try it on"
            return Decision(served=False, why=why, is_open=True)
        return None

    def _try(self, tried: dict[Operation, _Tried], operation: Operation, body: bytes | None) -> None:
        response = self._ask(operation, body)
        words = f"{_in_words(self.edition.operation(operation))} {_answer_in_words(response)}"
        tried[operation] = _Tried(words, self._lacks(operation, response))

    def _lacks(self, operation: Operation, response: Response | None) -> bool:
        """Whether an operation is missing. A 404 means so, unless its text is the one that the target uses for unknown things."""
        if response is None or response.status not in _NOT_SERVED:
            return False
        if response.status != 404:  # noqa: PLR2004
            return True
        wording = _wording(response, self._path(operation), *self._ids.values())
        nowhere, create = (
            self.edition.path(Operations.CREATE_DOCUMENT, _UNKNOWN_ID),
            self.edition.operation(Operations.CREATE_DOCUMENT),
        )
        unrouted, unknown = self._answer_to_unknown(_ELSEWHERE), self._answer_to_unknown(nowhere, create.method)
        return wording != _wording(unknown, nowhere, _UNKNOWN_ID) or wording == _wording(unrouted, _ELSEWHERE)

    def _answer_to_unknown(self, where: str, method: str = "POST") -> Response | None:
        body = json_text.dumps({"collection_id": _UNKNOWN_ID})
        return ask(self.client, lambda: Request(method, where, (("content-type", "application/json"),), body))

    def _readable_fields(self, decisions: dict[str, Decision]) -> list[str]:
        """Return the profiles of fields that a read shows if it is asked to; where documents cannot be read, decide that they are not served."""
        wanted = [name for name in _OPTIONAL_FIELDS if self._is_open(decisions, name)]
        read = decisions.get("read") or Decision(served=False, why="")
        if read.served and "collection" in self._ids:
            return wanted
        unread = Decision(served=False, why="not probed: documents cannot be read", is_open=read.served or read.is_open)
        decisions |= dict.fromkeys(wanted, unread)
        return []

    def _decide_optional_field(self, decisions: dict[str, Decision], name: str) -> None:
        decisions[name] = self._optional_field(name)

    def _optional_field(self, name: str) -> Decision:
        """Create a document that has such a field, ask for it in a read, and see whether it is shown."""
        parameter, items, key = _OPTIONAL_FIELDS[name]
        created = self._create_document({items: [self._optional_item(name)]})
        identifier = None if created is None else _made_id(created, "document_id")
        if created is None or identifier is None:
            why = f"{PROBED}a document that has them {_answer_in_words(created)}"
            return Decision(served=False, why=why, is_open=is_passing(created))
        read = self.edition.operation(Operations.GET_DOCUMENT)
        where = self.edition.path(read, self._ids["collection"], identifier, **{parameter: "true"})
        response = ask(self.client, lambda: _request(read, where, None))
        if response is None or is_passing(response):
            why = f"{PROBED}GET with {parameter}=true {_answer_in_words(response)}"
            return Decision(served=False, why=why, is_open=True)
        is_there = response.status == 200 and _shows(parsed(response), items, key)  # noqa: PLR2004
        result = f"GET with {parameter}=true {'showed them' if is_there else 'did not show any'}"
        return Decision(served=is_there, why=f"{PROBED}{result}")

    def _optional_item(self, name: str) -> dict[str, Any]:
        if name == "vectors":
            return {"feature_extractor_id": self.vocabulary.extractor_ids[0], "vectors": {"probe": [0.5, 0.25]}}
        return {"field": "probe", "url": "s3://conformance/probe"}

    def _clean_up(self, decisions: dict[str, Decision]) -> None:
        """Delete what the probe has created. This also shows whether the target can delete."""
        for create, deletion in self.edition.deletions.items():
            decision = decisions.get(deletion.profile)
            if create.makes not in self._ids or decision is None or not decision.served:
                continue
            response = self._ask(deletion)
            if self._is_open(decisions, deletion.profile) and self._lacks(deletion, response):
                tried = f"{_in_words(self.edition.operation(deletion))} {_answer_in_words(response)}"
                decisions[deletion.profile] = Decision(served=False, why=f"served in part: {tried}; declare it to have it judged")


def _decided(profiles: Mapping[str, Sequence[Trial]], tried: Mapping[Operation, _Tried]) -> dict[str, Decision]:
    """Say which profiles the target serves: all their operations, of those profiles of which each was tried."""
    return {
        name: _decision([tried[operation] for operation, _body in trials])
        for name, trials in profiles.items()
        if all(operation in tried for operation, _body in trials)
    }


def _decision(tried: Sequence[_Tried]) -> Decision:
    lacking = [trial.words for trial in tried if trial.is_lacking]
    there = [trial.words for trial in tried if not trial.is_lacking]
    if lacking and there:
        return Decision(served=False, why=f"served in part: {'; '.join(lacking)}; declare it to have it judged")
    return Decision(served=not lacking, why=f"{PROBED}{'; '.join(lacking or there)}")


_OPTIONAL_FIELDS = {
    "vectors": ("return_vectors", "features", "vectors"),
    "blobs": ("return_url", "document_blobs", "presigned_url"),
}


def speaks(edition: Edition, client: Client) -> Answered | None:
    """Ask for a collection that cannot be made: who serves this edition refuses the body, and everybody else the path or the method."""
    create = edition.operation(Operations.CREATE_COLLECTION)
    response = client.aside(_request(create, create.path, b"{}")).response
    if response is None:
        return None
    return Answered(f"{_in_words(create)} {_answer_in_words(response)} to an empty object", _is_understood(edition, response))


def _is_understood(edition: Edition, response: Response) -> bool | None:
    """Whether a create without any member was understood: it was refused as this API refuses, or done by a server that takes anything."""
    if is_passing(response) or response.locks_out:
        return None
    if response.status in (200, 400, 422):
        is_shown = _refuses_body(edition, response) if response.status != 200 else _made_id(response, "collection_id") is not None  # noqa: PLR2004
        return True if is_shown else None
    return False


def _refuses_body(edition: Edition, response: Response) -> bool:
    """Whether a refusal has the shape of this API's, or names a member that is missing: any other API may refuse an empty object."""
    document, text = edition.components.document, response.body.decode("utf-8", "replace")
    needed: list[str] = document.schema("CreateCollectionRequest")["required"]
    return document.fits("ErrorResponse", parsed(response)) or any(name in text for name in needed)


def make_buckets(edition: Edition, client: Client, tags: Tags, namespace: Namespace = Namespace.PRIMARY) -> tuple[str, ...]:
    """Create buckets that sources can name, and return their ids: none if the target does not create buckets."""
    answers = [_make_bucket(edition, client, tags, namespace) for _ in range(_BUCKETS)]
    return tuple(
        identifier for response in answers if response is not None and (identifier := _made_id(response, "bucket_id")) is not None
    )


def _make_bucket(edition: Edition, client: Client, tags: Tags, namespace: Namespace) -> Response | None:
    """Create a bucket. If the name may be taken, try one with another tag."""

    def request() -> Request:
        return replace(bucket_request(edition, f"{tags.new()}bucket"), namespace=namespace)

    response = ask(client, request)
    if response is None or response.status not in TAKEN:
        return response
    tags.renew()
    return ask(client, request)


def bucket_request(edition: Edition, name: str) -> Request:
    """Return the request that creates a bucket."""
    body = {"bucket_name": name, "bucket_schema": {"properties": {"content": {"type": "text"}}}}
    return _request(edition.operation(Operations.CREATE_BUCKET), edition.path(Operations.CREATE_BUCKET), json_text.dumps(body))


def _made_id(response: Response, key: str) -> str | None:
    identifier = parsed(response).get(key) if response.status == 200 else None  # noqa: PLR2004
    return identifier if isinstance(identifier, str) and identifier and json_text.is_text(identifier) else None


def _request(operation: Operation, where: str, body: bytes | None) -> Request:
    headers = () if body is None else (("content-type", "application/json"),)
    return Request(operation.method, where, headers, body)


def _in_words(operation: Operation) -> str:
    _all, documents, place = operation.path.partition("/documents")
    return f"{operation.method} {'…' + documents + place if documents else operation.path}"


def _answer_in_words(response: Response | None) -> str:
    return "was not answered" if response is None else f"was answered {response.status}"


def parsed(response: Response) -> dict[str, Any]:
    """Return the object that an answer holds, or an empty one."""
    try:
        answer = json_text.loads(response.body)
    except ValueError:
        return {}
    return answer if isinstance(answer, dict) else {}


def _shows(document: dict[str, Any], items: str, key: str) -> bool:
    shown = document.get(items)
    return isinstance(shown, list) and any(isinstance(item, dict) and item.get(key) for item in shown)


def _wording(response: Response | None, *named: str) -> str:
    """Return the text of a refusal without the names and paths that it repeats from the request."""
    if response is None:
        return ""
    text = response.body.decode("utf-8", "replace")
    for name in sorted(named, key=len, reverse=True):
        text = text.replace(name, "")
    return text


def _unreadable(response: Response) -> str:
    """Return what is wrong with an answer that claims to be JSON, as the end of a sentence; nothing for a web page."""
    if not response.body or response.status != 200 or "json" not in (response.header("content-type") or "json").lower():  # noqa: PLR2004
        return ""
    try:
        json_text.loads(response.body)
    except ValueError as error:
        return f": {error}"
    return ""


def _is_this_api(response: Response) -> bool:
    """Whether this may be the API, even a faulty implementation of it: it is judged as long as it answers as an API would."""
    try:
        body = json_text.loads(response.body)
    except ValueError:
        return response.status in (400, 413, 415, 422, 429) or is_broken(response)
    if response.status in _NOT_SERVED:
        return openapi.fits("ErrorResponse", body)
    return isinstance(body, dict) and not 300 <= response.status < 400  # noqa: PLR2004
