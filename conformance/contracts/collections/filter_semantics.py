"""What a filter selects (CONTRACT, filters.eval): True, False, or None where the contract leaves it open.

Groups use three-valued logic, so a server is never judged on what is unspecified: operands and values of types that an operator
says nothing about, null tests of absent fields, and letters beyond ASCII where case is ignored.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from conformance.contracts.collections.truth_sets import Truth, TruthSet, all_of, any_of, of_truths
from conformance.core import equality
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING

Group: TypeAlias = Mapping[str, Any]
# Gives the truth of a condition, from the condition and the case_sensitive values of the groups around it (the root's first).
ConditionTruth: TypeAlias = Callable[[Group, Sequence[bool | None]], TruthSet]
# Gives the truth of a group's members of one kind, from the kind, their truths, the depth (the root is 1) and the group.
GroupTruth: TypeAlias = Callable[[str, Sequence[TruthSet], int, Group], TruthSet]
KINDS = ("AND", "OR", "NOT")


def stated_rule(rules: Sequence[bool | None]) -> bool | None:
    """Return the rule of the nearest group that sets one, or None."""
    return next((rule for rule in reversed(rules) if rule is not None), None)


def is_sensitive(rules: Sequence[bool | None]) -> bool:
    """Return the rule of the nearest group that sets one; the root's default is false."""
    return bool(stated_rule(rules))


def selects(group: Group, document: Mapping[str, Json]) -> Truth:
    """Whether a filter's root group holds for a document."""
    return selection(group, [document]).of(0)


def selection(group: Group, documents: Sequence[Mapping[str, Json]]) -> TruthSet:
    """Return for which of some documents a filter's root group holds."""
    corpus = corpus_of(documents)
    return evaluate(group, lambda condition, rules: corpus.column(condition, sensitive=is_sensitive(rules)))


def group_truth(kind: str, truths: Sequence[TruthSet], _depth: int = 1, _group: Group | None = None) -> TruthSet:
    """Return the truth of the members of one kind: all of AND, at least one of OR, none of NOT."""
    if kind == "AND":
        return all_of(truths)
    return any_of(truths) if kind == "OR" else ~any_of(truths)


def evaluate(
    group: Group, condition_truth: ConditionTruth, combine: GroupTruth = group_truth, rules: Sequence[bool | None] = ()
) -> TruthSet:
    """Return the truth of a group; `condition_truth` decides its conditions. Kinds that are null or absent do not count."""
    rules = (*rules, group.get("case_sensitive"))

    def truth(member: Group) -> TruthSet:
        return condition_truth(member, rules) if "field" in member else evaluate(member, condition_truth, combine, rules)

    return all_of(
        [combine(kind, [truth(member) for member in group[kind]], len(rules), group) for kind in KINDS if group.get(kind)]
    )


def disjunction(truths: Iterable[Truth]) -> Truth:
    """OR in three-valued logic."""
    known = list(truths)
    return True if True in known else None if None in known else False


def negation(truth: Truth) -> Truth:
    """NOT in three-valued logic."""
    return None if truth is None else not truth


def conditions(group: Group, rules: Sequence[bool | None] = ()) -> Iterable[tuple[Group, tuple[bool | None, ...]]]:
    """Yield every condition of a group with the case rules around it."""
    rules = (*rules, group.get("case_sensitive"))
    for kind in KINDS:
        for member in group.get(kind) or ():
            if "field" in member:
                yield member, rules
            else:
                yield from conditions(member, rules)


def canonical(condition: Group) -> str:
    """Return a text that identifies a condition."""
    return json.dumps(condition, sort_keys=True, default=repr)


def lookup(document: Mapping[str, Json], field: str) -> Any:
    """Return the value at a dotted path: MISSING if it is absent, OPEN if the path leads into a list."""
    value: Any = document
    for key in field.split("."):
        if isinstance(value, list):
            return OPEN
        if not isinstance(value, dict) or key not in value:
            return MISSING
        value = value[key]
    return value


class _Open:
    """The type of `OPEN`."""

    def __repr__(self) -> str:
        return "(open)"


OPEN: Any = _Open()


