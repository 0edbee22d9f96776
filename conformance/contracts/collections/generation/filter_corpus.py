"""The corpus: documents to filter, and conditions that tell them apart.

A few fields hold values that servers confuse. One has texts that differ only in case, accents or characters beyond 16 bits;
others have numbers, all types, falsy values, lists, and objects up to four deep. Operands come from the same tables, so most
conditions select some documents and not others. Random conditions that do not are drawn again.
"""

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from conformance.contracts.collections import filter_semantics
from conformance.contracts.collections.filter_semantics import Group
from conformance.contracts.collections.generation.filters import OPERATORS
from conformance.contracts.collections.truth_sets import TruthSet
from conformance.core.json_text import Json

Body = dict[str, Any]
Condition = dict[str, Any]
_ABSENT: Any = object()

NAMES = (
    "anna",
    "Anna",
    "ANNA",
    "anna b",
    "Hannah",
    "bob",
    "BOB",
    "",
    "é",
    "e\u0301",
    "e",
    "😀",
    "😁",
    "a😀",
    "ann",
    "annabel",
    "a.b",
    "a*b",
    "a_b",
    "a%b",
    "IRIS",
    "iris",
    "Ian",
)
# Some numbers occur with a fraction and without: both are equal.
AGES = (-3, -1, 0, 0.5, 0.5000000001, 1, 2, 10, 10.5, 100, 2**53 - 1, 1e15, -0.25, 1.0, 10.0, -0.0, _ABSENT)
ANYTHING: tuple[Any, ...] = (
    "1",
    1,
    True,
    0,
    False,
    "",
    "0",
    None,
    1.5,
    "true",
    [],
    {},
    [1],
    {"a": 1},
    "null",
    {"a": 1, "b": 2},
    {"a": True},
    [True],
    {"a": 1, "b": None},
    {"a": 1.0},
    {"a": None},
    [None],
    [{}],
    _ABSENT,
)
TAGS: tuple[Any, ...] = (
    ["red", "blue"],
    ["blue", "red"],
    ["Red"],
    [],
    [1, "1", True],
    [None],
    ["red", "red"],
    ["red"],
    [*(f"no. {number}" for number in range(99)), "Blue"],
    ["reddish"],
    [["red"]],
    [0],
    [""],
    # Booleans, which some languages take for numbers, and items that contain more than a condition asks for.
    [True],
    [False],
    [1.0],
    [{"a": 1}],
    [{"a": 1, "b": 2}],
    [[1], [{}]],
    _ABSENT,
)
PHRASES = (
    "the quick fox",
    "Quick and slow",
    "quickly",
    "QUICK",
    "a slow fox",
    "foxes",
    "",
    "unquick",
    "slow quick",
    "one two three four five six quick",
    "two dogs",
    "a dog",
)
# Texts, and arrays of the same texts: an engine that compares the items selects both.
LABELS: tuple[Any, ...] = ("alpha", ["alpha"], "alpha one", ["beta", "alpha"], "beta", ["alpha one"], "one alpha", [], ["beta"])
DEEP: tuple[Any, ...] = (
    {"a": {"b": {"c": "leaf"}}}, {"a": {"b": {"c": "Leaf"}}}, {"a": {"b": {"c": 5}}}, {"a": {"b": {"c": 0}}}, {"a": {"b": {"c": None}}},
    {"a": {"b": {}}}, {"a": {"b": 5}}, {"a": None}, {"a": {}}, {}, {"a": {"b": {"c": False}}}, {"c": "leaf", "b": {"c": 5}}, _ABSENT,
)  # fmt: skip
# Names that need quotes in a path or a query. None has a dot, because a dot leads into an object.
ODD_NAMES = ('say "it\'s"', "größe \U0001f600", "back\\slash\n")
PRICE = "price (€)"
# A text with all characters that LIKE, globs, regular expressions or quotes give a meaning to, and both forms of the letter I.
SPECIAL = "Ii.a_b%c*d?e[xy](z)\\d'\"iI"
# The longest text that a server must accept.
_LONGER = "x" * 4096
_SPECIAL_TEXTS = (
    SPECIAL, SPECIAL.swapcase(), SPECIAL.replace("_", "1"), SPECIAL.replace("%", "22"), SPECIAL.replace("*", "33"), SPECIAL.replace("?", "4"),
    SPECIAL.replace("[xy]", "x"), SPECIAL.replace("\\", ""), SPECIAL.replace("'", ""), SPECIAL.replace('"', ""), "Iisa_b%cdexz7'\"iI",
    f"<{SPECIAL}>", f"{SPECIAL}>", f"<{SPECIAL.lower()}", "", "other", f"{SPECIAL}\n", f" {SPECIAL}", f"{SPECIAL} ", _LONGER, f"{_LONGER[:-1]}y",
)  # fmt: skip
# Two titles differ only at their end, which an index may cut off.
_LONG_TITLE = "averylongtitlewhoseendalonetellsitfromtheother" * 3
_TITLES = (f"{_LONG_TITLE}b", "beta", "alphabet", "gamma", f"{_LONG_TITLE}a", "alpha", "alphabetical", "a", "alphabet", "beta")
_KINDS = ("x", "y", "z")
_MIXED: tuple[Json, ...] = (1, "1", True, 0, False, "x", "X", "", 0.5)
_LONGEST = max(map(len, (NAMES, AGES, ANYTHING, TAGS, PHRASES, DEEP, _SPECIAL_TEXTS)))


