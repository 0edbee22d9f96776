"""Chapter auth: who gets in."""

from conformance.contracts.collections.checks.expectations import answer_in_words
from conformance.contracts.collections.operations import ALL_OPERATIONS
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Credentials, Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

REFUSED = (401, 403)
BY_CREDENTIALS = {
    Credentials.NONE: "auth.missing-token",
    Credentials.UNKNOWN: "auth.wrong-token",
    Credentials.LONGER: "auth.wrong-token",
    Credentials.RECASED: "auth.wrong-token",
    Credentials.BASIC: "auth.wrong-scheme",
    Credentials.BARE: "auth.wrong-scheme",
}

ODD = (Credentials.EMPTY, Credentials.NOT_ASCII, Credentials.LONG)


def _refused(exchange: Exchange) -> Outcome:
    if exchange.status in REFUSED:
        return HELD
    if exchange.status in (405, 501):
        return None  # the server does not have the operation at all
    return Violation("a stranger was not refused", "status 401 or 403", answer_in_words(exchange))


for _requirement in ("auth.missing-token", "auth.wrong-token", "auth.wrong-scheme", "auth.before-validation"):
    CHECKS.promise(_requirement, Expect.REFUSE)(_refused)


@CHECKS.check("auth.wrong-token", *ALL_OPERATIONS, when=When.ANSWERED)
def odd_token(exchange: Exchange) -> Outcome:
    """A malformed token, or an empty one, lets nobody in. Any 4xx is allowed."""
    if exchange.request.credentials not in ODD:
        return None
    if exchange.status in REFUSED:
        return HELD
    return Violation("a stranger was not refused", "status 401 or 403", answer_in_words(exchange)) if exchange.succeeded else None


@CHECKS.check("auth.challenge", *ALL_OPERATIONS, when=When.REFUSED)
def challenge(exchange: Exchange) -> Outcome:
    """A 401 names the authentication scheme (RFC 9110, 11.6.1)."""
    if exchange.status != 401 or exchange.response is None:  # noqa: PLR2004
        return None
    header = exchange.response.header("www-authenticate")
    return HELD if header else Violation("a 401 without a challenge", "(a WWW-Authenticate header)", header)
