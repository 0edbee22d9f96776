"""A process of the toolkit looks for garbage seldom, and still finds it."""

import subprocess
import sys

_LOOKS = """
import gc
from conformance.core import memory

class Node:
    def __init__(self):
        self.me = self

def looks():
    before = [generation["collections"] for generation in gc.get_stats()]
    nodes = []
    for _ in range(200_000):
        nodes.append(Node())
        if len(nodes) == 1000:
            nodes.clear()
    return sum(generation["collections"] for generation in gc.get_stats()) - sum(before)

memory.settle()
untouched, usual = gc.get_freeze_count(), looks()
memory.tune()
memory.settle()
seldom = looks()
print(usual > 10 * seldom > 0, gc.get_freeze_count() > 1000, sum(isinstance(thing, Node) for thing in gc.get_objects()) < 100_000)
print(untouched == 0)
"""


def test_garbage_is_looked_for_seldom_and_found_and_what_was_there_before_is_not_looked_at_in_a_process_of_ours_alone():
    done = subprocess.run([sys.executable, "-c", _LOOKS], capture_output=True, text=True, check=True)  # noqa: S603
    assert done.stdout.split() == ["True"] * 4, done.stdout