class Corpus:
    """Documents that are asked together, again and again, with the same few conditions.

    Conditions are known by their identities first, and kept, so that no other object gets the same one; neither they nor documents
    change.
    """

    def __init__(self, documents: Sequence[Mapping[str, Json]]) -> None:
        self._documents = documents
        self._columns: dict[tuple[int, bool], tuple[TruthSet, Group]] = {}
        self._by_text: dict[tuple[str, bool], TruthSet] = {}
        self._arrays: dict[int, tuple[int, Group]] = {}

    def column(self, condition: Group, *, sensitive: bool) -> TruthSet:
        """Return for which documents a condition holds under a case rule."""
        key = id(condition), sensitive
        known = self._columns.get(key)
        if known is None:
            _keep_small(self._columns)
            known = self._columns[key] = self._found_out(condition, sensitive=sensitive), condition
        return known[0]

    def _found_out(self, condition: Group, *, sensitive: bool) -> TruthSet:
        key = canonical(condition), sensitive
        if key not in self._by_text:
            _keep_small(self._by_text)
            self._by_text[key] = of_truths(holds(condition, document, sensitive=sensitive) for document in self._documents)
        return self._by_text[key]

    def arrays(self, condition: Group) -> int:
        """Return the documents, as bits, whose field of a condition is an array that the condition is about as a whole."""
        known = self._arrays.get(id(condition))
        if known is None:
            _keep_small(self._arrays)
            are_arrays = of_truths(looks_at_array(condition, document) for document in self._documents)
            known = self._arrays[id(condition)] = are_arrays.yes, condition
        return known[0]


def _keep_small(remembered: dict[Any, Any]) -> None:
    if len(remembered) >= _MOST_COLUMNS:
        remembered.clear()


_MOST_COLUMNS = 10_000


class _Same:
    """Documents that equal only these very objects."""

    def __init__(self, documents: Sequence[Mapping[str, Json]]) -> None:
        self.documents = tuple(documents)
        self._ids = tuple(map(id, self.documents))

    def __hash__(self) -> int:
        return hash(self._ids)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self._ids == other._ids


def corpus_of(documents: Sequence[Mapping[str, Json]]) -> Corpus:
    """Return the corpus of these documents, the same one for the same objects."""
    return _corpus(_Same(documents))


@lru_cache(maxsize=16)
def _corpus(same: _Same) -> Corpus:
    return Corpus(same.documents)


def holds(condition: Group, document: Mapping[str, Json], *, sensitive: bool) -> Truth:
    """Whether a condition holds for a document under a case rule."""
    operator, operand = condition.get("operator", "eq"), condition.get("value")
    value = lookup(document, condition["field"])
    if value is OPEN or _is_open(operator, operand):
        return None
    if value is MISSING:
        if operator == "is_null":
            return None
        return operator in ("ne", "nin") or (operator == "exists" and operand is False)
    return _OPERATORS[operator](value, operand, sensitive)


def _is_open(operator: str, operand: Json) -> bool:
    """Whether the contract leaves this operand open: null, or a list for `in` that is empty or contains null."""
    if operator in ("in", "nin"):
        return not isinstance(operand, list) or not operand or None in operand
    return operand is None


def looks_at_array(condition: Group, document: Mapping[str, Json]) -> bool:
    """Whether a condition is about an array as a whole, not about its elements (`filters.eval.array-fields`)."""
    if condition.get("operator", "eq") in ("contains", "exists", "is_null"):
        return False
    return isinstance(lookup(document, condition["field"]), list)


def holds_for_elements(condition: Group, document: Mapping[str, Json], *, sensitive: bool) -> Truth:
    """Whether a condition holds for at least one element of an array: this is how some engines read it."""
    operator, operand = condition.get("operator", "eq"), condition.get("value")
    elements = lookup(document, condition["field"])
    if operator in ("ne", "nin"):
        positive = {**condition, "operator": {"ne": "eq", "nin": "in"}[operator]}
        return negation(holds_for_elements(positive, document, sensitive=sensitive))
    return disjunction(_OPERATORS[operator](element, operand, sensitive) for element in elements)


def _equal(value: Json, operand: Json, sensitive: bool) -> Truth:  # noqa: FBT001
    if isinstance(value, str) and isinstance(operand, str) and not sensitive:
        return _compare_without_case(value, operand, lambda text, other_text: text == other_text)
    if equality.same(operand, value):
        return True
    # The contract does not say whether case counts inside containers.
    is_container = isinstance(value, dict | list) and isinstance(operand, dict | list)
    return None if is_container and equality.same(_without_case(operand), _without_case(value)) else False


