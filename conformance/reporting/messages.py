"""Parts of the results in words, for all reports."""

import json
import unicodedata
from datetime import date
from typing import Any

from conformance.core.display import cut, visible
from conformance.evidence.redaction import is_said
from conformance.evidence.results import Declared, Example, Manifest, RequestRecord, ResponseRecord, Results, Row, Status
from conformance.reporting.hints import hint

_MAX_CHARACTERS = 200
_SHORT_CHARACTERS = 80
_MAX_OTHERS = 2
_FEW_CHECKS = 5
_FEW_MINUTES = 2


def short(value: Any, longest: int = _MAX_CHARACTERS) -> str:
    """Return a JSON value, or a description in its place, on one line, cut after `longest` characters."""
    text: str = value if is_said(value) else json.dumps(value, ensure_ascii=False)
    return cut(visible(text), longest)


def pair(expected: Any, actual: Any) -> tuple[str, str]:
    """Return the expected and the actual value on one line each; if they look alike, with escapes for non-ASCII characters."""
    if look_alike(expected, actual):
        return cut(json.dumps(expected)), cut(json.dumps(actual))
    return short(expected), short(actual)


def look_alike(expected: Any, actual: Any) -> bool:
    """Whether both are strings that a reader may take for the same, because they are equal in the normal form NFKC."""
    if not isinstance(expected, str) or not isinstance(actual, str):
        return False
    return unicodedata.normalize("NFKC", expected) == unicodedata.normalize("NFKC", actual)


def summary(row: Row, *, has_rule: bool = True) -> str:
    """Return in a few lines what the counterexample of a failed requirement shows, with its text unless that stands beside; never raises."""
    try:
        return _summary(row, has_rule=has_rule)
    except Exception as error:  # noqa: BLE001 - a report without the text of this row is better than no report
        return f"(the toolkit failed to put it into words: {type(error).__name__}: {visible(str(error))})"


def _summary(row: Row, *, has_rule: bool) -> str:
    if row.counterexample is None:
        return str(row.reason or row.status)
    lines = in_full(row.counterexample).split("\n")
    if has_rule:
        lines.insert(1, f"  rule     {row.text}")
    if advice := hint(row.counterexample):
        lines.append(f"  hint     {visible(advice)}")
    lines += [f"  also     {one_line(example)}" for example in row.others[:_MAX_OTHERS]]
    if more := len(row.others[_MAX_OTHERS:]) + row.more:
        lines.append(
            f"  also     {more} {'kind' if more == 1 else 'kinds'} of violation more, which the report and the record have"
        )
    if row.status == Status.FAILED and row.reason:
        lines.append(f"  note     {visible(row.reason)}")
    return "\n".join(lines)


def one_line(example: Example) -> str:
    """Return on one line what a counterexample shows: what is wrong, where, and after which request."""
    request = example.offender.request
    expected, actual = pair(example.expected, example.actual)
    sent = f"{request.method} {visible(short_path(request.path))} {short_body(request, _SHORT_CHARACTERS)}".rstrip()
    return f"{_what(example)}: expected {cut(expected, _SHORT_CHARACTERS)}, actual {cut(actual, _SHORT_CHARACTERS)}, after {sent}"


def _what(example: Example) -> str:
    told = f"{visible(example.told)}: " if example.told else ""
    return told + visible(example.message) + (f" at {visible(example.at)}" if example.at else "")


def in_full(example: Example) -> str:
    """Return in a few lines what a counterexample shows."""
    request = example.offender.request
    expected, actual = pair(example.expected, example.actual)
    lines = [
        _what(example),
        f"  expected {expected}",
        f"  actual   {actual}",
        f"  after    {request.method} {visible(short_path(request.path))} {short_body(request)}".rstrip(),
    ]
    if who := sender(request):
        lines.append(f"  sent     {who}")
    if flaky := flakiness(example):
        lines.append(f"  flaky    {flaky}")
    return "\n".join(lines)


def evidence(row: Row) -> str:
    """Return how much a passed requirement was tried: by the chance that a fault which shows in a share of such requests stays unseen.

    If n checks in a row hold, a share above 1 - 0.05 ** (1 / n) would have shown with 95 % (the rule of three, for one of n).
    """
    if row.status is not Status.PASSED:
        return ""
    if row.checks < _FEW_CHECKS:
        return f"held in {row.checks} check{'' if row.checks == 1 else 's'}: it was shown, and hardly explored"
    share = 100 * (1 - 0.05 ** (1 / row.checks))
    shown = f"{share:.0f}" if share >= 1 else f"{share:.1g}"
    return f"held in {row.checks:,} checks; a fault that shows in {shown} % of such requests would have been seen with 95 %"