def documents(count: int, random: Random) -> list[Body]:
    """Return the user fields of `count` documents: first the tables in turn, then random combinations."""
    bodies = []
    for index in range(count):
        pick = _taking_turns(index) if index < _LONGEST else random.choice
        fields = {
            "name": pick(NAMES),
            "age": pick(AGES),
            "any": pick(ANYTHING),
            "tags": pick(TAGS),
            "phrase": pick(PHRASES),
            "mark": pick(_SPECIAL_TEXTS),
            "label": LABELS[index % len(LABELS)],
            "deep": pick(DEEP),
        }
        body: Body = {key: value for key, value in fields.items() if value is not _ABSENT}
        if index % 5 == 0:
            body["Name"] = "another field"
        if (inner := pick(DEEP)) is not _ABSENT:
            body["metadata"] = {"levels": index % 3, "level": index % 4, "deep": inner}
        # Fields that every document has, for sorting and grouping: some with equal values, some without.
        body |= {
            "rank": (index * 7) % 5 - 2,
            "weight": ((index * 5) % 9) / 4,
            "title": _TITLES[index % len(_TITLES)],
            "number": index,
        }
        body |= {"kind": _KINDS[index % 3], "level": index % 4, "mixed": _MIXED[index % len(_MIXED)], PRICE: (index * 11) % 29}
        body |= _similarly_named_fields(index)
        body["quoted"] = ODD_NAMES[0]
        body["odd"] = {name: (index + at) % 3 for at, name in enumerate(ODD_NAMES) if (index + at) % 4}
        bodies.append(body)
    return bodies


def _similarly_named_fields(index: int) -> Body:
    """Return fields whose names begin like other fields' names, or differ in case, with other values."""
    longer = {"ranks": (index * 3) % 7, "weights": index % 2, "titles": _TITLES[-1 - index % len(_TITLES)], "prices": index}
    longer |= {"kinds": "x", "levels": index % 3, "numbers": 28 - index, "ages": index}
    capitals = {"Rank": index, "Level": index % 5, "Number": index % 7, "Kind": "y"}
    return {**longer, **capitals, "meta": {"level": 3 - index % 4}, "a": index}


def _taking_turns(index: int) -> Any:
    return lambda table: table[index % len(table)]


