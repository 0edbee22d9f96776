"""What requests of the API hold, as serializers of Django REST framework."""

from typing import Any

from rest_framework import serializers

Json = dict[str, Any]
OPERATORS = (
    "eq",
    "ne",
    "gt",
    "lt",
    "gte",
    "lte",
    "in",
    "nin",
    "contains",
    "starts_with",
    "ends_with",
    "regex",
    "exists",
    "is_null",
    "text",
)
DEEPEST = 100


class Text(serializers.CharField):
    """A string that is kept as it is: the framework's own strips it, and refuses an empty one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_blank=True, trim_whitespace=False, **options)


def optional(kind: type[serializers.Field], **options: Any) -> serializers.Field:
    """Return a field that may be left out, or be null."""
    return kind(required=False, allow_null=True, **options)


def word(*choices: str, null: bool = True) -> serializers.Field:
    """Return a field that holds one of these words, if it is there."""
    return serializers.ChoiceField(choices, required=False, allow_null=null)


class Condition(serializers.Serializer):
    """One comparison of a filter."""

    field = Text()
    operator = serializers.ChoiceField(OPERATORS, required=False)
    value = optional(serializers.JSONField)


class Group(serializers.Field):
    """Conditions, and groups of them, that hold together."""

    def to_internal_value(self, data: Any) -> Any:
        """Return a group as it is, if it is one."""
        self._check(data, 0)
        return data

    def _check(self, data: Any, depth: int) -> None:
        if not isinstance(data, dict) or depth > DEEPEST:
            raise serializers.ValidationError("this is no group")
        serializers.BooleanField(allow_null=True).run_validation(data.get("case_sensitive"))
        for name in ("AND", "OR", "NOT"):
            members = [] if data.get(name) is None else data[name]
            if not isinstance(members, list):
                raise serializers.ValidationError({name: "this is no list"})
            for member in members:
                self._check_member(member, depth + 1)

    def _check_member(self, member: Any, depth: int) -> None:
        if isinstance(member, dict) and {"field", "operator", "value"} & member.keys():
            Condition(data=member).is_valid(raise_exception=True)
        else:
            self._check(member, depth)


class Source(serializers.Serializer):
    """Where the objects of a collection come from."""

    type = serializers.ChoiceField(["bucket", "collection"])
    bucket_id = optional(Text)
    prefix_key = optional(Text)
    collection_id = optional(Text)
    filters = optional(Group)

    def validate(self, attrs: Json) -> Json:
        """Refuse a source that names nothing."""
        if not attrs.get(f"{attrs['type']}_id"):
            raise serializers.ValidationError(f"a {attrs['type']} needs its id")
        return attrs


class Extractor(serializers.Serializer):
    """What makes features of an object."""

    feature_extractor_name = Text()
    version = Text()
    parameters = serializers.DictField(required=False)
    input_mapping = serializers.DictField(child=Text(), required=False)
    output_mapping = serializers.DictField(child=Text(), required=False)
    document_output_type = word("single", "multiple")
    document_input_handling = word("individual", "grouped")
    document_output_handling = word("create_new")


class Taxonomy(serializers.Serializer):
    """A taxonomy that is applied to a collection."""

    taxonomy_id = Text()
    output_collection = optional(Text)


class Event(serializers.Serializer):
    """A change that makes cached results stale."""

    collection = Text()
    action = serializers.ChoiceField(["create", "update", "delete"])
    recompute_strategy = word("immediate", "background", "lazy", null=False)
    retriever_id = optional(Text)


class Retriever(serializers.Serializer):
    """The cache of one retriever."""

    enabled = serializers.BooleanField(required=False)
    ttl_seconds = optional(serializers.IntegerField, min_value=0)
    score_threshold = optional(serializers.FloatField)


class Cache(serializers.Serializer):
    """How results are cached."""

    enabled = serializers.BooleanField(required=False)
    ttl_seconds = serializers.IntegerField(required=False, min_value=0)
    invalidation_strategy = word("replace_if_better", "replace_always", "keep_existing", null=False)
    max_entries_per_key = serializers.IntegerField(required=False, min_value=1)
    score_threshold = optional(serializers.FloatField)
    invalidation_events = Event(many=True, required=False)
    retriever_configs = serializers.DictField(child=Retriever(), required=False)


class Handling(serializers.Serializer):
    """What becomes of documents."""

    output_type = word("single", "multiple")


class NewCollection(serializers.Serializer):
    """The body of `POST /v1/collections/create`."""

    collection_name = Text()
    description = optional(Text)
    source = Source()
    feature_extractors = Extractor(many=True)
    taxonomy_applications = Taxonomy(many=True, required=False)
    enabled = serializers.BooleanField(required=False)
    metadata = optional(serializers.DictField)
    document_handling = optional(Handling)
    cache_config = optional(Cache)


class Step(serializers.Serializer):
    """One step of a document's lineage."""

    collection_id = Text()
    feature_extractor_id = Text()
    document_id = optional(Text)
    timestamp = serializers.DateTimeField(required=False)


class Feature(serializers.Serializer):
    """What an extractor found in an object."""

    feature_extractor_id = Text()
    payload = serializers.DictField(required=False)
    vectors = optional(serializers.DictField)


class Blob(serializers.Serializer):
    """A file that belongs to a document; `field` is a name that serializers keep for themselves."""

    url = Text()
    role = word("source", "processed", "thumbnail", "artifact", "aux", null=False)
    type = word("video", "image", "audio", "text", "pdf", "other", null=False)
    filename = optional(Text)
    size_bytes = optional(serializers.IntegerField, min_value=0)
    content_type = optional(Text)
    checksum = optional(Text)
    created_at = optional(serializers.DateTimeField)
    source_blob_id = optional(Text)

    def get_fields(self) -> dict[str, serializers.Field]:
        """Add the field of that name."""
        return {**super().get_fields(), "field": Text()}


class NewDocument(serializers.Serializer):
    """The body of `POST /v1/collections/{collection}/documents`; further fields are the user's."""

    collection_id = Text()
    root_object_id = optional(Text)
    root_bucket_id = optional(Text)
    source_collection_id = optional(Text)
    source_document_id = optional(Text)
    source_object_id = optional(Text)
    source_type = word("bucket", "collection")
    lineage_path = optional(Text)
    lineage_chain = Step(many=True, required=False)
    document_schema_version = word("v1", "v2")
    metadata = serializers.DictField(required=False)
    features = Feature(many=True, required=False)
    document_blobs = Blob(many=True, required=False)
