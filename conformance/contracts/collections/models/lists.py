"""Lists of documents: what asks for one, and what is answered."""

from typing import Annotated, Any, Literal

from pydantic import Field

from conformance.contracts.collections.models._model import Integer, Model, OpenModel
from conformance.contracts.collections.models.documents import Document
from conformance.contracts.collections.models.filters import Filters

# Which keys come first.
Direction = Literal["asc", "desc"]


class Sort(Model):
    """The root field that orders a list."""

    field: str
    direction: Direction = "asc"


class ListDocumentsRequest(Model):
    """The body of `POST …/documents/list`; `select` holds dotted paths."""

    filters: Filters | None = None
    sort: Sort | None = None
    return_url: bool | None = False
    return_vectors: bool | None = False
    group_by: str | None = None
    select: list[str] | None = None


class Pagination(OpenModel):
    """Where a page stands: `total` is filled on request, `next_cursor` on every page but the last."""

    total: Annotated[Integer, Field(ge=0)] | None = None
    next_cursor: str | None = None


class DocumentGroup(OpenModel):
    """The documents that share one value of the grouping field."""

    group_key: Any
    documents: list[Document]
    count: Annotated[Integer, Field(ge=0)]


class DocumentList(OpenModel):
    """The answer of a list; `results` is empty, null or absent where `groups` are."""

    results: list[Document] | None = None
    groups: list[DocumentGroup] | None = None
    pagination: Pagination
