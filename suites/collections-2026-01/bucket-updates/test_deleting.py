"""Deleting buckets: the deletion may go on when the delete is answered."""

import time

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.bucket_life import BucketLife, body_of, make_alike, new_life, plan_bucket
from conformance.contracts.collections_2026_01.operations import Added
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_GONE, _ONLY_THAT = "buckets.delete.then-gone", "buckets.delete.only-that"
# In seconds: it is looked at again for so long while it seems to be as it was.
_PAUSES = (0.5, 1.0, 2.0, 4.0)


@exercises("buckets.delete.*", "buckets.get.equals-created", "errors.*")
def test_deletes(run: CollectionsRun) -> None:
    """Delete one of three buckets that are alike. The others stay, and some time later it is gone."""
    life = new_life(run, description="one like the other")
    if life is None:
        return
    first, last = (
        make_alike(life, description="one like the other"),
        run.perform(plan_bucket(run, body_of(run, description="one like the other"))),
    )
    others = [bucket for bucket in (first, last) if bucket.created_id is not None]
    life.context = (*others, *life.context)
    life.read()
    if not life.delete("buckets.delete.accepts").succeeded:
        return
    for bucket in others:
        life.read(_ONLY_THAT, of=bucket)
    where = run.path(Added.DELETE_BUCKET, bucket="bkt_no_such_bucket")
    run.raw(where, None, "buckets.delete.unknown", operation=Added.DELETE_BUCKET, method="DELETE", headers=(), context=life.context)
    run.reevaluate(_last_look(life), _GONE)


def _last_look(life: BucketLife) -> Exchange:
    """Read a deleted bucket until it is not as it was, or enough time has passed."""
    look = life.read(expect=Expect.ANY)
    for pause in _PAUSES:
        if look.status != 200 or look.made.get("status") not in (None, "ACTIVE"):
            break
        time.sleep(pause)
        look = life.read(expect=Expect.ANY)
    return look
