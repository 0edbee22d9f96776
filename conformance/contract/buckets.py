"""Buckets, as far as making one for a collection's source goes."""

from conformance.contract._model import Model, OpenModel
from conformance.contract.collections import Schema


class CreateBucketRequest(Model):
    """The body of `POST /v1/buckets/create`."""

    bucket_name: str
    bucket_schema: Schema


class Bucket(OpenModel):
    """The answer of creating a bucket."""

    bucket_id: str
