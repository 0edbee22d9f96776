"""What is known of a contract, so that an OpenAPI document can be compared with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.evidence.operation import Operation
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.rules import Limits


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractFacts:
    """A contract, as far as an OpenAPI document is compared with it.

    `document` is the contract's own document, which describes each of `operations`. `limits` is what a server must accept at least.
    A server may refuse a user's field with one of `reserved_names`. `optional_profiles` names, for a field or a parameter that only a
    profile which a server may lack asks for, that profile. `common_statuses` may be the answer to any operation.
    """

    document: OpenApiDocument
    operations: tuple[Operation, ...]
    limits: Limits
    reserved_names: frozenset[str] = frozenset()
    optional_profiles: Mapping[str, str] = field(default_factory=dict)
    common_statuses: frozenset[str] = frozenset()
