"""Results: all that is known of a run after its verdict, as frozen values; every report is made from these alone.

`results_file` writes and reads them, and `specs/results.schema.json` describes what it writes. What came of a target is redacted
before it gets here (`record`).
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from conformance.core.typed_json import LEFT_OUT
from conformance.evidence.requirements import Level as Level  # noqa: PLC0414 - a part of what results say, for those who read them
from conformance.evidence.shard import Shard


class Status(StrEnum):
    """The verdict on one requirement."""

    PASSED = "passed"
    FAILED = "failed"
    DEVIATION = "deviation"
    NOT_APPLICABLE = "not-applicable"
    NOT_EXERCISED = "not-exercised"
    ERROR = "error"


class Verdict(StrEnum):
    """The verdict on a run."""

    CONFORMING = "conforming"
    NOT_CONFORMING = "not conforming"
    INCOMPLETE = "incomplete"


HeaderRecords = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """What was sent; a body that is not UTF-8 is in base64. The client writes the headers of `credentials` and `namespace`."""

    method: str
    path: str
    headers: HeaderRecords
    credentials: str = "own"
    namespace: str = "primary"
    body: str | None = None
    body_base64: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True)
class ResponseRecord:
    """What came back, within `seconds`; of a body that was cut, `truncated` is the whole size and `sha256` the whole digest."""

    status: int
    headers: HeaderRecords
    seconds: float
    body: str | None = None
    body_base64: str | None = field(default=None, metadata=LEFT_OUT)
    truncated: int | None = field(default=None, metadata=LEFT_OUT)
    sha256: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Made:
    """What an exchange made: its id, and the key under which the answer told it."""

    key: str
    id: str


@dataclass(frozen=True, slots=True)
class NextPage:
    """Where a list goes on: the value that the answer told at a place, for the query parameter of the next request."""

    parameter: str
    at: str
    value: str


@dataclass(frozen=True, slots=True)
class ExchangeRecord:
    """One request, what it was for, and what came of it.

    `context` holds the numbers of the exchanges that it builds on; those that were sent at once share the number `together`.
    `beside` is how many others of the run were under way when it was sent.
    """

    n: int
    scenario: str
    operation: str
    expect: str
    about: tuple[str, ...]
    at: str | None
    context: tuple[int, ...]
    sent_at: float
    together: int | None
    request: RequestRecord
    response: ResponseRecord | None
    failure: str | None
    made: Made | None = field(default=None, metadata=LEFT_OUT)
    next_page: NextPage | None = field(default=None, metadata=LEFT_OUT)
    beside: int | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Repetitions:
    """How often a counterexample was repeated: how many times the violation showed again, and how many times it did not."""

    shown: int = 0
    not_shown: int = 0


@dataclass(frozen=True, slots=True)
class Example:
    """A counterexample as a record holds it: what was violated, and the exchanges that prove it, the offender last.

    `fingerprint` tells its kind of violation from others; `origin` is the number of the exchange that showed it first. `level` is
    set where this way of breaking the requirement weighs less. `not_shown_by` are the exchanges of a repetition that did not show it.
    `told` says in the words of the contract what happened to which values. `printed` is what the server printed meanwhile, where the
    run could see it. A row's further kinds of violation have the offender alone, long texts cut: `exchanges.jsonl.gz` has it whole, and
    what it builds on, by its `context`.
    """

    fingerprint: str | None
    origin: int
    message: str
    expected: Any
    actual: Any
    at: str | None
    level: Level | None
    reproduced: bool | None
    repetitions: Repetitions
    not_shown_by: tuple[ExchangeRecord, ...]
    exchanges: tuple[ExchangeRecord, ...]
    printed: tuple[str, ...] | None = field(default=None, metadata=LEFT_OUT)
    told: str | None = field(default=None, metadata=LEFT_OUT)

    @property
    def offender(self) -> ExchangeRecord:
        """The exchange that breaks the requirement."""
        return self.exchanges[-1]


@dataclass(frozen=True, slots=True)
class Declared:
    """The deviation that a target file declares of a requirement; `since` and `expires` are dates (RFC 3339, full-date)."""

    reason: str
    since: str | None
    expires: str | None
    issue: str | None


@dataclass(frozen=True, slots=True)
class Row:
    """The verdict on one requirement, beside what the contract says of it.

    `reason` says why it was not tested, what crashed, which declared deviation covers it or no longer does. It is `flaky` if a
    repetition of its counterexample did not show the violation. `others` are counterexamples of other kinds of violation, and `more`
    is how many kinds were seen beyond those. `level` is lower than the `stated_level` where what was seen weighs less. What is not
    `tested` has no check in this version.
    """

    id: str
    level: Level
    profile: str
    status: Status
    checks: int = 0
    violations: int = 0
    reason: str | None = None
    flaky: bool = False
    counterexample: Example | None = None
    others: tuple[Example, ...] = ()
    more: int = 0
    declared: Declared | None = field(default=None, metadata=LEFT_OUT)
    text: str = field(kw_only=True)
    source: tuple[str, ...] = field(kw_only=True)
    subject: str = field(kw_only=True)
    stated_level: Level = field(kw_only=True)
    tested: bool = field(kw_only=True)

    @property
    def chapter(self) -> str:
        """The contract's chapter: the id without its last part."""
        return self.id.rpartition(".")[0]

    @property
    def examples(self) -> tuple[Example, ...]:
        """The counterexamples of all kinds of violation; the first is the one that says most."""
        return () if self.counterexample is None else (self.counterexample, *self.others)

    def weighs(self, *, strict: bool) -> bool:
        """Whether it makes its run not conforming: a failed MUST, and if strict a failed SHOULD."""
        return self.status is Status.FAILED and (self.level is Level.MUST or (strict and self.level is Level.SHOULD))


