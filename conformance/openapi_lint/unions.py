"""Unions that let an object through which is broken: one branch refuses it, a laxer one takes it for something else.

Nothing is concluded from how a union looks. Each finding has an object that the validator says all of this of: it breaks the branch
that names its fields, another branch that knows nothing of the broken field takes it, and so the whole union does; and with
that one field put right it would have been the first branch's.
"""

from collections.abc import Iterable, Iterator
from itertools import islice, permutations, product
from typing import Any, NamedTuple

from conformance.core.pointers import Pointer
from conformance.openapi_lint.alternatives import Form, Forms
from conformance.openapi_lint.finding import Finding, Grade, Kind, plain_name
from conformance.openapi_lint.index import Site
from conformance.openapi_lint.messages import Explainer
from conformance.openapi_lint.samples import Samples, is_tag
from conformance.openapi_lint.schemas import LENIENT, STRICT

_MOST = 20
# What few branches for texts take, and what says of texts which ones they are.
_UNLIKELY = ("no-such-value", "")
_OF_TEXTS = ("enum", "const", "pattern", "format", "minLength", "maxLength", "not", "if")
_OTHERS: tuple[Any, ...] = ("text", 5, [], {}, True, None)


class Branch(NamedTuple):
    """One branch of a union that objects may be of."""

    place: Pointer
    name: str
    form: Form


class Swallowed(NamedTuple):
    """An object that breaks the strict branch in one field and passes as the lax one."""

    strict: Branch
    lax: Branch
    field: str
    value: dict[str, Any]


def swallowed(forms: Forms, explainer: Explainer) -> Iterator[Finding]:
    """Yield a finding for each union with a branch that takes what breaks another."""
    samples = Samples(forms)
    for site in list(forms.schemas.places.of("schema")):
        if not isinstance(site.node, dict) or _is_told_apart(site.node):
            continue
        for key in "anyOf", "oneOf":
            branches = _branches(forms, site, key)
            shown = [one for pair in permutations(branches, 2) for one in _shown(samples, site, branches, *pair)]
            if shown:
                yield _finding(explainer, site, shown)
            yield from islice(_drowned(forms, explainer, site, key), 1)


def _is_told_apart(node: dict[str, Any]) -> bool:
    """Whether a discriminator chooses the branch, so that no other is tried."""
    stated = node.get("discriminator")
    return isinstance(stated, dict) and isinstance(stated.get("propertyName"), str)


def _branches(forms: Forms, site: Site, key: str, kind: str = "object") -> list[Branch]:
    stated = site.node.get(key)
    places = [(*site.place, key, index) for index in range(len(stated))] if isinstance(stated, list) and len(stated) > 1 else []
    if any(form.is_unknown for place in places for form in forms.of((place,))):
        return []  # nobody knows what it takes
    found = [(place, form) for place in places[:_MOST] for form in forms.of((place,)) if kind in form.types]
    return [Branch(place, _name(forms, place), form) for place, form in found]


def _name(forms: Forms, place: Pointer) -> str:
    """Return what a branch is called."""
    end, node = forms.schemas.resolved(place, forms.schemas.document.get(place))
    if end[:2] == ("components", "schemas") and len(end) == 3:  # noqa: PLR2004
        return plain_name(str(end[2]))
    return node["title"] if isinstance(node.get("title"), str) else f"{place[-2]}[{place[-1]}]"


def _shown(samples: Samples, site: Site, branches: list[Branch], strict: Branch, lax: Branch) -> Iterator[Swallowed]:
    """Yield what shows that the lax branch takes what breaks the strict one: one object, or none."""
    own = [name for name in strict.form.properties if name not in lax.form.properties]
    # A lax branch that says what other fields are has the right to take them.
    is_open = lax.form.others in {None, True} and lax.form.required <= strict.form.properties.keys()
    if not own or not is_open or strict.place == lax.place:
        return
    whole, fits = samples.of_form(strict.form), samples.forms.schemas.fits
    if not isinstance(whole, dict) or not fits(strict.place, whole, STRICT) or not fits(site.place, whole):
        return
    for name, broken in _broken(samples.forms, strict.form, own, whole):
        if fits(strict.place, broken) or not fits(lax.place, broken, STRICT) or not fits(site.place, broken, STRICT):
            continue
        # Whatever else takes it must not know the field either: a branch that does has the right to.
        if all(name not in one.form.properties or not fits(one.place, broken) for one in branches):
            yield Swallowed(strict, lax, name, broken)
            return


def _broken(forms: Forms, form: Form, own: list[str], whole: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield objects with one broken field: first a value that is not listed, then one of a wrong type, then none at all."""
    for name in own:
        values = [value for one in forms.of(form.properties[name]) for value in one.values or ()]
        if any(isinstance(value, str) for value in values) and not is_tag(forms, form.properties[name]):
            yield name, {**whole, name: f"no-such-{name}"}
    for name in own:
        if not is_tag(forms, form.properties[name]):
            yield from ((name, {**whole, name: value}) for value in _OTHERS)
    for name in own:
        if name in whole and len(whole.keys() & set(own)) > 1:
            yield name, {key: value for key, value in whole.items() if key != name}


def _finding(explainer: Explainer, site: Site, shown: list[Swallowed]) -> Finding:
    """Make one finding of all that a union lets through, and show the most telling object."""
    best = max(shown, key=lambda one: (bool(one.lax.form.properties), len(one.strict.form.required) > 0))
    reason = explainer.explain(best.strict.place, best.value, LENIENT)
    takers = _names(one.lax.name for one in shown if one.strict == best.strict)
    message = f"what is no {best.strict.name} ({reason}) passes as {takers}, where {_why(best)}"
    if others := _names(one.strict.name for one in shown if one.strict.name != best.strict.name):
        message += f"; so does what breaks {others}"
    grade = Grade.WARNING if best.lax.form.properties else Grade.NOTE
    return Finding(Kind.UNION, grade, site.place, "", message, best.value)


def _drowned(forms: Forms, explainer: Explainer, site: Site, key: str) -> Iterator[Finding]:
    """Yield what shows that a branch takes any text, so that what another says of texts keeps none out: often meant, so a note."""
    fits = forms.schemas.fits
    for (strict, lax), text in product(permutations(_branches(forms, site, key, "string"), 2), _UNLIKELY):
        if strict.place == lax.place or _limits_texts(lax.form) or fits(strict.place, text, STRICT):
            continue
        if fits(lax.place, text, STRICT) and fits(site.place, text, STRICT):
            reason = explainer.explain(strict.place, text, STRICT)
            said = f"what is no {strict.name} ({reason}) passes as {lax.name}, where any text is taken"
            yield Finding(Kind.UNION, Grade.NOTE, site.place, "", said, text)


def _limits_texts(form: Form) -> bool:
    return any(key in schema for _place, schema in form.parts for key in _OF_TEXTS)


def _why(one: Swallowed) -> str:
    return f"`{one.field}` is neither known nor forbidden" if one.lax.form.properties else "any object is taken"


def _names(names: Iterable[str]) -> str:
    found = list(dict.fromkeys(names))
    return ", ".join(found[:3]) + (f" and {len(found) - 3} more" if len(found) > 3 else "")  # noqa: PLR2004
