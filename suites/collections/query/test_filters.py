"""What filters select: single operators, groups of every kind and depth, case rules, and metamorphic relations."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from random import Random
from typing import Any

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.checks import filter_evaluation
from conformance.contracts.collections.checks.filter_evaluation import (
    kind_requirement,
    kinds_in,
    operator_requirement,
    single_condition,
)
from conformance.contracts.collections.fixtures import ALL, Corpus, complete_list, corpus_of
from conformance.contracts.collections.generation import filter_corpus
from conformance.contracts.collections.generation.filter_corpus import Body, Condition
from conformance.contracts.collections.operations import Operations
from conformance.contracts.collections.run import CollectionsRun
from conformance.engine.scenario import by_chance, exercises, in_parts
from conformance.evidence.exchange import Exchange
from conformance.evidence.operation import Expect

_INFORMATIVE = "filters select some documents and not others"


@dataclass(slots=True)
class _FilterLists:
    """The filtered lists of a corpus. Each condition is asked alone, once for each case rule, so that compound filters can be judged."""

    run: CollectionsRun
    corpus: Corpus
    listed: Exchange
    controls: tuple[Exchange, ...] = ()

    def condition(self, condition: Condition, rule: bool | None = None) -> Exchange:  # noqa: FBT001
        """Ask for a single condition."""
        group: Body = {"AND": [condition]} | ({} if rule is None else {"case_sensitive": rule})
        return self.run.once(
            f"filter {filter_semantics.canonical(condition)} {rule}",
            lambda: self.ask(group, operator_requirement(condition["operator"]), before=self.controls),
            counted="filters",
        )

    def group(self, group: Body, *about: str) -> Exchange:
        """Ask for a compound filter, after each of its conditions was asked alone."""
        condition = single_condition(group)
        if condition is not None:
            return self.condition(*condition)
        before = {earlier.number: earlier for earlier in self._conditions(group)}
        return self.ask(group, *(about or map(kind_requirement, kinds_in(group))), before=tuple(before.values()))

    def beside(self, group: Body, requirement: str, *others: Exchange) -> Exchange:
        """Ask for one filter of a metamorphic relation; the last of the other lists is its counterpart."""
        before = {earlier.number: earlier for earlier in (*self._conditions(group), *others) if earlier is not others[-1]}
        return self.ask(group, requirement, before=(*before.values(), others[-1]))

    def _conditions(self, group: Body) -> Iterator[Exchange]:
        for condition, rules in filter_semantics.conditions(group):
            is_cased = filter_corpus.depends_on_case(condition)  # type: ignore[arg-type]
            yield self.condition(condition, filter_semantics.stated_rule(rules) if is_cased else None)  # type: ignore[arg-type]

    def ask(self, group: Body, *about: str, before: tuple[Exchange, ...]) -> Exchange:
        """Send a filter with these lists in its context."""
        self.run.ledger.measured(_INFORMATIVE, filter_corpus.is_informative(group, self.corpus.bodies))
        return self.run.list_documents(
            self.corpus.collection, {"filters": group}, *about, context=(*self.corpus.context, self.listed, *before), limit=ALL
        )


def _filter_lists(run: CollectionsRun) -> _FilterLists | None:
    """Return this process' filtered lists of the corpus; the lists for the case rule are among them."""
    corpus = corpus_of(run)
    return None if corpus is None else run.once("filters", lambda: _with_controls(run, corpus))


def _with_controls(run: CollectionsRun, corpus: Corpus) -> _FilterLists:
    lists = _FilterLists(run, corpus, listed=complete_list(run, corpus, {}))
    control = filter_corpus.catalogue()[0]
    lists.controls = tuple(lists.condition(control, rule) for rule in (None, True, False))
    return lists


