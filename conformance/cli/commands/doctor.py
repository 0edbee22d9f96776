"""`conformance doctor`: report what a target serves and needs, and print a target file to start from."""

import argparse
import math
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any

from conformance.cli.commands._output import show
from conformance.cli.commands._target import contract_named, contract_of, settings_of, started, template_of
from conformance.client import connect
from conformance.client.client import Client
from conformance.client.connect import Secrets
from conformance.configuration.settings import ALWAYS, BY_NAMESPACES, BY_TOKEN, PROBED, Decision, Settings
from conformance.configuration.target_template import TargetTemplate
from conformance.core import json_text
from conformance.core.display import visible
from conformance.core.errors import Exit, NotThisApi, WantsToken
from conformance.core.tags import Tags
from conformance.engine.contract import Contract, Diagnosis
from conformance.runner import contracts, editions
from conformance.runner.editions import DOCUMENT, Recognition
from conformance.runner.target import open_target


def doctor(options: argparse.Namespace) -> int:
    """Return 0 if the target can be tested as it is, and 2 if the target file needs changes first."""
    with started(options):
        return _doctor(options)


def _doctor(options: argparse.Namespace) -> int:
    json_text.allow_depth()
    settings = settings_of(options, contract_of(options))
    known = connect.secrets(settings)
    redactor = known.redactor()
    with redactor.raising(), ExitStack() as stack:
        target = _opened(options, settings, known, stack)
        settings, contract = target.settings, target.contract
        of_edition = [] if target.recognition is None else list(_of_edition(settings.contract, target.recognition))
        template = template_of(settings.file, settings.contract, contract, settings.token_variable)
        try:
            diagnosis = _diagnosed(target, has_token=known.token is not None)
        except WantsToken as error:
            show([redactor.ours(visible(line)) for line in of_edition], sys.stderr)
            print(redactor.ours(visible(str(error))), file=sys.stderr)  # noqa: T201
            print(redactor.ours(replace(template, wants_token=True).text()), end="")  # noqa: T201
            return Exit.USAGE
    lines = [redactor.ours(visible(line)) for line in _lines(contract, settings, diagnosis, of_edition)]
    # On standard error, so that standard output has the target file alone.
    show([*lines, ""], sys.stderr)
    print(redactor.ours(_filled(template, diagnosis).text()), end="")  # noqa: T201
    return Exit.USAGE if diagnosis.refused else Exit.CONFORMING


@dataclass(frozen=True, slots=True)
class _Target:
    """An open target, and the contract that it is looked at by; `recognition` says how it answered to each edition of that."""

    settings: Settings
    contract: Contract[Any]
    client: Client
    recognition: Recognition | None


def _opened(options: argparse.Namespace, settings: Settings, known: Secrets, stack: ExitStack) -> _Target:
    """Open the target, and choose the edition that it speaks, unless somebody has chosen one."""
    contract = contracts.of(settings)
    client = stack.enter_context(open_target(settings, contract, known))
    recognition = editions.recognized(settings.contract, contract, client, settings)
    likely = None if recognition is None or contract_named(options) is not None else recognition.likely
    if likely is None or likely == settings.contract:
        return _Target(settings, contract, client, recognition)
    stack.close()
    options.contract = likely
    settings = settings_of(options, contract_of(options))
    contract = contracts.of(settings)
    return _Target(settings, contract, stack.enter_context(open_target(settings, contract, known)), recognition)


def _diagnosed(target: _Target, *, has_token: bool) -> Diagnosis:
    """Examine the target.

    Raises:
        NotThisApi: what answers is not this API, or speaks another edition of it.
        WantsToken: it wants a token, or refuses the given one.

    """
    diagnose = target.contract.diagnose or _first_look(target.contract)
    try:
        diagnosis = diagnose(target.client, target.settings, Tags(secrets.token_hex(4)), has_token)
    except NotThisApi:
        other = None if target.recognition is None else _other(target.settings.contract, target.recognition)
        if target.recognition is None or other is None:
            raise
        answers = target.recognition.answers
        raise NotThisApi(editions.wrong(target.settings, other, answers[other], answers[target.settings.contract])) from None
    diagnosis.waits = target.client.waits
    return diagnosis


def _first_look(contract: Contract[Any]) -> Callable[[Client, Settings, Tags, bool], Diagnosis]:
    """Return a diagnosis of the served profiles alone, for a contract that has no diagnosis of its own."""

    def look(client: Client, settings: Settings, tags: Tags, has_token: bool) -> Diagnosis:  # noqa: FBT001 - a hook
        vocabulary = contract.vocabulary(settings.file.vocabulary)
        return Diagnosis(contract.first_look(client, settings, vocabulary, tags).look(has_token=has_token))

    return look


