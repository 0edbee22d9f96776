"""A record's parts in words, for every report alike."""

import json
import unicodedata
from typing import Any

from conformance.contracts.collections.requirements import requirements as registry
from conformance.core import display
from conformance.evidence.redaction import is_said
from conformance.evidence.verdicts import binds

_LONGEST = display.LONGEST
_SHORT = 80
_OTHERS = 2
visible, _cut = display.visible, display.cut


def short(value: Any, longest: int = _LONGEST) -> str:
    """Return a JSON value on one line, cut where it is too long to read."""
    return _cut(visible(value), longest) if is_said(value) else display.short(value, longest)


def pair(expected: Any, actual: Any) -> tuple[str, str]:
    """Return both sides of a difference on one line each; texts that look alike are shown by their code points."""
    if look_alike(expected, actual):
        return _cut(json.dumps(expected)), _cut(json.dumps(actual))
    return short(expected), short(actual)


def look_alike(one: Any, other: Any) -> bool:
    """Whether both are texts, and a reader may take them for the same."""
    both = isinstance(one, str) and isinstance(other, str)
    return both and unicodedata.normalize("NFKC", one) == unicodedata.normalize("NFKC", other)


def summary(row: dict[str, Any]) -> str:
    """Return what a failed requirement's counterexample shows, in a few lines; one that cannot be told costs no other row."""
    try:
        return _summary(row)
    except Exception as error:  # noqa: BLE001 - a report without this row's words is worth more than no report
        return f"(the toolkit failed to put it into words: {type(error).__name__}: {visible(str(error))})"


def _summary(row: dict[str, Any]) -> str:
    found = row["counterexample"]
    if found is None:
        return str(row["reason"] or row["status"])
    lines = [shown(found)]
    others = row.get("others", ())
    lines += [f"  also     {told(other)}" for other in others[:_OTHERS]]
    if more := len(others[_OTHERS:]) + row.get("more", 0):
        lines.append(f"  also     {more} kinds of violation more, which the report and the record have")
    if row["status"] == "failed" and row["reason"]:
        lines.append(f"  note     {visible(row['reason'])}")
    return "\n".join(lines)


def told(found: dict[str, Any]) -> str:
    """Return what a counterexample shows on one line: what went wrong, where, and by which request."""
    last = found["exchanges"][-1]["request"]
    expected, actual = pair(found["expected"], found["actual"])
    where = f" at {visible(found['at'])}" if found["at"] else ""
    sent = f"{last['method']} {visible(short_path(last['path']))} {short_body(last, _SHORT)}".rstrip()
    return f"{visible(found['message'])}{where}: expected {_cut(expected, _SHORT)}, actual {_cut(actual, _SHORT)}, after {sent}"


def shown(found: dict[str, Any]) -> str:
    """Return what a counterexample shows, in a few lines."""
    last = found["exchanges"][-1]
    where = f" at {visible(found['at'])}" if found["at"] else ""
    expected, actual = pair(found["expected"], found["actual"])
    lines = [
        f"{visible(found['message'])}{where}",
        f"  expected {expected}",
        f"  actual   {actual}",
        f"  after    {last['request']['method']} {visible(short_path(last['request']['path']))} {short_body(last['request'])}".rstrip(),
    ]
    if who := sender(last["request"]):
        lines.append(f"  sent     {who}")
    if flaky := flakiness(found):
        lines.append(f"  flaky    {flaky}")
    return "\n".join(lines)


def flakiness(found: dict[str, Any]) -> str:
    """Return both outcomes of what showed only sometimes when it was repeated, or nothing if it always did."""
    shown, hidden = found["repetitions"]["shown"], found["repetitions"]["not_shown"]
    if not hidden:
        return ""
    held = found["not_shown_by"][-1]
    answer = held["response"]
    instead = f"no answer ({held['failure']})" if answer is None else f"{answer['status']} {short_body(answer)}".rstrip()
    return f"{shown} of {shown + hidden} repetitions showed it; where not, the answer was {visible(instead)}"


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


def sender(request: dict[str, Any]) -> str:
    """Return as whom a request was sent, or nothing if it was sent as usual."""
    parts = [_SENDERS.get(request.get("credentials", "own"), "")]
    parts.append("from the other namespace" if request.get("namespace") == "secondary" else "")
    return ", ".join(part for part in parts if part)


def short_path(path: str) -> str:
    """Return a path, cut where it is too long to read."""
    return path if len(path) <= _LONGEST else f"{path[:_LONGEST]}…"


def short_body(message: dict[str, Any], longest: int = _LONGEST) -> str:
    """Return a recorded body on one line."""
    body = message.get("body")
    if body is None:
        return f"({len(message['body_base64']) * 3 // 4} bytes that are not UTF-8)" if "body_base64" in message else ""
    return _cut(visible(body), longest)


