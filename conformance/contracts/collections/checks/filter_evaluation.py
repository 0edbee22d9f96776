"""Chapter filters.eval: what a list with a filter selects.

A filter of one condition is judged by the contract's semantics. A compound filter is judged by the truth table over what the
target itself selected for each single condition (those lists are in its context). So a mistake in one operator says nothing about
AND, OR and NOT. Where a list for a condition is missing, the semantics are used instead. A wrong selection is blamed on the one
requirement whose error hypothesis explains it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import error_hypotheses, expected_state
from conformance.contracts.collections.checks.error_hypotheses import CaseRules
from conformance.contracts.collections.checks.expectations import answer_in_words
from conformance.contracts.collections.checks.expected_state import ExpectedState
from conformance.contracts.collections.checks.lists import Query, ids
from conformance.contracts.collections.filter_semantics import KINDS, ConditionTruth, Corpus, Group, GroupTruth
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.truth_sets import UNKNOWN, TruthSet
from conformance.core.display import short
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import Expect
from conformance.evidence.violation_kinds import type_of

CHECKS = Checks()

_OPERATORS = ("eq", "ne", "gt", "gte", "lt", "lte", "in", "nin", "contains", "starts_with", "ends_with", "regex", "exists", "is_null",
              "text")  # fmt: skip
_CASE_DEFAULT, _CASE = "filters.eval.case-insensitive-default", "filters.eval.case-sensitive"
_NESTED = "filters.eval.nested-field"
_ARRAYS = "filters.eval.array-fields"


def operator_requirement(operator: str) -> str:
    """Return the requirement about an operator."""
    return f"filters.eval.{operator.replace('_', '-')}"


def kind_requirement(kind: str) -> str:
    """Return the requirement about a kind of group."""
    return f"filters.eval.{kind.lower()}"


REQUIREMENTS: tuple[str, ...] = (
    *(operator_requirement(name) for name in _OPERATORS),
    *(kind_requirement(kind) for kind in KINDS),
    _NESTED,
    _ARRAYS,
    _CASE_DEFAULT,
    _CASE,
)


def single_condition(group: Group) -> tuple[Group, bool | None] | None:
    """Return the condition and the case rule of a filter that is a single condition in AND, or None for other filters."""
    members = group.get("AND") or []
    if len(members) != 1 or "field" not in members[0] or group.get("OR") or group.get("NOT"):
        return None
    return members[0], group.get("case_sensitive")


@lru_cache(maxsize=4)
def outcomes_by_requirement(exchange: Exchange) -> Mapping[str, Outcome]:
    """Return the outcomes of one filtered list, by requirement."""
    query, expected = Query.of(exchange), listed_documents(exchange)
    group = query.asks("filters")
    if group is None or exchange.case.expect is not Expect.ACCEPT or not expected or not _is_whole(query, len(expected)):
        return {}
    alone = single_condition(group)
    corpus = filter_semantics.corpus_of([document.answer for document in expected.values()])
    selection = _Selection(exchange, group, expected, corpus, _bits(tuple(expected), frozenset(ids(exchange))))
    return selection.of_condition(*alone) if alone is not None else selection.of_groups()


def listed_documents(exchange: Exchange) -> dict[str, ExpectedState]:
    """Return the expected documents that a list without a filter shows. A document that no list shows is no matter of filters."""
    expected = expected_state.expected_documents(exchange)
    queries = [(earlier, Query.of(earlier)) for earlier in lists_of(exchange)]
    plain = [earlier for earlier, query in queries if query.is_plain and query.is_first and query.limit > len(expected)]
    return expected if not plain else {key: value for key, value in expected.items() if key in ids(plain[-1])}


def _is_whole(query: Query, count: int) -> bool:
    return query.is_first and query.limit > count and query.asks("group_by") is None


@dataclass(frozen=True, slots=True)
class _Selection:
    """One filtered list: its exchange, its filter, the expected documents, these as a corpus, and those that were selected, as bits."""

    exchange: Exchange
    group: Group
    expected: dict[str, ExpectedState]
    corpus: Corpus
    selected: int
    columns: dict[tuple[int, bool | None], TruthSet] = field(default_factory=dict)

    @property
    def all(self) -> int:
        """All expected documents, as bits."""
        return (1 << len(self.expected)) - 1

    def of_condition(self, condition: Group, rule: bool | None) -> Mapping[str, Outcome]:  # noqa: FBT001
        """Judge a single condition by the semantics. Documents with an array in the field are judged by a requirement of their own."""
        if not self.exchange.accepted:
            blamed = _ARRAYS if _has_array(condition) else operator_requirement(condition.get("operator", "eq"))
            return (
                {}
                if self._asks_more()
                else {blamed: Violation("the filter was not accepted", "status 200", answer_in_words(self.exchange))}
            )
        arrays = self.corpus.arrays(condition)
        on_arrays = self._of_arrays(condition, arrays, sensitive=bool(rule))
        return {**on_arrays, **self._of_others(condition, rule, arrays)}

    def _of_arrays(self, condition: Group, arrays: int, *, sensitive: bool) -> Mapping[str, Outcome]:
        """Judge a condition on documents whose field is an array. Held only counts if the elements would give another result."""
        truths = self._truths(condition, sensitive=sensitive).among(arrays)
        if (wrong := self._wrong(truths)) is not None:
            return {_ARRAYS: self._violation(wrong)}
        for number, document in enumerate(self.expected.values()):
            truth = truths.of(number)
            if truth is None:
                continue
            by_elements = filter_semantics.holds_for_elements(condition, document.answer, sensitive=sensitive)
            if by_elements is not None and by_elements is not truth:
                return {_ARRAYS: HELD}
        return {}

    def _of_others(self, condition: Group, rule: bool | None, arrays: int) -> Mapping[str, Outcome]:  # noqa: FBT001
        """Judge a condition on documents whose field is no array."""
        operator, sensitive = condition.get("operator", "eq"), bool(rule)
        blamed, others = operator_requirement(operator), ~arrays
        truths = self._truths(condition, sensitive=sensitive).among(others)
        wrong = self._wrong(truths)
        flipped = self._truths(condition, sensitive=not sensitive).among(others)
        case = _CASE_DEFAULT if rule is None else _CASE
        if wrong is None:
            return self._held(truths, flipped, condition, case)
        if self._wrong(flipped) is None:
            if operator == "eq":
                return {case: self._violation(wrong)}
            if _is_case_broken(self.exchange, sensitive=sensitive):
                return {}  # the list of the control condition has shown that already
        if "." in condition["field"] and self._is_blind_to_paths(condition, wrong, sensitive=sensitive):
            blamed = _NESTED
        return {blamed: self._violation(wrong)}

    def _held(self, truths: TruthSet, flipped: TruthSet, condition: Group, case: str) -> Mapping[str, Outcome]:
        shown = [operator_requirement(condition.get("operator", "eq"))] if self._is_informative(truths) else []
        shown += [_NESTED] if "." in condition["field"] and self._is_informative(truths) else []
        shown += [case] if condition.get("operator", "eq") == "eq" and truths != flipped else []
        return dict.fromkeys(shown, HELD)

    def of_groups(self) -> Mapping[str, Outcome]:
        """Judge a compound filter by the truth table."""
        if not self.exchange.accepted:
            is_excused = self._asks_more() or any(not earlier.accepted for earlier in filtered_lists(self.exchange))
            blamed = kind_requirement(next(kind for kind in KINDS if self.group.get(kind)))
            return (
                {}
                if is_excused
                else {blamed: Violation("the filter was not accepted", "status 200", answer_in_words(self.exchange))}
            )
        truths = filter_semantics.evaluate(self.group, self._condition_truth())
        wrong = self._wrong(truths)
        if wrong is not None:
            exact = filter_semantics.evaluate(self.group, self._exact_condition_truth())
            if exact.of(self._number(wrong)) is None:
                return {}  # perhaps explained by a condition that was only asked under another case rule
            return {self._blamed(): self._violation(wrong)}
        if not self._is_informative(truths):
            return {}
        kinds = {kind_requirement(kind): HELD for kind in kinds_in(self.group)}
        return {**kinds, _CASE: HELD} if self._depends_on_case(truths) else kinds

    def _asks_more(self) -> bool:
        """Whether the list uses more options than the filter: then it may have been refused for those."""
        return any(Query.of(self.exchange).asks(key) is not None for key in ("sort", "select", "return_url", "return_vectors"))

    def _truths(self, condition: Group, *, sensitive: bool) -> TruthSet:
        return self.corpus.column(condition, sensitive=sensitive)

    def _condition_truth(self, rule: Callable[[CaseRules], bool | None] = filter_semantics.stated_rule) -> ConditionTruth:
        """Return a function that gives a condition's truth for each document."""

        def truth(condition: Group, rules: CaseRules) -> TruthSet:
            key = id(condition), rule(rules)
            if key not in self.columns:
                self.columns[key] = self._column(condition, key[1])
            return self.columns[key]

        return truth

    def _exact_condition_truth(self) -> ConditionTruth:
        """Return the same function, but open for conditions that were only asked under another case rule."""
        answers, truth = single_condition_answers(self.exchange), self._condition_truth()

        def exact(condition: Group, rules: CaseRules) -> TruthSet:
            name, stated = filter_semantics.canonical(condition), filter_semantics.stated_rule(rules)
            is_asked_otherwise = any((name, rule) in answers for rule in (None, True, False)) and (name, stated) not in answers
            return UNKNOWN if is_asked_otherwise else truth(condition, rules)

        return exact

    def _column(self, condition: Group, stated: bool | None) -> TruthSet:  # noqa: FBT001
        """Return a condition's truth for each document: from the target's own answer, or else from the semantics.

        It is open for arrays without an answer, and if the target deviates for this operator and was not asked for this condition.
        """
        answers, name = single_condition_answers(self.exchange), filter_semantics.canonical(condition)
        own = answers.get((name, stated))
        holds = self.corpus.column(condition, sensitive=bool(stated))
        if own is None and self._deviates(condition):
            return UNKNOWN
        if own is not None:
            return self._answered(own).among(holds.yes | holds.no)
        # If the case rule makes no difference, an answer under another rule can be used.
        other = next((answers[name, rule] for rule in (None, True, False) if (name, rule) in answers), None)
        unanswered = self.all if other is None else holds.differs(self.corpus.column(condition, sensitive=not stated))
        by_answer = UNKNOWN if other is None else self._answered(other).among((holds.yes | holds.no) & ~unanswered)
        by_semantics = holds.among(unanswered & ~self.corpus.arrays(condition))
        return TruthSet(by_answer.yes | by_semantics.yes, by_answer.no | by_semantics.no)

    def _answered(self, answer: frozenset[str]) -> TruthSet:
        """Return for which documents a condition holds by what the target has selected for it."""
        chosen = _bits(tuple(self.expected), answer)
        return TruthSet(chosen, self.all & ~chosen)

    def _deviates(self, condition: Group) -> bool:
        """Whether the target answered a single condition with this operator differently from the contract."""
        return condition.get("operator", "eq") in deviating_operators(self.exchange)

    def _wrong(self, truths: TruthSet) -> str | None:
        """Return the first document that is selected and should not be, or the other way round."""
        wrong = self._wrong_ones(truths)
        return list(self.expected)[(wrong & -wrong).bit_length() - 1] if wrong else None

    def _wrong_ones(self, truths: TruthSet) -> int:
        return ((truths.yes & ~self.selected) | (truths.no & self.selected)) & self.all

    def _number(self, identifier: str) -> int:
        return list(self.expected).index(identifier)

    def _is_selected(self, identifier: str) -> bool:
        return bool(self.selected >> self._number(identifier) & 1)

    def _is_informative(self, truths: TruthSet) -> bool:
        """Whether a filter selects some documents and not others: otherwise its result proves little."""
        return truths.yes & self.all != 0 and truths.no & self.all != 0

    def _violation(self, wrong: str) -> Violation:
        beside = (self.expected[wrong].created, self.expected[wrong].last, *filtered_lists(self.exchange))
        message = (
            "a document is selected that the filter excludes"
            if self._is_selected(wrong)
            else "a document that the filter selects is missing"
        )
        should, was = (MISSING, wrong) if self._is_selected(wrong) else (wrong, MISSING)
        return Violation(message, should, was, ("results",), supporting=tuple(dict.fromkeys(beside)), kind=self._kind(wrong),
                         told=self._told(wrong))  # fmt: skip

    def _told(self, wrong: str) -> str:
        """Say which stored value was matched by which condition, or was not."""
        alone = single_condition(self.group)
        if alone is None:
            return ""
        condition = alone[0]
        stored = filter_semantics.lookup(self.expected[wrong].answer, condition["field"])
        subject = "a field that is not there" if stored is MISSING else _typed(stored)
        operand = f" {_typed(condition['value'])}" if "value" in condition else ""
        was = "was" if self._is_selected(wrong) else "was not"
        return f"{subject} {was} matched by {condition.get('operator', 'eq')}{operand}"

    def _kind(self, wrong: str) -> str:
        """Describe the mistake for the violation's kind: operator, type of the operand, and type of the stored value."""
        alone = single_condition(self.group)
        if alone is None:
            return " ".join(kinds_in(self.group))
        stored = filter_semantics.lookup(self.expected[wrong].answer, alone[0]["field"])
        what = "absent" if stored is MISSING else type_of(stored)
        return f"{alone[0].get('operator', 'eq')} {type_of(alone[0].get('value'))} of {what}"

    def _is_blind_to_paths(self, condition: Group, wrong: str, *, sensitive: bool) -> bool:
        """Whether the answer is explained by a server that does not follow dotted paths, or not to their end."""
        *_outer, last = keys = condition["field"].split(".")
        readings = ["\0", last, keys[0], *(".".join(keys[:depth]) for depth in range(2, len(keys)))]
        truths_by_reading = [self._truths({**condition, "field": field}, sensitive=sensitive) for field in readings]
        number = self._number(wrong)
        return any(self._wrong(reading) is None and reading.of(number) is not None for reading in truths_by_reading)

    def _depends_on_case(self, truths: TruthSet) -> bool:
        conditions = [condition for condition, _rules in filter_semantics.conditions(self.group)]
        if all(self._truths(condition, sensitive=True) == self._truths(condition, sensitive=False) for condition in conditions):
            return False
        return any(
            filter_semantics.evaluate(self.group, self._condition_truth(rule)).differs(truths) & self.all
            for rule in error_hypotheses.CASE_RULES
        )

    def _explains(self, group_truth: GroupTruth, rule: Callable[[CaseRules], bool | None]) -> bool:
        """Whether a hypothesis selects what the target did."""
        return not self._wrong_ones(filter_semantics.evaluate(self.group, self._condition_truth(rule), group_truth))

    def _blamed(self) -> str:
        """Return the requirement whose hypothesis explains the selection: the case rule, one kind of group, or else the outermost kind."""
        ruled = [rule for _condition, rules in filter_semantics.conditions(self.group) for rule in rules if rule is not None]
        for rule in error_hypotheses.CASE_RULES:
            if self._explains(filter_semantics.group_truth, rule):
                return _CASE if ruled else _CASE_DEFAULT
        for kind, group_truth in error_hypotheses.group_hypotheses(kinds_in(self.group)):
            if self._explains(group_truth, filter_semantics.stated_rule):
                return kind_requirement(kind)
        return kind_requirement(next(kind for kind in KINDS if self.group.get(kind)))


