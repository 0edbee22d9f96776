"""Requests beside each other: all are waited for, unless somebody does not want to wait any more."""

import signal
import threading
import time

import pytest

from conformance.client.beside import together
from conformance.core.errors import TargetGone


def test_what_was_asked_together_is_given_in_its_order_and_so_many_go_on_at_a_time():
    lock, under_way, most = threading.Lock(), [], []

    def asked(number):
        with lock:
            under_way.append(number)
            most.append(len(under_way))
        time.sleep(0.02 * (5 - number))
        with lock:
            under_way.remove(number)
        return number

    assert together([lambda number=number: asked(number) for number in range(5)], 3) == [0, 1, 2, 3, 4]
    assert max(most) == 3


def test_all_have_ended_when_the_first_error_is_raised():
    ended = []

    def fails():
        raise TargetGone("gone")

    with pytest.raises(TargetGone):
        together([fails, lambda: time.sleep(0.1) or ended.append(1)], 2)
    assert ended == [1]


def test_who_is_interrupted_does_not_wait_for_answers_that_are_still_out():
    answered = threading.Event()
    threading.Timer(0.2, signal.pthread_kill, [threading.get_ident(), signal.SIGINT]).start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        together([lambda: answered.wait(20)] * 3, 2)
    assert time.monotonic() - begun < 5
    answered.set()