def catalogue(*, exhaustive: bool = False) -> list[Condition]:
    """Return conditions that show typical mistakes: at least one for every operator, and more with `exhaustive`."""
    return [_condition(*row) for row in (*_CATALOGUE, *(_CATALOGUE_MORE if exhaustive else ()))]


def _condition(field: str, operator: str, value: Json) -> Condition:
    return {"field": field, "operator": operator, "value": value}


# The longest list of operands that a server must accept; the operand that decides is added at its end.
_OTHERS = (_LONGER, *(f"no. {number}" for number in range(98)))
_CATALOGUE: tuple[tuple[str, str, Json], ...] = (
    # The control conditions of the case rule come first: the others are judged beside them.
    ("name", "eq", "anna"),
    ("name", "eq", "e\u0301"), ("name", "eq", "é"), ("name", "eq", "😀"), ("age", "eq", 0), ("age", "eq", 0.5),
    ("age", "eq", 1.0), ("any", "eq", 1), ("any", "eq", {}), ("mark", "eq", SPECIAL),
    ("any", "eq", "1"), ("any", "eq", True), ("any", "eq", False), ("any", "eq", []), ("any", "eq", [1]), ("tags", "eq", ["red", "blue"]),
    ("tags", "eq", ["red"]), ("any", "eq", {"b": 2, "a": 1}), ("tags", "contains", "blue"),
    ("any", "eq", {"a": 1}), ("deep.a.b.c", "eq", "leaf"), ("deep.a.b", "eq", {"c": 5}), ("metadata.deep.a.b", "eq", 5),
    ("metadata.level", "eq", 2),
    ("name", "ne", "Anna"), ("any", "ne", 0), ("age", "ne", 10), ("deep.a.b.c", "ne", 5),
    ("any", "ne", True), ("mark", "ne", SPECIAL),
    ("age", "gt", 0), ("age", "gte", 10), ("age", "lt", 0), ("age", "lte", 0.5),
    ("metadata.level", "gt", 1),
    ("name", "in", ["bob", "ANNA"]), ("any", "in", ["no", 7, "nor", [2], "this", 8, "1", True]),
    ("any", "in", [1, "true", False]), ("age", "in", [0]),
    ("any", "in", [[1], {"a": 1}, "", 0]), ("mark", "in", [*_OTHERS, SPECIAL]), ("mark", "nin", [*_OTHERS, SPECIAL]), ("any", "nin", [1, "0"]),
    ("meta.level", "in", [0, 3]), ("name", "nin", ["bob", "anna"]), ("any", "nin", [0, "", False]), ("age", "nin", [0, 10.5]),
    ("deep.a.b.c", "nin", ["leaf", 5]),
    ("name", "contains", "nn"), ("mark", "contains", SPECIAL), ("tags", "contains", "red"), ("tags", "contains", 1),
    ("tags", "contains", ""), ("tags", "contains", True), ("tags", "contains", {"a": 1}),
    ("tags", "contains", 0), ("name", "contains", "e"),
    ("name", "starts_with", "ann"), ("mark", "starts_with", SPECIAL), ("name", "starts_with", "a😀"),
    ("name", "ends_with", "na"), ("mark", "ends_with", SPECIAL), ("name", "ends_with", "😁"),
    ("name", "regex", "nn"), ("name", "regex", "^Iri*s"), ("name", "regex", "a$"), ("name", "regex", "^a.b$"),
    ("phrase", "regex", "q[tu]i"),
    ("phrase", "regex", "fox(es)?$".replace("(es)?", "e?s?")),
    ("any", "exists", True), ("age", "exists", False), ("Name", "exists", True), ("deep.a", "exists", True),
    ("deep.a.b.c", "exists", False),
    ("any", "is_null", True), ("any", "is_null", False), ("deep.a", "is_null", True), ("deep.a.b.c", "is_null", False),
    ("phrase", "text", "quick"), ("phrase", "text", "fox"), ("phrase", "text", "dog"),
    ("label", "eq", "beta"), ("label", "ne", "alpha"), ("label", "in", ["beta", "one alpha"]), ("label", "nin", ["alpha", "gamma"]),
    ("label", "starts_with", "alp"), ("label", "ends_with", "ha"), ("label", "regex", "^alp"), ("label", "text", "alpha"),
    (f"odd.{ODD_NAMES[0]}", "eq", 1), (f"odd.{ODD_NAMES[1]}", "gt", 0), (f"odd.{ODD_NAMES[2]}", "exists", False),
)  # fmt: skip
# More conditions, for larger budgets.
_CATALOGUE_MORE: tuple[tuple[str, str, Json], ...] = (
    ("name", "eq", ""), ("age", "gt", 10), ("age", "gte", -1), ("age", "gte", 2**53 - 1), ("name", "contains", "😀"),
    ("phrase", "ends_with", "fox"), ("name", "regex", "an*a"), ("any", "ne", ""), ("phrase", "starts_with", "quick"),
    ("metadata.deep.a.b.c", "eq", 0), ("phrase", "text", "slow"), ("phrase", "text", "the"), ("tags", "eq", ["Red"]), ("age", "lte", 0),
)  # fmt: skip
# Operators for which the case of letters can make a difference.
_CASE_OPERATORS = frozenset({"eq", "ne", "in", "nin", "contains", "starts_with", "ends_with", "regex"})


