"""Buckets, as far as making one for a collection's source goes."""

from conformance.contracts.collections.models._model import Model, OpenModel
from conformance.contracts.collections.models.collections import Schema


class CreateBucketRequest(Model):
    """The body of `POST /v1/buckets/create`."""

    bucket_name: str
    bucket_schema: Schema


class Bucket(OpenModel):
    """The answer of creating a bucket."""

    bucket_id: str
