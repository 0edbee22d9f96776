"""Texts, numbers and flags within the bounds of a schema: tables of those that servers often get wrong, and makers that choose."""

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument, Unsatisfiable

from conformance.core.json_text import Json, dumps
from conformance.generation import json_values
from conformance.generation.decisions import LETTERS, DecisionStream
from conformance.schema import formats, rules
from conformance.schema.tree import SchemaNode

T = TypeVar("T")
Make = Callable[[DecisionStream, int, dict[str, int]], Any]
_LONGEST_DRAWN = 12
_NUMBER_BYTES = 3
KNOWN_FORMATS = frozenset(formats.EXAMPLES)


class NothingToDraw(ValueError):
    """A schema has no value that can be drawn: it requires a name of a kind that has none, or itself, or its bounds leave nothing."""


def chooser(values: Sequence[Any]) -> Make:
    """Return a maker that chooses one of the values; the first one is the simplest."""
    if len(values) == 1:
        only = values[0]
        return lambda _stream, _nesting, _chosen: only
    return lambda stream, _nesting, _chosen: stream.pick(values)


def maker(kind: str, schema: SchemaNode) -> tuple[Make, int]:
    """Return the maker of a scalar of a JSON Schema type, and how many bytes it decides with; any other type is null."""
    match kind:
        case "string":
            return _text(schema), 1
        case "integer":
            return _number(schema, is_whole=True), _NUMBER_BYTES
        case "number":
            return _number(schema, is_whole=False), _NUMBER_BYTES
        case "boolean":
            return (lambda stream, _nesting, _chosen: bool(stream.below(2))), 1
        case _:
            return (lambda _stream, _nesting, _chosen: None), 0


def simplest(kind: str, schema: SchemaNode) -> Json:
    """Return the simplest scalar of a JSON Schema type that fits a schema."""
    match kind:
        case "string":
            fitting = texts(schema)
            longer = "x" * schema.bounds.min_length
            if not fitting and rules.breaks_bounds(schema, longer):
                return _by_pattern(schema)
            return fitting[0] if fitting else longer
        case "integer" | "number":
            fitting_numbers = numbers(schema, is_whole=kind == "integer")
            return fitting_numbers[0] if fitting_numbers else _first_number(schema, is_whole=kind == "integer")
        case "boolean":
            return False
        case _:
            return None


def texts(schema: SchemaNode) -> list[str]:
    """Return the texts of the tables that fit a schema: by its format, its kind of text, its lengths and its pattern."""
    table = formats.EXAMPLES.get(schema.format) or json_values.TEXT_TABLES[schema.drawing.text]
    return [text for text in table if not rules.breaks_bounds(schema, text)]


def boundary_numbers(schema: SchemaNode, *, is_whole: bool) -> list[float]:
    """Return the numbers that readers treat in a way of their own and that fit a schema, and those at its bounds."""
    return _fitting(schema, json_values.BOUNDARY_NUMBERS, is_whole=is_whole) or numbers(schema, is_whole=is_whole)


def numbers(schema: SchemaNode, *, is_whole: bool) -> list[float]:
    """Return the numbers of the tables that fit a schema, and those at its bounds."""
    return _fitting(schema, json_values.WHOLE if is_whole else json_values.NUMBERS, is_whole=is_whole)


