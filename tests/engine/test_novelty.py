"""What an answer shows: its status, its checks, its shape, and the words of an error."""

import json

from conformance.contracts.collections.contract import API
from conformance.contracts.collections.operations import Operations
from conformance.engine.novelty import Novelty, kinds_of
from conformance.evidence.answer_kinds import AnswerKinds
from conformance.evidence.exchange import Case, Exchange, Request, Response

NAMES = API.document.field_names


def answered(answer, status=200, operation=Operations.CREATE_COLLECTION):
    response = (
        None if status is None else Response(status, (), answer if isinstance(answer, bytes) else json.dumps(answer).encode(), 0.1)
    )
    return Exchange(1, "s", Case(operation), Request("POST", "/"), response, None if response else "no answer came")


def shown(answer, judged=(), **how):
    return set(kinds_of(answered(answer, **how), judged, NAMES))


def test_status_and_checks_are_kinds_of_each_operation():
    assert shown({}, [("source.type-enum", "held")]) == {
        "create_collection 200", "create_collection 200 source.type-enum held", "create_collection 200 /:object",
    }  # fmt: skip
    assert shown({}, [("source.type-enum", "broken")]) != shown({}, [("source.type-enum", "held")])
    assert shown({}) != shown({}, status=201)
    assert shown({}) != shown({}, operation=Operations.GET_COLLECTION)


def test_fields_of_the_api_are_told_apart_by_their_types_and_what_nests_in_itself_is_no_news():
    group = {"AND": [{"field": "a"}]}
    assert shown({"source": {"filters": group}}) < shown({"source": {"filters": {"AND": [{"AND": [{"AND": [group]}]}]}}})
    deep = {"AND": [{"AND": [{"AND": [{"AND": [group]}]}]}]}
    assert shown({"source": {"filters": deep}}) == shown({"source": {"filters": {"AND": [deep]}}})
    assert shown({"enabled": True}) != shown({"enabled": "true"})


def test_keys_and_values_of_the_users_are_no_kinds():
    assert shown({"metadata": {"a": 1}}) == shown({"metadata": {"b": {"c": "d"}}})
    assert shown({"one": 1, "description": "x"}) == shown({"other": 2, "description": "y"})


def test_the_words_of_an_error_are_kinds_and_its_texts_for_people_are_none():
    assert shown({"code": "not_found"}, status=404) != shown({"code": "taken"}, status=404)
    assert shown({"code": "No such thing: 5"}, status=404) == shown({"code": "No such thing: 6"}, status=404)


def test_no_answer_and_no_json_are_kinds_too():
    assert shown(None, status=None) == {"create_collection no answer"}
    assert shown(b"<html>", status=502) == {"create_collection 502"}


def test_a_large_answer_is_looked_at_in_part_and_a_deep_one_not_to_its_end():
    deep = b'{"AND":[' * 300 + b"]}" * 300
    assert len(shown(deep)) < 10
    assert len(shown({"source": [1] * 100_000})) < 10


def test_the_chance_of_an_exploration_is_by_what_it_alone_has_shown_and_once():
    novelty = Novelty(AnswerKinds(rounds=1), NAMES)
    assert novelty.chance("one") == novelty.chance("other") > 0
    novelty.exploration = "one"
    assert novelty.look(answered({}), ())
    assert not novelty.look(answered({}), ())
    seen_twice = novelty.chance("one")
    assert seen_twice < novelty.chance("other")
    assert novelty.look(answered({"enabled": True}), ())
    assert novelty.chance("one") > seen_twice
    novelty.exploration = "other"
    assert not novelty.look(answered({"enabled": True}), ())
    assert novelty.chance("one") < seen_twice