def _typed(value: Any) -> str:
    """Return a value with the name of its type: true and 1, or 1 and "1", are told apart by it."""
    return "null" if value is None else f"the {type_of(value)} {short(value, 80)}"


def _has_array(condition: Group) -> bool:
    """Whether an operand is an array: engines that look at elements may refuse it."""
    operand = condition.get("value")
    if condition.get("operator", "eq") in ("in", "nin"):
        return isinstance(operand, list) and any(isinstance(item, list) for item in operand)
    return isinstance(operand, list)


@lru_cache(maxsize=2048)
def _bits(identifiers: tuple[str, ...], chosen: frozenset[str]) -> int:
    """Return the chosen ones of some documents, as bits."""
    return sum(1 << number for number, identifier in enumerate(identifiers) if identifier in chosen)


def kinds_in(group: Group) -> list[str]:
    """Return the kinds of group that a filter uses, in the contract's order."""
    used = set(_kinds(group))
    return [kind for kind in KINDS if kind in used]


def _kinds(group: Group) -> Iterator[str]:
    for kind in KINDS:
        members = group.get(kind) or ()
        # A single condition is written as a group: AND with one member.
        if members and not (kind == "AND" and len(members) == 1 and not group.get("OR") and not group.get("NOT")):
            yield kind
        for member in members:
            if "field" not in member:
                yield from _kinds(member)


