"""Chapter lineage: the lineage of collections, as their creates are answered."""

from typing import Any

from conformance.contracts.collections import openapi
from conformance.contracts.collections.checks.normalization import comparable
from conformance.contracts.collections.checks.round_trip import dict_or_empty, entries, judge_differences, returned
from conformance.contracts.collections.filter_semantics import KINDS
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
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
    for key, expected in (("source_type", kind), (f"{kind}_id", source.get(f"{kind}_id"))):
        if last.get(key) != expected:
            return Violation("the last entry has another source", expected, last.get(key), (*at, key))
    return judge_differences(
        difference for difference in returned(exchange).get("source", ()) if difference.at[1:2] != ("filters",)
    )


@CHECKS.check("lineage.ends-with-source", _CREATE, when=When.ECHOED)
def without_filters(exchange: Exchange) -> Outcome:
    """If a source has no filters, its config has none either: not the parent's and not anybody else's."""
    source, lineage = exchange.case.body["source"], entries(exchange)
    if not lineage or source.get("filters") is not None:
        return None
    config = dict_or_empty(dict_or_empty(lineage[-1]).get(f"{source['type']}_config"))
    filters = dict_or_empty(config.get("filters"))
    if not any(filters.get(kind) for kind in KINDS):
        return None
    at = ("source_lineage", len(lineage) - 1, f"{source['type']}_config", "filters")
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
    parent = next((earlier for earlier in exchange.context if earlier.created_id == source["collection_id"]), None)
    if parent is None:
        return None
    before, after = entries(parent), entries(exchange)
    if len(after) != len(before) + 1:
        return Violation("the lineage is not the parent's and one more", len(before) + 1, len(after), ("source_lineage",))
    difference = next(
        equality.differences([_comparable(entry) for entry in before], [_comparable(entry) for entry in after[:-1]]), None
    )
    if difference is None:
        return HELD
    return Violation("the parent's entries have changed", difference.sent, difference.got, ("source_lineage", *difference.at))


def _comparable(entry: Json) -> Any:
    return comparable("LineageEntry", entry)


@CHECKS.check("lineage.entry-schema", _CREATE, when=When.ACCEPTED)
def entry_schema(exchange: Exchange) -> Outcome:
    """Each entry has its source type and its output schema."""
    lineage = entries(exchange)
    for index, entry in enumerate(lineage):
        shown, at = dict_or_empty(entry), ("source_lineage", index)
        if shown.get("source_type") not in ("bucket", "collection"):
            return Violation("an entry without source_type", "bucket or collection", shown.get("source_type"), (*at, "source_type"))
        if not openapi.fits("Schema", shown.get("output_schema")):
            where, reason = openapi.explain("Schema", shown.get("output_schema"))
            return Violation("an entry without output_schema", "a map of typed fields", reason, (*at, "output_schema", *where))
    return HELD if lineage else None