def is_beyond_ascii(condition: Condition) -> bool:
    """Whether letters beyond ASCII, or similar ones, decide what a condition selects: such a condition is sent with case_sensitive."""
    return condition["field"] == "name" and condition["value"] in ("e\u0301", "é", "e")


def depends_on_case(condition: Condition) -> bool:
    """Whether the case rule can change what a condition selects."""
    texts = condition["value"] if isinstance(condition["value"], list) else [condition["value"]]
    return condition["operator"] in _CASE_OPERATORS and any(
        isinstance(text, str) and text.lower() != text.upper() and text.isascii() for text in texts
    )


_OPERANDS: dict[str, tuple[tuple[str, ...], Sequence[Json]]] = {
    "name": (("eq", "ne", "in", "nin", "contains", "starts_with", "ends_with", "exists"), NAMES),
    "age": (("eq", "ne", "in", "nin", "gt", "gte", "lt", "lte", "exists"), AGES[:-1]),
    "any": (("eq", "ne", "in", "nin", "exists", "is_null"), [value for value in ANYTHING[:-1] if value is not None]),
    "tags": (("eq", "ne", "contains", "exists"), ("red", "Red", 1, 0, "", "blue", "reddish")),
    "phrase": (("text", "contains", "regex", "starts_with"), ("quick", "fox", "slow", "the")),
    "deep.a.b.c": (("eq", "ne", "in", "nin", "exists"), ("leaf", 5, 0, False, "Leaf")),
    "deep.a.b": (("eq", "ne", "exists"), (5, {}, {"c": 5}, {"c": "leaf"})),
    "metadata.deep.a.b.c": (("eq", "ne", "in", "exists"), ("leaf", 5, 0)),
    "metadata.level": (("eq", "gt", "gte", "lt", "lte", "in", "nin"), (0, 1, 2, 3)),
    **{f"odd.{name}": (("eq", "ne", "in", "exists", "lte"), (0, 1, 2)) for name in ODD_NAMES},
    "number": (("gt", "lte", "eq", "in"), (3, 8, 13)),
}


def random_condition(random: Random, corpus: Sequence[Body], tries: int = 20) -> Condition:
    """Return a random condition that selects some documents and not others; after so many tries the last one drawn."""
    for _ in range(tries):
        condition = _random_condition(random)
        if is_informative({"AND": [condition]}, corpus):
            break
    return condition


