"""Chapter http: what holds for every exchange."""

from conformance.contracts.collections.checks.expectations import CLEAN, answer_in_words, refuses
from conformance.contracts.collections.operations import ALL_OPERATIONS
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

DOCUMENTED = frozenset({200, 400, 401, 403, 404, 422, 500})
PROTOCOL = frozenset({405, 406, 408, 409, 411, 413, 414, 415, 429, 431, 503})
# The contract says nothing about the bodies of these.
FREE_BODIES = frozenset({405, 406, 408, 411, 413, 414, 415, 429, 431, 503})

refuses(
    CHECKS,
    "http.rejects-malformed-json",
    "http.rejects-nan-and-infinity",
    "http.rejects-empty-body",
    "http.rejects-non-object-body",
)
refuses(CHECKS, "http.rejects-wrong-media-type", statuses=(415, 400, 422))


# A server may refuse larger requests, and may close the connection early, so that its answer is lost.
_LARGE_BODY, _LONG_PATH = 1024 * 1024, 4096


@CHECKS.check("http.no-server-error", when=When.ALWAYS)
def no_server_error(exchange: Exchange) -> Outcome:
    """No 5xx, except 501, and 503 with Retry-After. No answer at all counts as a server error."""
    if exchange.response is None:
        is_large = len(exchange.request.body or b"") > _LARGE_BODY or len(exchange.request.path) > _LONG_PATH
        return None if is_large else Violation("the server did not answer", "a status below 500", answer_in_words(exchange))
    status = exchange.status or 0
    if status < 500 or status == 501:  # noqa: PLR2004
        return HELD
    if status == 503 and exchange.response.header("retry-after"):  # noqa: PLR2004
        return HELD
    return Violation("the server failed", "a status below 500", answer_in_words(exchange))


@CHECKS.check("http.json-content-type", *ALL_OPERATIONS, when=When.ANSWERED)
def json_content_type(exchange: Exchange) -> Outcome:
    """Bodies are labelled as JSON."""
    response = exchange.response
    if response is None or not response.body or response.status in FREE_BODIES:
        return None
    kind = (response.header("content-type") or "").partition(";")[0].strip().lower()
    if kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json")):
        return HELD
    return Violation("the body is not labelled as JSON", "application/json or application/*+json", kind or "(no Content-Type)")


@CHECKS.check("http.status-documented", *ALL_OPERATIONS, when=When.ANSWERED)
def status_documented(exchange: Exchange) -> Outcome:
    """The status is documented for the operation, or is a status of HTTP itself."""
    if exchange.status in DOCUMENTED or exchange.status in PROTOCOL:
        return HELD
    expected = ", ".join(map(str, sorted(DOCUMENTED | PROTOCOL)))
    return Violation("the operation does not document this status", f"one of {expected}", answer_in_words(exchange))


@CHECKS.promise("http.wrong-method", Expect.REFUSE)
def wrong_method(exchange: Exchange) -> Outcome:
    """405 with Allow, or 404, or 501 if the server does not know the method at all (RFC 9110, 15.6.2)."""
    response = exchange.response
    is_not_allowed = exchange.status == 405  # noqa: PLR2004
    if exchange.status in (404, 501) or (is_not_allowed and response is not None and response.header("allow") is not None):
        return HELD
    actual = answer_in_words(exchange) + (" without Allow" if is_not_allowed else "")
    return Violation("the path does not have this method", "405 with Allow, or 404", actual)


@CHECKS.promise("http.wrong-method", Expect.EITHER)
def refused_method(exchange: Exchange) -> Outcome:
    """The path may belong to another operation: any refusal will do."""
    if exchange.status is not None and (exchange.status in CLEAN or exchange.status == 501):  # noqa: PLR2004
        return HELD
    return Violation("the path does not have this method", "a 4xx", answer_in_words(exchange))


@CHECKS.promise("http.unknown-path", Expect.REFUSE)
def unknown_path(exchange: Exchange) -> Outcome:
    """An unknown path with a token is answered 404."""
    return HELD if exchange.status == 404 else Violation("the API does not have this path", "status 404", answer_in_words(exchange))  # noqa: PLR2004


@CHECKS.promise("http.unknown-path", Expect.EITHER)
def unknown_path_without_token(exchange: Exchange) -> Outcome:
    """A run without a token may be answered 401."""
    return HELD if exchange.status == 401 else unknown_path(exchange)  # noqa: PLR2004
