"""YAML text as the JSON that it stands for.

PyYAML parses and composes; what the nodes mean is decided here, for OpenAPI asks for YAML 1.2 with what JSON has ("Format" of
OpenAPI 3.0 and 3.1): keys are texts as they are written (its failsafe schema), `no` and `2024-01-01` are texts too.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple, TypeAlias, TypeVar

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from conformance.core.pointers import Pointer
from conformance.openapi_lint.duplicate_keys import MOST, SHOWN, Repeated, Repeats, Spot, on_one_line
from conformance.openapi_lint.plain import key as plain_key
from conformance.openapi_lint.plain import scalar as plain_scalar
from conformance.openapi_lint.refusals import DEEPEST, MOST_VALUES, Unreadable, too_deep, too_many
from conformance.reporting.messages import visible

_TAG = "tag:yaml.org,2002:"
_MERGE = f"{_TAG}merge"
_TEXTS = frozenset(_TAG + name for name in ("str", "timestamp", "binary", "merge"))
_CONTAINERS = frozenset(_TAG + name for name in ("map", "set", "seq", "omap", "pairs"))
# A few lines of aliases can stand for more than any memory holds: this much may be written out, or so many times what is there.
_MOST_WRITTEN_OUT, _MOST_TIMES = 200_000, 10
_MOST_MERGED = 1_000_000
_DIGITS = 4_000  # more than Python converts make no number that anybody means

_Member: TypeAlias = tuple[ScalarNode, Node]
_Kind = TypeVar("_Kind", bound=Node)


def loads(text: str) -> tuple[Any, Repeats]:
    """Return what a YAML text stands for, and the keys that stand twice in it.

    Raises:
        Unreadable: it holds what JSON has not, as custom tags or lists as keys, or nests too deeply, or stands for too many values.
        yaml.YAMLError: it is no YAML.

    """
    loader = _Loader(text)
    try:
        node = loader.get_single_node()
    finally:
        loader.dispose()
    if node is None:
        return None, Repeats()
    reader = _Reader(text)
    return reader.whole(node), reader.repeats()


class _Value(NamedTuple):
    """What a node stands for: how many values that is with all aliases written out, and how deep they nest."""

    json: Any
    size: int = 1
    height: int = 0


@dataclass(slots=True)
class _Reader:
    """Makes JSON of nodes, each once: aliases share what they name, so that a bomb takes no more room than its text."""

    text: str
    _known: dict[Node, _Value | None] = field(default_factory=dict)
    _members: dict[Node, dict[str, Node]] = field(default_factory=dict)
    _repeated: list[Repeated] = field(default_factory=list)
    _more: int = 0
    _merged: int = 0
    _scalars: int = 0

    def whole(self, node: Node) -> Any:
        """Return what the outermost node stands for."""
        found = self._value(node, ())
        written = len(self._known) + self._scalars
        most = min(MOST_VALUES, max(_MOST_WRITTEN_OUT, _MOST_TIMES * written))
        if found.height > DEEPEST:
            raise too_deep()
        if found.size > most:
            raise too_many(most)
        return found.json

    def repeats(self) -> Repeats:
        """Return the keys that were met twice."""
        return Repeats.of(self._repeated, self._more)

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
            raise _foreign(node)
        is_mapping = isinstance(node, MappingNode)
        members = self._mapping(node, place).items() if isinstance(node, MappingNode) else enumerate(node.value)
        made: dict[str | int, Any] = {}
        size, height = 1, 0
        for step, one in members:
            if isinstance(one, ScalarNode):  # most are, and a large document has hundreds of thousands
                made[step], size = self._scalar(one), size + 1
                continue
            value = self._value(one, (*place, step))
            made[step], size, height = value.json, size + value.size, max(height, value.height)
        return _Value(made if is_mapping else list(made.values()), size, height + 1)

    def _scalar(self, node: ScalarNode) -> Any:
        self._scalars += 1
        if node.tag in _TEXTS:
            return plain_scalar(node.value)
        if node.tag not in _SCALARS:
            raise _foreign(node)
        try:
            return plain_scalar(_SCALARS[node.tag](node.value))
        except ValueError:
            raise _refusal(node, f"{node.value[:40]!r} has the tag {_short(node.tag)}, and is none") from None

    def _mapping(self, node: MappingNode, place: Pointer) -> dict[str, Node]:
        """Return the members of a mapping: its own, and before them those that it merges and has not itself."""
        if node not in self._members:
            pairs = _pairs(node)
            own = {plain_key(key.value): value for key, value in pairs if key.tag != _MERGE}
            self._members[node] = own  # for what merges itself
            merges = [value for key, value in pairs if key.tag == _MERGE]
            if merges or len(own) != len(pairs):
                self._note(pairs, place)
            self._members[node] = self._merge(merges, place) | own if merges else own
        return self._members[node]

    def _merge(self, merges: list[Node], place: Pointer) -> dict[str, Node]:
        found: dict[str, Node] = {}
        for one in (source for node in merges for source in _sources(node)):
            members = self._mapping(one, place)
            self._merged += len(members)
            if self._merged > _MOST_MERGED:
                raise too_many(_MOST_MERGED)
            found = {**members, **found}
        return found

    def _note(self, pairs: list[_Member], place: Pointer) -> None:
        """Note which keys stand twice; what is merged stands once."""
        stands: dict[tuple[str, bool], list[_Member]] = {}
        for key, value in pairs:
            stands.setdefault((key.value, key.tag == _MERGE), []).append((key, value))
        twice = [members for members in stands.values() if len(members) > 1]
        room = max(0, MOST - len(self._repeated))
        self._repeated += [self._repetition(members, place) for members in islice(twice, room)]
        self._more += max(0, len(twice) - room)

    def _repetition(self, members: list[_Member], place: Pointer) -> Repeated:
        (key, value), *_others = members
        spots = tuple(Spot(one.start_mark.line + 1, one.start_mark.column + 1) for one, _value in members[:SHOWN])
        lost = on_one_line(self.text, value.start_mark.index, value.end_mark.index)
        return Repeated((*place, key.value), spots, len(members), lost, is_merge=key.tag == _MERGE)


def _pairs(node: MappingNode) -> list[_Member]:
    return [(_expected(ScalarNode, key, "a key that is no text"), value) for key, value in node.value]


def _sources(node: Node) -> list[MappingNode]:
    """Return the mappings that a `<<` names, one or a list."""
    found = node.value if isinstance(node, SequenceNode) else [node]
    return [_expected(MappingNode, one, "`<<` with what is no mapping") for one in found]


def _expected(kind: type[_Kind], node: Node, said: str) -> _Kind:
    if isinstance(node, kind):
        return node
    raise _refusal(node, said)


def _foreign(node: Node) -> Unreadable:
    return _refusal(node, f"the tag {_short(node.tag)}")


def _refusal(node: Node, said: str) -> Unreadable:
    return Unreadable(f"YAML that JSON has nothing for, line {node.start_mark.line + 1}: {visible(said)}")


def _short(tag: str) -> str:
    return tag.replace(_TAG, "!!")[:80]


def _whole(text: str) -> int:
    if text.startswith("0o"):
        return int(text, 0)
    # YAML 1.1 would read 0123 as octal.
    return int(text, 16) if text.startswith("0x") else int(text) if len(text) < _DIGITS else 2**64


def _real(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


def _truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(text)
    return text.lower() == "true"


_SCALARS: dict[str, Callable[[str], Any]] = {
    f"{_TAG}int": _whole, f"{_TAG}float": _real, f"{_TAG}bool": _truth, f"{_TAG}null": lambda _text: None,
}  # fmt: skip


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Tells the types of scalars as YAML 1.2 does. libyaml composes ten times faster; wheels of PyYAML carry it, other builds may not."""


_Loader.yaml_implicit_resolvers = {}
for _name, _pattern, _first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)", "-+.0123456789"),
    ("merge", r"<<", "<"),
):
    _Loader.add_implicit_resolver(f"{_TAG}{_name}", re.compile(f"^(?:{_pattern})$"), list(_first))
