"""Chapter lineage: the lineage of collections, as their creates are answered."""

from typing import Any

from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import (
    dict_or_empty,
    entries,
    is_about_filters,
    judge_differences,
    returned,
)
from conformance.contracts.collections.filter_semantics import KINDS
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.source_places import config_key, filters_at, names_its_source
from conformance.core import equality, pointers
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

CHECKS = Checks()

_CREATE = Operations.CREATE_COLLECTION


@CHECKS.check("lineage.ends-with-source", _CREATE, when=When.ECHOED)
def ends_with_source(exchange: Exchange) -> Outcome:
    """The last entry has the source's type, id and config. The config's filters are judged by filters.echoes-verbatim."""
    source, lineage = exchange.case.body["source"], entries(exchange)
    if not lineage:
        return Violation("no lineage", "an entry for the source", exchange.made.get("source_lineage"), ("source_lineage",))
    last, kind = dict_or_empty(lineage[-1]), source["type"]
    at = ("source_lineage", len(lineage) - 1)
    own = (("source_type", kind), (f"{kind}_id", source.get(f"{kind}_id"))) if names_its_source(exchange.case.operation) else ()
    for key, expected in own:
        if last.get(key) != expected:
            return Violation("the last entry has another source", expected, last.get(key), (*at, key))
    return judge_differences(
        difference for difference in returned(exchange).get("source", ()) if not is_about_filters(exchange, difference)
    )


@CHECKS.check("lineage.ends-with-source", _CREATE, when=When.ECHOED)
def without_filters(exchange: Exchange) -> Outcome:
    """If a source has no filters, its config has none either: not the parent's and not anybody else's."""
    body, lineage, operation = exchange.case.body, entries(exchange), exchange.case.operation
    place = filters_at(operation.schema)
    if not lineage or pointers.get(body, place) not in (None, MISSING):
        return None
    at = ("source_lineage", len(lineage) - 1, config_key(operation, body["source"]["type"]), *place[1:])
    filters = dict_or_empty(pointers.get(exchange.made, at))
    if not any(filters.get(kind) for kind in KINDS):
        return None
    return Violation("the last entry has filters that were not given", MISSING, filters, at)


@CHECKS.check("lineage.bucket-has-one-entry", _CREATE, when=When.ECHOED)
def bucket_has_one_entry(exchange: Exchange) -> Outcome:
    """A collection made from a bucket has one lineage entry."""
    if exchange.case.body["source"]["type"] != "bucket":
        return None
    count = len(entries(exchange))
    return HELD if count == 1 else Violation("a collection made from a bucket has one entry", 1, count, ("source_lineage",))


@CHECKS.check("lineage.extends-parent", _CREATE, when=When.ECHOED)
def extends_parent(exchange: Exchange) -> Outcome:
    """The entries are those of the parent, as its create was answered, and one more. The parent is in the context."""
    source = exchange.case.body["source"]
    if source["type"] != "collection":
        return None
    parent = next((earlier for earlier in exchange.context if earlier.created_id == source.get("collection_id")), None)
    if parent is None:
        return None
    before, after = entries(parent), entries(exchange)
    if len(after) != len(before) + 1:
        return Violation("the lineage is not the parent's and one more", len(before) + 1, len(after), ("source_lineage",))
    difference = next(equality.differences(_comparable(exchange, before), _comparable(exchange, after[:-1])), None)
    if difference is None:
        return HELD
    return Violation("the parent's entries have changed", difference.sent, difference.got, ("source_lineage", *difference.at))


def _comparable(exchange: Exchange, lineage: list[Json]) -> list[Any]:
    document = exchange.case.operation.document
    return [comparable(document, "LineageEntry", entry) for entry in lineage]


@CHECKS.check("lineage.entry-schema", _CREATE, when=When.ACCEPTED)
def entry_schema(exchange: Exchange) -> Outcome:
    """Each entry has its source type and its output schema."""
    lineage = entries(exchange)
    for index, entry in enumerate(lineage):
        shown, at = dict_or_empty(entry), ("source_lineage", index)
        if shown.get("source_type") not in ("bucket", "collection"):
            return Violation("an entry without source_type", "bucket or collection", shown.get("source_type"), (*at, "source_type"))
        document = exchange.case.operation.document
        if not document.fits("Schema", shown.get("output_schema")):
            where, reason = document.explain("Schema", shown.get("output_schema"))
            return Violation("an entry without output_schema", "a map of typed fields", reason, (*at, "output_schema", *where))
    return HELD if lineage else None
