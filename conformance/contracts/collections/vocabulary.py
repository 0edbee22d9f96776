"""The vocabulary: the names that a valid payload may use, known to the target or created by the run."""

import json
from dataclasses import dataclass, replace
from typing import Annotated, Any, NamedTuple

from pydantic import Field

from conformance.configuration.target_file import Table
from conformance.contracts.collections.edition import PUBLISHED, Edition
from conformance.core.json_text import Json
from conformance.schema import rules
from conformance.schema.tree import SchemaNode


class Extractor(NamedTuple):
    """A feature extractor that the target knows."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Names that the target knows; None where it takes any. `collections` and `documents` are ids that the run has created.

    Bodies that use the names are those of `edition`.
    """

    buckets: tuple[str, ...] | None = None
    feature_extractors: tuple[Extractor, ...] | None = None
    taxonomies: tuple[str, ...] | None = None
    retrievers: tuple[str, ...] | None = None
    feature_extractor_ids: tuple[str, ...] | None = None
    alerts: tuple[str, ...] | None = None
    collections: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    edition: Edition = PUBLISHED

    def with_made(self, *, collections: tuple[str, ...] = (), documents: tuple[str, ...] = ()) -> "Vocabulary":
        """Return the vocabulary with more ids that exist now."""
        return replace(self, collections=self.collections + collections, documents=self.documents + documents)

    def with_buckets(self, buckets: tuple[str, ...]) -> "Vocabulary":
        """Return the vocabulary with buckets that were made for the run."""
        return replace(self, buckets=buckets)

    def knows(self, kind: str, name: str) -> bool:
        """Whether a server has no reason to refuse this name: it is known, or every name of its kind is."""
        if not name:
            return False  # an empty text names nothing
        listed = self._listed()
        if kind in listed:
            names = listed[kind]
            return names is None or name in names
        match kind:
            case "feature_extractor_id":
                # We do not know how a target makes ids of names and versions, unless it lists them.
                return name in self.extractor_ids if self.feature_extractor_ids is not None else self.feature_extractors is None
            case "collection":
                return name in self.collections
            case "document":
                return name in self.documents
            case _:
                return False  # objects: no operation creates them

    def _listed(self) -> dict[str, tuple[str, ...] | None]:
        """Return the names that the target knows, by kind; None where it takes any."""
        extractors = self.feature_extractors
        return {
            "bucket": self.buckets,
            "feature_extractor": None if extractors is None else tuple(known.name for known in extractors),
            "version": None if extractors is None else tuple(known.version for known in extractors),
            "taxonomy": self.taxonomies,
            "retriever": self.retrievers,
            "alert": self.alerts,
        }

    def covers(self, schema: SchemaNode, body: Json) -> bool:
        """Whether all names in a body are known, so that a server must accept it if it is valid."""
        return all(self.knows(kind, name) for kind, name, _at in rules.references(schema, body))

    def names(self) -> dict[str, tuple[str, ...]]:
        """Return the names to use in bodies, by kind; a kind that takes any name, as feature extractors' ids may, is not in it."""
        takes_any_id = self.feature_extractors is None and self.feature_extractor_ids is None
        return {
            "bucket": self.bucket_names,
            "feature_extractor": tuple(extractor.name for extractor in self.extractors),
            "version": tuple(extractor.version for extractor in self.extractors),
            **({} if takes_any_id else {"feature_extractor_id": self.extractor_ids}),
            "taxonomy": self.taxonomy_names,
            "retriever": self.retriever_names if self.retrievers is not None else (*self.retriever_names, *_MANY),
            # A cluster has to name the collection that it is of: no server need know one of a new collection.
            "cluster of this collection": ("clu_conformance", "clu-2"),
            "alert": self.alerts if self.alerts is not None else ("alt_conformance", "alt-2"),
            "collection": self.collections,
            "document": self.documents,
        }

    @property
    def bucket_names(self) -> tuple[str, ...]:
        """Bucket names to use."""
        return self.buckets if self.buckets is not None else ("bkt_conformance", "bkt-2", "Bucket_3")

    @property
    def extractors(self) -> tuple[Extractor, ...]:
        """Extractors to use."""
        if self.feature_extractors is not None:
            return self.feature_extractors
        return (Extractor("text_extractor", "v1"), Extractor("image_extractor", "v2"), Extractor("Extractor-3", "1.0.0"))

    @property
    def extractor_ids(self) -> tuple[str, ...]:
        """Extractor ids to use in documents."""
        if self.feature_extractor_ids is not None:
            return self.feature_extractor_ids
        return tuple(extractor.name for extractor in self.extractors)

    @property
    def taxonomy_names(self) -> tuple[str, ...]:
        """Taxonomy names to use."""
        return self.taxonomies if self.taxonomies is not None else ("tax_conformance", "tax-2", "Taxonomy_3")

    @property
    def retriever_names(self) -> tuple[str, ...]:
        """Retriever names to use."""
        return self.retrievers if self.retrievers is not None else ("ret_conformance", "ret-2", "Retriever_3")


# Names of retrievers where any is taken, for as many configurations as a collection may have.
_MANY = tuple(f"ret_{index}" for index in range(97))

Names = Annotated[tuple[str, ...], Field(min_length=1)]


class ExtractorName(Table):
    """A feature extractor that the target knows."""

    name: str
    version: str


class VocabularyTable(Table):
    """The vocabulary table of a target file; a list that is absent allows any name."""

    buckets: Names | None = Field(None, title="a bucket", examples=['["bkt_demo"]'])
    feature_extractors: Annotated[tuple[ExtractorName, ...], Field(min_length=1)] | None = Field(
        None, title="a feature extractor", examples=['[{ name = "text_extractor", version = "v1" }]']
    )
    feature_extractor_ids: Names | None = Field(None, title="the id of a feature extractor", examples=['["text_extractor_v1"]'])
    taxonomies: Names | None = Field(None, title="a taxonomy", examples=['["tax_demo"]'])
    retrievers: Names | None = Field(None, title="a retriever", examples=['["ret_demo"]'])

    def vocabulary(self) -> Vocabulary:
        """Return the vocabulary for generation."""
        extractors = None
        if self.feature_extractors is not None:
            extractors = tuple(Extractor(extractor.name, extractor.version) for extractor in self.feature_extractors)
        return Vocabulary(self.buckets, extractors, self.taxonomies, self.retrievers, self.feature_extractor_ids)


def from_table(table: dict[str, Any], edition: Edition = PUBLISHED, model: type[VocabularyTable] = VocabularyTable) -> Vocabulary:
    """Return the vocabulary that the table of a target file gives, for bodies of an edition."""
    return replace(model.model_validate_json(json.dumps(table)).vocabulary(), edition=edition)
