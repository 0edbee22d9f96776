"""The operations of the API, and what the contract can promise about an answer."""

from enum import StrEnum


class Operation(StrEnum):
    """The operations, by their operationId; OUTSIDE is a path or a method that the API lacks."""

    CREATE_COLLECTION = "create_collection"
    CREATE_DOCUMENT = "create_document"
    OUTSIDE = "outside"


class Expect(StrEnum):
    """What the contract promises about the answer to a request."""

    ACCEPT = "accept"  # 200
    REFUSE = "refuse"  # a 4xx that the requirement names
    EITHER = "either"  # kept verbatim, or refused with a clean 4xx
    ANY = "any"  # only what holds for every exchange
