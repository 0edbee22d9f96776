"""`conformance doctor`: say what a target seems to serve and what it needs, and print a target file to start from."""

import argparse
import math
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from conformance.cli.commands._target import contract_of, settings
from conformance.client import connect
from conformance.client.client import Client
from conformance.configuration.settings import ALWAYS, BY_NAMESPACES, BY_TOKEN, PROBED, Settings
from conformance.configuration.target_template import TargetTemplate
from conformance.core import json_text
from conformance.core.errors import Exit, WantsToken
from conformance.core.tags import Tags
from conformance.engine.contract import Contract, Diagnosis
from conformance.evidence.redaction import Redactor
from conformance.reporting.messages import visible
from conformance.runner.target import open_target


def doctor(options: argparse.Namespace) -> int:
    """Return 0 if the target can be judged as it is, and 2 if it needs something first."""
    json_text.allow_depth()
    contract = contract_of(options)
    made = settings(options, contract)
    secret = connect.token(made)
    redactor = Redactor(secret)
    template = TargetTemplate(made.file, contract.vocabulary_table, made.token_variable)
    try:
        with redactor.raising(), open_target(made, contract, secret) as client:
            found = (contract.diagnose or _first_look(contract))(client, made, Tags(secrets.token_hex(4)), secret is not None)
            found.waits = client.waits
    except WantsToken as error:
        print(visible(str(error)), file=sys.stderr)  # noqa: T201
        print(replace(template, wants_token=True).text(), end="")  # noqa: T201
        return Exit.USAGE
    told = [redactor.ours(visible(line)) for line in _told(contract, made, found)]
    # On the other stream, so that what is left can go into a file.
    print("\n".join(told), end="\n\n", file=sys.stderr, flush=True)  # noqa: T201
    print(redactor.ours(_filled(template, found).text()), end="")  # noqa: T201
    return Exit.USAGE if found.refused else Exit.CONFORMING


def _first_look(contract: Contract[Any]) -> Callable[[Client, Settings, Tags, bool], Diagnosis]:
    """Return what tells which profiles are served, for a contract that has nothing better."""

    def look(client: Client, made: Settings, tags: Tags, has_token: bool) -> Diagnosis:  # noqa: FBT001 - a hook
        vocabulary = contract.vocabulary(made.file.vocabulary)
        return Diagnosis(contract.first_look(client, made, vocabulary, tags).look(has_token=has_token))

    return look


def _filled(template: TargetTemplate, found: Diagnosis) -> TargetTemplate:
    looked_for = [name for name in found.decisions if name not in (ALWAYS, BY_TOKEN, BY_NAMESPACES)]
    decided = ((name, found.decisions[name]) for name in looked_for)
    # What could not be looked at may well be there.
    absent = tuple(
        name
        for name, one in decided
        if name in template.file.profiles.absent or (not one.served and not one.is_open and one.why.startswith(PROBED))
    )
    delay = found.delay if found.delay is not None and math.isfinite(found.delay) and found.delay > _AT_ONCE else 0.0
    refused = tuple((name, visible(said)) for name, said in found.refused.items())
    served = tuple(name for name in looked_for if found.decisions[name].served)
    return replace(template, served=served, absent=absent, refused=refused, list_delay=math.ceil(delay * 20) / 10)


_AT_ONCE = 0.15


def _told(contract: Contract[Any], made: Settings, found: Diagnosis) -> list[str]:
    lines = [f"{made.where} is a {contract.title}; it answers in {found.median * 1000:.0f} ms (median)"]
    for name, decision in found.decisions.items():
        told = "serves" if decision.served else "unclear" if decision.is_open else "lacks"
        lines.append(f"{told:<7} {name:<11} {decision.why}")
    fields = contract.vocabulary_table.model_fields
    lines += [
        f"refuses {fields[name].title} it does not know, here with {said}: list known ones in [vocabulary] {name}"
        for name, said in found.refused.items()
    ]
    if found.skew is not None and abs(found.skew) > made.file.limits.clock_skew_seconds:
        lines.append(
            f"clock   {abs(found.skew):.1f} s {'ahead' if found.skew > 0 else 'behind'}: set it right, or [limits] clock_skew_seconds"
        )
    if found.waits:
        lines.append(
            f"limits  it asked {found.waits} times to come back later (429 or 503): [limits] requests_per_second says how many it takes"
        )
    if found.delay is not None and found.delay > _AT_ONCE:
        seen = f"{found.delay:.1f} s after it was made" if math.isfinite(found.delay) else "not at all within 10 s"
        lines.append(f"lists   showed a new document {seen}: [limits] list_delay_seconds says how long that may take")
    return lines
