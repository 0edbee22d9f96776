"""Buckets: making, showing, changing and deleting them."""

import secrets
from collections.abc import Callable
from typing import Any

from conformance.contracts.collections.reference.app import Call, Hooks, Reference
from conformance.contracts.collections.reference.refusals import Refusal
from conformance.contracts.collections.reference.service import now
from conformance.contracts.collections.reference.store import Store

Body = dict[str, Any]
BUCKET = "/v1/buckets/{bucket}"
_CHANGEABLE = ("bucket_name", "description", "metadata")


class BucketService:
    """What is done with buckets, on a store."""

    store: Store

    def make_bucket(self, body: Body) -> Body:
        """Make a bucket of a valid request."""
        time = now()
        return {
            "bucket_id": f"bkt_{secrets.token_hex(6)}",
            "bucket_name": body["bucket_name"],
            "description": body.get("description"),
            "bucket_schema": body["bucket_schema"],
            "unique_key": body.get("unique_key"),
            "metadata": body.get("metadata", {}),
            "object_count": 0,
            "total_size_bytes": 0,
            "created_at": time,
            "updated_at": time,
            "last_upload_at": None,
            "status": "ACTIVE",
            "is_locked": False,
        }

    def keep_bucket(self, namespace: str, bucket: Body) -> None:
        """Store what `make_bucket` made."""
        self.store.add_bucket(namespace, bucket["bucket_id"], bucket)

    def get_bucket(self, namespace: str, identifier: str) -> Body:
        """Return a bucket, or refuse with 404."""
        found = self.store.bucket(namespace, identifier)
        if found is None:
            raise Refusal(404, "there is no such bucket")
        return found

    def patch_bucket(self, namespace: str, identifier: str, body: Body) -> Body:
        """Change what is given of a bucket; the given metadata take the place of the old ones."""
        return self._changed_bucket(namespace, identifier, {key: body[key] for key in _CHANGEABLE if body.get(key) is not None})

    def put_bucket(self, namespace: str, identifier: str, body: Body) -> Body:
        """Change a bucket; a description or metadata that are not given stay."""
        return self.patch_bucket(namespace, identifier, body)

    def _changed_bucket(self, namespace: str, identifier: str, changes: Body) -> Body:
        with self.store.locked():
            before = self.get_bucket(namespace, identifier)
            after = {**before, **changes, "updated_at": max(now(), before["updated_at"])}
            self.store.replace_bucket(namespace, identifier, after)
        return after

    def delete_bucket(self, namespace: str, identifier: str) -> Body:
        """Delete a bucket, and answer what a server says of a deletion under way."""
        bucket = self.get_bucket(namespace, identifier)
        self.store.remove_bucket(namespace, identifier)
        return {"task_id": f"task_{secrets.token_hex(6)}", "status": "PENDING", **{key: bucket[key] for key in _TOLD}}


_TOLD = ("bucket_id", "bucket_name", "object_count")


class BucketHandlers(Reference):
    """The handlers of the operations on buckets."""

    service: Any
    _fault: Hooks

    def _create_bucket(self, call: Call) -> Body:
        body = self.valid_body(call)
        made = self._fault.made(call.operation, body, self.service.make_bucket(body))
        self.service.keep_bucket(call.namespace, made)
        return made

    def _get_bucket(self, call: Call) -> Body:
        found: Body = self.service.get_bucket(call.namespace, call.path["bucket"])
        return found

    def _put_bucket(self, call: Call) -> Body:
        return self._change_bucket(call, self.service.put_bucket)

    def _patch_bucket(self, call: Call) -> Body:
        return self._change_bucket(call, self.service.patch_bucket)

    def _change_bucket(self, call: Call, change: Callable[[str, str, Body], Body]) -> Body:
        self.service.get_bucket(call.namespace, call.path["bucket"])
        return change(call.namespace, call.path["bucket"], self.valid_body(call))

    def _delete_bucket(self, call: Call) -> Body:
        deleted: Body = self.service.delete_bucket(call.namespace, call.path["bucket"])
        return deleted
