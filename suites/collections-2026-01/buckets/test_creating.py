"""Creating buckets: what is given comes back, and what breaks a rule is refused."""

from typing import Any

from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.bucket_life import body_of, plan_bucket
from conformance.core import pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.engine.scenario import exercises
from conformance.evidence.operation import Expect
from conformance.generation import json_values

_VALID = "buckets.create.accepts-valid"
_TYPES = ("string", "number", "integer", "float", "boolean", "object", "array", "date", "datetime", "text", "image", "audio", "video", "pdf",
          "excel")  # fmt: skip
_NESTED: dict[str, Any] = {
    "properties": {
        "tags": {"type": "array", "items": {"type": "string", "enum": ["a", "b"], "description": "one of two"}},
        "about": {
            "type": "object",
            "description": "what it is about",
            "properties": {
                "pages": {"type": "integer", "default": 0, "required": True},
                "by": {"type": "string", "examples": ["x", ""]},
                "more": {"type": "object", "properties": {"at": {"type": "datetime"}}},
            },
        },
        "content": {"type": "text", "required": True},
        "size": {"type": "float", "default": 0.5, "enum": [0.5, 1.5]},
    }
}
_METADATA: dict[str, Json] = {
    "texts": list(json_values.TEXTS),
    "numbers": list(json_values.NUMBERS),
    "falsy": list(json_values.FALSY),
    "nested": {"a": {"b": [{"c": None}, []]}, "none": None, "no": False, "zero": 0},
    "z": 1,
    "a": 2,
}
_KEYS = {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}, "c": {"type": "float"}, "content": {"type": "text"},
                        "about": {"type": "object", "properties": {"a": {"type": "string"}}},
                        "tags": {"type": "array", "items": {"type": "string"}}}}  # fmt: skip


@exercises(_VALID, "buckets.create.*")
def test_valid_buckets(run: CollectionsRun) -> None:
    """A bucket with nothing but what it needs, and others that give each field, each type and each policy."""
    key: dict[str, Json] = {"bucket_schema": _KEYS}
    bodies = (
        body_of(
            run,
            bucket_schema={"properties": {name: {"type": name} for name in _TYPES}},
            metadata=_METADATA,
            description="of every type",
        ),
        body_of(run),
        body_of(run, bucket_schema=_NESTED, description="größer 😀 'than' \"that\"\n", metadata={}),
        body_of(run, **key, unique_key={"fields": ["b"], "default_policy": "update"}, description="", metadata={"a": None}),
        body_of(run, **key, unique_key={"fields": ["b", "c", "a"], "default_policy": "upsert"}, metadata={"x" * 255: "y" * 4096}),
        body_of(run, **key, unique_key={"fields": ["c", "a"]}, description="x" * 4096),
    )
    run.perform_all(plan_bucket(run, body, _VALID) for body in bodies)


def _changed(run: CollectionsRun, at: Pointer, value: Any) -> dict[str, Json]:
    """Return a valid body that is broken in one place; MISSING takes the place away."""
    body: Any = body_of(run, bucket_schema=_KEYS)
    if at[0] == "unique_key":
        body["unique_key"] = {"fields": ["a"], "default_policy": "insert"}
    changed: dict[str, Json] = pointers.replace(body, at, value)
    return changed


_FIELDS = ("bucket_schema", "properties")
_BROKEN: tuple[tuple[str, Pointer, Any], ...] = (
    ("requires-name", ("bucket_name",), MISSING),
    ("requires-schema", ("bucket_schema",), MISSING),
    ("requires-schema", ("bucket_schema",), {}),
    ("rejects-wrong-types", ("bucket_name",), {"a": "b"}),
    ("rejects-wrong-types", (*_FIELDS, "content"), "text"),
    ("rejects-wrong-types", ("metadata",), ["a"]),
    ("field-types", (*_FIELDS, "b", "type"), "no_such_type"),
    ("field-types", (*_FIELDS, "content", "type"), MISSING),
    ("field-types", (*_FIELDS, "about", "properties", "a", "type"), "no_such_type"),
    ("field-types", (*_FIELDS, "tags", "items", "type"), "no_such_type"),
    ("unique-key-needs-fields", ("unique_key", "fields"), MISSING),
    ("unique-key-needs-fields", ("unique_key", "fields"), []),
    ("unique-key-policy", ("unique_key", "default_policy"), "replace"),
    ("unique-key-known-fields", ("unique_key", "fields"), ["no_such_field"]),
)
_MORE: tuple[tuple[str, Pointer, Any], ...] = (
    ("requires-schema", ("bucket_schema",), None),
    ("unique-key-known-fields", ("unique_key", "fields"), ["a", "about"]),
    ("rejects-wrong-types", ("unique_key", "fields"), "a"),
    ("requires-name", ("bucket_name",), None),
    ("rejects-wrong-types", ("bucket_name",), ["a"]),
    ("rejects-wrong-types", ("bucket_schema",), "text"),
    ("rejects-wrong-types", _FIELDS, [{"type": "text"}]),
    ("rejects-wrong-types", ("description",), {"a": "b"}),
    ("rejects-wrong-types", ("metadata",), "a"),
    ("rejects-wrong-types", ("unique_key",), "a"),
    ("rejects-wrong-types", ("unique_key", "fields"), [{"a": "b"}]),
    ("field-types", (*_FIELDS, "b", "type"), ""),
    ("field-types", (*_FIELDS, "about", "properties", "a", "type"), MISSING),
    ("unique-key-needs-fields", ("unique_key", "fields"), None),
    ("unique-key-policy", ("unique_key", "default_policy"), ""),
    ("unique-key-known-fields", ("unique_key", "fields"), ["tags"]),
)


@exercises("buckets.create.requires-*", "buckets.create.rejects-wrong-types", "buckets.create.field-types", "buckets.create.unique-key-*",
           "errors.*")  # fmt: skip
def test_broken_bodies(run: CollectionsRun) -> None:
    """Bodies that break one rule each."""
    broken = (*_BROKEN, *_MORE) if run.budget.exhaustive else _BROKEN
    run.perform_all(
        plan_bucket(run, _changed(run, at, value), f"buckets.create.{name}", expect=Expect.REFUSE, at=at)
        for name, at, value in broken
    )


@exercises("buckets.create.same-name", "buckets.create.id-unique")
def test_same_name(run: CollectionsRun) -> None:
    """Two buckets of one name, which differ in everything else."""
    first = run.perform(plan_bucket(run, body_of(run, description="the first", metadata={"of": "the first"})))
    if first.created_id is not None:
        body = {"bucket_name": first.case.body["bucket_name"], "bucket_schema": {"properties": {"other": {"type": "image"}}}}
        run.perform(plan_bucket(run, body, "buckets.create.same-name", expect=Expect.EITHER, context=(first,)))
