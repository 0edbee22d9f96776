"""The API under test, as far as the engine has to know it: a part of each contract."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from conformance.core.errors import ConformanceError
from conformance.core.json_text import Json
from conformance.engine.checks import Checks
from conformance.evidence.exchange import Case
from conformance.evidence.operation import OUTSIDE, Operation
from conformance.evidence.requirements import Requirement
from conformance.schema.components import Components
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.rules import Limits


class PlanningError(ConformanceError):
    """A scenario plans a request as the test of something that is no requirement: it would be judged by nothing."""


def _is_always_known(_operation: Operation, _body: Json, _vocabulary: Any, _made: tuple[str, ...]) -> bool:
    return True


def _is_never_open(_case: Case, _body: Json) -> bool:
    return False


def _no_requirement(_operation: Operation) -> tuple[str, ...]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bodies:
    """What is promised about a request's body, beyond its schema.

    `is_known` tells whether a target with a vocabulary, and ids that were made before, cannot refuse what a body names.
    `accepted_for` names the requirement that a valid body of an operation is the test of, if nothing else is said.
    `is_more_open` tells whether the contract leaves more open about a body than about that of a case: such a body proves less.
    """

    is_known: Callable[[Operation, Json, Any, tuple[str, ...]], bool] = _is_always_known
    accepted_for: Callable[[Operation], tuple[str, ...]] = _no_requirement
    is_more_open: Callable[[Case, Json], bool] = _is_never_open


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Requirements, operations and checks, and how the engine finds its way among what was made.

    `deletions` has for each create the operation that deletes what it made, where that can be left behind. `twins` are requirements that
    compare a request with the one before it, so that both change together; `naming_keys` are members of bodies that name fields of other
    things, and are never shortened. `id_pattern` is what ids look like, where that can be told.

    Another document can be compared with `document` if there are `limits`: what a server must accept at least. A server may refuse a
    user's field with one of `reserved_names`; `optional_profiles` has the profile of each field or parameter that a server without it
    may lack; any operation may answer with one of `common_statuses`. `gone` are requirements of an earlier edition that this one lacks, though
    scenarios of both may name them.
    """

    requirements: Mapping[str, Requirement]
    operations: tuple[Operation, ...]
    document: OpenApiDocument
    checks: Checks
    models: Mapping[str, type[BaseModel]] = field(default_factory=dict)
    bodies: Bodies = Bodies()
    deletions: Mapping[Operation, Operation]
    twins: frozenset[str] = frozenset()
    naming_keys: frozenset[str] = frozenset()
    id_pattern: re.Pattern[str] | None = None
    limits: Limits | None = None
    reserved_names: frozenset[str] = frozenset()
    optional_profiles: Mapping[str, str] = field(default_factory=dict)
    common_statuses: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        components = Components(self.document, self.models)
        known = tuple(
            replace(operation, components=components) if operation.components is None else operation
            for operation in self.operations
        )
        object.__setattr__(self, "operations", known)

    @property
    def by_name(self) -> dict[str, Operation]:
        """The operations by their names, and what is none of them."""
        return {operation.name: operation for operation in (*self.operations, OUTSIDE)}

    @property
    def addresses(self) -> frozenset[tuple[str, str]]:
        """Where something may be served: where operations are, and where the document has them, which a deployment may serve too."""
        return frozenset({*(operation.address for operation in self.operations), *self.document.addresses.values()})

    def is_moved(self, operation: Operation) -> bool:
        """Whether the deployment serves an operation elsewhere than the document has it."""
        return operation.address != self.document.addresses.get(operation.name, operation.address)

    @property
    def may_be_named(self) -> frozenset[str]:
        """The requirements that a scenario may name: this edition's own, and those that it does not have any more."""
        return self.gone.union(self.requirements)

    def known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Return the requirements that a request is planned as the test of, without those that this edition does not have any more.

        Raises:
            PlanningError: one of the names is no requirement's.

        """
        for name in names:
            if name not in self.requirements and name not in self.gone:
                raise PlanningError(f"a request is planned as a test of {name!r}, which is no requirement")
        return tuple(name for name in names if name in self.requirements) if self.gone else names
