"""Named faults of filters that show only for some operands: of some type or spelling, with letters that mean something elsewhere, or many."""

import json
import re
from collections.abc import Callable
from typing import Any

from conformance.contracts.collections.reference import selection
from conformance.contracts.collections.reference.app import Body, Call, Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.hooks import (
    ABSENT,
    Handler,
    Installed,
    change_fields,
    change_groups,
    change_handlers,
    matching,
)
from conformance.contracts.collections.reference.refusals import Refusal

Test = Callable[[str, str], bool]
_NEGATIVE = ("ne", "nin")


def _judge(operator: str, value: Any, operand: Any, *, sensitive: bool) -> bool:
    """Return what the faithful reference makes of another condition."""
    return selection.matches(None if value is ABSENT else json.dumps(value), json.dumps([operator, operand, sensitive]))


def _compare_texts(name: str, test: Test) -> Installed:
    """Compare texts otherwise with one operator; `ne` and `nin` are what `eq` and `in` are not."""

    def change(operator: str, value: Any, operand: Any, sensitive: bool, verdict: bool) -> bool:  # noqa: FBT001
        if operator != name or not isinstance(value, str):
            return verdict
        operands = operand if name in ("in", "nin") else [operand]
        fold = str if sensitive else str.lower
        is_equal = any(test(fold(value), fold(text)) if isinstance(text, str) else value == text for text in operands)
        return is_equal is (name not in _NEGATIVE)

    return matching(change)


def _pattern(kind: str, *, before: str = "", after: str = "") -> Test:
    """Return a test that takes an operand for a pattern, each of some letters for what it means there."""
    marks = {"%": ".*", "_": "."} if kind == "like" else {"*": ".*", "?": "."} if kind == "glob" else None

    def test(value: str, operand: str) -> bool:
        inner = operand if marks is None else "".join(marks.get(letter, re.escape(letter)) for letter in operand)
        try:
            return re.search(f"{before}(?:{inner}){after}", value, re.DOTALL) is not None
        except re.error:
            return False

    return test


_ENDS = {"contains": ("", ""), "starts_with": ("^", ""), "ends_with": ("", "$"), "eq": ("^", "$"), "ne": ("^", "$"), "in": ("^", "$"), "nin": ("^", "$")}  # fmt: skip


def _take_for_pattern(operator: str, kind: str) -> Installed:
    before, after = _ENDS[operator]
    return _compare_texts(operator, _pattern(kind, before=before, after=after))


def _lose_backslashes(operator: str) -> Installed:
    plain: dict[str, Test] = {
        "contains": lambda value, operand: operand in value,
        "starts_with": str.startswith,
        "ends_with": str.endswith,
        "eq": lambda value, operand: value == operand,
    }
    return _compare_texts(operator, lambda value, operand: plain[operator](value, operand.replace("\\", "")))


def _fold_one_side(name: str, *, is_value: bool) -> Installed:
    """Ignore case on one side only: on the operand's, or on the value's."""

    def change(operator: str, value: Any, operand: Any, sensitive: bool, verdict: bool) -> bool:  # noqa: FBT001
        if operator != name or sensitive or not isinstance(value, str):
            return verdict
        text, texts = (value, _lower(operand)) if is_value else (value.lower(), operand)
        return _judge(operator, text, texts, sensitive=True)

    return matching(change)


def _lower(operand: Any) -> Any:
    return (
        [_lower(item) for item in operand]
        if isinstance(operand, list)
        else operand.lower()
        if isinstance(operand, str)
        else operand
    )


def _fold_as_turkish(name: str) -> Installed:
    """Make letters small as Turkish does: I without a dot."""

    def small(value: Any) -> Any:
        if isinstance(value, list):
            return [small(item) for item in value]
        return value.replace("I", "\u0131").lower() if isinstance(value, str) else value

    def change(operator: str, value: Any, operand: Any, sensitive: bool, verdict: bool) -> bool:  # noqa: FBT001
        if operator != name or sensitive or not isinstance(value, str):
            return verdict
        return _judge(operator, small(value), small(operand), sensitive=True)

    return matching(change)


def _always_answer(name: str, when: Callable[[Any, Any], bool], *, verdict: bool) -> Installed:
    """Answer one operator always alike where a test of value and operand holds."""
    return matching(lambda op, v, o, _c, ok: verdict if op == name and v is not ABSENT and when(v, o) else ok)