@in_parts
@exercises(
    "http.no-server-error",
    *(name for name in filter_evaluation.REQUIREMENTS if name not in map(kind_requirement, filter_semantics.KINDS)),
)
def test_conditions(run: CollectionsRun) -> None:
    """Every operator alone, with and without case, and then random conditions."""
    lists = _filter_lists(run)
    if lists is None:
        return
    # The default operator is eq.
    without_operator = {key: value for key, value in filter_corpus.catalogue()[0].items() if key != "operator"}
    lists.ask({"AND": [without_operator]}, "filters.eval.eq", before=lists.controls)
    _ask_spelled_otherwise(lists)
    random = Random(f"{run.seed}:conditions")  # noqa: S311 - reproducible
    asked = list(_conditions_of_catalogue(exhaustive=run.budget.exhaustive))
    asked += [(filter_corpus.random_condition(random, lists.corpus.bodies), None) for _ in range(run.budget.filters // 2)]
    run.beside([partial(lists.condition, condition, rule) for condition, rule in run.part(asked)])


def _conditions_of_catalogue(*, exhaustive: bool) -> Iterator[tuple[Condition, bool | None]]:
    """Yield the conditions of the catalogue, with the case rule to ask them by; some by both rules."""
    seen: dict[str, int] = {}
    for condition in filter_corpus.catalogue(exhaustive=exhaustive):
        yield condition, True if filter_corpus.is_beyond_ascii(condition) else None
        operator = condition["operator"]
        if filter_corpus.depends_on_case(condition) and seen.setdefault(operator, 0) < (99 if exhaustive else 1):
            seen[operator] += 1
            yield condition, True


def _ask_spelled_otherwise(lists: _FilterLists) -> None:
    """Send a number in another spelling (RFC 8259, 6)."""
    body = {"filters": {"AND": [{"field": "age", "operator": "eq", "value": 1}]}}
    text, collection = b'{"filters":{"AND":[{"field":"age","operator":"eq","value":10e-1}]}}', lists.corpus.collection
    where = lists.run.path(Operations.LIST_DOCUMENTS, collection.created_id or "", limit=ALL)
    lists.run.raw(where, text, "filters.eval.eq", expect=Expect.ACCEPT, operation=Operations.LIST_DOCUMENTS, value=body,
                  context=(*lists.corpus.context, lists.listed, *lists.controls))  # fmt: skip


@in_parts
@exercises(
    "filters.eval.and",
    "filters.eval.or",
    "filters.eval.not",
    "filters.eval.case-*",
    "filters.laws.complement",
    "filters.laws.monotone",
)
def test_groups(run: CollectionsRun) -> None:
    """Conditions in AND, OR and NOT, alone and combined, one to five deep, and the case rule at each depth."""
    lists = _filter_lists(run)
    if lists is None:
        return
    catalogue, exhaustive = filter_corpus.catalogue(), run.budget.exhaustive
    compound = filter_corpus.compound_filters(catalogue, lists.corpus.bodies, exhaustive=exhaustive)
    asked: list[Callable[[], Any]] = [partial(lists.group, group, *_requirements_of(group)) for group in compound]
    cased = filter_corpus.case_rule_filters(catalogue[0], exhaustive=exhaustive)
    asked += [partial(lists.group, group, "filters.eval.case-sensitive") for group in cased]
    # These groups have too many conditions to ask each alone; two stand for all of them.
    numbers = tuple(lists.condition({"field": "number", "operator": name, "value": 3}) for name in ("eq", "ne"))
    full = filter_corpus.full_groups()
    asked += [partial(lists.ask, group, *map(kind_requirement, kinds_in(group)), before=numbers) for group in full]
    run.beside(run.part(asked))


def _requirements_of(group: Body) -> tuple[str, ...]:
    """Return the requirements of a compound filter: its kinds, and a metamorphic relation if the context ends with the counterpart."""
    kinds = tuple(map(kind_requirement, kinds_in(group)))
    (kind, members), *more = [(key, value) for key, value in group.items() if value]
    if more or any("field" not in member for member in members):
        return kinds
    if kind == "NOT" and len(members) == 1:
        return (*kinds, "filters.laws.complement")
    return (*kinds, "filters.laws.monotone") if len(members) == 2 and kind != "NOT" else kinds


@by_chance
@exercises("filters.eval.and", "filters.eval.or", "filters.eval.not", "filters.eval.case-sensitive")
def test_groups_by_chance(run: CollectionsRun) -> None:
    """Random compound filters over the conditions of the catalogue, one to five deep."""
    lists = _filter_lists(run)
    if lists is None:
        return
    random, pool = Random(f"{run.seed}:groups"), filter_corpus.catalogue()  # noqa: S311 - reproducible
    bodies = lists.corpus.bodies
    groups = [filter_corpus.random_compound(random, pool, bodies, 1 + index % 5) for index in range(run.budget.filters)]
    run.beside([partial(lists.group, group) for group in run.part(groups)])


@by_chance
@exercises("filters.laws.*")
def test_laws(run: CollectionsRun) -> None:
    """Both filters of each metamorphic relation, for conditions and for groups."""
    lists = _filter_lists(run)
    if lists is None:
        return
    random, bodies = Random(f"{run.seed}:laws"), lists.corpus.bodies  # noqa: S311 - reproducible
    asked: list[Callable[[], None]] = []
    for index in range(max(1, run.budget.filters // 25)):
        pool = filter_corpus.catalogue()
        whole = filter_corpus.random_compound(random, pool, bodies, 2 + index % 2)
        first, second, third = filter_corpus.metamorphic_operands(random, pool, bodies)
        asked.append(partial(_ask_for_laws, lists, whole, (first, second, third)))
    run.beside(run.part(asked))


def _ask_for_laws(lists: _FilterLists, whole: Body, operands: tuple[Body, Body, Body]) -> None:
    first, second, third = operands
    base = lists.group(whole)
    lists.beside({"NOT": [whole]}, "filters.laws.complement", base)
    lists.beside({"AND": [whole, whole]}, "filters.laws.idempotent", base)
    lists.beside({"OR": [whole, whole]}, "filters.laws.idempotent", base)
    lists.beside({"AND": [{"OR": [whole]}, first]}, "filters.laws.monotone", base)
    lists.beside({"OR": [{"AND": [whole]}, first]}, "filters.laws.monotone", base)
    neither = lists.group({"NOT": [{"OR": [first, second]}]})
    lists.beside({"AND": [{"NOT": [first]}, {"NOT": [second]}]}, "filters.laws.de-morgan", neither)
    not_both = lists.group({"NOT": [{"AND": [first, second]}]})
    lists.beside({"OR": [{"NOT": [first]}, {"NOT": [second]}]}, "filters.laws.de-morgan", not_both)
    for kind in ("AND", "OR"):
        ordered = lists.group({kind: [first, {"NOT": [second]}, third]})
        lists.beside({kind: [third, first, {"NOT": [second]}]}, "filters.laws.order", ordered)
