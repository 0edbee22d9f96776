"""Collections that are told from all others of a namespace: they share a tag in their names, and a description."""

from dataclasses import dataclass
from typing import Any

from conformance.contracts.collections.generation import collections
from conformance.contracts.collections.run import CollectionsRun
from conformance.contracts.collections_2026_01.operations import Added
from conformance.core.json_text import Json
from conformance.core.tags import TAG
from conformance.engine.plan import Plan
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

ALL = 1000


@dataclass(frozen=True, slots=True)
class Family:
    """Some collections, of which all but the stranger have one description, and documents in some of them."""

    tag: str
    members: tuple[Exchange, ...]
    stranger: Exchange
    documents: tuple[Exchange, ...]

    @property
    def context(self) -> tuple[Exchange, ...]:
        """The exchanges that every list of the family builds on."""
        return (*self.members, self.stranger, *self.documents)

    @property
    def filter(self) -> dict[str, Any]:
        """What selects the family alone."""
        return shared(describe(self.tag))

    def name(self, own: str) -> str:
        """Return the name of the member that has this name of its own."""
        return self.tag + own


def describe(tag: str) -> str:
    """Return the description that the members of a family share."""
    return f"Words {tag}Shared By All"


def shared(description: str, *more: dict[str, Json]) -> dict[str, Any]:
    """Return a filter that selects by a description, and by more conditions."""
    return {"AND": [{"field": "description", "operator": "eq", "value": description}, *more]}


def create_family(run: CollectionsRun) -> Family | None:
    """Create five collections and a stranger, not in the order of their names; None if the target does not let us."""
    taxonomies = [{"taxonomy_id": name} for name in run.vocabulary.taxonomy_names[:2]]
    own: dict[str, dict[str, Json]] = {
        "alpha": {"enabled": False, "metadata": {"level": 1, "list": [None, {"a": 0}]}},
        "alphabet": {"enabled": False},
        "bravo": {"taxonomy_applications": taxonomies[:1], "metadata": {"level": 2}},
        "charlie": {"taxonomy_applications": taxonomies},
    }
    body = collections.minimal(run.vocabulary)
    first_tag = run.tags.new()
    first = run.collection({**body, "collection_name": f"{first_tag}delta", "description": describe(first_tag)}, named=False)
    if first.created_id is None:
        return None
    # The name may have been taken: then it has another tag.
    tag = TAG.match(first.case.body["collection_name"])[0]  # type: ignore[index]
    plans = [
        run.plan_collection({**body, "collection_name": tag + name, "description": describe(tag), **fields}, named=False)
        for name, fields in own.items()
    ]
    outside = {**body, "collection_name": f"{tag}golf", "description": f"{tag}a stranger", "enabled": False}
    *members, stranger = run.perform_all([*plans, run.plan_collection(outside, named=False)])
    if any(made.created_id is None for made in (*members, stranger)):
        return None
    owners = (first, first, stranger)
    documents = run.perform_all(run.plan_document(owner, {"collection_id": owner.created_id}) for owner in owners)
    return Family(tag, (first, *members), stranger, tuple(documents))


def plan_list(run: CollectionsRun, body: dict[str, Json], *about: str, context: tuple[Exchange, ...], **details: Any) -> Plan:
    """Plan to list collections; what is not named of `details` is a query parameter."""
    named = {name: details.pop(name) for name in ("expect", "at", "sender") if name in details}
    named.setdefault("expect", Expect.ACCEPT)
    return run.plan_call(Added.LIST_COLLECTIONS, *about, body=body, query=details or None, context=context, **named)


def list_collections(
    run: CollectionsRun, body: dict[str, Json], *about: str, context: tuple[Exchange, ...], **details: Any
) -> Exchange:
    """List collections, as `plan_list` plans it."""
    return run.perform(plan_list(run, body, *about, context=context, **details))