def _random_condition(random: Random) -> Condition:
    field = random.choice(list(_OPERANDS))
    operators, operands = _OPERANDS[field]
    operator = random.choice(operators)
    if operator in ("exists", "is_null"):
        return _condition(field, operator, random.random() < 0.5)  # noqa: PLR2004
    if operator in ("in", "nin"):
        return _condition(field, operator, random.sample(list(operands), min(len(operands), random.randint(1, 4))))
    return _condition(field, operator, random.choice(list(operands)))


def is_informative(group: Group, corpus: Sequence[Body]) -> bool:
    """Whether a filter selects some documents of the corpus and not others."""
    selection = filter_semantics.selection(group, corpus)
    return selection.yes != 0 and selection.no != 0


def random_compound(random: Random, pool: Sequence[Condition], corpus: Sequence[Body], depth: int) -> Body:
    """Return a random filter of this depth with conditions of the pool and random case rules.

    It selects some documents and not others, provided that the first condition of the pool does: that one is used if the random
    filters do not.
    """
    tries = [_random_compound(random, pool, depth) for _ in range(_TRIES)]
    return _first_informative(iter([*tries, nested_in(pool[0], ("AND", "OR", "AND", "OR", "AND")[:depth])]), corpus)


def metamorphic_operands(random: Random, pool: Sequence[Condition], corpus: Sequence[Body]) -> list[Condition]:
    """Return three random conditions. The first two, joined by AND or by OR, select some documents and not others.

    If no such conditions are drawn in so many tries, they are searched for.
    """
    for _ in range(_TRIES):
        chosen = random.sample(list(pool), 3)
        if all(is_informative({kind: chosen[:2]}, corpus) for kind in ("AND", "OR")):
            return chosen
    return decisive_conditions("AND", 3, pool, corpus)


_TRIES = 6


def _random_compound(random: Random, pool: Sequence[Condition], depth: int) -> Body:
    group: Body = {}
    for kind in random.sample(filter_semantics.KINDS, random.choice((1, 1, 1, 2, 3))):
        group[kind] = [random.choice(list(pool)) for _ in range(random.randint(1, 3))]
    if depth > 1:
        deepest = random.choice([kind for kind in filter_semantics.KINDS if kind in group])
        group[deepest].insert(random.randint(0, len(group[deepest])), _random_compound(random, pool, depth - 1))
    if random.random() < 0.4:  # noqa: PLR2004
        group["case_sensitive"] = random.random() < 0.5  # noqa: PLR2004
    return group


def nested_in(condition: Condition, kinds: Sequence[str], rules: Sequence[bool | None] = ()) -> Body:
    """Return a condition in nested groups of these kinds, the outermost first, with these case rules where they are not None."""
    member: Body = condition
    for index, kind in reversed(list(enumerate(kinds))):
        member = {kind: [member]}
        if index < len(rules) and rules[index] is not None:
            member["case_sensitive"] = rules[index]
    return member


