"""`conformance doctor`: report what a target serves and needs, and print a target file to start from."""

import argparse
import math
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.cli.commands._output import show
from conformance.cli.commands._target import contract_of, settings_of, started
from conformance.client import connect
from conformance.client.client import Client
from conformance.configuration.settings import ALWAYS, BY_NAMESPACES, BY_TOKEN, PROBED, Decision, Settings
from conformance.configuration.target_template import TargetTemplate
from conformance.core import json_text
from conformance.core.display import visible
from conformance.core.errors import Exit, WantsToken
from conformance.core.tags import Tags
from conformance.engine.contract import Contract, Diagnosis
from conformance.runner.target import open_target


def doctor(options: argparse.Namespace) -> int:
    """Return 0 if the target can be tested as it is, and 2 if the target file needs changes first."""
    with started(options):
        return _doctor(options)


def _doctor(options: argparse.Namespace) -> int:
    json_text.allow_depth()
    contract = contract_of(options)
    settings = settings_of(options, contract)
    known = connect.secrets(settings)
    redactor = known.redactor()
    template = TargetTemplate(settings.file, contract.vocabulary_table, settings.token_variable)
    try:
        with redactor.raising(), open_target(settings, contract, known) as client:
            diagnose = contract.diagnose or _first_look(contract)
            diagnosis = diagnose(client, settings, Tags(secrets.token_hex(4)), known.token is not None)
            diagnosis.waits = client.waits
    except WantsToken as error:
        print(visible(str(error)), file=sys.stderr)  # noqa: T201
        print(replace(template, wants_token=True).text(), end="")  # noqa: T201
        return Exit.USAGE
    lines = [redactor.ours(visible(line)) for line in _lines(contract, settings, diagnosis)]
    # On standard error, so that standard output has the target file alone.
    show([*lines, ""], sys.stderr)
    print(redactor.ours(_filled(template, diagnosis).text()), end="")  # noqa: T201
    return Exit.USAGE if diagnosis.refused else Exit.CONFORMING


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


def _lines(contract: Contract[Any], settings: Settings, diagnosis: Diagnosis) -> list[str]:
    lines = [f"{settings.where} is a {contract.title}; it answers in {diagnosis.median * 1000:.0f} ms (median)"]
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