@dataclass(frozen=True, slots=True)
class ShownBy:
    """A violation: the requirement's id, and which of its row's examples it is."""

    requirement: str
    example: int


@dataclass(frozen=True, slots=True)
class Cause:
    """One misbehaviour: what it is, how much it weighs, and the requirements that show it, the one that shows it best first."""

    title: str
    level: Level
    requirements: tuple[str, ...]
    shown_by: tuple[ShownBy, ...]


@dataclass(frozen=True, slots=True)
class Target:
    """What was judged; where both `url` and `app` are None, the embedded reference implementation.

    `command` is the shell command that started it at the URL, for the run alone.
    """

    name: str
    url: str | None
    app: str | None
    command: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Contract:
    """By which contract: its name, its title for people, its profiles, and what the letters of its sources stand for.

    `text` is the name of the page beside the record that has it in words, with an anchor for each requirement.
    """

    name: str
    title: str
    profiles: tuple[str, ...]
    sources: dict[str, str]
    text: str | None = field(default=None, metadata=LEFT_OUT)


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether the target has a profile, and how that was found out; `is_open` if it could not be."""

    served: bool
    why: str
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Recording:
    """The traffic that was judged in place of a target: its exchanges, how many lacked a part, and how many were left out, and why."""

    file: str
    exchanges: int
    partly: dict[str, int]
    skipped: dict[str, int]
    record: str


@dataclass(frozen=True, slots=True)
class Excused:
    """A declared deviation as a target file has it: an id or a glob of requirements, and the kinds of violation that it is limited to.

    `since` and `expires` are dates (RFC 3339, full-date); what is `flaky` may fail now and then.
    """

    requirement: str
    reason: str
    issue: str | None
    since: str | None
    expires: str | None
    fingerprints: tuple[str, ...]
    flaky: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Which shard of a run a record is of, and what whoever joins the shards has to know beside.

    `ended` says why the shard was cut short, and is None if it was not; `excused` are the declared deviations.
    """

    shard: Shard
    ended: str | None
    excused: tuple[Excused, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a run was made: what it takes to repeat it, or to compare it with another one."""

    toolkit: str
    started: str
    seed: str
    prefix: str
    budget: str
    profiles: tuple[str, ...]
    only: tuple[str, ...]
    strict: bool
    contract: Contract
    target: Target
    token_env: str | None
    namespaces: tuple[str, str] | None
    namespace_header: str | None
    capabilities: dict[str, Capability]
    keep: bool
    resumed: int
    vocabulary: dict[str, Any]
    digests: dict[str, str]
    python: str
    platform: str
    libraries: dict[str, str]
    supplies: tuple[str, ...]
    incomplete_because: str | None
    stale_deviations: tuple[str, ...]
    causes_lacking: str | None
    recording: Recording | None = field(default=None, metadata=LEFT_OUT)
    # Headers that a gateway wants, each with the environment variable that holds its value.
    headers: dict[str, str] | None = field(default=None, metadata=LEFT_OUT)
    # Where the token stands, if not in Authorization after Bearer: the header, and the scheme, which may be empty.
    token_place: tuple[str, str] | None = field(default=None, metadata=LEFT_OUT)
    # Of a shard's record: which part it is.
    part: Part | None = field(default=None, metadata=LEFT_OUT)
    # Of a joined record: from how many shards.
    shards: int | None = field(default=None, metadata=LEFT_OUT)
    # Where examples that failed are kept: a folder, a URL, or the environment variable that holds one.
    examples: str | None = field(default=None, metadata=LEFT_OUT)
    # Operations that the target serves elsewhere than the contract says: METHOD and path, by name.
    routes: dict[str, str] | None = field(default=None, metadata=LEFT_OUT)

    @property
    def token_header(self) -> str:
        """The header that the token is sent in."""
        return "Authorization" if self.token_place is None else self.token_place[0]

    @property
    def token_scheme(self) -> str:
        """The scheme before the token, or an empty string."""
        return "Bearer" if self.token_place is None else self.token_place[1]


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a number of cases were what they were meant to be."""

    hits: int
    cases: int


@dataclass(frozen=True, slots=True)
class Exploration:
    """What a long run saw in the `rounds` after its scenarios, in so many judged `requests`.

    `kinds` of answers were seen in all, and `new_kinds` in the rounds alone; the last of them was new after `last_new` requests of the rounds,
    `seconds_since_new` before the end. `unseen_at_least` is an estimate of how many kinds are left, `chance_of_new` of how likely the next
    request shows one: both of answers to what is drawn, and not of faults (`evidence.answer_kinds` has the sources).
    """

    rounds: int
    requests: int
    kinds: int
    new_kinds: int
    last_new: int
    seconds_since_new: float
    unseen_at_least: float
    chance_of_new: float


@dataclass(frozen=True, slots=True)
class Usage:
    """What a run saw of one operation: how often each status came back ("none": no answer), and how long answers took.

    `latencies` counts answers by the least power of two, in milliseconds, that they did not take longer than.
    """

    statuses: dict[str, int]
    latencies: dict[str, int]

    def merged(self, other: "Usage") -> "Usage":
        """Return both counts added."""
        statuses, latencies = Counter(self.statuses) + Counter(other.statuses), Counter(self.latencies) + Counter(other.latencies)
        return Usage(dict(statuses), dict(latencies))


@dataclass(frozen=True, slots=True)
class Results:
    """The record of a run but for its exchanges."""

    verdict: Verdict
    manifest: Manifest
    requirements: tuple[Row, ...]
    causes: tuple[Cause, ...]
    requests: int
    seconds: float
    scenarios: dict[str, int]
    operations: dict[str, Usage]
    shares: dict[str, Share]
    cleaned: dict[str, int]
    incidents: dict[str, int]
    exploration: Exploration | None = field(default=None, metadata=LEFT_OUT)

    def row(self, requirement: str) -> Row | None:
        """Return the verdict on one requirement, if it was to be judged."""
        return next((row for row in self.requirements if row.id == requirement), None)

    @property
    def waits_for_others(self) -> bool:
        """Whether it is incomplete for the one reason that it is a shard: all of it was judged, and the others decide too."""
        part = self.manifest.part
        has_crashed = any(row.status is Status.ERROR for row in self.requirements)
        return part is not None and part.ended is None and self.verdict is Verdict.INCOMPLETE and not has_crashed

    def incomplete(self, because: str) -> "Results":
        """Return the results of a run that is incomplete, for a reason that showed only after its verdict."""
        return replace(self, verdict=Verdict.INCOMPLETE, manifest=replace(self.manifest, incomplete_because=because))
