"""Mutants change one thing in one place, are valid code, and are known again when lines move."""

import ast
import warnings

import pytest
from mutation import module_loader as loading
from mutation.mutant import compiled, mutants, mutated
from mutation.operators import OPERATORS

SAMPLE = '''"""A module."""
import json

Body = dict[str, object]
LIMITS = {"least": 1, **{}}
NAMES = ("a", "b")


def page(items, *, limit: int = 10, mark=None):
    """Return some."""
    if not items or limit <= 0:
        raise ValueError("none")
    kept = [one for one in items[:limit] if one is not None]
    for one in kept:
        print(one.strip(), end="")
    try:
        total = len(kept) + 1
    except TypeError:
        return None
    with open("f") as file:
        json.dump(kept, file)
    return f"{total} of {limit}" if mark else sorted(kept)
'''


def of(source, module="sample"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return list(mutants(module, source))


def differing(one, other):
    """Return the smallest nodes in which two trees differ, as pairs."""
    if type(one) is not type(other):
        return [(one, other)]
    if not isinstance(one, ast.AST):
        return [] if one == other else [(one, other)]
    found = []
    for name in one._fields:
        left, right = getattr(one, name, None), getattr(other, name, None)
        if isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return [(one, other)]
            pairs = zip(left, right, strict=True)
        else:
            pairs = [(left, right)]
        for pair in pairs:
            found += differing(*pair)
    return found


@pytest.mark.parametrize("mutant", of(SAMPLE), ids=lambda mutant: f"{mutant.operator}-{mutant.fingerprint}")
def test_a_mutant_is_valid_code_that_differs_at_its_place_alone(mutant):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compiled(mutant, SAMPLE, "sample")
    before, after = ast.parse(SAMPLE), mutated(mutant, SAMPLE)
    assert differing(before, after)
    for field, index in mutant.path:
        # All on the way to the place is as it was, but for the step that leads there.
        siblings = [(name, getattr(before, name, None), getattr(after, name, None)) for name in before._fields]
        for name, left, right in siblings:
            if name != field:
                assert shown(left) == shown(right)
            elif index is not None:
                assert [shown(one) for at, one in enumerate(left) if at != index] == [
                    shown(one) for at, one in enumerate(right) if at != index
                ]
        step = getattr(before, field), getattr(after, field)
        before, after = step if index is None else (step[0][index], step[1][index])
    assert shown(before) != shown(after)


def shown(value):
    return [ast.dump(one) if isinstance(one, ast.AST) else one for one in (value if isinstance(value, list) else [value])]


def test_every_operator_has_something_to_do_in_the_sample():
    assert {mutant.operator for mutant in of(SAMPLE)} == set(OPERATORS)


def test_a_mutant_says_what_it_changes():
    changes = {(mutant.old, mutant.new) for mutant in of(SAMPLE)}
    assert {("limit <= 0", "limit < 0"), ("limit <= 0", "limit > 0"), ("10", "11"), ("not items", "items")} <= changes
    assert ("not items or limit <= 0", "not items and limit <= 0") in changes
    assert ("'least'", "'least_changed'") in changes
    assert ("raise ValueError('none')", "pass") in changes
    assert ("one.strip()", "one") in changes


def test_docstrings_types_and_imports_are_let_alone():
    for mutant in of(SAMPLE):
        assert "A module" not in mutant.old
        assert "Return some" not in mutant.old
        assert "import" not in mutant.old
        assert "dict[str, object]" not in mutant.code
        assert mutant.old != "int"


def test_hooks_of_faults_keep_their_last_argument_alone():
    source = "def f(self, a):\n    return self._fault.made('x', a, work(a, limit=1))\n"
    olds = {mutant.old for mutant in of(source)}
    assert "'x'" not in olds
    assert "work(a, limit=1)" in olds


def test_fingerprints_are_each_once_and_stay_when_lines_move():
    before, moved = of(SAMPLE), of("# a comment\n\n\n" + SAMPLE.replace("    kept = ", "\n    # why\n    kept = "))
    prints = [mutant.fingerprint for mutant in before]
    assert len(set(prints)) == len(prints)
    assert prints == [mutant.fingerprint for mutant in moved]
    assert [mutant.line for mutant in before] != [mutant.line for mutant in moved]


def test_fingerprints_of_a_line_that_is_written_anew_are_others():
    before = {mutant.fingerprint for mutant in of(SAMPLE) if "limit <= 0" in mutant.code}
    after = {mutant.fingerprint for mutant in of(SAMPLE.replace("limit <= 0", "limit < 1"))}
    assert before
    assert not before & after


def test_the_same_change_twice_in_a_line_is_two_mutants():
    found = [mutant for mutant in of("def f(a):\n    return a(1) + a(1)\n") if mutant.old == "1" and mutant.new == "2"]
    assert len(found) == len({mutant.fingerprint for mutant in found}) == 2


def test_the_reference_gives_the_same_mutants_each_time():
    source = loading.source("refusals")
    assert [one.fingerprint for one in of(source)] == [one.fingerprint for one in of(source)]
