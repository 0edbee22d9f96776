"""The life of one bucket in a scenario: each request has those before it in its context."""

from dataclasses import dataclass, field
from typing import Any

from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.plan import OURSELVES, Plan, Sender
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect, Operation

Body = dict[str, Any]
# Of each field's type something is told, so that more than the types can be lost.
SCHEMA: Body = {
    "properties": {
        "content": {"type": "text", "description": "what it says"},
        "sku": {"type": "string"},
        "number": {"type": "integer"},
        "flag": {"type": "boolean", "default": False},
        "tags": {"type": "array", "items": {"type": "string"}},
    }
}


def body_of(run: CollectionsRun, **more: Json) -> Body:
    """Return a body that makes a bucket under a new name."""
    return {"bucket_name": f"{run.tags.new()}Bucket-1", "bucket_schema": SCHEMA, **more}


def plan_bucket(run: CollectionsRun, body: Json, *about: str, expect: Expect = Expect.ACCEPT, **details: Any) -> Plan:
    """Plan to make a bucket."""
    return run.plan_call(Operations.CREATE_BUCKET, *about, body=body, expect=expect, **details)


@dataclass(slots=True)
class BucketLife:
    """A bucket and what became of it; `context` grows with each request."""

    run: CollectionsRun
    bucket: Exchange
    context: tuple[Exchange, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.bucket not in self.context:
            self.context = (*self.context, self.bucket)

    def send(self, operation: Operation, body: Json, *about: str, expect: Expect = Expect.ACCEPT, of: Exchange | None = None,
             sender: Sender = OURSELVES) -> Exchange:  # fmt: skip
        """Send a request about the bucket, or about another one."""
        subject = self.bucket if of is None else of
        exchange = self.run.call(operation, *about, body=body, of=subject, expect=expect, context=self.context, sender=sender)
        self.context = (*self.context, exchange)
        return exchange

    def read(self, *about: str, of: Exchange | None = None, expect: Expect = Expect.ACCEPT, sender: Sender = OURSELVES) -> Exchange:
        """Read the bucket, or another one."""
        return self.send(Added.GET_BUCKET, MISSING, *about, expect=expect, of=of, sender=sender)

    def delete(
        self, *about: str, of: Exchange | None = None, expect: Expect = Expect.ACCEPT, sender: Sender = OURSELVES
    ) -> Exchange:
        """Delete the bucket, or another one."""
        return self.send(Added.DELETE_BUCKET, MISSING, *about, expect=expect, of=of, sender=sender)


def make_alike(life: BucketLife, **more: Json) -> Exchange:
    """Make another bucket of the same name, if the target takes a name twice, or else of a new one."""
    body = body_of(life.run, **more)
    named = {**body, "bucket_name": life.bucket.case.body["bucket_name"]}
    alike = life.run.perform(plan_bucket(life.run, named, "buckets.create.same-name", expect=Expect.EITHER, context=life.context))
    return alike if alike.created_id is not None else life.run.perform(plan_bucket(life.run, body, context=life.context))


def new_life(run: CollectionsRun, **more: Json) -> BucketLife | None:
    """Make a bucket; None if the target does not let us."""
    bucket = run.perform(plan_bucket(run, body_of(run, **more)))
    return None if bucket.created_id is None else BucketLife(run, bucket)
