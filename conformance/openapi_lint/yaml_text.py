"""Reads YAML text as the JSON that it stands for.

PyYAML parses and composes, and this module decides what the nodes mean. OpenAPI asks for YAML 1.2 limited to JSON ("Format" of
OpenAPI 3.0 and 3.1): keys are texts as they are written (its failsafe schema), and so are `no` and `2024-01-01`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeAlias, TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conformance.core.display import visible
from conformance.core.pointers import Pointer
from conformance.openapi_lint.duplicate_keys import MOST, SHOWN, DuplicateKey, DuplicateKeys, Position, on_one_line
from conformance.openapi_lint.plain import key as plain_key
from conformance.openapi_lint.plain import scalar as plain_scalar
from conformance.openapi_lint.refusals import DEEPEST, MOST_VALUES, Unreadable, too_deep, too_many

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_TEXTS = frozenset(_TAG + name for name in ("str", "timestamp", "binary", "merge"))
_CONTAINERS = frozenset(_TAG + name for name in ("map", "set", "seq", "omap", "pairs"))
# A few lines of aliases can stand for more than fits into memory: so many values may be written out, or so many times those in the text.
_MOST_WRITTEN_OUT, _MOST_TIMES = 200_000, 10
_MOST_MERGED = 1_000_000
_DIGITS = 4_000  # Python converts no more, and nobody means such a number

_Member: TypeAlias = tuple[ScalarNode, Node]
_Kind = TypeVar("_Kind", bound=Node)


def loads(text: str) -> tuple[Any, DuplicateKeys]:
    """Return what a YAML text stands for, and the keys that stand twice in it.

    Raises:
        Unreadable: it holds something that JSON cannot express (custom tags, lists as keys), nests too deeply, or is too large.
        yaml.YAMLError: it is no YAML.

    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    if node is None:
        return None, DuplicateKeys()
    reader = _Reader(text)
    return reader.value_of(node), reader.duplicate_keys()


