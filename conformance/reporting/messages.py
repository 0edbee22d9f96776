"""A record's parts in words, for every report alike."""

import json
import unicodedata
from typing import Any

from conformance.evidence.redaction import is_said
from conformance.evidence.results import Example, Manifest, RequestRecord, ResponseRecord, Results, Row, Status

_LONGEST = 200
_SHORT = 80
_OTHERS = 2


def visible(text: str) -> str:
    """Return the text with what a terminal would act on, or nobody could see, written out as an escape."""
    return "".join(letter if _is_visible(letter) else letter.encode("unicode_escape").decode() for letter in text)


def _is_visible(letter: str) -> bool:
    return letter == " " or (letter.isprintable() and unicodedata.category(letter) not in ("Cf", "Mn"))


def short(value: Any, longest: int = _LONGEST) -> str:
    """Return a JSON value on one line, cut where it is too long to read."""
    text: str = value if is_said(value) else json.dumps(value, ensure_ascii=False)
    return _cut(visible(text), longest)


def _cut(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text)} characters)"


def pair(expected: Any, actual: Any) -> tuple[str, str]:
    """Return both sides of a difference on one line each; texts that look alike are shown by their code points."""
    if look_alike(expected, actual):
        return _cut(json.dumps(expected)), _cut(json.dumps(actual))
    return short(expected), short(actual)


def look_alike(one: Any, other: Any) -> bool:
    """Whether both are texts, and a reader may take them for the same."""
    both = isinstance(one, str) and isinstance(other, str)
    return both and unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)


def summary(row: Row) -> str:
    """Return what a failed requirement's counterexample shows, in a few lines; one that cannot be told costs no other row."""
    try:
        return _summary(row)
    except Exception as error:  # noqa: BLE001 - a report without this row's words is worth more than no report
        return f"(the toolkit failed to put it into words: {type(error).__name__}: {visible(str(error))})"


def _summary(row: Row) -> str:
    if row.counterexample is None:
        return str(row.reason or row.status)
    lines = [in_full(row.counterexample)]
    lines += [f"  also     {one_line(other)}" for other in row.others[:_OTHERS]]
    if more := len(row.others[_OTHERS:]) + row.more:
        lines.append(f"  also     {more} kinds of violation more, which the report and the record have")
    if row.status == Status.FAILED and row.reason:
        lines.append(f"  note     {visible(row.reason)}")
    return "\n".join(lines)


def one_line(example: Example) -> str:
    """Return what a counterexample shows on one line: what went wrong, where, and by which request."""
    request = example.offender.request
    expected, actual = pair(example.expected, example.actual)
    sent = f"{request.method} {visible(short_path(request.path))} {short_body(request, _SHORT)}".rstrip()
    return f"{_what(example)}: expected {_cut(expected, _SHORT)}, actual {_cut(actual, _SHORT)}, after {sent}"


def _what(example: Example) -> str:
    return visible(example.message) + (f" at {visible(example.at)}" if example.at else "")


def in_full(example: Example) -> str:
    """Return what a counterexample shows, in a few lines."""
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


def flakiness(example: Example) -> str:
    """Return both outcomes of what showed only sometimes when it was repeated, or nothing if it always did."""
    times = example.repetitions
    if not times.not_shown:
        return ""
    other = example.not_shown_by[-1]
    answer = other.response
    instead = f"no answer ({other.failure})" if answer is None else f"{answer.status} {short_body(answer)}".rstrip()
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
    """Return as whom a request was sent, or nothing if it was sent as usual."""
    parts = [_SENDERS.get(request.credentials, ""), "from the other namespace" if request.namespace == "secondary" else ""]
    return ", ".join(part for part in parts if part)


def short_path(path: str) -> str:
    """Return a path, cut where it is too long to read."""
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"


def short_body(message: RequestRecord | ResponseRecord, longest: int = _LONGEST) -> str:
    """Return a recorded body on one line."""
    if message.body_base64 is not None:
        return f"({len(message.body_base64) * 3 // 4} bytes that are not UTF-8)"
    return "" if message.body is None else _cut(visible(message.body), longest)


