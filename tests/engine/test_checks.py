"""What the judge remembers of a run."""

import pytest

from conformance.core.pointers import MISSING
from conformance.engine.checks import History
from conformance.evidence.exchange import Case, Exchange, Request, Response
from conformance.evidence.operation import Effect, Expect, Operation

CREATE = Operation(name="create_thing", method="POST", path="/things", effect=Effect.CREATE, makes="thing", id_key="thing_id")


def created(number, identifier, *, body=None, length=0):
    answer = Response(200, (), b'{"thing_id": "%s", "padding": "%s"}' % (identifier.encode(), b"x" * length), 0.0)
    case = Case(CREATE, Expect.ACCEPT, (), None, MISSING if body is None else body)
    return Exchange(number=number, scenario="s", case=case, request=Request("POST", "/things"), response=answer, failure=None,
                    sent_at=0.0, done_at=0.0)  # fmt: skip


def test_an_id_that_comes_again_is_told_with_the_exchange_that_made_it_first():
    history, first, second = History(), created(1, "a"), created(2, "a")
    for exchange in (first, second):
        history.remember(exchange)
    assert history.earlier(first) is None
    assert history.earlier(second) == (first,)


@pytest.mark.parametrize(("count", "length"), [(400, 10), (8, 400_000)])
def test_what_is_long_past_is_known_by_its_id_alone_because_of_its_number_or_its_size(count, length):
    history = History()
    for number in range(count):
        history.remember(created(number, f"id {number}", body={"name": number}, length=length))
    again, late = created(count, "id 0"), created(count + 1, f"id {count - 1}")
    assert history.earlier(again) == ()
    assert [exchange.number for exchange in history.earlier(late)] == [count - 1]
    assert history.sender(CREATE, "name", lambda value: value == 0) is None
    assert history.sender(CREATE, "name", lambda value: value == count - 1).number == count - 1


def test_one_huge_exchange_is_still_remembered_until_the_next():
    history = History()
    history.remember(created(1, "huge", body={"name": 1}, length=3_000_000))
    assert history.earlier(created(2, "huge")) is not None
    assert history.sender(CREATE, "name", lambda value: value == 1).number == 1
