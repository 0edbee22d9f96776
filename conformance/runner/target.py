"""The target of a run, opened as its settings and its contract say."""

from contextlib import AbstractContextManager
from typing import Any

from conformance.client.client import Client
from conformance.client.connect import Embedded, Secrets, connect
from conformance.configuration.settings import Settings
from conformance.engine.contract import Contract


def open_target(
    settings: Settings, contract: Contract[Any], secrets: Secrets, until: float | None = None, given: Any = None
) -> AbstractContextManager[Client]:
    """Return a client of the target; `until` is the `timing.monotonic()` beyond which it waits for nothing.

    `given` is the target itself, if somebody has it in Python.
    """
    return connect(settings, secrets, _embedded(contract), contract.signs_of_life, contract.namespace_header, until, given)


def _embedded(contract: Contract[Any]) -> Embedded | None:
    reference = contract.reference
    return None if reference is None else lambda token: reference.start(token=token)
