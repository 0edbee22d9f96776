"""What a package imports to bring a contract of its own; CONTRIBUTING.md walks through one, tests/toy is one."""

from conformance.client.asking import ask, is_passing
from conformance.client.client import Client
from conformance.configuration.settings import Decision, Settings
from conformance.configuration.target_file import Table
from conformance.core.equality import Difference, differences, same
from conformance.core.errors import ConformanceError, NotThisApi, TargetError, UsageError, WantsToken
from conformance.core.json_text import Json
from conformance.core.pointers import MISSING, Pointer
from conformance.core.tags import Tags
from conformance.engine.api import Api, Bodies
from conformance.engine.checks import HELD, Checks, History, Outcome, Scope, When
from conformance.engine.contract import Answered, Contract, Diagnosis, Fault, FirstLook, Reference, Supplies
from conformance.engine.plan import Plan, Sender
from conformance.engine.recordings import Promise, Recordings
from conformance.engine.run import JSON_HEADERS, Run
from conformance.engine.scenario import by_chance, exercises, in_parts
from conformance.engine.sentinel import SentinelSteps
from conformance.evidence.exchange import Case, Credentials, Exchange, Namespace, Request, Response
from conformance.evidence.ledger import Violation
from conformance.evidence.operation import OUTSIDE, Effect, Expect, Operation, Paging, UserKeys
from conformance.evidence.requirements import Basis, Level, Requirement, read
from conformance.schema.openapi import OpenApiDocument
from conformance.schema.rules import Limits

__all__ = [
    "HELD",
    "JSON_HEADERS",
    "MISSING",
    "OUTSIDE",
    "Answered",
    "Api",
    "Basis",
    "Bodies",
    "Case",
    "Checks",
    "Client",
    "ConformanceError",
    "Contract",
    "Credentials",
    "Decision",
    "Diagnosis",
    "Difference",
    "Effect",
    "Exchange",
    "Expect",
    "Fault",
    "FirstLook",
    "History",
    "Json",
    "Level",
    "Limits",
    "Namespace",
    "NotThisApi",
    "OpenApiDocument",
    "Operation",
    "Outcome",
    "Paging",
    "Plan",
    "Pointer",
    "Promise",
    "Recordings",
    "Reference",
    "Request",
    "Requirement",
    "Response",
    "Run",
    "Scope",
    "Sender",
    "SentinelSteps",
    "Settings",
    "Supplies",
    "Table",
    "Tags",
    "TargetError",
    "UsageError",
    "UserKeys",
    "Violation",
    "WantsToken",
    "When",
    "ask",
    "by_chance",
    "differences",
    "exercises",
    "in_parts",
    "is_passing",
    "read",
    "same",
]
