"""Lists asked for in ways that the contract leaves open: whatever a server makes of them, it answers, and not with a failure of its own."""

from conformance.contract.jsontext import Json
from conformance.contract.operations import Expect, Operation
from conformance.running.corpora import corpus_of
from conformance.running.run import Run
from conformance.scenario import exercises

# Where requests are counted, the first of each go out.
_FIRST = 6
_QUERIES: tuple[dict[str, str | int], ...] = (
    {"limit": "ten"}, {"include_total": "2"}, {"offset": 10_001},
    # Cursors that no list has given: a word, base64 of something, of nothing sensible, and no base64 at all.
    {"cursor": "no-such-cursor"}, {"cursor": "eyJhIjogMX0="}, {"cursor": "é\0"}, {"cursor": "////"}, {"cursor": "-1"},
    {"limit": "²"}, {"offset": -1},
)  # fmt: skip
# Operands of types that their operators do not take, each on a field that holds what they do take, and on one that does not.
_OPERANDS: tuple[tuple[str, Json], ...] = (
    ("starts_with", 5), ("ends_with", None), ("contains", {"a": 1}), ("gt", "text"), ("lte", [1]), ("in", 5), ("nin", "text"),
    ("regex", "(["), ("regex", 5), ("text", 5), ("exists", "yes"), ("is_null", 1), ("eq", [1, {"a": None}]),
)  # fmt: skip
_BODIES: tuple[dict[str, Json], ...] = (
    *({"filters": {"OR": [{"field": field, "operator": name, "value": value} for name, value in _OPERANDS]}}
      for field in ("title", "mixed")),
    {"filters": {}},
    {"group_by": "title.no.such"},
    {"filters": {"AND": None, "OR": None}},
    {"group_by": "metadata.level"},
    {"filters": {"OR": [{"field": "number", "operator": name, "value": value} for name, value in _OPERANDS]}},
    {"filters": {"case_sensitive": True}},
    {"filters": {"NOT": []}},
    {"group_by": "no_such_field"},
    {"select": []},
    {"sort": {"field": "metadata.level"}},
)  # fmt: skip


@exercises("http.no-server-error", "http.status-documented", "errors.*")
def test_oddities(run: Run) -> None:
    """Parameters that are none, foreign cursors, groups that say nothing, operands of the wrong type, paths that lead nowhere."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    most = None if run.budget.is_fine else _FIRST
    for query in _QUERIES[:most]:
        run.listing(corpus.home, {}, expect=Expect.ANY, context=(corpus.home,), **query)
    for body in _BODIES[:most]:
        run.listing(corpus.home, body, expect=Expect.ANY, context=(corpus.home,))
    for one in corpus.made[:1] if run.serves("read") else ():
        run.call(
            Operation.GET_DOCUMENT,
            of=one,
            expect=Expect.ANY,
            query={"return_url": "maybe", "return_vectors": "2"},
            context=(corpus.home,),
        )
