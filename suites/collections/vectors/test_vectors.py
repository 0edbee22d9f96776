"""Vectors: shown on request, and as they were sent."""

from conformance.contracts.collections.fixtures import bare
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.engine.scenario import exercises
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_ABOUT = "documents.get.vectors-on-request"
_LONG = 100
# Exact and inexact as float32, small and large, and zero; as many as a list must be able to have.
_DENSE = [0.5, -0.25, 0.1, 0.30000000000000004, 0.0, 1.0, 12345.678, *(at / 64 for at in range(_LONG - 7))]
_VECTORS: tuple[dict[str, Json] | None, ...] = (
    {"text": _DENSE},
    {"text": _DENSE, "image": [0.125, 0.75]},
    # Indices in no order, each of which stays with its value.
    {
        "indices": [7, 0, 4096, *(at * 37 % 101 + 10 for at in range(_LONG - 3))],
        "values": [0.0, 0.25, *(at / 32 for at in range(_LONG - 2))],
    },
    {"late": [[0.1, 0.2], [0.3, 0.4], [0.1, 0.2], [-0.5, 0.6], *([at / 8, 0.0] for at in range(_LONG - 4))]},
    {"one": [0.5]},
    None,
)
_FLAGS: tuple[dict[str, str | int], ...] = ({"return_vectors": "true"}, {}, {"return_vectors": "false"})


def _made(run: CollectionsRun, home: Exchange, features: list[Json]) -> Exchange | None:
    """Create a document with features; None if the target does not know their extractor."""
    made = run.document(home, {"collection_id": home.created_id, "features": features, "at": 0}, expect=Expect.EITHER)
    return made if made.created_id is not None else None


def _all_kinds(run: CollectionsRun, home: Exchange) -> list[Exchange]:
    """Create a document with vectors of each kind, two with few, and one of each kind where a target does not take all in one."""
    extractor = run.vocabulary.extractor_ids[0]
    features: list[Json] = [
        {"feature_extractor_id": extractor, "payload": {"at": at}, "vectors": one} for at, one in enumerate(_VECTORS)
    ]
    bare: Json = {"feature_extractor_id": extractor}
    found = [
        _made(run, home, [*features, bare]),
        _made(run, home, [features[0], bare, features[1]]),
        _made(run, home, features[:1]),
    ]
    if found[0] is None:
        found += [_made(run, home, [one]) for one in features[1:]]
    return [one for one in found if one is not None]


@exercises(_ABOUT, "documents.get.equals-created")
def test_vectors(run: CollectionsRun) -> None:
    """Dense ones, two of a name each, sparse ones, many of one name, null and none; read and listed with the flag, against it, without."""
    home = run.new_collection()
    made = [] if home is None else _all_kinds(run, home)
    if home is None or not made:
        return
    for flag in _FLAGS:
        run.read(made[0], _ABOUT, query=flag)
    for one in made[1:]:
        run.read(one, _ABOUT, query=_FLAGS[0])
    context = (home, *made, *_changed(run, home, made))
    if (plain := bare(run)) is not None:
        run.read(plain, query=_FLAGS[0])
    if run.serves("query"):
        for asked in ({"return_vectors": True}, {"return_vectors": False}, {}):
            run.list_documents(home, asked, _ABOUT, context=context, limit=1000)


def _changed(run: CollectionsRun, home: Exchange, made: list[Exchange]) -> tuple[Exchange, ...]:
    """Patch the first document, put the second anew with the same features, and delete the last; after each the others keep theirs."""
    if not run.serves("write"):
        return ()
    context = (home, *made)
    changes = [run.call(Operations.PATCH_DOCUMENT, body={"at": "patched"}, of=made[0], expect=Expect.ACCEPT, context=context)]
    run.read(made[1 % len(made)], _ABOUT, query=_FLAGS[0], context=(*context, *changes))
    if len(made) > 2:
        fields = {"features": made[1].case.body["features"], "at": "put"}
        changes.append(
            run.call(Operations.PUT_DOCUMENT, body=fields, of=made[1], expect=Expect.ACCEPT, context=(*context, *changes))
        )
        run.read(made[0], _ABOUT, query=_FLAGS[0], context=(*context, *changes))
        changes.append(run.call(Operations.DELETE_DOCUMENT, of=made[-1], expect=Expect.ACCEPT, context=(*context, *changes)))
    return tuple(changes)
