"""What others may import is named, and nothing else is."""

import importlib
import subprocess
import sys

import pytest

PUBLIC = {
    "conformance": ["__version__"],
    "conformance.records": ["Cause", "Example", "Level", "Manifest", "Results", "Row", "Status", "Verdict", "read"],
    "conformance.authoring": [
        "HELD", "JSON_HEADERS", "MISSING", "OUTSIDE", "Answered", "Api", "Basis", "Bodies", "Case", "Checks", "Client", "ConformanceError", "Contract",
        "Credentials", "Decision", "Diagnosis", "Difference", "Effect", "Exchange", "Expect", "Fault", "FirstLook", "History", "Json", "Level", "Limits",
        "Namespace", "NotThisApi", "OpenApiDocument", "Operation", "Outcome", "Paging", "Plan", "Pointer", "Promise", "Recordings", "Reference", "Request",
        "Requirement", "Response", "Run", "Scope", "Sender", "SentinelSteps", "Settings", "Supplies", "Table", "Tags", "TargetError",
        "UsageError", "UserKeys", "Violation", "WantsToken", "When", "ask", "by_chance", "differences", "exercises", "in_parts", "is_passing",
        "read", "same",
    ],
    "conformance.testing": ["assert_conforms", "assert_conforms_async", "judge"],
    "conformance.strategies": [
        "Cases", "Depth", "Examples", "FromVocabulary", "Invalid", "NothingToDraw", "OnlyIf", "Size", "Text", "Weight", "at_least_one",
        "boundaries", "boundary_bodies", "cache_configs", "collections", "documents", "filters", "from_json_schema", "from_model",
        "invalid_bodies", "invalid_collections", "invalid_documents", "own_names", "valid_bodies",
    ],
}  # fmt: skip


@pytest.mark.parametrize("module", PUBLIC)
def test_a_public_module_names_what_it_exports_and_has_it(module):
    loaded = importlib.import_module(module)
    assert loaded.__all__ == PUBLIC[module]
    assert all(hasattr(loaded, name) for name in loaded.__all__)


def test_importing_the_package_loads_nothing_that_is_heavy():
    code = "import sys, conformance; print([name for name in ('pydantic', 'hypothesis', 'pytest', 'schemathesis') if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
