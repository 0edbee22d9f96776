"""Chapter cache-config."""

from collections.abc import Callable
from typing import Any

from conformance.contracts.collections.checks.expectations import refuses
from conformance.contracts.collections.checks.round_trip import dict_or_empty, items, judge_differences, returned
from conformance.contracts.collections.models.cache import CacheConfig, InvalidationEvent, RetrieverCacheConfig, default
from conformance.contracts.collections.operations import Operations
from conformance.core import equality
from conformance.core.equality import Difference, Kind
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING
from conformance.engine.checks import HELD, Checks, Outcome, When
from conformance.evidence.exchange import Exchange
from conformance.evidence.ledger import Violation

CHECKS = Checks()

_CREATE = Operations.CREATE_COLLECTION
_EVENTS, _RETRIEVERS = ("cache_config", "invalidation_events"), ("cache_config", "retriever_configs")

refuses(
    CHECKS,
    "cache-config.strategy-enum",
    "cache-config.recompute-enum",
    "cache-config.event-requires-collection",
    "cache-config.event-requires-action",
    "cache-config.rejects-negative-ttl",
    "cache-config.rejects-zero-max-entries",
)


def _given_config(exchange: Exchange) -> dict[str, Any] | None:
    config = exchange.case.body.get("cache_config")
    return config if isinstance(config, dict) else None


def _answered(exchange: Exchange) -> dict[str, Any]:
    return dict_or_empty(exchange.made.get("cache_config"))


def _is_default(requirement: str, field: str) -> None:
    expected = default(CacheConfig, field)

    def judged(exchange: Exchange) -> Outcome:
        given = _given_config(exchange)
        if given is None or field in given:
            return None
        answered = _answered(exchange).get(field)
        same = answered is not None and equality.same(expected, answered)
        return HELD if same else Violation("the default was not applied", expected, answered, ("cache_config", field))

    CHECKS.check(requirement, _CREATE, when=When.ECHOED)(judged)


_is_default("cache-config.default-enabled", "enabled")
_is_default("cache-config.default-ttl", "ttl_seconds")
_is_default("cache-config.default-strategy", "invalidation_strategy")
_is_default("cache-config.default-max-entries", "max_entries_per_key")


@CHECKS.check("cache-config.default-recompute", _CREATE, when=When.ECHOED)
def default_recompute(exchange: Exchange) -> Outcome:
    """An event that gives no recompute strategy gets "background"."""
    expected = default(InvalidationEvent, "recompute_strategy")
    given, answered = (
        items((config or {}).get("invalidation_events")) for config in (_given_config(exchange), _answered(exchange))
    )
    silent = [index for index, event in enumerate(given) if "recompute_strategy" not in event]
    if not silent or len(answered) != len(given):
        return None
    strategies = [
        (index, dict_or_empty(answered[index]).get("recompute_strategy"))
        for index in silent
        if _covers(given[index], answered[index])
    ]
    wrong = next(((index, value) for index, value in strategies if value != expected), None)
    if wrong is None:
        return HELD if strategies else None
    return Violation("the default was not applied", expected, wrong[1], (*_EVENTS, wrong[0], "recompute_strategy"))


@CHECKS.check("cache-config.default-retriever-enabled", _CREATE, when=When.ECHOED)
def default_retriever_enabled(exchange: Exchange) -> Outcome:
    """A retriever config that does not give `enabled` is enabled."""
    expected = default(RetrieverCacheConfig, "enabled")
    given, answered = (
        dict_or_empty((config or {}).get("retriever_configs")) for config in (_given_config(exchange), _answered(exchange))
    )
    flags = [
        (name, dict_or_empty(answered[name]).get("enabled")) for name in given if "enabled" not in given[name] and name in answered
    ]
    wrong = next(((name, value) for name, value in flags if value is not expected), None)
    if wrong is None:
        return HELD if flags else None
    return Violation("the default was not applied", expected, wrong[1], (*_RETRIEVERS, wrong[0], "enabled"))


def _moved(exchange: Exchange, field: str, read_items: Callable[[Any], list[Json]]) -> bool:
    """Whether all given items are in the answer; only their places may differ."""
    given, answered = (read_items((config or {}).get(field)) for config in (_given_config(exchange), _answered(exchange)))
    remaining = list(answered)
    for item in given:
        match = next((index for index, answered_item in enumerate(remaining) if _covers(item, answered_item)), None)
        if match is None:
            return False
        remaining.pop(match)
    return True


def _covers(sent: Json, answered: Json) -> bool:
    shown, given = dict_or_empty(answered), dict_or_empty(sent)
    return all(key in shown and equality.same(value, shown[key]) for key, value in given.items() if value is not None)


def _settings(value: Any) -> list[Json]:
    return list(dict_or_empty(value).values())


def _changed(exchange: Exchange, place: tuple[str, ...]) -> list[Difference]:
    differences = returned(exchange).get("cache_config", ())
    return [difference for difference in differences if difference.kind is not Kind.FILLED and difference.at[: len(place)] == place]


def _leaked(exchange: Exchange) -> Outcome:
    """Judge events and retrievers that were not given. All other missing fields have defaults, and are judged there."""
    given = exchange.case.body.get("cache_config") or {}
    leaked = next(((name, _answered(exchange)[name]) for name in ("invalidation_events", "retriever_configs")
                  if name not in given and _answered(exchange).get(name)), None)  # fmt: skip
    return None if leaked is None else Violation("what was not sent came back", MISSING, leaked[1], ("cache_config", leaked[0]))


@CHECKS.check("cache-config.echoes", _CREATE, when=When.ECHOED)
def echoes(exchange: Exchange) -> Outcome:
    """Every given value comes back. Items that only moved are judged by the two checks below."""
    if (leaked := _leaked(exchange)) is not None:
        return leaked
    if not _given_config(exchange):
        return None
    events_moved = _moved(exchange, "invalidation_events", items)
    retrievers_moved = _moved(exchange, "retriever_configs", _settings)
    return judge_differences(
        difference
        for difference in _changed(exchange, ("cache_config",))
        if not (events_moved and difference.at[:2] == _EVENTS) and not (retrievers_moved and difference.at[:2] == _RETRIEVERS)
    )


@CHECKS.check("cache-config.events-in-order", _CREATE, when=When.ECHOED)
def events_in_order(exchange: Exchange) -> Outcome:
    """Events come back in the given order; nothing else is judged here."""
    events = items((_given_config(exchange) or {}).get("invalidation_events"))
    if len(events) < 2:  # noqa: PLR2004
        return None
    return judge_differences(_changed(exchange, _EVENTS)) if _moved(exchange, "invalidation_events", items) else None


@CHECKS.check("cache-config.retrievers-by-key", _CREATE, when=When.ECHOED)
def retrievers_by_key(exchange: Exchange) -> Outcome:
    """Each retriever's settings come back under the retriever's own key."""
    given, answered = (
        dict_or_empty((config or {}).get("retriever_configs")) for config in (_given_config(exchange), _answered(exchange))
    )
    if not given:
        return None
    if given.keys() != answered.keys():
        return Violation("the retrievers are not those given", sorted(given), sorted(answered), _RETRIEVERS)
    return judge_differences(_changed(exchange, _RETRIEVERS) if _moved(exchange, "retriever_configs", _settings) else [])
