"""Error bodies: the envelope of every refusal, and the framework's own shape that 422 may have."""

from typing import Any

from conformance.contracts.collections.models._model import Integer, OpenModel


class ErrorDetail(OpenModel):
    """What went wrong: for a person (`message`) and for a program (`type`)."""

    message: str
    type: str
    details: dict[str, Any] | None = None


class ErrorResponse(OpenModel):
    """The envelope of 400, 401, 403, 404 and 500; `status` is the HTTP status."""

    success: bool = False
    status: Integer
    error: ErrorDetail


class ValidationError(OpenModel):
    """One broken rule of a body and where it is."""

    loc: list[str | Integer]
    msg: str
    type: str


class HTTPValidationError(OpenModel):
    """The other shape that a 422 may have."""

    detail: list[ValidationError]
