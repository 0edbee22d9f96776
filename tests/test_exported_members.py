"""The names that a contract of somebody else's may import do not change by accident."""

from conformance import authoring

AUTHORING = [
    "HELD",
    "JSON_HEADERS",
    "MISSING",
    "OUTSIDE",
    "Api",
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
    "Namespace",
    "OpenApiDocument",
    "Operation",
    "Outcome",
    "Plan",
    "Pointer",
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
    "differences",
    "exercises",
    "is_passing",
    "read",
    "same",
]


def test_the_words_for_authors_of_contracts_are_these():
    assert authoring.__all__ == AUTHORING


def test_every_exported_word_is_there_and_stands_once_in_the_order_of_linters():
    assert all(hasattr(authoring, name) for name in authoring.__all__)
    # Constants, then classes, then functions, each by the alphabet.
    kinds = [(0 if name.isupper() else 1 if name[0].isupper() else 2, name) for name in authoring.__all__]
    assert kinds == sorted(set(kinds))