def age(declared: Declared, started: str) -> str:
    """Return how long before a run a deviation was declared, until when it holds, and what tracks it."""
    day = date.fromisoformat(started[:10])
    parts = []
    if declared.since:
        parts.append(f"declared {(day - date.fromisoformat(declared.since)).days} days before the run, on {declared.since}")
    if declared.expires:
        left = (date.fromisoformat(declared.expires) - day).days
        parts.append(f"{'expires' if left >= 0 else 'expired'} on {declared.expires}" + (f", in {left} days" if left >= 0 else ""))
    else:
        parts.append("does not expire")
    return "; ".join([*parts, *([declared.issue] if declared.issue else [])])


def flakiness(example: Example) -> str:
    """Return how often a violation showed when it was repeated, or an empty string if it always did."""
    times = example.repetitions
    if not times.not_shown:
        return ""
    exchange = example.not_shown_by[-1]
    answer = exchange.response
    instead = f"no answer ({exchange.failure})" if answer is None else f"{answer.status} {short_body(answer)}".rstrip()
    if not times.shown and example.offender.beside:
        return (
            f"it showed while {example.offender.beside} other requests of the run were under way, and in none of {times.not_shown} "
            f"repetitions alone; there the answer was {visible(instead)}"
        )
    return f"{times.shown} of {times.shown + times.not_shown} repetitions showed it; where not, the answer was {visible(instead)}"


_SENDERS = {
    "none": "without a token",
    "unknown": "with a token that the target never issued",
    "longer": "with the token, and more after it",
    "recased": "with the token in the other case",
    "basic": "with the token after the scheme Basic",
    "bare": "with the token, and no scheme before it",
    "empty": "with the scheme Bearer, and no token after it",
    "not-ascii": "with a token that has bytes beyond ASCII",
    "long": "with a token of thousands of letters",
}


def sender(request: RequestRecord) -> str:
    """Return with which credentials and namespace a request was sent, or an empty string for the usual ones."""
    parts = [_SENDERS.get(request.credentials, ""), "from the other namespace" if request.namespace == "secondary" else ""]
    return ", ".join(part for part in parts if part)


def short_path(path: str) -> str:
    """Return a path, cut after 200 characters."""
    return path if len(path) <= _MAX_CHARACTERS else f"{path[:_MAX_CHARACTERS]}…"


def short_body(message: RequestRecord | ResponseRecord, longest: int = _MAX_CHARACTERS) -> str:
    """Return a recorded body on one line, cut after `longest` characters."""
    if message.body_base64 is not None:
        return f"({len(message.body_base64) * 3 // 4} bytes that are not UTF-8)"
    return "" if message.body is None else cut(visible(message.body), longest)


def effort(results: Results) -> str:
    """Return the number of requests, time, budget and seed of a run, or the number of exchanges of a recording."""
    manifest, recording = results.manifest, results.manifest.recording
    if recording is None:
        sent = f"{results.requests:,} requests in {results.seconds:.1f} s, budget {manifest.budget}, seed {manifest.seed}"
        sent += f", resumed {manifest.resumed}×" if manifest.resumed else ""
        return sent + _joined(manifest)
    skipped = "".join(f"; {count:,} {why}" for why, count in recording.skipped.items())
    partly = "".join(f", {count:,} without {part}" for part, count in recording.partly.items())
    return f"{recording.exchanges:,} exchanges of {recording.file}{partly}{skipped}"


def _joined(manifest: Manifest) -> str:
    """Return of how many shards a run was joined, or an empty string."""
    return "" if manifest.shards is None else f", joined from {manifest.shards} shard{'' if manifest.shards == 1 else 's'}"


def exploration(results: Results) -> list[str]:
    """Return sentences about the rounds of a long run: what they saw, and how much they are likely not to have seen; none if there were none."""
    seen = results.exploration
    if seen is None:
        return []
    minutes = seen.seconds_since_new / 60
    since = f"{minutes:.0f} minutes" if minutes >= _FEW_MINUTES else f"{seen.seconds_since_new:.0f} s"
    seen_so_far = (
        f"{seen.requests:,} judged requests in {seen.rounds:,} rounds after that: {seen.kinds:,} kinds of answers seen, {seen.new_kinds:,} "
        f"of them in the rounds alone; the last new one came after {seen.last_new:,} of these requests, {since} before the end"
    )
    left = (
        f"by estimate at least {seen.unseen_at_least:,.0f} kinds are left that such requests could show (Chao), and the next request shows "
        f"a new one with a chance of {100 * seen.chance_of_new:.2g} % (Good–Turing); this is about answers, not about faults"
    )
    return [seen_so_far, left]


