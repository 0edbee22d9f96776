"""Reading and changing buckets."""

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.bucket_life import BucketLife, make_alike, new_life
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.run import JSON_HEADERS
from conformance.engine.scenario import exercises
from conformance.evidence.operation import Expect

_PATCH, _PUT = "buckets.patch.merges", "buckets.put.changes"
_IDENTITY, _UNTOUCHED = "buckets.update.keeps-identity", "buckets.update.refused-changes-nothing"
_UPDATES = (Added.PATCH_BUCKET, Added.PUT_BUCKET)
_FULL: dict[str, Json] = {
    "description": "as it was made",
    "metadata": {"kept": {"a": 1, "b": [None]}, "old": "x", "zero": 0},
    "unique_key": {"fields": ["sku", "number"], "default_policy": "insert"},
}
_PUTS: tuple[dict[str, Json], ...] = ({"description": "put"}, {"metadata": {"put": [1, "2", {"three": 3}], "old": 0}})


@exercises("buckets.get.*", _PATCH, _PUT, "buckets.update.unknown", "buckets.update.advances-updated-at", _IDENTITY, "errors.*")
def test_changes(run: CollectionsRun) -> None:
    """Patch and put each field of a bucket, alone and together, and read it in between; its neighbour stays as it was."""
    life = new_life(run, **_FULL)
    if life is None:
        return
    neighbour = make_alike(life, description="next to it", metadata={"old": "its own"})
    life.context = (*life.context, neighbour)
    life.read()
    _patch(run, life)
    life.read()
    renamed: dict[str, Json] = {"bucket_name": f"{run.tags.new()}put", "metadata": {}}
    # A name may be taken.
    for body, expect in (*((body, Expect.ACCEPT) for body in _PUTS), (renamed, Expect.EITHER)):
        life.send(Added.PUT_BUCKET, body, _PUT, expect=expect)
        life.read()
    if neighbour.created_id is not None:
        life.read(of=neighbour)
    _ask_for_unknown(run, life)


def _patch(run: CollectionsRun, life: BucketLife) -> None:
    """Patch each field. A server has to take the metadata; whether it takes the rest of a patch is open."""
    life.send(Added.PATCH_BUCKET, {"metadata": {"new": {"a": [1, {"b": "c"}]}, "zero": 0.5}}, _PATCH)
    more: tuple[dict[str, Json], ...] = ({}, {"metadata": {"new": {"z": False}, "old": ""}, "description": ""})
    renamed: dict[str, Json] = {"bucket_name": f"{run.tags.new()}patched", "metadata": {"of": "a patch"}}
    for body in (*(more if run.budget.exhaustive else ()), {"description": "patched"}, renamed):
        life.send(Added.PATCH_BUCKET, body, *((_PATCH,) if body else ()), expect=Expect.EITHER)


def _ask_for_unknown(run: CollectionsRun, life: BucketLife) -> None:
    """Send to a bucket that nobody made what one that is there has taken."""
    change: dict[str, Json] = {"metadata": {"a": 1}}
    run.perform_all(
        run.plan_raw(run.path(operation, bucket="bkt_no_such_bucket"), sent, about, operation=operation, method=operation.method,
                     headers=JSON_HEADERS if sent else (), value=value, context=life.context)
        for operation, sent, value, about in (
            (Added.GET_BUCKET, None, MISSING, "buckets.get.unknown"),
            (Added.PATCH_BUCKET, b'{"metadata":{"a":1}}', change, "buckets.update.unknown"),
            (Added.PUT_BUCKET, b'{"metadata":{"a":1}}', change, "buckets.update.unknown"),
        )
    )  # fmt: skip


_TIME = "2001-01-01T00:00:00Z"
_CLAIMS: tuple[dict[str, Json], ...] = (
    {"bucket_id": "bkt_claimed", "created_at": _TIME, "updated_at": _TIME, "metadata": {"claimed": True}},
    {
        "unique_key": {"fields": ["content"], "default_policy": "upsert"},
        "object_count": 7,
        "total_size_bytes": 9,
        "metadata": {"claimed": 1},
    },
)
_WRONG: tuple[dict[str, Json], ...] = (
    {"description": "refused", "metadata": "a"},
    {"metadata": {"refused": True}, "bucket_name": {"a": "b"}},
    {"metadata": {"refused": True}, "description": ["a"]},
    {"description": "refused", "metadata": ["a"]},
)


@exercises(_IDENTITY, "buckets.update.advances-updated-at", "buckets.update.rejects-wrong-types", _UNTOUCHED, "errors.*")
def test_claims_and_wrong_types(run: CollectionsRun) -> None:
    """Changes that claim what is not the user's, and changes of which one field is right and the other is not: neither may be done."""
    life = new_life(run, **_FULL)
    if life is None:
        return
    for operation in _UPDATES:
        for claim in _CLAIMS if run.budget.exhaustive else ({**_CLAIMS[0], **_CLAIMS[1]},):
            life.send(operation, claim, _IDENTITY, expect=Expect.EITHER)
    life.read()
    for turn, body in enumerate(_WRONG):
        for operation in _UPDATES if run.budget.exhaustive else (_UPDATES[turn % 2],):
            life.send(operation, body, "buckets.update.rejects-wrong-types", expect=Expect.REFUSE)
    life.read(_UNTOUCHED)