@lru_cache(maxsize=8)
def filtered_lists(exchange: Exchange) -> tuple[Exchange, ...]:
    """Return the filtered lists in the context of a list."""
    return tuple(earlier for earlier in lists_of(exchange) if Query.of(earlier).asks("filters") is not None)


@lru_cache(maxsize=8)
def lists_of(exchange: Exchange) -> tuple[Exchange, ...]:
    """Return the lists of the same collection in the context of an exchange."""
    collection = exchange.id_of("collection")
    return tuple(
        earlier
        for earlier in exchange.context
        if earlier.case.operation == Operations.LIST_DOCUMENTS and earlier.id_of("collection") == collection
    )


@lru_cache(maxsize=8)
def single_condition_answers(exchange: Exchange) -> dict[tuple[str, bool | None], frozenset[str]]:
    """Return the ids that the target selected for single conditions, by condition and stated case rule."""
    selected = {}
    for earlier in filtered_lists(exchange):
        condition = single_condition(Query.of(earlier).asks("filters"))
        if condition is not None and earlier.accepted:
            selected[filter_semantics.canonical(condition[0]), condition[1]] = frozenset(ids(earlier))
    return selected


@lru_cache(maxsize=8)
def deviating_operators(exchange: Exchange) -> frozenset[str]:
    """Return the operators for which a single condition in the context was answered differently from the contract."""
    return frozenset(operator for earlier in filtered_lists(exchange) if (operator := _deviant(earlier)) is not None)


