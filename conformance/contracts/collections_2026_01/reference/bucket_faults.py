"""Named faults of buckets, in the edition of 2026-01."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from conformance.contracts.collections.reference.app import Body, Call, Details, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    PROBLEM,
    Handler,
    Installed,
    authorize_afterwards,
    change_answer,
    change_handlers,
    change_leaves,
    without,
)
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections.reference.service import now

Trigger = Literal["always", "edge", "rare"]
_UPDATES = ("patch_bucket", "put_bucket")
_EPOCH = "1970-01-01T00:00:00Z"
# The namespace of a bucket, and the answer to its create.
_Made = tuple[str, Body]


def _made(change: Callable[[Body, Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change a bucket that is made: what was sent, and the bucket."""
    return lambda operation, sent, made: change(sent, made) if operation == "create_bucket" else made


def _parsed(change: Callable[[Body], Body], *operations: str) -> Callable[[str, Body], Body]:
    """Change the body of a request before it is validated."""
    named = operations or ("create_bucket",)
    return lambda operation, body: change(body) if operation in named else body


def _refused(when: Callable[[Body], bool]) -> Callable[[str, Body, Details], Details]:
    """Refuse valid bodies of some kind."""
    return lambda operation, body, details: [PROBLEM] if operation == "create_bucket" and not details and when(body) else details


def _schema(change: Callable[[Body], Body]) -> Callable[[str, Body, Body], Body]:
    """Change the fields of the schema of a bucket that is made."""
    return _made(lambda _sent, made: {**made, "bucket_schema": {"properties": change(made["bucket_schema"]["properties"])}})


def _fields(change: Callable[[Any], Any]) -> Callable[[str, Body], Body]:
    """Change each field of the schema of a body before it is validated, where there is a schema with fields."""

    def changed(body: Body) -> Body:
        schema = body.get("bucket_schema")
        if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
            return body
        return {**body, "bucket_schema": {"properties": {name: change(one) for name, one in schema["properties"].items()}}}

    return _parsed(changed)


def _inner_fields(one: Any) -> Any:
    """Let fields within a field have any type."""
    if not isinstance(one, dict):
        return one
    inner = one.get("properties") or {}
    return {**one, **({"properties": {name: {**field, "type": "text"} for name, field in inner.items()}} if inner else {})}


def _key(change: Callable[[Body], Body | None]) -> Callable[[str, Body], Body]:
    """Change a unique key before the body is validated."""
    return _parsed(
        lambda body: {**body, "unique_key": change(body["unique_key"])} if isinstance(body.get("unique_key"), dict) else body
    )


