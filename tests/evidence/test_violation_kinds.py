"""Kinds of violation tell defects of one requirement apart, and causes tie together what one misbehaviour shows in several."""

import json
from dataclasses import replace
from datetime import date

import pytest
from recorded import results, row

from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.requirements import requirements
from conformance.core.pointers import MISSING
from conformance.evidence import causes, verdicts
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.findings import Findings
from conformance.evidence.ledger import MOST_KINDS, Ledger, Violation
from conformance.evidence.operation import Expect
from conformance.evidence.redaction import Redactor
from conformance.evidence.results import Status, Verdict
from conformance.evidence.verdicts import KnownDeviation
from conformance.reporting import messages

CREATE = Operations.CREATE_COLLECTION
GENERAL = ("http.no-server-error", "errors.")


def exchange(number, body, status=200, answer="{}", operation=CREATE, about=(), path="/v1/collections/create"):
    case = Case(operation, Expect.ACCEPT, about, None, body)
    request = Request("POST", path, (), json.dumps(body).encode())
    return Exchange(number, "s", case, request, Response(status, (), answer.encode(), 0.0))


def rows(ledger, known=()):
    findings = Findings()
    findings.add_ledger(ledger, Redactor())
    return [
        verdicts.row(requirements()[name], finding, lacking=None, known=known, today=date(2026, 1, 1))
        for name, finding in findings.by_requirement.items()
    ]


def ledger_of(*violations):
    ledger = Ledger()
    for requirement, violation, shown_by in violations:
        ledger.broken(requirement, violation, shown_by)
    return ledger


CRASH = Violation("the server failed", "a status below 500", "status 500")


def test_violations_of_one_requirement_by_other_operations_places_and_differences_are_all_kept():
    echo = exchange(1, {"a": 1})
    ledger = ledger_of(
        ("http.no-server-error", CRASH, exchange(1, {"a": 1}, 500, "oops", about=("json.lone-surrogate",))),
        ("http.no-server-error", CRASH, exchange(2, {"b": 1}, 500, "oops", about=("filters.eval.in",))),
        ("http.no-server-error", CRASH, exchange(3, {"c": 1}, 500, "oops", about=("filters.eval.in",))),
        ("http.no-server-error", CRASH, exchange(4, {"c": 1}, 500, "oops", operation=Operations.LIST_DOCUMENTS)),
        ("cache-config.echoes", Violation("changed", 0, 604800, ("cache_config", "ttl_seconds")), echo),
        ("cache-config.echoes", Violation("changed", 0.5, MISSING, ("cache_config", "score_threshold")), echo),
        ("cache-config.echoes", Violation("changed", 1, "1", ("cache_config", "ttl_seconds")), echo),
    )
    by_id = {row.id: row for row in rows(ledger)}
    assert 1 + len(by_id["http.no-server-error"].others) == 3
    assert 1 + len(by_id["cache-config.echoes"].others) == 3


def test_indices_and_the_users_own_keys_make_no_other_kind():
    places = [("metadata", "k1", "a"), ("metadata", "k2", 0), ("metadata",)]
    ledger = ledger_of(*(("json.preserves-strings", Violation("changed", "a", "b", at), exchange(1, {})) for at in places))
    assert len(ledger.tallies["json.preserves-strings"].kinds) == 1
    places = [("feature_extractors", 0, "version"), ("feature_extractors", 7, "version")]
    ledger = ledger_of(*(("json.preserves-strings", Violation("changed", "a", "b", at), exchange(1, {})) for at in places))
    assert len(ledger.tallies["json.preserves-strings"].kinds) == 1


def test_ten_kinds_are_kept_and_the_others_counted():
    ledger = ledger_of(*(("http.no-server-error", CRASH, exchange(n, {}, 500, "", about=(f"a.b{n}",))) for n in range(25)))
    (row,) = rows(ledger)
    assert (1 + len(row.others), row.more, row.violations) == (MOST_KINDS, 15, 25)


def test_what_one_unreadable_answer_shows_in_several_requirements_is_one_cause():
    crash = exchange(1, {"metadata": {"a": "\ud800"}}, 500, "Internal Server Error", about=("json.lone-surrogate",))
    ledger = ledger_of(
        ("http.no-server-error", CRASH, crash),
        (
            "json.lone-surrogate",
            Violation("neither accepted nor cleanly refused", "status 200 or a clean 4xx", "status 500"),
            crash,
        ),
        (
            "errors.envelope",
            Violation("the error body is not JSON", "JSON with the shape of ErrorResponse", "Expecting value"),
            crash,
        ),
    )
    (cause,) = causes.grouped(rows(ledger), GENERAL)
    assert set(cause.requirements) == {"http.no-server-error", "json.lone-surrogate", "errors.envelope"}
    assert "status 500" in cause.title