@lru_cache(maxsize=1024)
def _deviant(exchange: Exchange) -> str | None:
    """Return the operator of a list's single condition if the list deviates from the contract, else None."""
    single_asked = single_condition(Query.of(exchange).asks("filters"))
    if single_asked is None or not any(isinstance(outcome, Violation) for outcome in outcomes_by_requirement(exchange).values()):
        return None
    return str(single_asked[0].get("operator", "eq"))


def _is_case_broken(exchange: Exchange, *, sensitive: bool) -> bool:
    """Whether a single `eq` condition in the context shows that the target gets this case rule wrong."""
    for earlier in filtered_lists(exchange):
        single_asked = single_condition(Query.of(earlier).asks("filters"))
        if single_asked is not None and single_asked[0].get("operator", "eq") == "eq" and bool(single_asked[1]) is sensitive:
            outcomes = outcomes_by_requirement(earlier)
            if any(isinstance(outcomes.get(case), Violation) for case in (_CASE, _CASE_DEFAULT)):
                return True
    return False


def _register(requirement: str) -> None:
    def check(exchange: Exchange) -> Outcome:
        return outcomes_by_requirement(exchange).get(requirement)

    CHECKS.check(requirement, Operations.LIST_DOCUMENTS, when=When.ANSWERED)(check)


for _requirement in REQUIREMENTS:
    _register(_requirement)
