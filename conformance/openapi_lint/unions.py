"""Unions that accept a broken object: the branch that it is meant for refuses it, and a more permissive branch accepts it.

A union is never judged by how it looks: each finding has an object as its proof, and the validator says that it breaks the branch that
names its fields, that another branch, which does not know the broken field, accepts it, and so does the whole union, and that it would
fit the first branch if that one field were right.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, permutations, product
from typing import Any, NamedTuple

from conformance.core.pointers import Pointer
from conformance.openapi_lint.alternatives import Alternative, Alternatives
from conformance.openapi_lint.finding import Finding, Grade, Kind, plain_name
from conformance.openapi_lint.index import Site
from conformance.openapi_lint.messages import ErrorMessages
from conformance.openapi_lint.samples import Samples, is_tag
from conformance.openapi_lint.schemas import LENIENT, STRICT

_MOST_BRANCHES, _MOST_NAMED = 20, 3
# Texts that few branches accept, and the keywords that limit texts.
_UNLIKELY_TEXTS = ("no-such-value", "")
_TEXT_LIMITS = ("enum", "const", "pattern", "format", "minLength", "maxLength", "not", "if")
_WRONG_VALUES: tuple[Any, ...] = ("text", 5, [], {}, True, None)


class Branch(NamedTuple):
    """One alternative of one branch of a union."""

    place: Pointer
    name: str
    alternative: Alternative


class LetThrough(NamedTuple):
    """An object that breaks the strict branch in one field, and that the permissive branch accepts."""

    strict: Branch
    permissive: Branch
    field: str
    value: dict[str, Any]


def permissive_unions(alternatives: Alternatives, messages: ErrorMessages) -> Iterator[Finding]:
    """Yield a finding for each union with a branch that accepts what breaks another."""
    samples = Samples(alternatives)
    for site in list(alternatives.schemas.index.of("schema")):
        if not isinstance(site.node, dict) or _has_discriminator(site.node):
            continue
        for key in "anyOf", "oneOf":
            branches = _branches(alternatives, site, key, "object")
            proofs = [proof for pair in permutations(branches, 2) for proof in _proofs(samples, site, branches, *pair)]
            if proofs:
                yield _finding(messages, site, proofs)
            yield from islice(_any_text(alternatives, messages, site, key), 1)


def _has_discriminator(node: dict[str, Any]) -> bool:
    """Whether a discriminator chooses the branch, so that no other is tried."""
    stated = node.get("discriminator")
    return isinstance(stated, dict) and isinstance(stated.get("propertyName"), str)


def _branches(alternatives: Alternatives, site: Site, key: str, kind: str) -> list[Branch]:
    """Return the branches of a union for values of one type; none if a branch is unknown."""
    stated = site.node.get(key)
    places = [(*site.place, key, index) for index in range(len(stated))] if isinstance(stated, list) and len(stated) > 1 else []
    if any(one.is_unknown for place in places for one in alternatives.of((place,))):
        return []
    named = [(place, _name(alternatives, place)) for place in places[:_MOST_BRANCHES]]
    return [Branch(place, name, one) for place, name in named for one in alternatives.of((place,)) if kind in one.types]


def _name(alternatives: Alternatives, place: Pointer) -> str:
    """Return the name of a branch: its component's, its title, or its place in the union."""
    end, node = alternatives.schemas.resolved(place, alternatives.schemas.document.get(place))
    if end[:2] == ("components", "schemas") and len(end) == 3:  # noqa: PLR2004
        return plain_name(str(end[2]))
    return node["title"] if isinstance(node.get("title"), str) else f"{place[-2]}[{place[-1]}]"


