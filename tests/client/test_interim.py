"""Interim answers are counted byte by byte as they come, and nothing after them is."""

import time

import pytest

from conformance.client.transports.interim import MOST_INTERIM, InterimResponses

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


def looked_through(data, step):
    heads = InterimResponses()
    complaints = [heads.feed(data[at : at + step]) for at in range(0, len(data), step)]
    return next((complaint for complaint in complaints if complaint), None), heads.counts.total()


@pytest.mark.parametrize("step", [1, 7, 64 * 1024])
def test_interim_answers_are_counted_however_they_are_cut(step):
    assert looked_through((CONTINUE + HINTS) * 3 + ANSWER, step) == (None, 6)
    complaint, _ = looked_through((CONTINUE + HINTS) * 100 + ANSWER, step)
    assert complaint == f"more than {MOST_INTERIM} interim answers (100 Continue, 103 Early Hints) came before the answer"


@pytest.mark.parametrize("step", [1, 64 * 1024])
@pytest.mark.parametrize("first", [ANSWER, b"HTTP/1.1 101 Switching Protocols\r\n\r\n", b"no HTTP at all, and long\r\n\r\n"])
def test_what_only_looks_like_them_in_a_body_is_not_counted(first, step):
    assert looked_through(first + CONTINUE * 500, step) == (None, 0)


def test_bare_line_feeds_end_a_head_too():
    assert looked_through(b"HTTP/1.0 102\n\n" * 5 + ANSWER, 3) == (None, 5)


@pytest.mark.parametrize("head", [b"HTTP/1.1 100 Continue\r\n" + b"x" * 300_000, b"HTTP/1.1 100 Continue\r\nx: y\r\n"])
def test_a_head_that_does_not_end_costs_next_to_nothing(head):
    started = time.monotonic()
    assert looked_through(head, 1 if len(head) < 1000 else 16) == (None, 0)
    assert time.monotonic() - started < 2