def _cut_operands(name: str, count: int) -> Installed:
    """Look at so many operands."""
    return matching(lambda op, v, o, c, ok: _judge(op, v, o[:count], sensitive=c) if op == name and isinstance(o, list) else ok)


def _cut_members(kind: str, count: int) -> Installed:
    """Look at so many members of a group."""
    return change_groups(lambda group, _depth: {**group, kind: group[kind][:count]} if group.get(kind) else group)


def _is_part(value: Any, operand: Any) -> bool:
    """Whether all that an operand holds is in a value."""
    if isinstance(value, dict) and isinstance(operand, dict):
        return all(key in value and _is_part(value[key], inner) for key, inner in operand.items())
    if isinstance(value, list) and isinstance(operand, list):
        return all(any(_is_part(inner, wanted) for inner in value) for wanted in operand)
    return type(value) is type(operand) and bool(value == operand)


def _is_equal_in_python(value: Any, operand: Any) -> bool:
    """Whether two values are equal to a language in which True is 1."""
    return bool(value == operand)


def _is_flag_or_number(value: Any) -> bool:
    return isinstance(value, bool | int | float)


def _change_contains(test: Callable[[Any, Any], bool]) -> Installed:
    return matching(lambda op, v, o, _c, ok: ok or (op == "contains" and isinstance(v, list) and any(test(item, o) for item in v)))


_EXPONENT = re.compile(rb"[:\[,]\s*-?\d+(?:\.\d+)?[eE][-+]?\d+")


def _exponents_unread(operation: str) -> Installed:
    """Take numbers with an exponent for texts, in requests of one operation."""

    def installed(reference: Reference) -> None:
        original = reference.valid_body

        def valid_body(call: Call) -> Body:
            body = original(call)
            if call.operation != operation or not _EXPONENT.search(call.body):
                return body
            return {
                **body,
                **_with_texts(
                    json.loads(call.body, parse_float=lambda text: text if "e" in text.lower() else float(text)), operation
                ),
            }

        reference.valid_body = valid_body  # type: ignore[method-assign]

    return installed


def _with_texts(body: Body, operation: str) -> Body:
    return {key: value for key, value in body.items() if operation == "list_documents" or key not in ("features", "metadata")}


def _tell_fractions_apart(name: str) -> Installed:
    """Tell whole numbers written with a fraction from those without."""
    return matching(lambda op, v, o, _c, ok: ok if op != name or v is ABSENT else _is_equal_in_kind(op, v, o, ok=ok))


def _is_equal_in_kind(operator: str, value: Any, operand: Any, *, ok: bool) -> bool:
    operands = operand if operator in ("in", "nin") else [operand]
    if not _is_number(value):
        return ok
    is_equal = any(_is_number(number) and value == number and type(value) is type(number) for number in operands)
    return is_equal is (operator not in _NEGATIVE)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refuse_long_lists(count: int) -> Installed:
    """Refuse a filter with a list of more operands."""

    def changed(_reference: Reference, original: Handler, call: Call) -> Body:
        if any(
            len(operands) > count
            for operands in _operand_lists(json.loads(call.body or b"{}").get("filters") if call.body[:1] == b"{" else None)
        ):
            raise Refusal(400, "too many operands")
        return original(call)

    return change_handlers("list_documents", change=changed)


def _operand_lists(node: Any) -> list[list[Any]]:
    if isinstance(node, list):
        return [operands for inner in node for operands in _operand_lists(inner)]
    if not isinstance(node, dict):
        return []
    own = [node["value"]] if isinstance(node.get("value"), list) else []
    return [*own, *(operands for inner in node.values() for operands in _operand_lists(inner))]


def _crash_at_brackets(_reference: Reference, original: Handler, call: Call) -> Body:
    if re.search(rb'"operator":"(?:starts_with|ends_with)","value":"[^"]*[(*\[+]', call.body):
        raise Refusal(500, "no pattern")
    return original(call)


_TEXT_OPERATORS: tuple[tuple[str, str], ...] = (("eq", "eq"), ("ne", "ne"), ("in", "in"), ("nin", "nin"), ("contains", "contains"),
                                       ("starts_with", "starts-with"), ("ends_with", "ends-with"))  # fmt: skip