def spent(results: Results) -> str:
    """Return what a verdict rests on: the requests of a run, or the exchanges of a recording."""
    manifest, recording = results.manifest, results.manifest.recording
    if recording is None:
        sent = f"{results.requests:,} requests in {results.seconds:.1f} s, budget {manifest.budget}, seed {manifest.seed}"
        return sent + (f", resumed {manifest.resumed}×" if manifest.resumed else "")
    skipped = "".join(f"; {count:,} {why}" for why, count in recording.skipped.items())
    partly = "".join(f", {count:,} without {part}" for part, count in recording.partly.items())
    return f"{recording.exchanges:,} exchanges of {recording.file}{partly}{skipped}"


def selection(manifest: Manifest) -> str:
    """Return what was selected for judging, or nothing if all was."""
    parts = [f"only {', '.join(manifest.only)}"] if manifest.only else []
    if set(manifest.contract.profiles) - set(manifest.profiles):
        parts.append(f"profiles {', '.join(manifest.profiles)}")
    return "; ".join(parts)


def causes_told(results: Results) -> str:
    """Return how many causes what failed has, where they are fewer or more than the requirements."""
    failed = {row.id for row in results.requirements if row.status == Status.FAILED}
    causes = [cause for cause in results.causes if failed & set(cause.requirements)]
    if not causes or len(causes) == len(failed):
        return ""
    return f"{len(failed)} failed requirements show {len(causes)} cause{'' if len(causes) == 1 else 's'}"


def shared_causes(results: Results) -> list[str]:
    """Return the causes that several requirements show, each in a sentence."""
    return [
        f"one cause: {visible(cause.title)}; it shows in {', '.join(cause.requirements)}"
        for cause in results.causes
        if len(cause.requirements) > 1
    ]


def verdict_told(results: Results) -> str:
    """Return the verdict with what it leaves out of account: the declared deviations."""
    count = sum(row.status == Status.DEVIATION for row in results.requirements)
    declared = f" with {count} declared deviation{'' if count == 1 else 's'}" if count else ""
    return f"{results.verdict}{declared}"


def not_judged(results: Results) -> str:
    """Return which profiles a run did not judge of what was selected, for the headline; nothing if it judged them all."""
    selected = {row.profile for row in results.requirements}
    capabilities = results.manifest.capabilities
    names = [name for name, capability in capabilities.items() if name in selected and not capability.served]
    return f"without {', '.join(names)}" if names else ""


def notes(results: Results) -> list[str]:
    """Return what a person should know of how a run went, in sentences."""
    incidents, sentences = results.incidents, []
    if waits := incidents.get("waits"):
        sentences.append(
            f"The target asked {waits:,} times to come back later (429 or 503), and the run went on more slowly: "
            "[limits] requests_per_second in a target file says how many requests it takes."
        )
    if taken := incidents.get("names_taken"):
        sentences.append(
            f"{taken:,} names were taken on the target, by an earlier run or by one beside this, and others sent instead."
        )
    if lacking := results.manifest.causes_lacking:
        sentences.append(f"The toolkit failed to tell the causes of what failed: {lacking}")
    if incidents.get("exchanges_lost"):
        sentences.append(
            "The exchanges of the attempts before this one are gone: the record has only the later ones, and what was made "
            f"then may still be there; its names begin with {results.manifest.prefix}"
        )
    return sentences


def left_behind(results: Results) -> str:
    """Return what a run leaves on the target in a sentence, or nothing if it leaves nothing."""
    manifest, left = results.manifest, results.cleaned.get("left")
    if manifest.recording is not None:
        return ""
    named = f"names begin with {manifest.prefix}"
    if manifest.keep:
        return f"What the run made was kept (--keep); its {named}"
    if left:
        return f"{left} collections could not be deleted; their {named}"
    if manifest.resumed:
        return f"What was under way when the run was cut short may still be there; its {named}"
    can_delete = "write" in manifest.capabilities and manifest.capabilities["write"].served
    if not can_delete and manifest.target.url:
        return f"The collections that the run made are still there, for the profile write is not judged; their {named}"
    return ""


def counts(results: Results) -> dict[Status, int]:
    """Return how many requirements have each status, in the order that reports show them."""
    return {status: sum(row.status == status for row in results.requirements) for status in _ORDER}


_ORDER = (Status.PASSED, Status.FAILED, Status.DEVIATION, Status.ERROR, Status.NOT_EXERCISED, Status.NOT_APPLICABLE)
