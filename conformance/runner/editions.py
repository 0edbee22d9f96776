"""Which edition of its contract a target speaks: by its answers, and by the document that it serves of itself."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from conformance.client.client import Client
from conformance.configuration.settings import ALWAYS, Decision, Settings
from conformance.core import json_text
from conformance.core.errors import ConformanceError, NotThisApi
from conformance.core.path_templates import anonymous
from conformance.engine.contract import Answered, Contract, FirstLook
from conformance.evidence.exchange import Request
from conformance.runner import contracts

DOCUMENT = "/openapi.json"
_MOST_BYTES = 8 * 1024 * 1024
_METHODS = frozenset({"get", "post", "put", "patch", "delete"})
Addresses = frozenset[tuple[str, str]]
Editions = Mapping[str, Contract[Any]]


def looked(name: str, contract: Contract[Any], client: Client, settings: Settings, look: FirstLook, *,
           has_token: bool) -> dict[str, Decision]:  # fmt: skip
    """Return what the target serves by a first look; `name` is what the contract is called on the command line.

    Only a target that does not seem to speak this edition is asked for another one.

    Raises:
        TargetError: nothing answers, or what answers is not this API, or speaks another edition of it.
        UsageError: the target wants a token, or refuses the given one.

    """
    try:
        decisions = look.look(has_token=has_token)
    except NotThisApi:
        _check_edition(name, contract, client, settings)
        raise
    if look.is_doubtful:
        _check_edition(name, contract, client, settings)
    return decisions


def _check_edition(name: str, contract: Contract[Any], client: Client, settings: Settings) -> None:
    """Check that the target speaks no other edition.

    Raises:
        NotThisApi: it does, and does not speak this one.

    """
    others = tuple(other for other in contracts.names(name) if other != name)
    asked = contract.speaks(client) if others and contract.speaks is not None else None
    if asked is None or asked.speaks is not False:
        return
    for other in others:
        answered = _answered(other, client)
        if answered is not None and answered.speaks:
            raise NotThisApi(wrong(settings, other, answered, asked))


def _answered(name: str, client: Client) -> Answered | None:
    try:
        contract = contracts.load(name)
    except ConformanceError:
        return None  # another edition that cannot be loaded is nobody's mistake here
    return None if contract.speaks is None else contract.speaks(client)


def wrong(settings: Settings, spoken: str, answered: Answered, asked: Answered) -> str:
    """Return what to tell whoever asked for an edition that the target does not speak."""
    evidence = f"{answered.words}, and {asked.words}"
    return f"{settings.where} speaks {spoken}: run with --contract {spoken} ({evidence})"


@dataclass(frozen=True, slots=True)
class Recognition:
    """How a target answered to each edition that it was asked for, and which of them its own document describes.

    `unreadable` says why its document could not be read, where it has one.
    """

    answers: Mapping[str, Answered]
    described: tuple[str, ...] = ()
    unreadable: str | None = None

    @property
    def spoken(self) -> tuple[str, ...]:
        """The editions that its answers are those of."""
        return tuple(name for name, answered in self.answers.items() if answered.speaks)

    @property
    def likely(self) -> str | None:
        """The edition that it speaks. Its document decides only where its answers allow several, or do not tell."""
        possible = self.spoken or tuple(name for name, answered in self.answers.items() if answered.speaks is None)
        described = [name for name in self.described if name in possible]
        if len(described) == 1 and len(self.spoken) != 1:
            return described[0]
        return next(iter(self.spoken), None)


def recognized(name: str, contract: Contract[Any], client: Client, settings: Settings) -> Recognition | None:
    """Ask a target for each edition of the contract of that name; None if there is one only, or nothing comes back."""
    others = {other: contracts.load(other) for other in contracts.names(name) if other != name}
    answers: dict[str, Answered] = {}
    for other, edition in {name: contract, **others}.items() if others else ():
        answered = None if edition.speaks is None else edition.speaks(client)
        if answered is None:
            return None
        answers[other] = answered
    if not answers:
        return None
    try:
        described = _described({name: contract, **others}, client, settings)
    except ValueError as error:
        return Recognition(answers, unreadable=str(error))
    return Recognition(answers, described)


def _described(editions: Editions, client: Client, settings: Settings) -> tuple[str, ...]:
    """Return the editions that the target's own document describes: all that is theirs alone and every target must have.

    Raises:
        ValueError: it has a document, which cannot be read.

    """
    sent = client.aside(Request("GET", DOCUMENT))
    if sent.response is None:
        raise ValueError(sent.failure or "no answer")
    if sent.response.status != 200:  # noqa: PLR2004
        return ()
    if len(sent.response.body) > _MOST_BYTES:
        raise ValueError(f"it is larger than {_MOST_BYTES // 2**20} MiB")
    addresses = _addresses(json_text.loads(sent.response.body), urlsplit(settings.url or "").path)
    return tuple(name for name, own in _own(editions).items() if own and own <= addresses)


def _own(editions: Editions) -> dict[str, Addresses]:
    """Return for each edition where it has what every target must have, as far as not all of them have it there."""
    needed = {
        name: frozenset(operation.address for operation in edition.api.operations if operation.profile == ALWAYS)
        for name, edition in editions.items()
    }
    shared = frozenset.intersection(*needed.values())
    return {name: addresses - shared for name, addresses in needed.items()}


def _addresses(document: object, base: str) -> Addresses:
    """Return where a document has operations, by paths below a base.

    Raises:
        ValueError: it is no OpenAPI document.

    """
    paths = document.get("paths") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not isinstance(paths, dict):
        raise ValueError("it is no OpenAPI document")  # noqa: TRY004 - of what a target sends
    prefixes = {"", *_prefixes(document.get("servers"))}
    return frozenset(
        (method.upper(), anonymous((prefix + path).removeprefix(base)))
        for path, item in paths.items()
        for method in (_METHODS.intersection(item) if isinstance(item, dict) else ())
        for prefix in prefixes
    )


def _prefixes(servers: object) -> Iterator[str]:
    for server in servers if isinstance(servers, Sequence) else ():
        url = server.get("url") if isinstance(server, dict) else None
        try:
            yield urlsplit(url).path.rstrip("/") if isinstance(url, str) else ""
        except ValueError:
            continue
