"""What the doctor examines: served profiles, refused names, the delay of lists, and the clock.

It only works on collections that it creates itself, and deletes them where it can.
"""

import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from conformance.client.asking import ask, is_passing
from conformance.client.client import Client
from conformance.configuration.settings import Settings
from conformance.contracts.collections.capabilities import Probe, parsed
from conformance.contracts.collections.edition import Edition
from conformance.contracts.collections.generation.collections import minimal
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.vocabulary import Vocabulary, from_table
from conformance.core import json_text, timing
from conformance.core.tags import Tags
from conformance.engine.contract import Diagnosis
from conformance.evidence.exchange import Request, Response
from conformance.evidence.operation import Operation

_LONGEST_DELAY = 10.0
_POLL_SECONDS = 0.2
_WITHOUT_METHOD = (405, 501)
Body = dict[str, Any]


@dataclass(slots=True)
class Examination:
    """One examination of a target; created names begin with `tags`."""

    edition: Edition
    client: Client
    settings: Settings
    tags: Tags
    _made: list[str] = field(default_factory=list)
    _seconds: list[float] = field(default_factory=list)

    def run(self, *, has_token: bool) -> Diagnosis:
        """Examine everything.

        Raises:
            TargetError: nothing answers, or what answers is not this API.
            UsageError: the target wants a token, or refuses the given one.

        """
        probe = Probe(self.client, self.settings, from_table(self.settings.file.vocabulary, self.edition), self.tags)
        diagnosis = Diagnosis(probe.look(has_token=has_token))
        # If buckets are needed, the probe has created one.
        diagnosis.refused = self._refused_names(probe.vocabulary)
        collection = self._create_collection(_bare_collection(probe.vocabulary))
        if collection is not None:
            document, body = self._create_document(collection)
            diagnosis.skew = _clock_skew(body)
            if document is not None and diagnosis.decisions["query"].served:
                diagnosis.delay = self._list_delay(collection, document)
        self._clean_up(diagnosis)
        diagnosis.median = statistics.median(self._seconds) if self._seconds else 0.0
        return diagnosis

    def _refused_names(self, vocabulary: Vocabulary) -> dict[str, str]:
        """Try names in each field that takes one: those of the vocabulary, or invented ones."""
        refused = {}
        for name, more in self._tried(vocabulary).items():
            response = self._post(Operations.CREATE_COLLECTION, {**_bare_collection(vocabulary), **more})
            if response is not None and response.status == 200:  # noqa: PLR2004
                self._remember_id(response)
                continue
            # A temporary failure is no refusal, and a method that is not there says nothing of names.
            if not is_passing(response) and (response is None or response.status not in _WITHOUT_METHOD):
                refused[name] = _answer_in_words(response)
            if name == "buckets":
                break  # if the bucket is refused, every create is
        return refused

    def _tried(self, vocabulary: Vocabulary) -> dict[str, Body]:
        """Return what a bare collection is given beside, by the list of names that it is drawn from, as far as the edition has it."""
        tried: dict[str, Body] = {
            "buckets": {},
            "feature_extractors": {key: value for key, value in minimal(vocabulary).items() if key.startswith("feature_extractor")},
            "taxonomies": {"taxonomy_applications": [{"taxonomy_id": vocabulary.taxonomy_names[0]}]},
            "retrievers": {"cache_config": {"retriever_configs": {vocabulary.retriever_names[0]: {"enabled": True}}}},
        }
        known = self.edition.collection.properties.keys()
        return {name: more for name, more in tried.items() if more.keys() <= known}

    def _create_collection(self, body: Body) -> str | None:
        response = self._post(Operations.CREATE_COLLECTION, body)
        return self._remember_id(response) if response is not None and response.status == 200 else None  # noqa: PLR2004

    def _remember_id(self, response: Response) -> str | None:
        identifier = parsed(response).get("collection_id")
        if not isinstance(identifier, str) or not json_text.is_text(identifier):
            return None
        self._made.append(identifier)
        return identifier

    def _create_document(self, collection: str) -> tuple[str | None, Body]:
        response = self._post(Operations.CREATE_DOCUMENT, {"collection_id": collection, "title": "examined"}, collection)
        body = {} if response is None else parsed(response)
        identifier = body.get("document_id")
        return (identifier if isinstance(identifier, str) else None), body

    def _list_delay(self, collection: str, document: str) -> float:
        started = timing.monotonic()
        while (waited := timing.monotonic() - started) < _LONGEST_DELAY:
            response = self._post(Operations.LIST_DOCUMENTS, {}, collection)
            results = [] if response is None else parsed(response).get("results")
            if isinstance(results, list) and any(
                isinstance(listed, dict) and listed.get("document_id") == document for listed in results
            ):
                return waited
            time.sleep(_POLL_SECONDS)
        return float("inf")

    def _clean_up(self, diagnosis: Diagnosis) -> None:
        if diagnosis.decisions["write"].served:
            for identifier in self._made:
                where = self.edition.path(Operations.DELETE_COLLECTION, identifier)
                self.client.send(Request(self.edition.operation(Operations.DELETE_COLLECTION).method, where))

    def _post(self, operation: Operation, body: Body, *ids: str) -> Response | None:
        headers = (("content-type", "application/json"),)

        def request() -> Request:
            # A create answered 502 may have been done, so each try has a new name.
            named = {**body, "collection_name": self.tags.new()} if operation == Operations.CREATE_COLLECTION else body
            served = self.edition.operation(operation)
            return Request(served.method, self.edition.path(operation, *ids), headers, json_text.dumps(named))

        response = ask(self.client, request)
        if response is not None:
            self._seconds.append(response.seconds)
        return response


def _bare_collection(vocabulary: Vocabulary) -> Body:
    """Return a collection without names of extractors, where there may be one."""
    return {key: [] if key == "feature_extractors" else value for key, value in minimal(vocabulary).items()}


def _answer_in_words(response: Response | None) -> str:
    if response is None:
        return "no answer"
    text = " ".join(response.body[:4096].decode("utf-8", "replace").split())
    return f"{response.status} {text[:120]}{'…' if len(text) > 120 else ''}"  # noqa: PLR2004


def _clock_skew(document: Body) -> float | None:
    """Return how many seconds the target's clock is ahead of ours, according to created_at in `_internal`."""
    internal = document.get("_internal")
    created_at = internal.get("created_at") if isinstance(internal, dict) else None
    try:
        at = datetime.fromisoformat(str(created_at))
    except ValueError:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - timing.now()