class _Value(NamedTuple):
    """The JSON value of a node, how many values that is with all aliases written out, and how deep they nest."""

    json: Any
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Reader:
    """Makes JSON values of nodes, each once: aliases share the value, so that a YAML bomb takes no more memory than its text."""

    text: str
    _known: dict[Node, _Value | None] = field(default_factory=dict)
    _members: dict[Node, dict[str, Node]] = field(default_factory=dict)
    _shown: list[DuplicateKey] = field(default_factory=list)
    _more: int = 0
    _merged: int = 0
    _scalars: int = 0

    def value_of(self, node: Node) -> Any:
        """Return the JSON value of the outermost node."""
        value = self._value(node, ())
        written = len(self._known) + self._scalars
        most = min(MOST_VALUES, max(_MOST_WRITTEN_OUT, _MOST_TIMES * written))
        if value.height > DEEPEST:
            raise too_deep()
        if value.size > most:
            raise too_many(most)
        return value.json

    def duplicate_keys(self) -> DuplicateKeys:
        """Return the keys that stand twice in the text."""
        return DuplicateKeys.of(self._shown, self._more)

    def _value(self, node: Node, place: Pointer) -> _Value:
        if isinstance(node, ScalarNode):
            return _Value(self._scalar(node))
        if node not in self._known:
            if len(place) > DEEPEST:
                raise too_deep()
            self._known[node] = None
            self._known[node] = self._container(node, place)
        if (known := self._known[node]) is None:
            raise too_deep()  # it contains itself
        return known

    def _container(self, node: Node, place: Pointer) -> _Value:
        if node.tag not in _CONTAINERS:
            raise _unknown_tag(node)
        is_mapping = isinstance(node, MappingNode)
        members = self._mapping(node, place).items() if isinstance(node, MappingNode) else enumerate(node.value)
        values: dict[str | int, Any] = {}
        size, height = 1, 0
        for step, member in members:
            if isinstance(member, ScalarNode):  # as most are; a large document has hundreds of thousands
                values[step], size = self._scalar(member), size + 1
                continue
            value = self._value(member, (*place, step))
            values[step], size, height = value.json, size + value.size, max(height, value.height)
        return _Value(values if is_mapping else list(values.values()), size, height + 1)

    def _scalar(self, node: ScalarNode) -> Any:
        self._scalars += 1
        if node.tag in _TEXTS:
            return plain_scalar(node.value)
        if node.tag not in _SCALARS:
            raise _unknown_tag(node)
        try:
            return plain_scalar(_SCALARS[node.tag](node.value))
        except ValueError:
            raise _refusal(node, f"{node.value[:40]!r} has the tag {_short(node.tag)}, and is none") from None

    def _mapping(self, node: MappingNode, place: Pointer) -> dict[str, Node]:
        """Return the members of a mapping: first those that it merges, then its own, which win."""
        if node not in self._members:
            pairs = _pairs(node)
            own = {plain_key(key.value): value for key, value in pairs if key.tag != _MERGE}
            self._members[node] = own  # if it merges itself
            merges = [value for key, value in pairs if key.tag == _MERGE]
            if merges or len(own) != len(pairs):
                self._add_duplicates(pairs, place)
            self._members[node] = self._merge(merges, place) | own if merges else own
        return self._members[node]

    def _merge(self, merges: list[Node], place: Pointer) -> dict[str, Node]:
        merged: dict[str, Node] = {}
        for mapping in (source for node in merges for source in _sources(node)):
            members = self._mapping(mapping, place)
            self._merged += len(members)
            if self._merged > _MOST_MERGED:
                raise too_many(_MOST_MERGED)
            merged = {**members, **merged}
        return merged

    def _add_duplicates(self, pairs: list[_Member], place: Pointer) -> None:
        """Note the keys that stand twice; a key that is merged does not count."""
        occurrences: dict[tuple[str, bool], list[_Member]] = {}
        for key, value in pairs:
            occurrences.setdefault((key.value, key.tag == _MERGE), []).append((key, value))
        twice = [members for members in occurrences.values() if len(members) > 1]
        room = max(0, MOST - len(self._shown))
        self._shown += [self._duplicate_key(members, place) for members in islice(twice, room)]
        self._more += max(0, len(twice) - room)

    def _duplicate_key(self, members: list[_Member], place: Pointer) -> DuplicateKey:
        (key, value), *_others = members
        spots = tuple(Position(one.start_mark.line + 1, one.start_mark.column + 1) for one, _value in members[:SHOWN])
        lost = on_one_line(self.text, value.start_mark.index, value.end_mark.index)
        return DuplicateKey((*place, key.value), spots, len(members), lost, is_merge=key.tag == _MERGE)


def _pairs(node: MappingNode) -> list[_Member]:
    return [(_expected(ScalarNode, key, "a key that is no text"), value) for key, value in node.value]


def _sources(node: Node) -> list[MappingNode]:
    """Return the mappings that a merge key names, one or a list."""
    sources = node.value if isinstance(node, SequenceNode) else [node]
    return [_expected(MappingNode, source, "`<<` with what is no mapping") for source in sources]


def _expected(kind: type[_Kind], node: Node, otherwise: str) -> _Kind:
    if isinstance(node, kind):
        return node
    raise _refusal(node, otherwise)


def _unknown_tag(node: Node) -> Unreadable:
    return _refusal(node, f"the tag {_short(node.tag)}")


def _refusal(node: Node, reason: str) -> Unreadable:
    return Unreadable(f"YAML that JSON has nothing for, line {node.start_mark.line + 1}: {visible(reason)}")


def _short(tag: str) -> str:
    return tag.replace(_TAG, "!!")[:80]


def _int(text: str) -> int:
    if text.startswith("0o"):
        return int(text, 0)
    # YAML 1.1 would read 0123 as octal.
    return int(text, 16) if text.startswith("0x") else int(text) if len(text) < _DIGITS else 2**64


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _bool(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}int": _int, f"{_TAG}float": _float, f"{_TAG}bool": _bool, f"{_TAG}null": lambda _text: None,
}  # fmt: skip


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Knows the types of scalars of YAML 1.2. libyaml composes ten times faster; wheels of PyYAML have it, other builds may not."""


_Loader.yaml_implicit_resolvers = {}
for _name, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(f"^(?:{_pattern})$"), list(_first))
