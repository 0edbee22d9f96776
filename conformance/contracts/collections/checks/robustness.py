"""Chapter robustness."""

from conformance.contracts.collections.checks.expectations import CLEAN, accepts, answer_in_words, keeps_or_refuses
from conformance.contracts.collections.checks.round_trip import is_user_data, judge_differences, returned
from conformance.contracts.collections.generation import hostile
from conformance.contracts.collections.operations import CREATES
from conformance.core import pointers
from conformance.core.json_text import Json
from conformance.engine.checks import HELD, Checks, History, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect

CHECKS = Checks()

_CONCURRENT = "robustness.concurrent-creates"

keeps_or_refuses(CHECKS, "robustness.long-strings", "robustness.many-items")
accepts(CHECKS, _CONCURRENT)


@CHECKS.promise("robustness.large-body", Expect.EITHER)
def large_body(exchange: Exchange) -> Outcome:
    """A large body is answered cleanly. If the connection was closed while it was sent, only the next request is judged."""
    if exchange.accepted or exchange.status in CLEAN:
        return HELD
    return (
        None
        if exchange.response is None
        else Violation("not cleanly answered", "200, 413 or another clean 4xx", answer_in_words(exchange))
    )


@CHECKS.promise("robustness.large-body", Expect.ACCEPT)
def after_large_body(exchange: Exchange) -> Outcome:
    """The request after the large one works."""
    if exchange.accepted:
        return HELD
    return Violation(
        "the request after a large one does not work", "status 200", answer_in_words(exchange), supporting=exchange.context
    )


@CHECKS.promise("robustness.hostile-strings", Expect.ACCEPT)
def hostile_strings(exchange: Exchange) -> Outcome:
    """Hostile text is kept as text."""
    if not exchange.accepted:
        return Violation("text was refused", "status 200", answer_in_words(exchange))
    changed = (difference for differences in returned(exchange).values() for difference in differences)
    return judge_differences(
        difference
        for difference in changed
        if (is_user_data(exchange.case.operation, difference.at) or len(difference.at) == 1) and _has_hostile_text(difference.sent)
    )


def _has_hostile_text(value: Json) -> bool:
    """Whether a value holds one of the texts in question: of others that change nothing is said here."""
    texts = [node for node in pointers.nodes(value) if isinstance(node, str)]
    return any(hostile_text in text for text in texts for hostile_text in hostile.STRINGS)


@CHECKS.check(_CONCURRENT, *CREATES, when=When.ECHOED, history=True)
def own_id_and_data(exchange: Exchange, history: History) -> Outcome:
    """Each of several simultaneous creates is answered with its own id and its own data."""
    if _CONCURRENT not in exchange.case.about:
        return None
    earlier = history.earlier(exchange)
    if earlier is not None:
        return Violation("two concurrent creates share an id", "an id of its own", exchange.created_id, supporting=earlier)
    differences = (difference for field_differences in returned(exchange).values() for difference in field_differences)
    return judge_differences(differences, "another create's data")
