"""Operators: each yields what one node of a syntax tree may be replaced by, so that one thing changes in one place.

An operator is a function of a node that yields replacements for that very node; what it takes out of a list it takes out of a copy.
"""

import ast
import copy
from collections.abc import Callable, Iterator
from typing import Any

Node = ast.AST
Operator = Callable[[Any], Iterator[Node]]
_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
_CHANGED = "_changed"


def changed(node: Node, **fields: Any) -> Node:
    """Return a copy of a node with some of its fields set."""
    made = copy.copy(node)
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def _without(items: list[Any], index: int) -> list[Any]:
    return items[:index] + items[index + 1 :]


def _not(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def comparison(node: ast.Compare) -> Iterator[Node]:
    """`<` as `<=` and `>=`, `==` as `!=`, `in` as `not in`, and so on."""
    for index, one in enumerate(node.ops):
        for other in _COMPARISONS[type(one)]:
            yield changed(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])


def swap(node: ast.BoolOp) -> Iterator[Node]:
    """`and` as `or`, and the other way round."""
    yield changed(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def operand(node: ast.BoolOp) -> Iterator[Node]:
    """`a and b` without a, without b."""
    for index in range(len(node.values)):
        left = _without(node.values, index)
        yield left[0] if len(left) == 1 else changed(node, values=left)


def negation(node: ast.UnaryOp) -> Iterator[Node]:
    """`not a` as `a`."""
    if isinstance(node.op, ast.Not):
        yield node.operand


def branch(node: ast.If | ast.IfExp) -> Iterator[Node]:
    """A branch always or never taken, or the other one taken."""
    yield changed(node, test=ast.Constant(value=True))
    yield changed(node, test=ast.Constant(value=False))
    if not isinstance(node.test, ast.Compare) and not (isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)):
        yield changed(node, test=_not(node.test))


def loop(node: ast.For | ast.While) -> Iterator[Node]:
    """A loop over nothing, and one that ends after the first round."""
    if isinstance(node, ast.While):
        yield changed(node, test=ast.Constant(value=False))
    else:
        yield changed(node, iter=ast.Tuple([], ast.Load()))
    yield changed(node, body=[*node.body, ast.Break()])


def condition(node: ast.comprehension) -> Iterator[Node]:
    """A comprehension without one of its conditions, and with it turned round."""
    for index, test in enumerate(node.ifs):
        yield changed(node, ifs=_without(node.ifs, index))
        if not isinstance(test, ast.Compare):
            yield changed(node, ifs=[*node.ifs[:index], _not(test), *node.ifs[index + 1 :]])


def constant(node: ast.Constant) -> Iterator[Node]:
    """True as False, a number one more and one less and 0, a text empty, None as 0."""
    value = node.value
    if isinstance(value, bool):
        others: tuple[Any, ...] = (not value,)
    elif isinstance(value, int):
        others = tuple(dict.fromkeys(other for other in (value + 1, value - 1, 0, 1) if other != value))
    elif isinstance(value, str):
        others = ("",) if value else (_CHANGED,)
    else:
        others = (0,) if value is None else ()
    for other in others:
        yield ast.Constant(other)


def key(node: ast.Constant) -> Iterator[Node]:
    """Another name where a text is one: a key, an item, a field."""
    if isinstance(node.value, str) and node.value.isidentifier():
        yield ast.Constant(node.value + _CHANGED)


def statement(_node: ast.stmt) -> Iterator[Node]:
    """A statement left out."""
    yield ast.Pass()


def answer(node: ast.Return) -> Iterator[Node]:
    """`return a` as `return None`."""
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield changed(node, value=ast.Constant(value=None))


def keyword(node: ast.Call) -> Iterator[Node]:
    """A call without one of its keyword arguments."""
    for index in range(len(node.keywords)):
        yield changed(node, keywords=_without(node.keywords, index))


def order(node: ast.Call) -> Iterator[Node]:
    """A call with its two arguments in the other order."""
    if len(node.args) == 2 and not any(isinstance(one, ast.Starred) for one in node.args):
        yield changed(node, args=node.args[::-1])


def call(node: ast.Call) -> Iterator[Node]:
    """`f(a)` as `a`, `a.f()` as `a`."""
    if node.keywords:
        return
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    elif isinstance(node.func, ast.Attribute):
        yield node.func.value


def arithmetic(node: ast.BinOp) -> Iterator[Node]:
    """`+` as `-` and so on, and each side alone."""
    if type(node.op) in _ARITHMETIC:
        yield changed(node, op=_ARITHMETIC[type(node.op)]())
    yield node.left
    yield node.right


def slices(node: ast.Slice) -> Iterator[Node]:
    """A slice without its lower or its upper end."""
    for name in ("lower", "upper"):
        if getattr(node, name) is not None:
            yield changed(node, **{name: None})


def entry(node: ast.Dict) -> Iterator[Node]:
    """A dictionary without one of its entries."""
    for index in range(len(node.keys)):
        yield changed(node, keys=_without(node.keys, index), values=_without(node.values, index))


def item(node: ast.Set | ast.List | ast.Tuple) -> Iterator[Node]:
    """A display without one of its items; what is assigned to is none."""
    if isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load):
        for index in range(len(node.elts)):
            yield changed(node, elts=_without(node.elts, index))


def guard(node: ast.Try) -> Iterator[Node]:
    """A `try` without one of its handlers."""
    for index in range(len(node.handlers)):
        left = _without(node.handlers, index)
        yield changed(node, handlers=left) if left else ast.If(ast.Constant(value=True), node.body, [])


def held(node: ast.With) -> Iterator[Node]:
    """The body of a `with` without what it is within."""
    yield ast.If(ast.Constant(value=True), node.body, [])


OPERATORS: dict[str, tuple[tuple[type[Node], ...], Operator]] = {
    "comparison": ((ast.Compare,), comparison),
    "and/or": ((ast.BoolOp,), swap),
    "operand": ((ast.BoolOp,), operand),
    "not": ((ast.UnaryOp,), negation),
    "branch": ((ast.If, ast.IfExp), branch),
    "loop": ((ast.For, ast.While), loop),
    "condition": ((ast.comprehension,), condition),
    "constant": ((ast.Constant,), constant),
    "key": ((ast.Constant,), key),
    "statement": ((ast.Expr, ast.Assign, ast.AugAssign, ast.Raise), statement),
    "return None": ((ast.Return,), answer),
    "keyword": ((ast.Call,), keyword),
    "argument order": ((ast.Call,), order),
    "call": ((ast.Call,), call),
    "arithmetic": ((ast.BinOp,), arithmetic),
    "slice": ((ast.Slice,), slices),
    "entry": ((ast.Dict,), entry),
    "item": ((ast.Set, ast.List, ast.Tuple), item),
    "handler": ((ast.Try,), guard),
    "with": ((ast.With,), held),
}


def replacements(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield the name of an operator and a replacement, for all that may be done to a node."""
    for name, (kinds, operator) in OPERATORS.items():
        if isinstance(node, kinds):
            for replacement in operator(node):
                yield name, replacement