def test_a_validation_that_is_lax_in_many_fields_is_one_cause_and_crashes_by_different_requests_are_not():
    lax = [
        Violation("the request was not refused as promised", "status 400 or 422", "status 200", (name,))
        for name in ("enabled", "a")
    ]
    ledger = ledger_of(
        *(("collections.create.strict-scalars", violation, exchange(n, {str(n): 1})) for n, violation in enumerate(lax))
    )
    assert len(causes.grouped(rows(ledger), GENERAL)) == 1
    crashes = [exchange(n, {str(n): 1}, 500, "", about=(f"a.b{n}",)) for n in (1, 2)]
    assert len(causes.grouped(rows(ledger_of(*(("http.no-server-error", CRASH, crash) for crash in crashes))), GENERAL)) == 2


def test_two_defects_that_one_answer_shows_in_two_places_are_two_causes():
    answer = exchange(1, {})
    ledger = ledger_of(
        ("collections.create.id-format", Violation("no id", "col_…", "7", ("collection_id",)), answer),
        ("collections.create.status-enum", Violation("no status", "PENDING", "NEW", ("status",)), answer),
    )
    assert len(causes.grouped(rows(ledger), GENERAL)) == 2


def test_the_same_difference_in_the_same_place_is_one_cause():
    violation = Violation("changed", " a", "a", ("description",))
    ledger = ledger_of(
        ("json.preserves-strings", violation, exchange(1, {"description": " a", "x": 1})),
        ("collections.create.echoes-description", violation, exchange(2, {"description": " a"})),
    )
    assert len(causes.grouped(rows(ledger), GENERAL)) == 1


def test_a_declared_kind_is_excused_and_another_kind_of_the_same_requirement_fails():
    old = ("filters.eval.eq", Violation("selected", MISSING, "doc_1", ("results",), kind="eq boolean of number"), exchange(1, {}))
    new = ("filters.eval.eq", Violation("selected", MISSING, "doc_2", ("results",), kind="eq string of string"), exchange(2, {}))
    (before,) = rows(ledger_of(old))
    declared = KnownDeviation("filters.eval.eq", "known", fingerprints=(before.counterexample.fingerprint,))
    (same,) = rows(ledger_of(old), [declared])
    (worse,) = rows(ledger_of(old, new), [declared])
    (any_kind,) = rows(ledger_of(old, new), [KnownDeviation("filters.eval.*", "all of it")])
    assert (same.status, worse.status, any_kind.status) == (Status.DEVIATION, Status.FAILED, Status.DEVIATION)
    assert worse.counterexample.actual == "doc_2"
    assert "does not cover" in worse.reason


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "conforming"), (1, "conforming with 1 declared deviation"), (2, "conforming with 2 declared deviations")],
)
def test_the_words_for_a_verdict_count_its_declared_deviations(count, text):
    rows = (*[row(Status.DEVIATION)] * count, row(Status.PASSED))
    assert messages.verdict_text(replace(results(), verdict=Verdict.CONFORMING, requirements=rows)) == text


def test_an_answer_that_nests_too_deeply_is_unreadable_and_costs_no_record():
    deep = exchange(1, {}, 200, '{"a":' * 100_000 + "1" + "}" * 100_000)
    (cause,) = causes.grouped(
        rows(ledger_of(("collections.create.response-schema", Violation("the answer is not JSON", "the shape", "deep"), deep))),
        GENERAL,
    )
    assert cause.requirements == ("collections.create.response-schema",)


@pytest.mark.parametrize(("answers", "count"), [(('{"collection_id": "c-1"}', '{"collection_id": "c-2"}'), 1), (("{}", "{}"), 2)])
def test_requests_are_the_same_but_for_the_ids_that_their_exchanges_made(answers, count):
    crashes = []
    for number, (identifier, answer) in enumerate(zip(("c-1", "c-2"), answers, strict=True)):
        home = exchange(2 * number + 1, {"collection_name": "a"}, answer=answer)
        last = exchange(
            2 * number + 2,
            {"in": identifier},
            500,
            "oops",
            Operations.CREATE_DOCUMENT,
            path=f"/v1/collections/{identifier}/documents",
        )
        crashes.append(replace(last, context=(home,)))
    ledger = ledger_of(
        ("http.no-server-error", CRASH, crashes[0]),
        ("documents.create.accepts-valid", Violation("refused", "200", "500"), crashes[1]),
    )
    assert len(causes.grouped(rows(ledger), GENERAL)) == count


def test_which_requirements_are_about_every_exchange_is_for_the_caller_to_say():
    crashes = [exchange(n, {str(n): 1}, 500, "", about=(f"a.b{n}",)) for n in (1, 2)]
    ledger = ledger_of(*(("http.no-server-error", CRASH, crash) for crash in crashes))
    assert [len(causes.grouped(rows(ledger), general)) for general in ((), GENERAL)] == [1, 2]
