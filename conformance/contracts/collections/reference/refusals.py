"""Refusals: every answer that is not a success, and the body it has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

Detail = dict[str, Any]
_TYPES = {400: "bad_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed", 413: "too_large",
          415: "unsupported_media_type", 500: "internal_error"}  # fmt: skip


@dataclass
class Refusal(Exception):
    """An answer other than 200; with `details` it is a 422 in the validation shape, else an envelope."""

    status: int
    message: str
    details: Sequence[Detail] = ()
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the JSON body of the answer."""
        if self.details:
            return {"detail": list(self.details)}
        error = {"message": self.message, "type": _TYPES.get(self.status, "invalid_request"), "details": None}
        return {"success": False, "status": self.status, "error": error}


def invalid(*where: str | int, message: str, kind: str = "value_error", place: str = "body") -> Detail:
    """Return one entry of a 422 that names the offending field, in the body or the query."""
    return {"loc": [place, *where], "msg": message, "type": kind}
