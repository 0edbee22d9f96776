"""Mutation operators: each yields the replacements of one node of a syntax tree.

An operator must not change the node that it is given: it yields changed copies.
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
_SUFFIX = "_changed"


def copy_with(node: Node, **fields: Any) -> Node:
    """Return a copy of a node with some fields changed."""
    replacement = copy.copy(node)
    for name, value in fields.items():
        setattr(replacement, name, value)
    return replacement


def _without_item(items: list[Any], index: int) -> list[Any]:
    return items[:index] + items[index + 1 :]


def _negate(test: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.Not(), test)


def replace_comparison(node: ast.Compare) -> Iterator[Node]:
    """Replace `<` by `<=` and `>=`, `==` by `!=`, `in` by `not in`, and so on."""
    for index, comparison in enumerate(node.ops):
        for other in _COMPARISONS[type(comparison)]:
            yield copy_with(node, ops=[*node.ops[:index], other(), *node.ops[index + 1 :]])


def swap_and_or(node: ast.BoolOp) -> Iterator[Node]:
    """Replace `and` by `or`, and `or` by `and`."""
    yield copy_with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())


def drop_operand(node: ast.BoolOp) -> Iterator[Node]:
    """Replace `a and b` by `b` and by `a`."""
    for index in range(len(node.values)):
        operands = _without_item(node.values, index)
        yield operands[0] if len(operands) == 1 else copy_with(node, values=operands)


def drop_not(node: ast.UnaryOp) -> Iterator[Node]:
    """Replace `not a` by `a`."""
    if isinstance(node.op, ast.Not):
        yield node.operand


def replace_condition(node: ast.If | ast.IfExp) -> Iterator[Node]:
    """Replace the condition of an `if` by True, by False, and by its negation."""
    yield copy_with(node, test=ast.Constant(value=True))
    yield copy_with(node, test=ast.Constant(value=False))
    if not isinstance(node.test, ast.Compare) and not (isinstance(node.test, ast.UnaryOp) and isinstance(node.test.op, ast.Not)):
        yield copy_with(node, test=_negate(node.test))


def shorten_loop(node: ast.For | ast.While) -> Iterator[Node]:
    """Replace a loop by one without any round, and by one that ends after its first round."""
    if isinstance(node, ast.While):
        yield copy_with(node, test=ast.Constant(value=False))
    else:
        yield copy_with(node, iter=ast.Tuple([], ast.Load()))
    yield copy_with(node, body=[*node.body, ast.Break()])


def drop_or_negate_filter(node: ast.comprehension) -> Iterator[Node]:
    """Drop or negate a condition of a comprehension."""
    for index, test in enumerate(node.ifs):
        yield copy_with(node, ifs=_without_item(node.ifs, index))
        if not isinstance(test, ast.Compare):
            yield copy_with(node, ifs=[*node.ifs[:index], _negate(test), *node.ifs[index + 1 :]])


def replace_constant(node: ast.Constant) -> Iterator[Node]:
    """Replace True by False, a number by a greater and a smaller one, 0 and 1, a text by an empty one, and None by 0."""
    value = node.value
    if isinstance(value, bool):
        others: tuple[Any, ...] = (not value,)
    elif isinstance(value, int):
        others = tuple(dict.fromkeys(other for other in (value + 1, value - 1, 0, 1) if other != value))
    elif isinstance(value, str):
        others = ("",) if value else (_SUFFIX,)
    else:
        others = (0,) if value is None else ()
    for other in others:
        yield ast.Constant(other)


def rename_key(node: ast.Constant) -> Iterator[Node]:
    """Replace a text that could be a key or the name of a field by another name."""
    if isinstance(node.value, str) and node.value.isidentifier():
        yield ast.Constant(node.value + _SUFFIX)


def drop_statement(_node: ast.stmt) -> Iterator[Node]:
    """Drop a statement."""
    yield ast.Pass()


def return_none(node: ast.Return) -> Iterator[Node]:
    """Replace `return a` by `return None`."""
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield copy_with(node, value=ast.Constant(value=None))


def drop_keyword_argument(node: ast.Call) -> Iterator[Node]:
    """Drop a keyword argument of a call."""
    for index in range(len(node.keywords)):
        yield copy_with(node, keywords=_without_item(node.keywords, index))


def swap_arguments(node: ast.Call) -> Iterator[Node]:
    """Swap the two arguments of a call."""
    if len(node.args) == 2 and not any(isinstance(argument, ast.Starred) for argument in node.args):
        yield copy_with(node, args=node.args[::-1])


def drop_call(node: ast.Call) -> Iterator[Node]:
    """Replace `f(a)` by `a`, and `a.f()` by `a`."""
    if node.keywords:
        return
    if len(node.args) == 1 and not isinstance(node.args[0], ast.Starred):
        yield node.args[0]
    elif isinstance(node.func, ast.Attribute):
        yield node.func.value


def replace_arithmetic(node: ast.BinOp) -> Iterator[Node]:
    """Replace `+` by `-` and so on, and `a + b` by `a` and by `b`."""
    if type(node.op) in _ARITHMETIC:
        yield copy_with(node, op=_ARITHMETIC[type(node.op)]())
    yield node.left
    yield node.right


def drop_slice_bound(node: ast.Slice) -> Iterator[Node]:
    """Drop the lower or the upper bound of a slice."""
    for name in ("lower", "upper"):
        if getattr(node, name) is not None:
            yield copy_with(node, **{name: None})


def drop_entry(node: ast.Dict) -> Iterator[Node]:
    """Drop an entry of a dictionary."""
    for index in range(len(node.keys)):
        yield copy_with(node, keys=_without_item(node.keys, index), values=_without_item(node.values, index))


def drop_item(node: ast.Set | ast.List | ast.Tuple) -> Iterator[Node]:
    """Drop an item of a set, a list or a tuple. The targets of an assignment are left alone."""
    if isinstance(node, ast.Set) or isinstance(node.ctx, ast.Load):
        for index in range(len(node.elts)):
            yield copy_with(node, elts=_without_item(node.elts, index))


def drop_handler(node: ast.Try) -> Iterator[Node]:
    """Drop a handler of a `try`."""
    for index in range(len(node.handlers)):
        handlers = _without_item(node.handlers, index)
        yield copy_with(node, handlers=handlers) if handlers else ast.If(ast.Constant(value=True), node.body, [])


def drop_with(node: ast.With) -> Iterator[Node]:
    """Replace a `with` statement by its body."""
    yield ast.If(ast.Constant(value=True), node.body, [])


# The names are part of a mutant's fingerprint.
OPERATORS: dict[str, tuple[tuple[type[Node], ...], Operator]] = {
    "comparison": ((ast.Compare,), replace_comparison),
    "and/or": ((ast.BoolOp,), swap_and_or),
    "operand": ((ast.BoolOp,), drop_operand),
    "not": ((ast.UnaryOp,), drop_not),
    "branch": ((ast.If, ast.IfExp), replace_condition),
    "loop": ((ast.For, ast.While), shorten_loop),
    "condition": ((ast.comprehension,), drop_or_negate_filter),
    "constant": ((ast.Constant,), replace_constant),
    "key": ((ast.Constant,), rename_key),
    "statement": ((ast.Expr, ast.Assign, ast.AugAssign, ast.Raise), drop_statement),
    "return None": ((ast.Return,), return_none),
    "keyword": ((ast.Call,), drop_keyword_argument),
    "argument order": ((ast.Call,), swap_arguments),
    "call": ((ast.Call,), drop_call),
    "arithmetic": ((ast.BinOp,), replace_arithmetic),
    "slice": ((ast.Slice,), drop_slice_bound),
    "entry": ((ast.Dict,), drop_entry),
    "item": ((ast.Set, ast.List, ast.Tuple), drop_item),
    "handler": ((ast.Try,), drop_handler),
    "with": ((ast.With,), drop_with),
}


def replacements(node: Node) -> Iterator[tuple[str, Node]]:
    """Yield every replacement of a node, with the name of its operator."""
    for name, (kinds, operator) in OPERATORS.items():
        if isinstance(node, kinds):
            for replacement in operator(node):
                yield name, replacement
