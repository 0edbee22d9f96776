"""Plans: requests that are ready to be sent, and as whom."""

from dataclasses import dataclass

from conformance.evidence.exchange import Case, Credentials, Exchange, Namespace, Request


@dataclass(frozen=True, slots=True)
class Sender:
    """As whom a request is sent."""

    credentials: Credentials = Credentials.OWN
    namespace: Namespace = Namespace.PRIMARY


OURSELVES = Sender()


@dataclass(frozen=True, slots=True)
class Plan:
    """A request that is ready to be sent, and why."""

    case: Case
    request: Request
    context: tuple[Exchange, ...] = ()
