"""Lists with a search term: which documents it finds is the server's own."""

from conformance.contracts.collections.fixtures import ALL, corpus_of
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import exercises
from conformance.evidence.operation import Expect


@exercises("list.search", "errors.*")
def test_search(run: CollectionsRun) -> None:
    """Search the corpus for a word that some documents have, and the one beside it."""
    corpus = corpus_of(run)
    if corpus is None:
        return
    for term in ("quick", "alpha"):
        run.list_documents(
            corpus.collection, {"search": term}, "list.search", expect=Expect.EITHER, context=corpus.context, limit=ALL
        )