# A table: one fault a line reads better than wrapped.
OPERAND_FAULTS: tuple[Fault, ...] = (
    # d) operators and types
    Fault("empty-object-is-any", "filters.eval.eq", "rare", installed=_always_answer("eq", lambda v, o: o == {} and isinstance(v, dict), verdict=True)),
    Fault("empty-object-is-an-empty-list", "filters.eval.eq", "rare", installed=_always_answer("eq", lambda v, o: o in ({}, False, "") and v in ({}, "", None) and o != v and type(o) is not type(v), verdict=True)),
    Fault("not-the-empty-object", "filters.eval.ne", "rare", installed=_always_answer("ne", lambda v, o: isinstance(v, dict) and isinstance(o, dict), verdict=False)),
    Fault("nulls-in-objects-ignored", "filters.eval.eq", "rare", installed=matching(lambda op, v, o, c, ok: _judge("eq", {k: item for k, item in v.items() if item is not None}, o, sensitive=c) if op == "eq" and isinstance(v, dict) else ok)),
    Fault("objects-equal-to-parts", "filters.eval.in", "rare", installed=matching(lambda op, v, o, _c, ok: ok or (op == "in" and isinstance(v, dict) and any(isinstance(item, dict) and _is_part(v, item) for item in o)))),
    Fault("nin-true-is-one", "filters.eval.nin", "rare", installed=matching(lambda op, v, o, _c, ok: not any(_is_equal_in_python(v, item) for item in o) if op == "nin" and isinstance(v, bool) else ok)),
    Fault("ne-true-is-one", "filters.eval.ne", "rare", installed=matching(lambda op, v, o, _c, ok: not _is_equal_in_python(v, o) if op == "ne" and v is not ABSENT and _is_flag_or_number(v) and _is_flag_or_number(o) and bool(v) else ok)),
    Fault("in-false-is-zero", "filters.eval.in", "rare", installed=matching(lambda op, v, o, _c, ok: any(_is_equal_in_python(v, item) for item in o) if op == "in" and isinstance(v, bool) and not v else ok)),
    Fault("contains-true-is-one", "filters.eval.contains", "rare", installed=_change_contains(lambda item, o: isinstance(item, bool) and _is_number(o) and item == o)),
    Fault("contains-one-is-true", "filters.eval.contains", "rare", installed=_change_contains(lambda item, o: isinstance(o, bool) and _is_number(item) and item == o)),
    Fault("contains-parts-of-objects", "filters.eval.contains", "rare", installed=_change_contains(lambda item, o: isinstance(o, dict) and isinstance(item, dict) and _is_part(item, o))),
    Fault("contains-in-inner-lists", "filters.eval.contains", "rare", installed=_change_contains(lambda item, o: isinstance(item, list) and o in item)),
    Fault("contains-no-objects", "filters.eval.contains", "rare", installed=_always_answer("contains", lambda v, o: isinstance(v, list) and isinstance(o, dict), verdict=False)),
    Fault("contains-fractions-apart", "filters.eval.contains", "rare", installed=matching(lambda op, v, o, _c, ok: any(type(item) is type(o) and item == o for item in v) if op == "contains" and isinstance(v, list) and _is_number(o) else ok)),
    Fault("text-of-a-number-is-it", "filters.eval.in", "rare", installed=matching(lambda op, v, o, _c, ok: ok or (op == "in" and v is not ABSENT and not isinstance(v, list) and any(isinstance(item, str) and _is_number(v) and json.dumps(v) == item for item in o)))),
    Fault("true-is-its-text", "filters.eval.eq", "rare", installed=_always_answer("eq", lambda v, o: isinstance(o, bool) and v == json.dumps(o), verdict=True)),
    Fault("empty-list-is-null", "filters.eval.is-null", "rare", installed=matching(lambda op, v, o, _c, ok: o if op == "is_null" and v in ([], {}) and isinstance(v, list | dict) else ok)),
    Fault("empty-things-are-not-there", "filters.eval.exists", "rare", installed=matching(lambda op, v, o, _c, ok: not o if op == "exists" and v in ([], {}) and isinstance(v, list | dict) else ok)),
    *(Fault(f"fractions-apart-with-{name}", f"filters.eval.{requirement}", "rare", installed=_tell_fractions_apart(name)) for name, requirement in _TEXT_OPERATORS[:4]),
    Fault("exponents-of-operands-unread", "filters.eval.eq", "rare", installed=_exponents_unread("list_documents")),
    Fault("exponents-of-values-unread", "json.preserves-numbers", "rare", installed=_exponents_unread("create_document")),
    # c) many operands and conditions
    *(Fault(f"fifty-operands-of-{name}", f"filters.eval.{name}", "rare", installed=_cut_operands(name, 50)) for name in ("in", "nin")),
    Fault("many-operands-refused", "filters.eval.in", "rare", installed=_refuse_long_lists(64)),
    *(Fault(f"four-conditions-of-{kind.lower()}", f"filters.eval.{kind.lower()}", "rare", installed=_cut_members(kind, 4)) for kind in ("AND", "OR", "NOT")),
    *(Fault(f"seven-conditions-of-{kind.lower()}", f"filters.eval.{kind.lower()}", "rare", installed=_cut_members(kind, 7)) for kind in ("AND", "OR", "NOT")),
    *(Fault(f"fifty-conditions-of-{kind.lower()}", f"filters.eval.{kind.lower()}", "rare", installed=_cut_members(kind, 50)) for kind in ("AND", "OR", "NOT")),
    Fault("contains-in-the-first-ten", "filters.eval.contains", "rare", installed=matching(lambda op, v, o, c, ok: _judge(op, v[:10], o, sensitive=c) if op == "contains" and isinstance(v, list) else ok)),
    Fault("operands-cut-at-255", "filters.eval.in", "rare", installed=matching(lambda op, v, o, c, ok: _judge(op, v[:255], [item[:255] if isinstance(item, str) else item for item in o], sensitive=c) if op == "in" and isinstance(v, str) else ok)),
    # f) letters that mean something elsewhere
    *(Fault(f"trimmed-in-{requirement}", f"filters.eval.{requirement}", "rare", installed=_compare_texts(name, lambda value, operand: value.strip(" ") == operand.strip(" ")))
      for name, requirement in _TEXT_OPERATORS[:4]),
    Fault("ends-before-a-line-ends", "filters.eval.ends-with", "rare", installed=_compare_texts("ends_with", lambda value, operand: re.search(f"{re.escape(operand)}$", value) is not None)),
    Fault("equal-before-a-line-ends", "filters.eval.eq", "rare", installed=_compare_texts("eq", lambda value, operand: re.match(f"^{re.escape(operand)}$", value) is not None)),
    *(Fault(f"{kind}-in-{requirement}", f"filters.eval.{requirement}", "rare", installed=_take_for_pattern(name, kind))
      for name, requirement in _TEXT_OPERATORS for kind in ("like", "glob", "regex")),
    *(Fault(f"backslashes-lost-in-{requirement}", f"filters.eval.{requirement}", "rare", installed=_lose_backslashes(name))
      for name, requirement in (_TEXT_OPERATORS[0], *_TEXT_OPERATORS[4:])),
    Fault("brackets-crash", "http.no-server-error", "rare", installed=change_handlers("list_documents", change=_crash_at_brackets)),
    *(Fault(f"{side}-as-written-in-{requirement}", f"filters.eval.{requirement}", "rare", installed=_fold_one_side(name, is_value=side == "value"))
      for name, requirement in (*_TEXT_OPERATORS[1:], ("regex", "regex")) for side in ("value", "operand")),
    *(Fault(f"turkish-{requirement}", f"filters.eval.{requirement}", "rare", installed=_fold_as_turkish(name)) for name, requirement in (*_TEXT_OPERATORS[1:], ("regex", "regex"))),
    Fault("turkish-eq", "filters.eval.case-insensitive-default", "rare", installed=_fold_as_turkish("eq")),
    Fault("text-counts-case-of-i", "filters.eval.text", "rare", installed=matching(lambda op, v, o, _c, ok: _judge("text", v.replace("I", "\u0131"), o, sensitive=True) if op == "text" and isinstance(v, str) else ok)),
    # g) names that begin alike
    Fault("fields-by-beginnings", "filters.eval.eq", "rare", installed=change_fields(lambda name: {"age": "ages", "kind": "kinds"}.get(name, name))),
    Fault("longer-names-instead", "filters.eval.in", "rare", installed=change_fields(lambda name: re.sub(r"^meta\b", "metadata", name))),
)  # fmt: skip