def _changed(change: Callable[[Body, Body, Body], Body], *operations: str) -> Installed:
    """Change what an update makes of a bucket: what it was, what was sent, and what it should become."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        service: Any = reference.service
        before = service.get_bucket(call.namespace, call.path["bucket"])
        after = change(before, json.loads(call.body), original(call))
        service.store.replace_bucket(call.namespace, call.path["bucket"], after)
        return after

    return change_handlers(*operations, change=changed)


def _answered(change: Callable[[Body, Body], Body], *operations: str) -> Installed:
    """Change what an update answers, and not what it does: the bucket before it and after it."""

    def changed(reference: Reference, original: Handler, call: Call) -> Body:
        service: Any = reference.service
        before = service.get_bucket(call.namespace, call.path["bucket"])
        return change(before, original(call))

    return change_handlers(*operations, change=changed)


def _shown(change: Callable[[Body], Body]) -> Installed:
    return change_answer("get_bucket", change)


def _only_answer(reference: Reference, original: Handler, call: Call) -> Body:
    """Answer what was sent, and keep what was there."""
    service: Any = reference.service
    before = service.get_bucket(call.namespace, call.path["bucket"])
    answer = original(call)
    service.store.replace_bucket(call.namespace, call.path["bucket"], before)
    return answer


def _as_made(reference: Reference) -> None:
    """Show a bucket as it was when it was read first."""
    first: dict[str, Body] = {}
    change_handlers("get_bucket", change=lambda _reference, original, call: first.setdefault(call.path["bucket"], original(call)))(
        reference
    )


def _reaching(
    operation: str, chosen: Callable[[list[_Made], _Made], list[_Made]], change: Callable[[Any, str, Body, Body], None]
) -> Installed:
    """Let an operation change other buckets too, chosen among all that were made, by those and the one that is named."""

    def installed(reference: Reference) -> None:
        made: dict[str, _Made] = {}

        def create(_reference: Reference, original: Handler, call: Call) -> Body:
            bucket = original(call)
            made[bucket["bucket_id"]] = call.namespace, bucket
            return bucket

        def reach(_reference: Reference, original: Handler, call: Call) -> Body:
            answer, own = original(call), made.get(call.path["bucket"])
            for namespace, bucket in [] if own is None else chosen(list(made.values()), own):
                change(reference.service.store, namespace, bucket, answer)
            return answer

        change_handlers("create_bucket", change=create)(reference)
        change_handlers(operation, change=reach)(reference)

    return installed


def _give_metadata(store: Any, namespace: str, made: Body, answer: Body) -> None:
    bucket = store.bucket(namespace, made["bucket_id"])
    if bucket is not None:
        store.replace_bucket(namespace, made["bucket_id"], {**bucket, "metadata": answer["metadata"]})


def _namesakes(made: list[_Made], own: _Made) -> list[_Made]:
    return [other for other in made if other is not own and (other[0], other[1]["bucket_name"]) == (own[0], own[1]["bucket_name"])]


def _neighbour(made: list[_Made], own: _Made) -> list[_Made]:
    """Return the bucket that was made next, if it is of the same namespace."""
    return [other for other in made[made.index(own) + 1 :][:1] if other[0] == own[0]]


def _delete_more(is_meant: Callable[[Body, Body], bool]) -> Installed:
    """Delete other buckets of the namespace together with the one that was named."""
    return _reaching(
        "delete_bucket",
        lambda made, own: [other for other in made if other[0] == own[0] and is_meant(own[1], other[1])],
        lambda store, namespace, bucket, _answer: store.remove_bucket(namespace, bucket["bucket_id"]),
    )


def _remembering(change: Callable[[list[Body], Body], Body]) -> Installed:
    """Change what a create answers by what earlier ones did."""

    def installed(reference: Reference) -> None:
        made: list[Body] = []

        def create(_reference: Reference, original: Handler, call: Call) -> Body:
            bucket = change(made, original(call))
            made.append(bucket)
            return bucket

        change_handlers("create_bucket", change=create)(reference)

    return installed


def _of_that_name(made: list[Body], bucket: Body) -> Body:
    return next((earlier for earlier in made if earlier["bucket_name"] == bucket["bucket_name"]), bucket)


def _fail_on_taken_name(made: list[Body], bucket: Body) -> Body:
    if _of_that_name(made, bucket) is not bucket:
        raise Refusal(500, "this name is taken")
    return bucket


def _last_metadata(made: list[Body], bucket: Body) -> Body:
    return bucket if bucket["metadata"] or not made else {**bucket, "metadata": made[-1]["metadata"]}


def _even_unknown(answer: Callable[[Call], Body]) -> Callable[[Reference, Handler, Call], Body]:
    """Answer something for a bucket that is not there."""

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        try:
            return original(call)
        except Refusal as refusal:
            if refusal.status != 404:
                raise
            return answer(call)

    return changed


def _nothing_there(call: Call) -> Body:
    return {"bucket_id": call.path["bucket"], "bucket_name": "", "object_count": 0, "total_size_bytes": 0, "metadata": {}}


def _in_any_namespace(reference: Reference, original: Handler, call: Call) -> Body:
    owner = reference.service.store.owner("buckets", call.path["bucket"])
    return original(call if owner is None else replace(call, namespace=owner[0]))


def _in_any_namespace_and_deny(reference: Reference, original: Handler, call: Call) -> Body:
    try:
        return original(call)
    except Refusal:
        _in_any_namespace(reference, original, call)
        raise


def _half_done(reference: Reference, original: Handler, call: Call) -> Body:
    """Do what is right of a change before the rest of it is refused."""
    try:
        return original(call)
    except Refusal as refusal:
        service: Any = reference.service
        bucket = service.store.bucket(call.namespace, call.path["bucket"])
        body = json.loads(call.body) if refusal.status == 422 else {}
        if bucket is not None and isinstance(body, dict) and isinstance(body.get("description"), str):
            service.store.replace_bucket(call.namespace, call.path["bucket"], {**bucket, "description": body["description"]})
        raise


def _does_not_delete(reference: Reference, original: Handler, call: Call) -> Body:
    """Say that a bucket is being deleted, and keep it."""
    service: Any = reference.service
    bucket = service.get_bucket(call.namespace, call.path["bucket"])
    answer = original(call)
    service.keep_bucket(call.namespace, bucket)
    return answer


def _refuse(_reference: Reference, _original: Handler, _call: Call) -> Body:
    raise Refusal(400, "not now")


def _open_to_strangers(operation: str) -> Installed:
    def installed(reference: Reference) -> None:
        authorize = reference.authorize
        reference.authorize = lambda called, header: None if called == operation else authorize(called, header)  # type: ignore[method-assign,assignment]

    return installed


def _kept(value: Any) -> Any:
    """Drop nulls from objects."""
    if isinstance(value, dict):
        return {key: _kept(member) for key, member in value.items() if member is not None}
    return [_kept(item) for item in value] if isinstance(value, list) else value


def _on_create(name: str, breaks: str, trigger: Trigger, change: Callable[[Body, Body], Body]) -> Fault:
    return Fault(name, f"buckets.create.{breaks}", trigger, made=_made(change))


def _on_update(name: str, breaks: str, trigger: Trigger, installed: Installed) -> Fault:
    return Fault(name, breaks, trigger, installed=installed)


_CREATES = (
    Fault("bucket-needs-description", "buckets.create.accepts-valid", details=_refused(lambda body: not body.get("description"))),
    Fault("bucket-type-excel-unknown", "buckets.create.accepts-valid", "edge",
          details=_refused(lambda body: "excel" in body["bucket_schema"]["properties"])),
    Fault("bucket-key-of-three-refused", "buckets.create.accepts-valid", "rare",
          details=_refused(lambda body: len((body.get("unique_key") or {"fields": ()})["fields"]) > 2)),
    _on_update("bucket-without-counts", "buckets.create.response-schema", "always",
               change_answer("create_bucket", lambda made: without(made, "object_count"))),
    _on_create("bucket-size-as-text", "response-schema", "edge", lambda _sent, made: {**made, "total_size_bytes": "0"}),
    _on_update("bucket-without-id", "buckets.create.id-present", "always",
               change_answer("create_bucket", lambda made: without(made, "bucket_id"))),
    _on_update("bucket-id-by-name", "buckets.create.id-unique", "edge", _remembering(_of_that_name)),
    _on_create("bucket-name-in-lower-case", "echoes-name", "edge", lambda _sent, made: {**made, "bucket_name": made["bucket_name"].lower()}),
    _on_create("bucket-description-lost", "echoes-description", "always", lambda _sent, made: {**made, "description": None}),
    _on_create("bucket-description-cut", "echoes-description", "rare",
               lambda _sent, made: {**made, "description": made["description"] and made["description"][:255]}),
    _on_create("bucket-metadata-without-nulls", "echoes-metadata", "edge",
               lambda _sent, made: {**made, "metadata": _kept(made["metadata"])}),
    _on_create("bucket-metadata-trimmed", "echoes-metadata", "rare",
               lambda _sent, made: {**made, "metadata": change_leaves(made["metadata"], lambda leaf: leaf.strip() if isinstance(leaf, str) else leaf)}),
    _on_update("bucket-metadata-of-the-last", "buckets.create.echoes-metadata", "edge", _remembering(_last_metadata)),
    Fault("bucket-schema-without-inner-fields", "buckets.create.echoes-schema", "edge",
          made=_schema(lambda fields: {name: without(one, "properties", "items") for name, one in fields.items()})),
    Fault("bucket-integers-are-numbers", "buckets.create.echoes-schema", "edge",
          made=_schema(lambda fields: {name: {**one, "type": "number"} if one["type"] == "integer" else one
                                       for name, one in fields.items()})),
    Fault("bucket-schema-of-ten-fields", "buckets.create.echoes-schema", "rare",
          made=_schema(lambda fields: dict(list(fields.items())[:10]))),
    _on_create("bucket-key-of-one-field", "echoes-unique-key", "edge",
               lambda sent, made: {**made, "unique_key": {**made["unique_key"], "fields": made["unique_key"]["fields"][:1]}}
               if sent.get("unique_key") else made),
    _on_create("bucket-policy-lost", "echoes-unique-key", "edge",
               lambda sent, made: {**made, "unique_key": without(made["unique_key"], "default_policy")} if sent.get("unique_key") else made),
    _on_create("bucket-policy-always-upsert", "echoes-unique-key", "rare",
               lambda sent, made: {**made, "unique_key": {**made["unique_key"], "default_policy": "upsert"}}
               if sent.get("unique_key") else made),
    _on_create("bucket-counts-itself", "starts-empty", "always", lambda _sent, made: {**made, "object_count": 1}),
    _on_create("bucket-size-of-its-metadata", "starts-empty", "edge",
               lambda sent, made: {**made, "total_size_bytes": len(json.dumps(sent.get("metadata", "")))}),
    Fault("bucket-name-made-up", "buckets.create.requires-name",
          parsed=_parsed(lambda body: {"bucket_name": "unnamed", **body})),
    Fault("bucket-schema-made-up", "buckets.create.requires-schema",
          parsed=_parsed(lambda body: {"bucket_schema": {"properties": {}}, **body})),
    Fault("bucket-schema-may-be-empty", "buckets.create.requires-schema", "edge",
          parsed=_parsed(lambda body: {**body, "bucket_schema": {"properties": {}}} if body.get("bucket_schema") == {} else body)),
    Fault("bucket-name-made-text", "buckets.create.rejects-wrong-types",
          parsed=_parsed(lambda body: {**body, "bucket_name": str(body["bucket_name"])} if body.get("bucket_name") else body)),
    Fault("bucket-metadata-of-a-list", "buckets.create.rejects-wrong-types", "edge",
          parsed=_parsed(lambda body: {**body, "metadata": {}} if isinstance(body.get("metadata"), list) else body)),
    Fault("bucket-field-as-type", "buckets.create.rejects-wrong-types", "rare",
          parsed=_fields(lambda one: {"type": one} if isinstance(one, str) else one)),
    Fault("bucket-type-unknown-is-text", "buckets.create.field-types",
          parsed=_fields(lambda one: {**one, "type": "text"} if one.get("type") == "no_such_type" else one)),
    Fault("bucket-type-defaults-to-text", "buckets.create.field-types", "edge", parsed=_fields(lambda one: {"type": "text", **one})),
    Fault("bucket-type-of-inner-field-unchecked", "buckets.create.field-types", "rare", parsed=_fields(_inner_fields)),
    Fault("bucket-type-of-items-unchecked", "buckets.create.field-types", "rare",
          parsed=_fields(lambda one: without(one, "items"))),
    Fault("bucket-key-without-fields-ignored", "buckets.create.unique-key-needs-fields",
          parsed=_key(lambda key: key if "fields" in key else None)),
    Fault("bucket-key-of-no-fields-ignored", "buckets.create.unique-key-needs-fields", "edge",
          parsed=_key(lambda key: None if key.get("fields") == [] else key)),
    Fault("bucket-policy-unchecked", "buckets.create.unique-key-policy",
          parsed=_key(lambda key: {**key, "default_policy": None} if key.get("default_policy") == "replace" else key)),
    Fault("bucket-key-fields-unchecked", "buckets.create.unique-key-known-fields",
          details=lambda operation, _body, details: [one for one in details if operation != "create_bucket" or one["loc"] != ["body", "unique_key", "fields"]
                                                     or one["type"] != "value_error"]),
    _on_update("bucket-name-taken-fails", "buckets.create.same-name", "edge", _remembering(_fail_on_taken_name)),
)  # fmt: skip
_READS = (
    _on_update("bucket-read-lacks-metadata", "buckets.get.equals-created", "always", _shown(lambda bucket: {**bucket, "metadata": {}})),
    _on_update("bucket-read-as-first-read", "buckets.get.equals-created", "edge", _as_made),
    _on_update("bucket-read-without-unique-key", "buckets.get.equals-created", "edge", _shown(lambda bucket: {**bucket, "unique_key": None})),
    _on_update("bucket-read-with-time-of-change", "buckets.get.equals-created", "rare",
               _shown(lambda bucket: {**bucket, "created_at": bucket["updated_at"]})),
    _on_update("bucket-patch-changes-neighbour", "buckets.get.equals-created", "rare", _reaching("patch_bucket", _neighbour, _give_metadata)),
    _on_update("bucket-patch-only-answers", "buckets.get.equals-created", "always", change_handlers("patch_bucket", change=_only_answer)),
    _on_update("bucket-put-only-answers", "buckets.get.equals-created", "always", change_handlers("put_bucket", change=_only_answer)),
    _on_update("bucket-unknown-is-empty", "buckets.get.unknown", "always",
               change_handlers("get_bucket", change=_even_unknown(_nothing_there))),
)  # fmt: skip
_CHANGES = (
    _on_update("bucket-patch-changes-all-of-the-name", "buckets.get.equals-created", "edge", _reaching("patch_bucket", _namesakes, _give_metadata)),
    _on_update("bucket-patch-forgets-the-schema", "buckets.patch.merges", "edge",
               _changed(lambda _before, _sent, after: {**after, "bucket_schema": {"properties": {name: {"type": one["type"]} for name, one in after["bucket_schema"]["properties"].items()}}}, "patch_bucket")),
    _on_update("bucket-patch-answers-before", "buckets.patch.merges", "always", _answered(lambda before, _after: before, "patch_bucket")),
    _on_update("bucket-patch-drops-description", "buckets.patch.merges", "edge",
               _changed(lambda _before, sent, after: {**after, "description": sent.get("description")}, "patch_bucket")),
    _on_update("bucket-patch-keeps-old-metadata", "buckets.patch.merges", "edge",
               _changed(lambda before, _sent, after: {**after, "metadata": {**after["metadata"], **before["metadata"]}}, "patch_bucket")),
    _on_update("bucket-patch-ignores-name", "buckets.patch.merges", "rare",
               _changed(lambda before, _sent, after: {**after, "bucket_name": before["bucket_name"]}, "patch_bucket")),
    _on_update("bucket-patch-takes-first-metadata", "buckets.patch.merges", "rare",
               _changed(lambda _before, _sent, after: {**after, "metadata": dict(list(after["metadata"].items())[:1])}, "patch_bucket")),
    _on_update("bucket-put-ignores-description", "buckets.put.changes", "always",
               _changed(lambda before, _sent, after: {**after, "description": before["description"]}, "put_bucket")),
    _on_update("bucket-put-forgets-name", "buckets.put.changes", "edge",
               _changed(lambda _before, sent, after: {**after, "bucket_name": sent.get("bucket_name", "")}, "put_bucket")),
    _on_update("bucket-put-forgets-schema", "buckets.put.changes", "edge",
               _changed(lambda _before, _sent, after: {**after, "bucket_schema": {"properties": {}}}, "put_bucket")),
    _on_update("bucket-put-keeps-falsy-metadata", "buckets.put.changes", "rare",
               _changed(lambda before, sent, after: {**after, "metadata": {key: value or before["metadata"].get(key) for key, value in
                                                                           (sent.get("metadata") or before["metadata"]).items()}}, "put_bucket")),
    _on_update("bucket-takes-claimed-id", "buckets.update.keeps-identity", "always",
               _changed(lambda _before, sent, after: {**after, "bucket_id": sent.get("bucket_id", after["bucket_id"])}, *_UPDATES)),
    _on_update("bucket-put-is-made-anew", "buckets.update.keeps-identity", "edge",
               _changed(lambda _before, _sent, after: {**after, "created_at": now()}, "put_bucket")),
    _on_update("bucket-takes-claimed-key", "buckets.update.keeps-identity", "edge",
               _changed(lambda _before, sent, after: {**after, "unique_key": sent.get("unique_key", after["unique_key"])}, *_UPDATES)),
    _on_update("bucket-takes-claimed-counts", "buckets.update.keeps-identity", "rare",
               _changed(lambda _before, sent, after: {**after, "object_count": sent.get("object_count", 0)}, "put_bucket")),
    _on_update("bucket-updated-long-ago", "buckets.update.advances-updated-at", "always",
               _changed(lambda _before, _sent, after: {**after, "updated_at": _EPOCH}, *_UPDATES)),
    _on_update("bucket-takes-claimed-updated-at", "buckets.update.advances-updated-at", "edge",
               _changed(lambda _before, sent, after: {**after, "updated_at": sent.get("updated_at", after["updated_at"])}, "patch_bucket")),
    _on_update("bucket-put-of-unknown-answers", "buckets.update.unknown", "always",
               change_handlers("put_bucket", change=_even_unknown(_nothing_there))),
    _on_update("bucket-patch-of-unknown-answers", "buckets.update.unknown", "edge",
               change_handlers("patch_bucket", change=_even_unknown(_nothing_there))),
    Fault("bucket-metadata-of-wrong-type-ignored", "buckets.update.rejects-wrong-types",
          parsed=_parsed(lambda body: body if isinstance(body.get("metadata", {}), dict) else without(body, "metadata"), *_UPDATES)),
    Fault("bucket-put-takes-any-name", "buckets.update.rejects-wrong-types", "edge",
          parsed=_parsed(lambda body: {**body, "bucket_name": str(body["bucket_name"])} if "bucket_name" in body else body, "put_bucket")),
    _on_update("bucket-refused-change-half-done", "buckets.update.refused-changes-nothing", "always",
               change_handlers(*_UPDATES, change=_half_done)),
    _on_update("bucket-refused-patch-half-done", "buckets.update.refused-changes-nothing", "edge",
               change_handlers("patch_bucket", change=_half_done)),
)  # fmt: skip
_DELETES = (
    _on_update("bucket-delete-refused", "buckets.delete.accepts", "always", change_handlers("delete_bucket", change=_refuse)),
    _on_update("bucket-delete-without-task", "buckets.delete.answers", "always",
               change_answer("delete_bucket", lambda answer: without(answer, "task_id"))),
    _on_update("bucket-delete-tells-task-as-bucket", "buckets.delete.answers", "edge",
               change_answer("delete_bucket", lambda answer: {**answer, "bucket_id": answer["task_id"]})),
    _on_update("bucket-delete-of-unknown-answers", "buckets.delete.unknown", "always",
               change_handlers("delete_bucket", change=_even_unknown(lambda call: {"task_id": "task_0", "bucket_id": call.path["bucket"]}))),
    _on_update("bucket-delete-only-says-so", "buckets.delete.then-gone", "always",
               change_handlers("delete_bucket", change=_does_not_delete)),
    _on_update("bucket-delete-of-all-alike", "buckets.delete.only-that", "edge",
               _delete_more(lambda own, other: own["description"] == other["description"])),
    _on_update("bucket-delete-of-all-of-the-name", "buckets.delete.only-that", "edge",
               _delete_more(lambda own, other: own["bucket_name"] == other["bucket_name"])),
    _on_update("bucket-delete-of-all-newer", "buckets.delete.only-that", "rare",
               _delete_more(lambda own, other: other["created_at"] > own["created_at"] and own["bucket_schema"] == other["bucket_schema"])),
)  # fmt: skip
_ELSEWHERE = (
    _on_update("bucket-read-in-any-namespace", "namespaces.isolates-buckets", "always",
               change_handlers("get_bucket", change=_in_any_namespace)),
    _on_update("bucket-put-in-any-namespace", "namespaces.isolates-buckets", "edge",
               change_handlers("put_bucket", change=_in_any_namespace)),
    _on_update("bucket-deleted-in-any-namespace", "namespaces.isolates-buckets", "edge",
               change_handlers("delete_bucket", change=_in_any_namespace)),
    _on_update("bucket-patch-in-any-namespace-denied", "namespaces.isolates-buckets", "rare",
               change_handlers("patch_bucket", change=_in_any_namespace_and_deny)),
    _on_update("bucket-open-to-strangers", "auth.missing-token", "edge", _open_to_strangers("get_bucket")),
    _on_update("bucket-changed-before-authorization", "auth.no-effect", "rare", authorize_afterwards("put_bucket")),
    _on_update("bucket-deleted-before-authorization", "auth.no-effect", "rare", authorize_afterwards("delete_bucket")),
)  # fmt: skip
BUCKET_FAULTS: tuple[Fault, ...] = (*_CREATES, *_READS, *_CHANGES, *_DELETES, *_ELSEWHERE)
