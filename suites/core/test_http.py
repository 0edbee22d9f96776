"""HTTP: bodies that are none, methods and paths that are not there."""

from conformance.contract import jsontext
from conformance.contract.operations import Expect, Operation
from conformance.evidence.exchange import Exchange
from conformance.generation import classification, collections, documents, hostile
from conformance.running.run import CREATE, JSON_HEADERS, Run, documents_path
from conformance.scenario import exercises

Subject = tuple[Operation, str, documents.Body, tuple[Exchange, ...]]


def _subjects(run: Run) -> list[Subject]:
    """Return each operation with its path and a valid body; documents only where a collection could be made for them."""
    made: list[Subject] = [(Operation.CREATE_COLLECTION, CREATE, collections.minimal(run.vocabulary, run.tags.new()), ())]
    home = run.home()
    if home is not None and home.created_id is not None:
        made.append((Operation.CREATE_DOCUMENT, documents_path(home.created_id), {"collection_id": home.created_id}, (home,)))
    return made


@exercises("http.rejects-malformed-json", "errors.*")
def test_malformed_json(run: Run) -> None:
    """Texts that are no JSON."""
    for operation, path, body, context in _subjects(run):
        # A text that is no JSON in one way is so for every operation: the second one is shown the near misses only.
        texts = list(hostile.broken_texts(body))
        for text in texts if operation is Operation.CREATE_COLLECTION else texts[: len(texts) - len(hostile.MALFORMED)]:
            run.raw(path, text, "http.rejects-malformed-json", operation=operation, context=context)


@exercises("http.rejects-nan-and-infinity")
def test_nan_and_infinity(run: Run) -> None:
    """Literals that JavaScript has and JSON has not, in typed fields and in the user's own data."""
    for operation, path, body, context in _subjects(run):
        for text in hostile.not_numbers(body, "metadata", "unknown_field"):
            run.raw(path, text, "http.rejects-nan-and-infinity", operation=operation, context=context)
        if operation is Operation.CREATE_COLLECTION:
            for literal in hostile.NOT_NUMBERS:
                source = {**body["source"], "filters": {"AND": [{"field": "a", "operator": "gt", "value": literal}]}}
                for changed in ({"cache_config": {"score_threshold": literal}}, {"source": source}):
                    run.raw(path, jsontext.dumps({**body, **changed}), "http.rejects-nan-and-infinity", operation=operation)


@exercises("http.rejects-empty-body", "http.rejects-non-object-body")
def test_no_object(run: Run) -> None:
    """No body, and bodies that are JSON but no object."""
    for operation, path, _body, context in _subjects(run):
        run.raw(path, b"", "http.rejects-empty-body", operation=operation, context=context)
        # Without a label a server may ask for one first.
        run.raw(path, b"", operation=operation, headers=(), expect=Expect.ANY, context=context)
        for text in hostile.NON_OBJECTS:
            run.raw(path, text, "http.rejects-non-object-body", operation=operation, context=context)


@exercises("http.rejects-wrong-media-type")
def test_wrong_media_type(run: Run) -> None:
    """JSON under another label."""
    for operation, path, body, context in _subjects(run):
        for label in ("text/plain", "application/xml", "text/plain; charset=utf-8"):
            headers = (("content-type", label),)
            run.raw(
                path,
                jsontext.dumps(body),
                "http.rejects-wrong-media-type",
                operation=operation,
                headers=headers,
                context=context,
            )


@exercises("collections.create.accepts-valid", "documents.create.accepts-valid")
def test_content_type_with_parameter(run: Run) -> None:
    """JSON with a charset parameter is JSON."""
    headers = (("content-type", "application/json; charset=utf-8"),)
    for operation, path, body, context in _subjects(run):
        about = f"{classification.chapter(operation)}.accepts-valid"
        run.raw(
            path,
            jsontext.dumps(body),
            about,
            expect=Expect.ACCEPT,
            operation=operation,
            headers=headers,
            value=body,
            context=context,
        )


@exercises("http.wrong-method")
def test_wrong_method(run: Run) -> None:
    """Methods that the two paths lack; GET on the documents is left out, published documents of the API have had it.

    `/v1/collections/create` is a collection's path too, with an id that is none: what such a path has may refuse the id its own way.
    """
    for operation, path, body, context in _subjects(run):
        for method in ("PUT", "PATCH", "DELETE", "GET"):
            is_create = operation is Operation.CREATE_COLLECTION
            if method == "GET" and not is_create:
                continue
            expect = Expect.EITHER if is_create and method != "PUT" else Expect.REFUSE
            content, headers = (jsontext.dumps(body), JSON_HEADERS) if method in ("PUT", "PATCH") else (None, ())
            run.raw(path, content, "http.wrong-method", method=method, headers=headers, expect=expect, operation=Operation.OUTSIDE,
                    context=context)  # fmt: skip


@exercises("http.unknown-path")
def test_unknown_path(run: Run) -> None:
    """Paths beside those of the API."""
    expect = Expect.REFUSE if run.sends_token else Expect.EITHER
    paths = ["/v1/no-such-path", f"{CREATE}/no-such-path", "/no-such-version/collections/create", "/v1/collections/create2/x/y"]
    for path in paths:
        for method, body in (("GET", None), ("POST", b"{}")):
            headers = JSON_HEADERS if body else ()
            run.raw(path, body, "http.unknown-path", method=method, headers=headers, operation=Operation.OUTSIDE, expect=expect)