def _filled(template: TargetTemplate, diagnosis: Diagnosis) -> TargetTemplate:
    probed = [name for name in diagnosis.decisions if name not in (ALWAYS, BY_TOKEN, BY_NAMESPACES)]
    decisions = ((name, diagnosis.decisions[name]) for name in probed)
    # Only a profile that was really probed counts as absent.
    absent = tuple(name for name, decision in decisions if name in template.file.profiles.absent or _is_absent(decision))
    delay = (
        diagnosis.delay if diagnosis.delay is not None and math.isfinite(diagnosis.delay) and diagnosis.delay > _AT_ONCE else 0.0
    )
    refused = tuple((name, visible(answer)) for name, answer in diagnosis.refused.items())
    served = tuple(name for name in probed if diagnosis.decisions[name].served)
    return replace(template, served=served, absent=absent, refused=refused, list_delay=math.ceil(delay * 20) / 10)


def _is_absent(decision: Decision) -> bool:
    return not decision.served and not decision.is_open and decision.why.startswith(PROBED)


# A delay of a list up to this many seconds is not reported.
_AT_ONCE = 0.15


def _lines(contract: Contract[Any], settings: Settings, diagnosis: Diagnosis, of_edition: list[str]) -> list[str]:
    lines = [f"{settings.where} is a {contract.title}; it answers in {diagnosis.median * 1000:.0f} ms (median)", *of_edition]
    for name, decision in diagnosis.decisions.items():
        word = "serves" if decision.served else "unclear" if decision.is_open else "lacks"
        lines.append(f"{word:<7} {name:<11} {decision.why}")
    fields = contract.vocabulary_table.model_fields
    lines += [
        f"refuses {fields[name].title} it does not know, here with {answer}: list known ones in [vocabulary] {name}"
        for name, answer in diagnosis.refused.items()
    ]
    if diagnosis.skew is not None and abs(diagnosis.skew) > settings.file.limits.clock_skew_seconds:
        lines.append(
            f"clock   {abs(diagnosis.skew):.1f} s {'ahead' if diagnosis.skew > 0 else 'behind'}: set it right, or [limits] clock_skew_seconds"
        )
    if diagnosis.waits:
        lines.append(
            f"limits  it asked {diagnosis.waits} times to come back later (429 or 503): [limits] requests_per_second says how many it takes"
        )
    if diagnosis.delay is not None and diagnosis.delay > _AT_ONCE:
        when = f"{diagnosis.delay:.1f} s after it was made" if math.isfinite(diagnosis.delay) else "not at all within 10 s"
        lines.append(f"lists   showed a new entry {when}: [limits] list_delay_seconds says how long that may take")
    return lines


def _of_edition(looked_at: str, recognition: Recognition) -> Iterator[str]:
    """Yield which edition the target speaks, and what shows it: its answers, and its own document."""
    evidence = "; ".join(answered.words for answered in recognition.answers.values())
    spoken = recognition.spoken
    if looked_at in spoken and len(spoken) == 1:
        yield f"speaks  {looked_at}: {evidence}"
    elif looked_at in spoken:
        others = " or ".join(f"--contract {name}" for name in spoken if name != looked_at)
        yield f"speaks  {' and '.join(spoken)}: {evidence}; it is looked at by {looked_at} here, and by the other with {others}"
    elif spoken:
        yield f"speaks  {' and '.join(spoken)} rather than {looked_at}, by which it is looked at here: {evidence}"
    else:
        yield f"speaks  no edition for sure, and is looked at by {looked_at}: {evidence}"
    yield from _of_document(recognition)


def _of_document(recognition: Recognition) -> Iterator[str]:
    described, spoken = recognition.described, recognition.spoken
    if recognition.unreadable is not None:
        yield f"paths   {DOCUMENT} was not read: {recognition.unreadable}"
    elif described:
        same = set(described) == set(spoken)
        verdict = ", as its answers do" if same else "; its answers count" if spoken else ", and its answers do not tell"
        yield f"paths   {DOCUMENT} describes {' and '.join(described)}{verdict}"


def _other(looked_at: str, recognition: Recognition) -> str | None:
    """Return the edition that a target speaks instead of the one it was to be looked at by, if its answers show that."""
    is_lacking = recognition.answers[looked_at].speaks is False
    return next(iter(recognition.spoken), None) if is_lacking else None