def _fitting(schema: SchemaNode, table: Sequence[float], *, is_whole: bool) -> list[float]:
    bounds = schema.bounds
    step = bounds.multiple_of or 1
    least = bounds.minimum if bounds.exclusive_minimum is None else bounds.exclusive_minimum + step
    most = bounds.maximum if bounds.exclusive_maximum is None else bounds.exclusive_maximum - step
    at_bounds = [_on_step(bound, bounds.multiple_of, up=up) for bound, up in ((least, True), (most, False)) if bound is not None]
    at_bounds += [at + step for at in at_bounds[:1]]
    candidates = [int(value) if is_whole else value for value in (*table, *at_bounds) if not is_whole or value == value // 1]
    fitting = [value for value in candidates if not _is_outside(schema, value)]
    return list({(type(value), repr(value)): value for value in fitting}.values())


def _on_step(bound: float, step: float | None, *, up: bool) -> float:
    if step is None:
        return bound
    return (math.ceil(bound / step) if up else math.floor(bound / step)) * step


def _is_outside(schema: SchemaNode, value: float) -> bool:
    below = schema.bounds.minimum is not None and value < schema.bounds.minimum
    return below or rules.breaks_bounds(schema, value)


def unique(items: list[Json], least: int) -> list[Json]:
    """Return a list without equal items, but not shorter than `least` if it was not."""
    by_text = {dumps(item): item for item in items}
    return list(by_text.values()) if len(by_text) >= least else items


def _text(schema: SchemaNode) -> Make:
    table, strategy = texts(schema), _drawn_text(schema)
    if schema.format in formats.EXAMPLES and table:
        return chooser(table)
    if strategy is None:
        return lambda stream, _nesting, _chosen: stream.text(table or ("x",))
    table = table or _examples(strategy)
    return lambda stream, _nesting, _chosen: stream.text(table, strategy)


def _drawn_text(schema: SchemaNode) -> st.SearchStrategy[str] | None:
    """Return a strategy for texts that Hypothesis draws; None for the usual one."""
    bounds = schema.bounds
    if bounds.pattern is not None:
        return st.from_regex(bounds.pattern).filter(lambda text: not rules.breaks_bounds(schema, text))
    if not bounds.min_length and (bounds.max_length is None or bounds.max_length >= _LONGEST_DRAWN):
        return None
    longest = max(bounds.min_length, _LONGEST_DRAWN) if bounds.max_length is None else bounds.max_length
    return st.text(LETTERS, min_size=bounds.min_length, max_size=min(longest, max(bounds.min_length, _LONGEST_DRAWN)))


def _number(schema: SchemaNode, *, is_whole: bool) -> Make:
    table = numbers(schema, is_whole=is_whole)
    table = table or _examples(_drawn_number(schema, is_whole=is_whole))

    def make(stream: DecisionStream, _nesting: int, _chosen: dict[str, int]) -> float:
        if stream.below(8) < 5:  # noqa: PLR2004 - the shares of json_values.number
            return stream.pick(table)
        value = stream.number(32) if is_whole else json_values.number(stream)
        return stream.pick(table) if _is_outside(schema, value) else value

    return make


def _drawn_number(schema: SchemaNode, *, is_whole: bool) -> st.SearchStrategy[float]:
    bounds = schema.bounds
    least = bounds.minimum if bounds.exclusive_minimum is None else bounds.exclusive_minimum
    most = bounds.maximum if bounds.exclusive_maximum is None else bounds.exclusive_maximum
    strategy: st.SearchStrategy[float]
    if is_whole:
        strategy = st.integers(None if least is None else math.ceil(least), None if most is None else math.floor(most))
    else:
        strategy = st.floats(least, most, allow_nan=False, allow_infinity=False)
    return strategy.filter(lambda value: not _is_outside(schema, value))


def _by_pattern(schema: SchemaNode) -> str:
    strategy = _drawn_text(schema)
    assert strategy is not None
    return _examples(strategy)[0]


def _first_number(schema: SchemaNode, *, is_whole: bool) -> float:
    return _examples(_drawn_number(schema, is_whole=is_whole))[0]


def _examples(strategy: st.SearchStrategy[T]) -> list[T]:
    """Return values of a strategy, always the same ones, the simplest first: choosing one is much faster than drawing it."""
    examples: list[T] = []
    try:
        _DETERMINISTIC(given(strategy)(lambda example: examples.append(example)))()  # noqa: PLW0108 - Hypothesis wants a function
    except (Unsatisfiable, InvalidArgument) as error:
        raise NothingToDraw(f"its bounds leave no value: {error}") from None
    return sorted(dict.fromkeys(examples), key=lambda example: len(dumps(example)))


_DETERMINISTIC = settings(
    max_examples=48,
    database=None,
    derandomize=True,
    deadline=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