def _without_case(value: Json) -> Json:
    """Return a value in which all texts and keys are equal that an engine ignoring case might take for equal, also beyond ASCII."""
    if isinstance(value, str):
        folded = unicodedata.normalize("NFKD", value.casefold()).casefold()
        return "".join(letter for letter in folded if unicodedata.category(letter) != "Mn")
    if isinstance(value, list):
        return [_without_case(item) for item in value]
    return {_without_case(key): _without_case(member) for key, member in value.items()} if isinstance(value, dict) else value


_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}


def _compare_without_case(value: str, operand: str, test: Callable[[str, str], bool]) -> Truth:
    """Compare without case. With letters or accents beyond ASCII the result is open, unless the texts are equal."""
    if _has_other_letters(value) or _has_other_letters(operand):
        return True if value == operand else None
    return test(value.translate(_LOWER), operand.translate(_LOWER))


def _has_other_letters(text: str) -> bool:
    return not text.isascii() and any(letter > "\x7f" and unicodedata.category(letter)[0] in "LM" for letter in text)


def _text_operator(test: Callable[[str, str], bool]) -> Callable[[Json, Json, bool], Truth]:
    def judged(value: Json, operand: Json, sensitive: bool) -> Truth:  # noqa: FBT001
        if not isinstance(value, str) or not isinstance(operand, str):
            return _of_non_text(value, operand)
        return test(value, operand) if sensitive else _compare_without_case(value, operand, test)

    return judged


def _of_non_text(value: Json, operand: Json) -> Truth:
    """Return what a text operator gives for other types: False for an array, else open."""
    return False if isinstance(value, list) and isinstance(operand, str) else None


def _number_operator(test: Callable[[Any, Any], bool]) -> Callable[[Json, Json, bool], Truth]:
    def judged(value: Json, operand: Json, _sensitive: bool) -> Truth:  # noqa: FBT001
        both = all(isinstance(number, int | float) and not isinstance(number, bool) for number in (value, operand))
        return test(value, operand) if both else None

    return judged


def _is_in(value: Json, operand: Json, sensitive: bool) -> Truth:  # noqa: FBT001
    return disjunction(_equal(value, item, sensitive) for item in operand) if isinstance(operand, list) else None


_part_of = _text_operator(lambda value, part: part in value)


def _contains(value: Json, operand: Json, sensitive: bool) -> Truth:  # noqa: FBT001
    return _is_in(operand, value, sensitive) if isinstance(value, list) else _part_of(value, operand, sensitive)


def _regex(value: Json, operand: Json, sensitive: bool) -> Truth:  # noqa: FBT001
    if not isinstance(value, str) or not isinstance(operand, str):
        return _of_non_text(value, operand)
    if not value.isascii():
        return None
    try:
        return re.search(operand, value, 0 if sensitive else re.IGNORECASE) is not None
    except re.error:
        return None


def _text(value: Json, operand: Json, _sensitive: bool) -> Truth:  # noqa: FBT001
    """A word stands between white space or the ends of the text. Beside other characters than letters the result is open."""
    if not isinstance(value, str) or not isinstance(operand, str):
        return _of_non_text(value, operand)
    text, word = value.translate(_LOWER), operand.translate(_LOWER)
    if word in re.split(r"[ \t\n\r\f\v]+", text):
        return True
    return None if re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) else False


def _boolean_operand(test: Callable[[Json], bool]) -> Callable[[Json, Json, bool], Truth]:
    return lambda value, operand, _sensitive: test(value) is operand if isinstance(operand, bool) else None


_OPERATORS: dict[str, Callable[[Json, Json, bool], Truth]] = {
    "eq": _equal,
    "ne": lambda value, operand, sensitive: negation(_equal(value, operand, sensitive)),
    "gt": _number_operator(lambda value, operand: value > operand),
    "lt": _number_operator(lambda value, operand: value < operand),
    "gte": _number_operator(lambda value, operand: value >= operand),
    "lte": _number_operator(lambda value, operand: value <= operand),
    "in": _is_in,
    "nin": lambda value, operand, sensitive: negation(_is_in(value, operand, sensitive)),
    "contains": _contains,
    "starts_with": _text_operator(str.startswith),
    "ends_with": _text_operator(str.endswith),
    "regex": _regex,
    "exists": _boolean_operand(lambda _value: True),
    "is_null": _boolean_operand(lambda value: value is None),
    "text": _text,
}
