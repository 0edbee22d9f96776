"""The corpus for lists and filters: one collection whose documents differ in their fields."""

from dataclasses import dataclass
from random import Random

from conformance.contracts.collections.generation import filter_corpus
from conformance.contracts.collections.run import CollectionsRun
from conformance.core.json_text import Json
from conformance.evidence.exchange import Exchange

COUNT = 28
# More than many servers answer in one page.
MANY = 120
ALL = 1000


@dataclass(frozen=True, slots=True)
class Corpus:
    """A collection and the documents that were accepted in it."""

    collection: Exchange
    documents: tuple[Exchange, ...]

    @property
    def bodies(self) -> list[filter_corpus.Body]:
        """The documents' bodies, as sent."""
        return [document.case.body for document in self.documents]

    @property
    def context(self) -> tuple[Exchange, ...]:
        """The exchanges that every list of the collection builds on."""
        return (self.collection, *self.documents)


def complete_list(run: CollectionsRun, corpus: Corpus, body: dict[str, Json]) -> Exchange:
    """Ask for all documents of a corpus; each body is sent once in this process."""
    key = f"whole {corpus.collection.number} {body}"
    return run.once(
        key,
        lambda: run.list_documents(corpus.collection, body, context=corpus.context, limit=ALL, include_total="true"),
        counted="complete lists",
    )


def corpus_of(run: CollectionsRun) -> Corpus | None:
    """Return this process' corpus; the first call creates it. None if the target does not let us."""
    count = MANY if run.budget.exhaustive else COUNT
    random = Random(f"{run.seed}:corpus")  # noqa: S311 - reproducible
    return run.once("corpus", lambda: create_corpus(run, filter_corpus.documents(count, random)))


def bare_document(run: CollectionsRun) -> Exchange | None:
    """Create a document with nothing but its collection's id; None if the target does not let us."""
    collection = run.shared_collection()
    document = None if collection is None else run.document(collection, {"collection_id": collection.created_id})
    return document if document is not None and document.created_id is not None else None


def create_corpus(run: CollectionsRun, bodies: list[filter_corpus.Body]) -> Corpus | None:
    """Create a collection with these documents; None if the target does not let us."""
    collection = run.new_collection()
    if collection is None:
        return None
    created = run.perform_all(run.plan_document(collection, {"collection_id": collection.created_id, **body}) for body in bodies)
    return Corpus(collection, tuple(document for document in created if document.created_id is not None))
