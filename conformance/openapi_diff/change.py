"""What can change between two documents: a closed vocabulary, and whom a change concerns."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from conformance.core.pointers import Pointer


class Kind(StrEnum):
    """Every kind of change; the names in pairs are each other's opposites."""

    OPERATION_GONE = "operation-gone"
    OPERATION_NEW = "operation-new"
    OPERATION_MOVED = "operation-moved"
    DEPRECATION_CHANGED = "deprecation-changed"
    ACCESS_CHANGED = "access-changed"
    PARAMETER_GONE = "parameter-gone"
    PARAMETER_NEW = "parameter-new"
    PARAMETER_RENAMED = "parameter-renamed"
    BODY_GONE = "body-gone"
    BODY_NEW = "body-new"
    MEDIA_TYPE_GONE = "media-type-gone"
    MEDIA_TYPE_NEW = "media-type-new"
    SUCCESS_STATUS_CHANGED = "success-status-changed"
    OTHER_STATUS_GONE = "other-status-gone"
    OTHER_STATUS_NEW = "other-status-new"
    ERROR_BODY_CHANGED = "error-body-changed"
    FIELD_GONE = "field-gone"
    FIELD_NEW = "field-new"
    OTHER_FIELDS_GONE = "other-fields-gone"
    OTHER_FIELDS_NEW = "other-fields-new"
    NOW_REQUIRED = "now-required"
    NOW_OPTIONAL = "now-optional"
    TYPE_CHANGED = "type-changed"
    TYPE_NARROWER = "type-narrower"
    TYPE_WIDER = "type-wider"
    VARIANT_GONE = "variant-gone"
    VARIANT_NEW = "variant-new"
    NULL_GONE = "null-gone"
    NULL_NEW = "null-new"
    VALUES_GONE = "values-gone"
    VALUES_NEW = "values-new"
    LIMIT_TIGHTER = "limit-tighter"
    LIMIT_LOOSER = "limit-looser"
    RULE_NEW = "rule-new"
    RULE_GONE = "rule-gone"
    RULE_CHANGED = "rule-changed"
    DEFAULT_CHANGED = "default-changed"


class Relation(StrEnum):
    """How the values that the new document describes lie to those of the old one."""

    NARROWER = "narrower"
    WIDER = "wider"
    CHANGED = "changed"
    NEITHER = "neither"


class Side(StrEnum):
    """Who sends the value: a client as a parameter or in a body, or a server."""

    PARAMETER = "parameter"
    REQUEST = "request"
    RESPONSE = "response"


class Client(StrEnum):
    """What a change means for a client that was written for the old document."""

    BREAKS = "breaks"
    UNAFFECTED = "unaffected"


class Server(StrEnum):
    """What a change means for a server that was written for the old document, and is to serve the new one."""

    MUST = "must"
    MAY_DROP = "may-drop"
    UNAFFECTED = "unaffected"


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """One change of one schema or operation; None as `old` or `new` says that nothing of the kind is there.

    The places are those of its cause in both documents, and `step` is the name of the field that it is about.
    """

    kind: Kind
    relation: Relation
    old: Any
    new: Any
    old_place: Pointer
    new_place: Pointer
    step: tuple[str, ...] = ()


def client_of(relation: Relation, side: Side) -> Client:
    """Return whether a change breaks clients: they send what is taken no more, or are answered what was never promised."""
    breaking = Relation.WIDER if side is Side.RESPONSE else Relation.NARROWER
    return Client.BREAKS if relation in (breaking, Relation.CHANGED) else Client.UNAFFECTED


def server_of(relation: Relation, side: Side) -> Server:
    """Return what a server has to do: what it has to take grows, or what it may answer shrinks, and the other way round."""
    duty, freedom = (Relation.NARROWER, Relation.WIDER) if side is Side.RESPONSE else (Relation.WIDER, Relation.NARROWER)
    if relation in (duty, Relation.CHANGED):
        return Server.MUST
    return Server.MAY_DROP if relation is freedom else Server.UNAFFECTED
