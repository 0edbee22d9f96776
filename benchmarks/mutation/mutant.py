"""Mutants: copies of a module with one small change. A fingerprint identifies the change, whatever line it is on."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from mutation.operators import Node, replacements

Step = tuple[str, int | None]
# How much unchanged text is shown on each side of a change, and how long a shown text may be.
_CONTEXT, _LONGEST = 30, 100
# Fields of the syntax tree that are not mutated: types, decorators and causes of exceptions do not change what a request is answered.
_IGNORED_FIELDS = {"annotation", "returns", "decorator_list", "cause", "type_comment"}
_IGNORED_NODES = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


@dataclass(frozen=True, slots=True)
class Location:
    """A node of a module, the path to it from the root, and the function, the statement and the line that it is in."""

    node: Node
    path: tuple[Step, ...]
    scope: str
    code: str
    line: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module: in the statement `code`, `old` is replaced by `new`; `path` leads to the node from the root."""

    module: str
    operator: str
    scope: str
    code: str
    line: int
    old: str
    new: str
    path: tuple[Step, ...]
    replacement: Node
    fingerprint: str

    @property
    def change(self) -> str:
        """The change in one line: what differs, with some context, and the statement."""
        old, new = _differing_parts(self.old, self.new)
        statement = "" if self.old == self.code else f"   in {_shorten(self.code)}"
        return f"- {_shorten(old)}   + {_shorten(new)}{statement}"


def find_mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source code, in the order of the code."""
    times: Counter[tuple[str, ...]] = Counter()
    for location in _nodes_below(Location(ast.parse(source), (), "", "", 0)):
        for operator, replacement in replacements(location.node):
            old, new = _text(location.node), _text(replacement)
            if old == new:
                continue
            identity = module, location.scope, location.code, operator, old, new
            times[identity] += 1
            fingerprint = _fingerprint(*identity, str(times[identity]))
            yield Mutant(
                module, operator, location.scope, location.code, location.line, old, new, location.path, replacement, fingerprint
            )


def _fingerprint(*parts: str) -> str:
    # Python 3.12 writes other quotes than 3.11 within f-strings.
    text = "\0".join(parts).replace('"', "'")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def apply_mutant(mutant: Mutant, source: str) -> ast.Module:
    """Return the syntax tree of a module with a mutant's change."""
    tree = ast.parse(source)
    *path, (field, index) = mutant.path
    node: Node = tree
    for name, position in path:
        value = getattr(node, name)
        node = value if position is None else value[position]
    if index is None:
        setattr(node, field, mutant.replacement)
    else:
        getattr(node, field)[index] = mutant.replacement
    return ast.fix_missing_locations(tree)


def compile_mutant(mutant: Mutant, source: str, name: str) -> CodeType:
    """Return the compiled code of a mutated module.

    Raises:
        SyntaxError, TypeError, ValueError: Python cannot compile it.

    """
    return compile(apply_mutant(mutant, source), name, "exec")


def _nodes_below(parent: Location) -> Iterator[Location]:
    """Yield every node below a node that may be mutated."""
    for step, child in _children(parent.node):
        location = _child_location(parent, step, child)
        if _is_never_mutated(location) or _is_docstring(child):
            continue
        if not isinstance(child, _IGNORED_NODES):
            yield location
        yield from _nodes_below(location)


def _children(node: Node) -> Iterator[tuple[Step, Node]]:
    if _is_fault_hook(node):
        # Without a fault, a hook does nothing but return its last argument.
        yield ("args", len(node.args) - 1), node.args[-1]  # type: ignore[attr-defined]
        return
    for field, value in ast.iter_fields(node):
        if field in _IGNORED_FIELDS:
            continue
        if isinstance(value, list):
            yield from (((field, index), item) for index, item in enumerate(value) if isinstance(item, ast.AST))
        elif isinstance(value, ast.AST):
            yield (field, None), value


def _child_location(parent: Location, step: Step, node: Node) -> Location:
    scope, code = parent.scope, parent.code
    if isinstance(node, ast.stmt):
        code = _text(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        scope = f"{scope}.{node.name}".removeprefix(".")
    return Location(node, (*parent.path, step), scope, code, getattr(node, "lineno", parent.line))


def _is_fault_hook(node: Node) -> bool:
    """Whether a node calls a hook by which named faults change the reference."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) in ("self._fault", "fault")
        and bool(node.args)
    )


def _is_never_mutated(location: Location) -> bool:
    """Whether a node is an import, an assertion or a type alias such as `Body = dict[str, Any]`."""
    if isinstance(location.node, ast.Import | ast.ImportFrom | ast.Assert):
        return True
    return not location.scope and isinstance(location.node, ast.Assign) and isinstance(location.node.value, ast.Subscript)


def _is_docstring(node: Node) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _text(node: Node) -> str:
    """Return a node as code in one line; of a compound statement only its first line."""
    if isinstance(node, ast.comprehension):
        return "".join(f" if {ast.unparse(test)}" for test in node.ifs) or " if True"
    body = getattr(node, "body", None)
    text = ast.unparse(ast.fix_missing_locations(node))
    if isinstance(node, ast.For | ast.While) and isinstance(node.body[-1], ast.Break):
        return f"{text.partition(chr(10))[0]} … break"
    if isinstance(node, ast.Try):
        return "try … " + " ".join(f"except {ast.unparse(handler.type) if handler.type else ''}" for handler in node.handlers)
    return text.partition("\n")[0] if isinstance(node, ast.stmt) and isinstance(body, list) else text.replace("\n", " ")


def _differing_parts(old: str, new: str) -> tuple[str, str]:
    """Return the parts in which two texts differ, with some context on both sides."""
    before, after = _common_prefix_length(old, new), _common_prefix_length(old[::-1], new[::-1])
    after = min(after, min(len(old), len(new)) - before)
    before, after = max(0, before - _CONTEXT), max(0, after - _CONTEXT)
    start, end = "…" if before else "", "…" if after else ""
    left, right = (start + text[before : len(text) - after] + end for text in (old, new))
    return left, right


def _common_prefix_length(left: str, right: str) -> int:
    shorter = min(len(left), len(right))
    return next((index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), shorter)


def _shorten(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
