"""What others draw for the same Pydantic model: how fast, how much of it is valid, and how many different shapes it has.

`st.from_type` and `st.builds` are Hypothesis' own; polyfactory draws at random, without Hypothesis; hypothesis-jsonschema reads the
model's JSON Schema. Those that are not installed, or cannot draw, are told and not measured.
"""

import time
import warnings
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from conformance import strategies

Report = tuple[str, str, str, bool]
_EXAMPLES = 600


class Line(BaseModel):
    """An item of an order."""

    model_config = ConfigDict(strict=True)

    article: Annotated[str, Field(min_length=1, max_length=40)]
    count: Annotated[int, Field(ge=1, le=99)]
    note: str | None = None


class Card(BaseModel):
    """Paid by card."""

    kind: Literal["card"]
    last_digits: Annotated[str, Field(pattern="^[0-9]{4}$")]


class Invoice(BaseModel):
    """Paid later."""

    kind: Literal["invoice"]
    days: Annotated[int, Field(ge=0, le=60)] = 30


class Order(BaseModel):
    """A model as many are: bounds, a nested model, a discriminated union, a recursion, free data."""

    number: Annotated[int, Field(gt=0)]
    made: datetime
    status: Literal["new", "paid", "sent"] = "new"
    lines: Annotated[list[Line], Field(min_length=1, max_length=5)]
    payment: Annotated[Card | Invoice, Field(discriminator="kind")]
    tags: dict[str, str] = {}
    replaces: "Order | None" = None
    extra: dict[str, Any] = {}


def _built() -> st.SearchStrategy[Order]:
    """Return what somebody writes by hand with `st.builds`."""
    line = st.builds(Line, article=st.text(min_size=1, max_size=40), count=st.integers(1, 99), note=st.none() | st.text())
    card = st.builds(Card, kind=st.just("card"), last_digits=st.text("0123456789", min_size=4, max_size=4))
    invoice = st.builds(Invoice, kind=st.just("invoice"), days=st.integers(0, 60))
    return st.builds(
        Order,
        number=st.integers(1, 2**31),
        made=st.datetimes(),
        status=st.sampled_from(("new", "paid", "sent")),
        lines=st.lists(line, min_size=1, max_size=5),
        payment=card | invoice,
        tags=st.dictionaries(st.text(), st.text(), max_size=3),
        replaces=st.none(),
        extra=st.dictionaries(st.text(), st.integers() | st.text() | st.booleans(), max_size=3),
    )


def _from_json_schema() -> st.SearchStrategy[Any]:
    from hypothesis_jsonschema import from_schema

    return from_schema(Order.model_json_schema())  # type: ignore[no-any-return]


def _polyfactory(count: int) -> list[Any]:
    from polyfactory.factories.pydantic_factory import ModelFactory

    factory = ModelFactory.create_factory(Order)
    return [factory.build() for _ in range(count)]


def _drawn(strategy: st.SearchStrategy[Any], count: int) -> list[Any]:
    values: list[Any] = []
    unlimited = settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    seed(1)(unlimited(given(strategy)(lambda value: values.append(value))))()  # noqa: PLW0108 - Hypothesis wants a function
    return values


_FIELDS = frozenset(name for model in (Order, Line, Card, Invoice) for name in model.model_fields)
PEERS: dict[str, Callable[[int], list[Any]]] = {
    "conformance.strategies.from_model": lambda count: _drawn(strategies.from_model(Order), count),
    "conformance.strategies.valid_bodies": lambda count: _drawn(strategies.valid_bodies(Order), count),
    "st.from_type": lambda count: _drawn(st.from_type(Order), count),
    "st.builds, written by hand": lambda count: _drawn(_built(), count),
    "polyfactory": _polyfactory,
    "hypothesis-jsonschema": lambda count: _drawn(_from_json_schema(), count),
}


def compare() -> list[Report]:
    """Return a row for each peer: its rate, as a ratio to that of `st.builds`, and what its values are like."""
    measured = {}
    rows: list[Report] = []
    for name, draw in PEERS.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                started = time.process_time()
                values = draw(_EXAMPLES)
                measured[name] = len(values) / (time.process_time() - started), values
        except Exception as error:  # noqa: BLE001 - whatever a peer raises is its answer
            rows.append((name, "not measured", f"{type(error).__name__}: {str(error).splitlines()[0][:90]}", True))
    by_hand = measured["st.builds, written by hand"][0]
    for name, (rate, values) in measured.items():
        valid = sum(map(_is_valid, values)) / len(values)
        shapes = len({_shape(_plain(value)) for value in values}) / len(values)
        is_good = not name.startswith("conformance") or (rate > by_hand and valid == 1)
        rows.append(
            (
                f"{name} / by hand",
                f"{rate / by_hand:.2f}",
                f"{rate:,.0f}/s, valid {valid:.2f}, different shapes {shapes:.2f}",
                is_good,
            )
        )
    return rows


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json", exclude_unset=True) if isinstance(value, BaseModel) else value


def _is_valid(value: Any) -> bool:
    try:
        Order.model_validate_json(strategies_text(value))
    except ValidationError:
        return False
    return True


def strategies_text(value: Any) -> bytes:
    """Return the JSON text of an instance or a body."""
    from conformance.core import json_text

    return value.model_dump_json(exclude_unset=True).encode() if isinstance(value, BaseModel) else json_text.dumps(value)


def _shape(value: Any) -> str:
    """Return which fields and types a value has, whatever its scalars are, and the keys of its maps."""
    if isinstance(value, dict) and not value.keys() <= _FIELDS:
        return "{" + ",".join(sorted({_shape(member) for member in value.values()})) + "}"
    if isinstance(value, dict):
        return "{" + ",".join(f"{key}:{_shape(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(sorted({_shape(item) for item in value})) + "]"
    return type(value).__name__
