"""A mutant changes one thing in one place, is valid code, and keeps its fingerprint when lines move."""

import ast
import warnings

import pytest
from mutation.module_loader import module_source
from mutation.mutant import apply_mutant, compile_mutant, find_mutants
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
    kept = [item for item in items[:limit] if item is not None]
    for item in kept:
        print(item.strip(), end="")
    try:
        total = len(kept) + 1
    except TypeError:
        return None
    with open("f") as file:
        json.dump(kept, file)
    return f"{total} of {limit}" if mark else sorted(kept)
'''


def mutants_of(source, module="sample"):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        return list(find_mutants(module, source))


def differing_nodes(left, right):
    """Return the smallest nodes in which two trees differ, as pairs."""
    if type(left) is not type(right):
        return [(left, right)]
    if not isinstance(left, ast.AST):
        return [] if left == right else [(left, right)]
    differences = []
    for name in left._fields:
        left_value, right_value = getattr(left, name, None), getattr(right, name, None)
        if isinstance(left_value, list) and isinstance(right_value, list):
            if len(left_value) != len(right_value):
                return [(left, right)]
            pairs = zip(left_value, right_value, strict=True)
        else:
            pairs = [(left_value, right_value)]
        for pair in pairs:
            differences += differing_nodes(*pair)
    return differences


@pytest.mark.parametrize("mutant", mutants_of(SAMPLE), ids=lambda mutant: f"{mutant.operator}-{mutant.fingerprint}")
def test_a_mutant_is_valid_code_that_differs_in_one_place(mutant):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)
        compile_mutant(mutant, SAMPLE, "sample")
    before, after = ast.parse(SAMPLE), apply_mutant(mutant, SAMPLE)
    assert differing_nodes(before, after)
    for field, index in mutant.path:
        # Everything on the path is unchanged, except the step that leads to the changed node.
        siblings = [(name, getattr(before, name, None), getattr(after, name, None)) for name in before._fields]
        for name, left, right in siblings:
            if name != field:
                assert dumped(left) == dumped(right)
            elif index is not None:
                assert [dumped(item) for position, item in enumerate(left) if position != index] == [
                    dumped(item) for position, item in enumerate(right) if position != index
                ]
        step = getattr(before, field), getattr(after, field)
        before, after = step if index is None else (step[0][index], step[1][index])
    assert dumped(before) != dumped(after)


def dumped(value):
    return [ast.dump(item) if isinstance(item, ast.AST) else item for item in (value if isinstance(value, list) else [value])]


def test_the_sample_has_a_mutant_of_every_operator():
    assert {mutant.operator for mutant in mutants_of(SAMPLE)} == set(OPERATORS)


def test_a_mutant_has_the_old_and_the_new_code():
    changes = {(mutant.old, mutant.new) for mutant in mutants_of(SAMPLE)}
    assert {("limit <= 0", "limit < 0"), ("limit <= 0", "limit > 0"), ("10", "11"), ("not items", "items")} <= changes
    assert ("not items or limit <= 0", "not items and limit <= 0") in changes
    assert ("'least'", "'least_changed'") in changes
    assert ("raise ValueError('none')", "pass") in changes
    assert ("item.strip()", "item") in changes


def test_docstrings_types_and_imports_are_not_mutated():
    for mutant in mutants_of(SAMPLE):
        assert "A module" not in mutant.old
        assert "Return some" not in mutant.old
        assert "import" not in mutant.old
        assert "dict[str, object]" not in mutant.code
        assert mutant.old != "int"


def test_only_the_last_argument_of_a_fault_hook_is_mutated():
    source = "def f(self, a):\n    return self._fault.made('x', a, work(a, limit=1))\n"
    olds = {mutant.old for mutant in mutants_of(source)}
    assert "'x'" not in olds
    assert "work(a, limit=1)" in olds


def test_fingerprints_are_unique_and_stay_when_lines_move():
    before, moved = mutants_of(SAMPLE), mutants_of("# a comment\n\n\n" + SAMPLE.replace("    kept = ", "\n    # why\n    kept = "))
    fingerprints = [mutant.fingerprint for mutant in before]
    assert len(set(fingerprints)) == len(fingerprints)
    assert fingerprints == [mutant.fingerprint for mutant in moved]
    assert [mutant.line for mutant in before] != [mutant.line for mutant in moved]


def test_a_changed_line_has_other_fingerprints():
    before = {mutant.fingerprint for mutant in mutants_of(SAMPLE) if "limit <= 0" in mutant.code}
    after = {mutant.fingerprint for mutant in mutants_of(SAMPLE.replace("limit <= 0", "limit < 1"))}
    assert before
    assert not before & after


def test_the_same_change_in_two_places_of_a_line_is_two_mutants():
    twice = [mutant for mutant in mutants_of("def f(a):\n    return a(1) + a(1)\n") if mutant.old == "1" and mutant.new == "2"]
    assert len(twice) == len({mutant.fingerprint for mutant in twice}) == 2


def test_the_reference_gives_the_same_mutants_each_time():
    source = module_source("refusals")
    assert [mutant.fingerprint for mutant in mutants_of(source)] == [mutant.fingerprint for mutant in mutants_of(source)]
