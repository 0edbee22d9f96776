"""Of any two schemas: neither differs from itself, and what breaks no client lets every value of the old one through."""

import random

import jsonschema_rs
import pytest
from openapi_differences import one, operation, opposite

from conformance.openapi_diff.change import Client
from conformance.openapi_diff.compare import compare

SCALARS = ["", "a", "b", "ab", "abb", 0, 1, 2, 3, -1, 1.5, True, False, None]


def scalar(draw):
    kind = draw.choice(["string", "number", "integer", "boolean", "null", "listed", "anything"])
    if kind == "listed":
        return {"enum": draw.sample(["a", "b", "ab", 1, 2, 1.5, None, True], draw.randint(1, 4))}
    if kind == "anything":
        return {}
    bounds = {
        "string": ("minLength", "maxLength"),
        "number": ("minimum", "exclusiveMaximum"),
        "integer": ("exclusiveMinimum", "maximum"),
    }
    limits = {key: draw.randint(0, 3) for key in bounds.get(kind, ()) if draw.random() < 0.3}
    return {"type": kind if kind == "null" or draw.random() < 0.7 else [kind, "null"], **limits}


def schema(draw, depth=3):
    kind = draw.choice(["object", "object", "map", "list", "union", "scalar"]) if depth else "scalar"
    if kind == "object":
        fields = {name: schema(draw, depth - 1) for name in draw.sample("abc", draw.randint(1, 3))}
        required = draw.sample(list(fields), draw.randint(0, len(fields)))
        return {"type": "object", "properties": fields, **({"required": required} if required else {})}
    if kind == "map":
        return {"type": "object", "additionalProperties": schema(draw, depth - 1)}
    if kind == "list":
        return {"type": "array", "items": schema(draw, depth - 1)}
    # Of two objects in a union, one lets through what only the other names.
    return (
        {"anyOf": [schema(draw, depth - 1), *(scalar(draw) for _ in range(draw.randint(0, 2)))]}
        if kind == "union"
        else scalar(draw)
    )


def mutated(draw, made):
    """Return a schema with one thing in it changed."""
    made = dict(made)
    inside = [key for key in ("items", "properties", "anyOf", "additionalProperties") if made.get(key)]
    if not inside or draw.random() < 0.3:
        return draw.choice([scalar(draw), {"anyOf": [made, scalar(draw)]}, {key: made[key] for key in made if key != "required"}])
    key = draw.choice(inside)
    if key == "properties":
        name = draw.choice(list(made[key]))
        made[key] = {**made[key], name: mutated(draw, made[key][name])}
    elif key == "anyOf":
        made[key] = [*made[key][:-1], mutated(draw, made[key][-1])]
    else:
        made[key] = mutated(draw, made[key])
    return made


def value(draw, made):
    """Return a value that a schema may let through, of the fields that it names."""
    if "anyOf" in made:
        return value(draw, draw.choice(made["anyOf"]))
    if "enum" in made:
        return draw.choice(made["enum"])
    if made.get("type") == "array":
        return [value(draw, made["items"]) for _ in range(draw.randint(0, 2))]
    if made.get("type") == "object":
        named = {
            name: value(draw, one)
            for name, one in made.get("properties", {}).items()
            if name in made.get("required", ()) or draw.random() < 0.6
        }
        others = draw.sample("de", draw.randint(0, 2)) if "additionalProperties" in made else ()
        return named | {name: value(draw, made["additionalProperties"]) for name in others}
    return draw.choice(SCALARS)


@pytest.mark.parametrize("seed", range(20))
def test_of_any_two_schemas(seed):
    for number in range(20):
        draw = random.Random(f"{seed} {number}")
        old = schema(draw)
        new = mutated(draw, old) if draw.random() < 0.8 else schema(draw)
        before, after = one(operation(old)), one(operation(new))
        assert not compare(before, before).rows, old
        forth, back = compare(before, after), compare(after, before)
        assert sorted((str(row.kind), row.place) for row in forth.rows) == sorted(
            (opposite(row.kind), row.place) for row in back.rows
        )
        if not any(row.client is Client.BREAKS for row in forth.rows):
            assert_lets_through(draw, old, new)


def assert_lets_through(draw, old, new):
    before, after = jsonschema_rs.Draft202012Validator(old), jsonschema_rs.Draft202012Validator(new)
    for _ in range(20):
        drawn = value(draw, old)
        assert after.is_valid(drawn) or not before.is_valid(drawn), (old, new, drawn)