def _proofs(samples: Samples, site: Site, branches: list[Branch], strict: Branch, permissive: Branch) -> Iterator[LetThrough]:
    """Yield one object, or none, that proves that the permissive branch accepts what breaks the strict one."""
    own = [name for name in strict.alternative.properties if name not in permissive.alternative.properties]
    if not own or strict.place == permissive.place or not _is_open(permissive.alternative, strict.alternative):
        return
    whole, fits = samples.of_alternative(strict.alternative), samples.alternatives.schemas.fits
    if not isinstance(whole, dict) or not fits(strict.place, whole, STRICT) or not fits(site.place, whole):
        return
    for name, broken in _broken(samples.alternatives, strict.alternative, own, whole):
        if fits(strict.place, broken) or not fits(permissive.place, broken, STRICT) or not fits(site.place, broken, STRICT):
            continue
        # A branch that accepts the object and knows the field means to accept it.
        if all(name not in one.alternative.properties or not fits(one.place, broken) for one in branches):
            yield LetThrough(strict, permissive, name, broken)
            return


def _is_open(permissive: Alternative, strict: Alternative) -> bool:
    """Whether an alternative accepts fields of the other by chance: one that says what other fields are means to accept them."""
    return permissive.additional in {None, True} and permissive.required <= strict.properties.keys()


def _broken(
    alternatives: Alternatives, alternative: Alternative, own: list[str], whole: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield objects with one broken field: first with a value that is not listed, then of a wrong type, then without the field."""
    untagged = [name for name in own if not is_tag(alternatives, alternative.properties[name])]
    for name in untagged:
        values = [value for one in alternatives.of(alternative.properties[name]) for value in one.values or ()]
        if any(isinstance(value, str) for value in values):
            yield name, {**whole, name: f"no-such-{name}"}
    yield from ((name, {**whole, name: value}) for name in untagged for value in _WRONG_VALUES)
    for name in own:
        if name in whole and len(whole.keys() & set(own)) > 1:
            yield name, {key: value for key, value in whole.items() if key != name}


def _finding(messages: ErrorMessages, site: Site, proofs: list[LetThrough]) -> Finding:
    """Make one finding of all that a union lets through, with the most telling object."""
    best = max(proofs, key=lambda proof: (bool(proof.permissive.alternative.properties), bool(proof.strict.alternative.required)))
    reason = messages.explain(best.strict.place, best.value, LENIENT)
    accepting = _names(proof.permissive.name for proof in proofs if proof.strict == best.strict)
    message = f"what is no {best.strict.name} ({reason}) passes as {accepting}, where {_why(best)}"
    if others := _names(proof.strict.name for proof in proofs if proof.strict.name != best.strict.name):
        message += f"; so does what breaks {others}"
    grade = Grade.WARNING if best.permissive.alternative.properties else Grade.NOTE
    return Finding(Kind.UNION, grade, site.place, "", message, best.value)


def _any_text(alternatives: Alternatives, messages: ErrorMessages, site: Site, key: str) -> Iterator[Finding]:
    """Yield a note for each text that one branch refuses, and another accepts with all texts: that is often meant."""
    fits = alternatives.schemas.fits
    pairs = permutations(_branches(alternatives, site, key, "string"), 2)
    for (strict, permissive), text in product(pairs, _UNLIKELY_TEXTS):
        if strict.place == permissive.place or _limits_texts(permissive.alternative) or fits(strict.place, text, STRICT):
            continue
        if fits(permissive.place, text, STRICT) and fits(site.place, text, STRICT):
            reason = messages.explain(strict.place, text, STRICT)
            message = f"what is no {strict.name} ({reason}) passes as {permissive.name}, where any text is taken"
            yield Finding(Kind.UNION, Grade.NOTE, site.place, "", message, text)


def _limits_texts(alternative: Alternative) -> bool:
    return any(key in schema for _place, schema in alternative.parts for key in _TEXT_LIMITS)


def _why(proof: LetThrough) -> str:
    return f"`{proof.field}` is neither known nor forbidden" if proof.permissive.alternative.properties else "any object is taken"


def _names(names: Iterable[str]) -> str:
    unique = list(dict.fromkeys(names))
    return ", ".join(unique[:_MOST_NAMED]) + (f" and {len(unique) - _MOST_NAMED} more" if len(unique) > _MOST_NAMED else "")
