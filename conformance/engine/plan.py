"""Plans: requests that are ready to be sent, and as whom."""

from dataclasses import dataclass, replace

from conformance.client.client import Sent
from conformance.core import json_text
from conformance.core.pointers import MISSING
from conformance.core.tags import TAG, Retagging, Tags
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

    @property
    def has_own_name(self) -> bool:
        """Whether it makes something under a name of the run, and not, to see what comes of it, under that of another one."""
        if self.case.operation.name_key is None or not TAG.search((self.request.body or b"").decode("latin-1")):
            return False
        return not any(_name(earlier.case) == _name(self.case) != MISSING for earlier in self.context)

    def renamed(self, tags: Tags) -> "Plan":
        """Return the same plan under other names."""
        retagging, body = Retagging(tags), self.request.body or b""
        value = MISSING if self.case.body is MISSING else retagging.json(self.case.body)
        is_ours = value is not MISSING and body == json_text.dumps(self.case.body)
        sent = json_text.dumps(value) if is_ours else retagging.text(body.decode("latin-1")).encode("latin-1")
        return replace(self, case=replace(self.case, body=value), request=replace(self.request, body=sent))


def _name(case: Case) -> object:
    key = case.operation.name_key
    return case.body.get(key, MISSING) if isinstance(case.body, dict) and key is not None else MISSING


@dataclass(frozen=True, slots=True)
class Delivery:
    """What was sent in the end for a plan, and what came back; `before` are tries whose name was taken, or seemed to be.

    `beside` is how many other requests were under way when it was sent.
    """

    plan: Plan
    sent: Sent
    before: tuple[tuple[Plan, Sent], ...] = ()
    took_names: bool = False
    beside: int = 0