def compound_filters(pool: Sequence[Condition], corpus: Sequence[Body], *, exhaustive: bool = True) -> Iterator[Body]:
    """Yield compound filters that show typical mistakes: single and mixed kinds, one to four members, one to five deep.

    Without `exhaustive`, every second operator is combined with another one, and the others are nested. Each operator is used in
    NOT.
    """
    by_operator: dict[str, list[Condition]] = {}
    for condition in pool:
        by_operator.setdefault(condition["operator"], []).append(condition)
    by_first_operand = [by_operator[name][0] for name in OPERATORS if name in by_operator]
    for index, condition in enumerate(by_first_operand):
        other_conditions = [*by_first_operand[index + 1 :], *by_first_operand[:index]]
        yield {"NOT": [condition]}
        kind = ("OR", "AND")[index // 2 % 2]
        if index % 2 == 0 or exhaustive:
            yield _first_informative(({kind: [condition, other_condition]} for other_condition in other_conditions), corpus)
        kinds = [filter_semantics.KINDS[(index + level) % 3] for level in range(2 + index % 4)]
        if index % 2 or exhaustive:
            yield _first_informative(
                (
                    {**nested_in(condition, kinds), _other_kind(kinds[0]): [condition, other_condition]}
                    for other_condition in other_conditions
                ),
                corpus,
            )
    for kind, count in (("NOT", 2), ("AND", 3), ("OR", 3), *((("NOT", 3), ("AND", 4)) if exhaustive else ())):
        yield {kind: decisive_conditions(kind, count, pool, corpus)}
    first, second, third = decisive_conditions("AND", 3, pool[::-1], corpus)
    yield {"AND": [first, second], "OR": [third, second], "NOT": [third]}
    yield {"AND": [first, {"OR": [second, third]}, {"NOT": [third]}]}
    yield {"OR": [{"AND": [first, second]}, {"NOT": [first, third]}]}
    yield {"NOT": [{"AND": [first, second]}, {"OR": [third]}]}
    yield {"NOT": [{"NOT": [first, {"NOT": [third]}]}]}


def full_groups() -> Iterator[Body]:
    """Yield a group of each kind with the largest number of conditions. Those about existing documents change the result."""
    own, others = range(_NUMBERED_CONDITIONS), range(1000, 1100 - _NUMBERED_CONDITIONS)
    numbers = [*own[: _NUMBERED_CONDITIONS // 2], *others, *own[_NUMBERED_CONDITIONS // 2 :]]
    for kind, operator in (("AND", "ne"), ("OR", "eq"), ("NOT", "eq")):
        yield {kind: [_condition("number", operator, number) for number in numbers]}


# Fewer conditions than any corpus has documents, so that some documents are left.
_NUMBERED_CONDITIONS = 24


def decisive_conditions(kind: str, count: int, pool: Sequence[Condition], corpus: Sequence[Body]) -> list[Condition]:
    """Return `count` conditions of which each is decisive: without it the group selects other documents of the corpus."""
    truths = [filter_semantics.selection({"AND": [condition]}, corpus) for condition in pool]
    for start in range(0, len(pool), 5):
        chosen: list[int] = []
        for index in (*range(start, len(pool)), *range(start)):
            if len(chosen) < count and _all_decide(kind, [truths[at] for at in (*chosen, index)]):
                chosen.append(index)
        if len(chosen) == count:
            return [pool[at] for at in chosen]
    return list(pool[:count])


def _all_decide(kind: str, truths: Sequence[TruthSet]) -> bool:
    whole = filter_semantics.group_truth(kind, truths)
    without = [filter_semantics.group_truth(kind, [*truths[:at], *truths[at + 1 :]]) for at in range(len(truths))]
    return whole.yes != 0 and whole.no != 0 and (len(truths) == 1 or whole not in without)


def _other_kind(kind: str) -> str:
    return "AND" if kind == "OR" else "OR"


def _first_informative(groups: Iterator[Body], corpus: Sequence[Body]) -> Body:
    """Return the first filter that selects some documents and not others, or else the first one."""
    candidates = list(groups)
    return next((group for group in candidates if is_informative(group, corpus)), candidates[0])


def case_rule_filters(control: Condition, *, exhaustive: bool = True) -> Iterator[Body]:
    """Yield filters in which the case rule of the control condition is set, inherited and overridden at each depth."""
    for depth in range(2, 6) if exhaustive else (2, 5):
        kinds = ["AND", "OR"] * 3
        for rules in (
            [True],
            [None] * (depth - 1) + [True],
            [True] + [None] * (depth - 2) + [False],
            [False] + [None] * (depth - 2) + [True],
        ):
            yield nested_in(control, kinds[:depth], rules)
    # A null counts as not given: the group inherits.
    yield {"AND": [{"OR": [control], "case_sensitive": None}], "case_sensitive": True}
    yield {"OR": [{"AND": [control], "case_sensitive": True}, {"AND": [{"field": "name", "operator": "eq", "value": "bob"}]}]}
