"""Cache configurations of a collection."""

from typing import Annotated, Any, Literal

from conformance.contracts.collections.models._model import Integer, Model, OpenModel
from conformance.generation.annotations import Examples, FromVocabulary

# What a new entry does to a cached one.
InvalidationStrategy = Literal["replace_if_better", "replace_always", "keep_existing"]

# When an invalidated entry is computed again.
RecomputeStrategy = Literal["immediate", "background", "lazy"]


class InvalidationEvent(Model):
    """What invalidates: an action (create, update or delete) on a collection."""

    collection: Annotated[str, FromVocabulary("collection", unknown=0.1)]
    action: Annotated[str, Examples("create", "update", "delete")]
    recompute_strategy: RecomputeStrategy = "background"
    retriever_id: Annotated[str | None, FromVocabulary("retriever")] = None


class RetrieverCacheConfig(Model):
    """What one retriever overrides."""

    enabled: bool = True
    ttl_seconds: Integer | None = None
    score_threshold: float | None = None


class CacheConfig(Model):
    """How results of a collection are cached; `ttl_seconds` is seven days unless given."""

    enabled: bool = True
    ttl_seconds: Integer = 604_800
    invalidation_strategy: InvalidationStrategy = "replace_if_better"
    max_entries_per_key: Integer = 5
    score_threshold: float | None = None
    invalidation_events: list[InvalidationEvent] = []
    retriever_configs: dict[Annotated[str, FromVocabulary("retriever")], RetrieverCacheConfig] = {}


class CacheConfigView(OpenModel):
    """A cache configuration as answered."""

    enabled: bool = True
    ttl_seconds: Integer = 604_800
    invalidation_strategy: InvalidationStrategy = "replace_if_better"
    max_entries_per_key: Integer = 5
    score_threshold: float | None = None
    invalidation_events: list[InvalidationEvent] | None = None
    retriever_configs: dict[str, RetrieverCacheConfig] | None = None


def default(model: type[Model], field: str) -> Any:
    """Return the JSON value that a model's field has when it is not given."""
    return model.model_fields[field].get_default(call_default_factory=True)
