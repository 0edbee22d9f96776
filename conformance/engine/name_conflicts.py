"""Names that are taken: a target may refuse a second collection of one name, and an earlier run, or one beside this, may have given it."""

from collections.abc import Callable

from conformance.client.client import Sent
from conformance.core.tags import TAKEN, Tags
from conformance.engine.plan import Delivery, Plan
from conformance.evidence.exchange import Request
from conformance.evidence.operation import Expect

_ACCEPTED, _CONFLICT = 200, 409
_TRIES = 3


def deliver(plan: Plan, tags: Tags, send: Callable[[Request], Sent]) -> Delivery:
    """Send a plan; what is refused because its name is taken is sent again under another one.

    A 409 says that the name is taken. A 400 or 422 may: then another name is accepted, and the first one is still refused, or the
    refusal was about something else.
    """
    delivery = Delivery(plan, send(plan.request))
    for _ in range(_TRIES):
        if not _may_be_taken(delivery):
            break
        delivery = _under_another_name(delivery, tags, send)
    return delivery


def _status(sent: Sent) -> int | None:
    return None if sent.response is None else sent.response.status


def _may_be_taken(delivery: Delivery) -> bool:
    status, case = _status(delivery.sent), delivery.plan.case
    if status not in TAKEN or not delivery.plan.has_own_name:
        return False
    return status == _CONFLICT or (case.expect in (Expect.ACCEPT, Expect.ANY) and not delivery.before)


def _under_another_name(delivery: Delivery, tags: Tags, send: Callable[[Request], Sent]) -> Delivery:
    first, other = delivery.plan, delivery.plan.renamed(tags)
    sent = send(other.request)
    before = (*delivery.before, (first, delivery.sent))
    if _status(delivery.sent) == _CONFLICT:
        return Delivery(other, sent, before, took_names=True)
    if _status(sent) != _ACCEPTED:
        return Delivery(first, delivery.sent, ((other, sent),))
    repeated = send(first.request)
    if _status(repeated) in TAKEN:
        return Delivery(other, sent, (*before, (first, repeated)), took_names=True)
    return Delivery(first, delivery.sent, ((other, sent), (first, repeated)))