def spent(results: dict[str, Any]) -> str:
    """Return what a verdict rests on: the requests of a run, or the exchanges of a recording."""
    manifest = results["manifest"]
    recording = manifest.get("recording")
    if recording is None:
        told = (
            f"{results['requests']:,} requests in {results['seconds']:.1f} s, budget {manifest['budget']}, seed {manifest['seed']}"
        )
        return told + (f", resumed {manifest['resumed']}×" if manifest["resumed"] else "")
    skipped = "".join(f"; {count:,} {why}" for why, count in recording["skipped"].items())
    partly = "".join(f", {count:,} without {part}" for part, count in recording.get("partly", {}).items())
    return f"{recording['exchanges']:,} exchanges of {recording['file']}{partly}{skipped}"


def selection(manifest: dict[str, Any]) -> str:
    """Return what was selected for judging, or nothing if all was."""
    parts = [f"only {', '.join(manifest['only'])}"] if manifest["only"] else []
    parts += (
        [f"profiles {', '.join(manifest['profiles'])}"]
        if {one.profile for one in registry().values()} - set(manifest["profiles"])
        else []
    )
    return "; ".join(parts)


def causes_told(results: dict[str, Any]) -> str:
    """Return how many causes what failed has, where they are fewer or more than the requirements; records of format 1 have none."""
    failed = {row["id"] for row in results["requirements"] if row["status"] == "failed"}
    causes = [one for one in results.get("causes", ()) if failed & set(one["requirements"])]
    if not causes or len(causes) == len(failed):
        return ""
    return f"{len(failed)} failed requirements show {len(causes)} cause{'' if len(causes) == 1 else 's'}"


def shared_causes(results: dict[str, Any]) -> list[str]:
    """Return the causes that several requirements show, each in a sentence."""
    return [
        f"one cause: {visible(one['title'])}; it shows in {', '.join(one['requirements'])}"
        for one in results.get("causes", ())
        if len(one["requirements"]) > 1
    ]


def verdict_told(results: dict[str, Any]) -> str:
    """Return the verdict with what it leaves out of account: the declared deviations."""
    count = sum(row["status"] == "deviation" for row in results["requirements"])
    declared = f" with {count} declared deviation{'' if count == 1 else 's'}" if count else ""
    return f"{results['verdict']}{declared}"


def not_judged(results: dict[str, Any]) -> str:
    """Return which profiles a run did not judge of what was selected, for the headline; nothing if it judged them all."""
    selected = {row["profile"] for row in results["requirements"]}
    names = [name for name, found in results["manifest"]["capabilities"].items() if name in selected and not found["served"]]
    return f"without {', '.join(names)}" if names else ""


def notes(results: dict[str, Any]) -> list[str]:
    """Return what a person should know of how a run went, in sentences: records of older formats have none."""
    incidents = results.get("incidents", {})
    told = []
    if waits := incidents.get("waits"):
        told.append(
            f"The target asked {waits:,} times to come back later (429 or 503), and the run went on more slowly: "
            "[limits] requests_per_second in a target file says how many requests it takes."
        )
    if taken := incidents.get("names_taken"):
        told.append(f"{taken:,} names were taken on the target, by an earlier run or by one beside this, and others sent instead.")
    if lacking := results["manifest"].get("causes_lacking"):
        told.append(f"The toolkit failed to tell the causes of what failed: {lacking}")
    if incidents.get("exchanges_lost"):
        told.append("The exchanges of the attempts before this one are gone: the record has only the later ones, and what was made "
                    f"then may still be there; its names begin with {results['manifest']['prefix']}")  # fmt: skip
    return told


def left_behind(results: dict[str, Any]) -> str:
    """Return what a run leaves on the target in a sentence, or nothing if it leaves nothing."""
    manifest, cleaned = results["manifest"], results["cleaned"]
    if "recording" in manifest:
        return ""
    named = f"names begin with {manifest['prefix']}"
    if manifest["keep"]:
        return f"What the run made was kept (--keep); its {named}"
    if cleaned.get("left"):
        return f"{cleaned['left']} collections could not be deleted; their {named}"
    if manifest["resumed"]:
        return f"What was under way when the run was cut short may still be there; its {named}"
    can_delete = "write" in manifest["capabilities"] and manifest["capabilities"]["write"]["served"]
    if not can_delete and manifest["target"]["url"]:
        return f"The collections that the run made are still there, for the profile write is not judged; their {named}"
    return ""


def counts(requirements: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many requirements have each status, in the order that reports show them."""
    order = ("passed", "failed", "deviation", "error", "not-exercised", "not-applicable")
    return {status: sum(row["status"] == status for row in requirements) for status in order}


def weighs(row: dict[str, Any], *, strict: bool) -> bool:
    """Whether a failed row makes the run not conforming."""
    return binds(row["status"], row["level"], strict=strict)
