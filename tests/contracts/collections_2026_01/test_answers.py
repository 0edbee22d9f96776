"""Servers that say of a collection what the vendor's document lets them say, or refuse what they cannot know: nothing of it is reported."""

import pytest
from harness import Harness, explained

from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.refusals import invalid
from conformance.contracts.collections_2026_01.contract import CONTRACT

EDITION = Harness(CONTRACT)
_OF_USERS = {"metadata", "parameters", "params", "value", "default", "override"}
_TAXONOMY = {"execution_mode": "materialize", "target_collection_id": None, "scroll_filters": None, "execution_phase": 1, "priority": 0,
             "hierarchical_enrichment_style": "combined"}  # fmt: skip
_ALERT = {"execution_mode": "on_ingest", "execution_phase": 3, "priority": 0}
_EXTRACTOR = {"params": None, "parameters": None, "input_mappings": {}, "field_passthrough": [], "include_all_source_fields": False}
_MAPPING = {"source_type": None, "path": None, "override": None}


def of_collections(change):
    return {"made": lambda operation, _sent, answer: change(answer) if operation == "create_collection" else answer}


def without_nulls(value, key=""):
    """Leave out what is null, also a condition's own value, but not within what is the user's."""
    if isinstance(value, dict) and key not in _OF_USERS:
        return {name: without_nulls(member, name) for name, member in value.items() if member is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) and key not in _OF_USERS else value


def everywhere(answer, change):
    """Change the extractor of a collection, and that of its last step."""
    *before, last = answer["source_lineage"]
    lineage = [*before, {**last, "feature_extractor": change(last["feature_extractor"])}]
    return {**answer, "feature_extractor": change(answer["feature_extractor"]), "source_lineage": lineage}


def with_full_mappings(extractor):
    given = extractor.get("input_mappings")
    return {**extractor, "input_mappings": [{**_MAPPING, **one} for one in given]} if isinstance(given, list) else extractor


def filled(key, defaults):
    return lambda answer: {**answer, key: [{**defaults, **one} for one in answer[key]] if answer.get(key) else answer.get(key)}


def refusing(*names):
    """Refuse a collection whose extractor has any of these with something in it: what it names cannot be known."""

    def details(operation, body, found):
        extractor = body.get("feature_extractor") if operation == "create_collection" and isinstance(body, dict) else None
        named = [name for name in names if isinstance(extractor, dict) and extractor.get(name)]
        return found or [invalid("feature_extractor", name, message="unknown") for name in named]

    return {"details": details}


def refuses_lists(operation, body, found):
    extractor = body.get("feature_extractor") if operation == "create_collection" and isinstance(body, dict) else None
    is_list = isinstance(extractor, dict) and isinstance(extractor.get("input_mappings"), list)
    return found or ([invalid("feature_extractor", "input_mappings", message="unknown")] if is_list else found)


VARIANTS = {
    "nulls left out": of_collections(without_nulls),
    "the extractor in full": of_collections(lambda answer: everywhere(answer, lambda extractor: {**_EXTRACTOR, **extractor})),
    "mappings in full": of_collections(lambda answer: everywhere(answer, with_full_mappings)),
    "defaults of taxonomies": of_collections(filled("taxonomy_applications", _TAXONOMY)),
    "defaults of alerts": of_collections(filled("alert_applications", _ALERT)),
    "more than is named": of_collections(lambda answer: {**answer, "vector_indexes": [1], "document_count": 0, "stage": {"a": 1}}),
    "unknown inputs and parameters refused": refusing("input_mappings", "parameters", "params", "field_passthrough"),
    "mappings in a list refused": {"details": refuses_lists},
}


# Together the scenarios that can show these create collections in all ways, read them, and make others from them.
_SHOWN = (
    "feature-extractor.echoes",
    "lineage.entry-fields",
    "collections.get.equals-created",
    "collections.create.rejects-wrong-types",
)


@pytest.mark.parametrize("name", VARIANTS)
def test_what_is_free_is_not_reported(name):
    for requirement in _SHOWN:
        run = EDITION.judged(EDITION.reference(Fault(name, "", **VARIANTS[name])), only=requirement, seed=name)
        assert explained(run) == ""


def test_mappings_that_are_neither_an_object_nor_a_list_must_be_refused():
    def parsed(operation, body):
        extractor = body.get("feature_extractor") if operation == "create_collection" and isinstance(body, dict) else None
        if isinstance(extractor, dict) and isinstance(extractor.get("input_mappings"), str):
            extractor["input_mappings"] = {}
        return body

    run = EDITION.judged(EDITION.reference(Fault("takes a text", "", parsed=parsed)), only="collections.create.rejects-wrong-types")
    assert run.ledger.failed()


def test_a_list_of_mappings_comes_back_as_it_was_given():
    def changed(extractor):
        given = extractor.get("input_mappings")
        return {**extractor, "input_mappings": given[::-1]} if isinstance(given, list) else extractor

    hooks = of_collections(lambda answer: everywhere(answer, changed))
    run = EDITION.judged(EDITION.reference(Fault("turns lists", "", **hooks)), only="feature-extractor.echoes")
    assert "feature-extractor.echoes" in run.ledger.failed()
