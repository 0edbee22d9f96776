"""The requirements of this contract, and where they come from."""

from functools import cache

from conformance.evidence.requirements import Requirement, read

FILE = "specs/collections/requirements.toml"
SOURCES = {
    "C": "the published page of POST /v1/collections/create",
    "D": "the published page of POST /v1/collections/{collection_identifier}/documents",
    "V": "the vendor's published OpenAPI documents",
    "R": "an RFC: 9110 (HTTP), 8259 (JSON), 3339 (time) or 6750 (bearer tokens)",
    "I": "this contract's reading, where the sources are silent or disagree",
}


@cache
def requirements() -> dict[str, Requirement]:
    """Return every requirement by its id, in the contract's order.

    Raises:
        UsageError: the installed file is missing or broken.

    """
    return read(FILE)
