"""`conformance doctor`: say what a target seems to serve and what it needs, and print a target file to start from."""

import argparse
import math
import secrets
import sys
from dataclasses import replace

from conformance.cli.commands._target import settings
from conformance.client import connect
from conformance.configuration.settings import Settings
from conformance.configuration.target_template import Draft
from conformance.contracts.collections.capabilities import PROBED, WantsToken
from conformance.contracts.collections.diagnosis import Examination, Findings
from conformance.core import json_text
from conformance.core.errors import Exit
from conformance.evidence.redaction import Redactor
from conformance.generation.tags import Tags
from conformance.reporting.messages import visible


def doctor(options: argparse.Namespace) -> int:
    """Return 0 if the target can be judged as it is, and 2 if it needs something first."""
    json_text.allow_depth()
    made = settings(options)
    secret = connect.token(made)
    redactor = Redactor(secret)
    draft = Draft(made.file, made.token_variable)
    try:
        with redactor.raising(), connect.open_target(made, secret) as client:
            found = Examination(client, made, Tags(secrets.token_hex(4))).run(has_token=secret is not None)
            found.waits = client.waits
    except WantsToken as error:
        print(visible(str(error)), file=sys.stderr)  # noqa: T201
        print(replace(draft, wants_token=True).text(), end="")  # noqa: T201
        return Exit.USAGE
    told = [redactor.ours(visible(line)) for line in _told(made, found)]
    # On the other stream, so that what is left can go into a file.
    print("\n".join(told), end="\n\n", file=sys.stderr, flush=True)  # noqa: T201
    print(redactor.ours(_filled(draft, found).text()), end="")  # noqa: T201
    return Exit.USAGE if found.refused else Exit.CONFORMING


def _filled(draft: Draft, found: Findings) -> Draft:
    decided = ((name, found.decisions[name]) for name in _LOOKED_FOR)
    # What could not be looked at may well be there.
    absent = tuple(
        name
        for name, one in decided
        if name in draft.file.profiles.absent or (not one.served and not one.is_open and one.why.startswith(PROBED))
    )
    delay = found.delay if found.delay is not None and math.isfinite(found.delay) and found.delay > _AT_ONCE else 0.0
    refused = tuple((name, visible(said)) for name, said in found.refused.items())
    served = tuple(name for name in _LOOKED_FOR if found.decisions[name].served)
    return replace(draft, served=served, absent=absent, refused=refused, list_delay=math.ceil(delay * 20) / 10)


_LOOKED_FOR = ("read", "query", "write", "buckets", "vectors", "blobs")
_AT_ONCE = 0.15
_TEXTS = {
    "buckets": "a bucket",
    "feature_extractors": "a feature extractor",
    "taxonomies": "a taxonomy",
    "retrievers": "a retriever",
}


def _told(made: Settings, found: Findings) -> list[str]:
    lines = [f"{made.where} is a collections and documents API; it answers in {found.median * 1000:.0f} ms (median)"]
    for name, decision in found.decisions.items():
        told = "serves" if decision.served else "unclear" if decision.is_open else "lacks"
        lines.append(f"{told:<7} {name:<11} {decision.why}")
    lines += [
        f"refuses {_TEXTS[name]} it does not know, here with {said}: list known ones in [vocabulary] {name}"
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
