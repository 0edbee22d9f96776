"""Mutants: modules with one thing changed in one place, known by what is changed rather than by where it stands."""

import ast
import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from types import CodeType

from mutation.operators import Node, replacements

Step = tuple[str, int | None]
_AROUND, _WIDTH = 30, 100
# What says something about types or texts for people, and nothing of what a request is answered.
_SILENT = {"annotation", "returns", "decorator_list", "cause", "type_comment"}


@dataclass(frozen=True, slots=True)
class Place:
    """A node of a module: the way to it from the root, the function it is in, and the line of code around it."""

    node: Node
    path: tuple[Step, ...]
    scope: str
    code: str
    line: int


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of one module: `old` became `new` in `code`, at the way `path` from the root of its tree."""

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
        """The change in one line: what differs with a little around it, and the code it is in."""
        old, new = _cut(self.old, self.new)
        around = "" if self.old == self.code else f"   in {_short(self.code)}"
        return f"- {_short(old)}   + {_short(new)}{around}"


def mutants(module: str, source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module's source, in the order of its code."""
    times: Counter[tuple[str, ...]] = Counter()
    for place in _places(ast.parse(source)):
        for operator, replacement in replacements(place.node):
            old, new = _text(place.node), _text(replacement)
            if old == new:
                continue
            known = module, place.scope, place.code, operator, old, new
            times[known] += 1
            fingerprint = _fingerprint(*known, str(times[known]))
            yield Mutant(module, operator, place.scope, place.code, place.line, old, new, place.path, replacement, fingerprint)


def _fingerprint(*parts: str) -> str:
    # Python 3.12 chooses other quotes than 3.11 within f-strings.
    text = "\0".join(parts).replace('"', "'")
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def mutated(mutant: Mutant, source: str) -> ast.Module:
    """Return the tree of a module with a mutant's change."""
    tree = ast.parse(source)
    *way, (field, index) = mutant.path
    node: Node = tree
    for name, at in way:
        found = getattr(node, name)
        node = found if at is None else found[at]
    if index is None:
        setattr(node, field, mutant.replacement)
    else:
        getattr(node, field)[index] = mutant.replacement
    return ast.fix_missing_locations(tree)


def compiled(mutant: Mutant, source: str, name: str) -> CodeType:
    """Return a mutated module's code.

    Raises:
        SyntaxError, TypeError, ValueError: Python does not take it.

    """
    return compile(mutated(mutant, source), name, "exec")


def _places(tree: ast.Module) -> Iterator[Place]:
    yield from _within(Place(tree, (), "", "", 0))


def _within(outer: Place) -> Iterator[Place]:
    for step, child in _children(outer.node):
        place = _at(outer, step, child)
        if _is_about_types(place) or _is_docstring(child):
            continue
        if not isinstance(child, ast.expr_context | ast.operator | ast.cmpop | ast.boolop | ast.unaryop):
            yield place
        yield from _within(place)


def _children(node: Node) -> Iterator[tuple[Step, Node]]:
    if _is_hook(node):
        # A hook of a fault does nothing to the faithful server but give back its last argument.
        yield ("args", len(node.args) - 1), node.args[-1]  # type: ignore[attr-defined]
        return
    for field, value in ast.iter_fields(node):
        if field in _SILENT:
            continue
        if isinstance(value, list):
            yield from (((field, index), one) for index, one in enumerate(value) if isinstance(one, ast.AST))
        elif isinstance(value, ast.AST):
            yield (field, None), value


def _at(outer: Place, step: Step, node: Node) -> Place:
    scope, code = outer.scope, outer.code
    if isinstance(node, ast.stmt):
        code = _text(node)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        scope = f"{scope}.{node.name}".removeprefix(".")
    return Place(node, (*outer.path, step), scope, code, getattr(node, "lineno", outer.line))


def _is_hook(node: Node) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func.value) in ("self._fault", "fault")
        and bool(node.args)
    )


def _is_about_types(place: Place) -> bool:
    """Whether a node is an import, an assertion or the name of a type: `Body = dict[str, Any]`."""
    if isinstance(place.node, ast.Import | ast.ImportFrom | ast.Assert):
        return True
    return not place.scope and isinstance(place.node, ast.Assign) and isinstance(place.node.value, ast.Subscript)


def _is_docstring(node: Node) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _text(node: Node) -> str:
    """Return a node as code in one line; of a compound statement its head."""
    if isinstance(node, ast.comprehension):
        return "".join(f" if {ast.unparse(test)}" for test in node.ifs) or " if True"
    body = getattr(node, "body", None)
    text = ast.unparse(ast.fix_missing_locations(node))
    if isinstance(node, ast.For | ast.While) and isinstance(node.body[-1], ast.Break):
        return f"{text.partition(chr(10))[0]} … break"
    if isinstance(node, ast.Try):
        return "try … " + " ".join(f"except {ast.unparse(one.type) if one.type else ''}" for one in node.handlers)
    return text.partition("\n")[0] if isinstance(node, ast.stmt) and isinstance(body, list) else text.replace("\n", " ")


def _cut(old: str, new: str) -> tuple[str, str]:
    """Leave out what two texts begin and end with alike, but for what shows where it is."""
    before, after = _alike(old, new), _alike(old[::-1], new[::-1])
    after = min(after, min(len(old), len(new)) - before)
    before, after = max(0, before - _AROUND), max(0, after - _AROUND)
    marks = "…" if before else "", "…" if after else ""
    left, right = (marks[0] + text[before : len(text) - after] + marks[1] for text in (old, new))
    return left, right


def _alike(one: str, other: str) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _short(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 1]}…"
