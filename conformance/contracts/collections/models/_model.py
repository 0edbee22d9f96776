"""What every model has in common: no coercion, frozen, and integers written as 1.0 read as integers."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from conformance.core import equality


class Model(BaseModel):
    """A part of a request: strict scalars; properties that the schema does not name are let through and dropped."""

    model_config = ConfigDict(strict=True, frozen=True, extra="ignore")


class OpenModel(BaseModel):
    """A part of an answer: strict scalars; properties that the contract does not name are kept."""

    model_config = ConfigDict(strict=True, frozen=True, extra="allow")


def _integral(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _time(value: Any) -> Any:
    if isinstance(value, str) and equality.instant(value) is None:
        raise ValueError("not an RFC 3339 date-time")
    return value


# JSON has one kind of number: 3600.0 is an integer (JSON Schema 2020-12, 6.1.1).
Integer = Annotated[int, BeforeValidator(_integral)]
# Kept as text, because a server may answer with any offset; compare with semantics.same_time.
Time = Annotated[str, BeforeValidator(_time), Field(json_schema_extra={"format": "date-time"})]
