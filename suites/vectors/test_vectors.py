"""Vectors: shown on request, and as they were sent."""

from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect, Operation
from conformance.evidence.exchange import Exchange
from conformance.running.corpora import bare
from conformance.running.run import Run
from conformance.scenario import exercises

_ABOUT = "documents.get.vectors-on-request"
# Exact and inexact as float32, small and large, and zero.
_DENSE = [0.5, -0.25, 0.1, 0.30000000000000004, 0.0, 1.0, 12345.678, *(at / 64 for at in range(57))]
_VECTORS: tuple[dict[str, Json], ...] = (
    {"text": _DENSE},
    {"text": _DENSE, "image": [0.125, 0.75]},
    {"indices": [7, 0, 4096, 9], "values": [0.5, 0.25, 0.1, 0.0]},
    {"late": [[0.1, 0.2], [0.3, 0.4], [0.1, 0.2], [-0.5, 0.6]]},
)


@exercises(_ABOUT, "documents.get.equals-created")
def test_vectors(run: Run) -> None:
    """Dense ones, two of a name each, sparse ones, many of one name; and two features of one document."""
    home = run.own_home()
    if home is None:
        return
    extractor = run.vocabulary.extractor_ids[0]
    features = [[{"feature_extractor_id": extractor, "payload": {"at": at}, "vectors": one}] for at, one in enumerate(_VECTORS)]
    features.append([*features[0], {"feature_extractor_id": extractor}, *features[1]])
    made = [run.document(home, {"collection_id": home.created_id, "features": one, "at": at}, expect=Expect.EITHER)
            for at, one in enumerate(features)]  # fmt: skip
    made = [one for one in made if one.created_id is not None]
    for one in made:
        run.read(one, _ABOUT, query={"return_vectors": "true"})
    patches: tuple[Exchange, ...] = ()
    for one in made[-1:]:
        run.read(one, _ABOUT)
        run.read(one, _ABOUT, query={"return_vectors": "false"})
        if run.serves("write"):
            patches = (
                run.call(Operation.PATCH_DOCUMENT, body={"at": "patched"}, of=one, expect=Expect.ACCEPT, context=(home, one)),
            )
            run.read(one, _ABOUT, query={"return_vectors": "true"}, context=(home, one, *patches))
    if (plain := bare(run)) is not None:
        run.read(plain, query={"return_vectors": "true"})
    if run.serves("query") and made:
        context = (home, *made, *patches)
        for asked in ({"return_vectors": True}, {"return_vectors": False}, {}):
            run.listing(home, asked, _ABOUT, context=context, limit=1000)