def selection(manifest: Manifest) -> str:
    """Return which requirements and profiles were selected, and which shard a run is, or an empty string if it is all."""
    parts = [] if manifest.part is None else [f"shard {manifest.part.shard.number} of {manifest.part.shard.count}"]
    parts += [f"only {', '.join(manifest.only)}"] if manifest.only else []
    if set(manifest.contract.profiles) - set(manifest.profiles):
        parts.append(f"profiles {', '.join(manifest.profiles)}")
    return "; ".join(parts)


def count_of_causes(results: Results) -> str:
    """Return how many causes the failed requirements have, or an empty string if that is one for each."""
    failed = {row.id for row in results.requirements if row.status == Status.FAILED}
    causes = [cause for cause in results.causes if failed & set(cause.requirements)]
    if not causes or len(causes) == len(failed):
        return ""
    return f"{len(failed)} failed requirements show {len(causes)} cause{'' if len(causes) == 1 else 's'}"


def shared_causes(results: Results) -> list[str]:
    """Return a sentence for each cause that makes several requirements fail."""
    return [
        f"one cause: {visible(cause.title)}; it shows in {', '.join(cause.requirements)}"
        for cause in results.causes
        if len(cause.requirements) > 1
    ]


def verdict_text(results: Results) -> str:
    """Return the verdict, with the number of declared deviations."""
    count = sum(row.status == Status.DEVIATION for row in results.requirements)
    declared = f" with {count} declared deviation{'' if count == 1 else 's'}" if count else ""
    return f"{results.verdict}{declared}"


def not_judged(results: Results) -> str:
    """Return which selected profiles were not judged, for the headline, or an empty string if all were."""
    selected = {row.profile for row in results.requirements}
    capabilities = results.manifest.capabilities
    names = [name for name, capability in capabilities.items() if name in selected and not capability.served]
    return f"without {', '.join(names)}" if names else ""


def notes(results: Results) -> list[str]:
    """Return sentences about incidents of the run that the user should know."""
    incidents, sentences = results.incidents, []
    if waits := incidents.get("waits"):
        sentences.append(
            f"The target asked {waits:,} times to come back later (429 or 503), and the run went on more slowly: "
            "[limits] requests_per_second in a target file says how many requests it takes."
        )
    if incidents.get("crowded"):
        sentences.append(
            "The target left requests unanswered that were sent at once, and the run sent one at a time: "
            "[limits] concurrency in a target file says how many requests it takes together."
        )
    if taken := incidents.get("names_taken"):
        sentences.append(
            f"{taken:,} names existed already on the target, from an earlier run or another one at the same time; the run used other names."
        )
    if reason := results.manifest.causes_lacking:
        sentences.append(f"The toolkit failed to find the causes of the failures: {reason}")
    if incidents.get("memory_not_limited"):
        sentences.append("The memory of the run was not limited: this platform does not tell how much a process uses.")
    if incidents.get("examples_lost"):
        sentences.append(
            f"The database of examples ({results.manifest.examples}) could not be reached: what failed in earlier runs was not tried first, "
            "or what fails now is not kept. The verdict does not depend on it."
        )
    if incidents.get("exchanges_lost"):
        sentences.append(
            "The exchanges of the earlier attempts are lost: the record has only the later ones. What the run made before may still "
            f"be on the target; its names begin with {results.manifest.prefix}"
        )
    return sentences


def left_behind(results: Results) -> str:
    """Return a sentence about what the run leaves on the target, or an empty string if it leaves nothing."""
    manifest, left = results.manifest, results.cleaned.get("left")
    if manifest.recording is not None:
        return ""
    names = f"names begin with {manifest.prefix}"
    if manifest.keep:
        return f"What the run made was kept (--keep); its {names}"
    if left:
        return f"{left} of the resources that the run made could not be deleted; their {names}"
    if manifest.resumed:
        return f"What the run made before it was interrupted may still be there; its {names}"
    if not results.cleaned and manifest.target.url:
        return f"What the run made is still there, because what deletes it is not judged; its {names}"
    return ""


def counts(results: Results) -> dict[Status, int]:
    """Return the number of requirements by status, in the order of the reports."""
    return {status: sum(row.status == status for row in results.requirements) for status in _ORDER}


_ORDER = (Status.PASSED, Status.FAILED, Status.DEVIATION, Status.ERROR, Status.NOT_EXERCISED, Status.NOT_APPLICABLE)
