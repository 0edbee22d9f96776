"""Run the contract tests of Specmatic, with generated negative tests. `pip install specmatic` installs a jar."""

import importlib.util
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from peers import openapi_document
from peers.finding import Finding, FirstSeen, Report
from peers.reference_server import NAMESPACE, TOKEN, create_fixture

_TIMEOUT_SECONDS = 180
_OPERATION = re.compile(r"Scenario: ([A-Z]+ \S+)")
_RULE = re.compile(r"\b([A-Z]{1,4}\d{4}): ")
_STATUS = re.compile(r"expected status (\d+) but response contained status (\d+)")
# One combination of optional keys for each operation. More combinations are thousands of tests, which take too long.
_SETTINGS = {"MAX_TEST_REQUEST_COMBINATIONS": "1", "SPECMATIC_GENERATIVE_TESTS": "true", "bearer": TOKEN}


def jar() -> Path | None:
    """Return the path of the program, or None if it or Java is not installed."""
    package = importlib.util.find_spec("specmatic")
    path = Path(package.origin or "").parent / "core" / "specmatic.jar" if package else Path("none")
    return path if path.exists() and shutil.which("java") else None


def version() -> str:
    from importlib.metadata import version as installed

    return f"Specmatic {installed('specmatic')} (Java {_java_version()})"


def _java_version() -> str:
    output = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    return output.partition('"')[2].partition('"')[0] or "of no known version"


def build_command(url: str, folder: Path, _seed: int, _seconds: int) -> list[str]:
    settings = [f"{name}={value}" for name, value in _SETTINGS.items()]
    return ["env", *settings, "java", "-jar", str(jar()), "test", "--lenient", f"--testBaseURL={url}", f"--junitReportDir={folder / 'junit'}",
            str(folder / "openapi.json")]  # fmt: skip


def run(command: list[str], url: str, folder: Path, source: dict[str, Any]) -> Report:
    """Test a server. Specmatic has neither a seed nor a time limit."""
    document = openapi_document.for_server(source, url)
    document = openapi_document.with_fixed_ids(document, create_fixture(url), NAMESPACE)
    (folder / "openapi.json").write_text(json.dumps(document), "utf-8")
    started = time.time()
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        subprocess.run(command, stdout=output, stderr=output, check=False, cwd=folder, timeout=_TIMEOUT_SECONDS)
    seconds = time.time() - started
    path = folder / "junit" / "TEST-junit-jupiter.xml"
    root = ET.parse(path).getroot()
    seconds_of_tests = float(root.get("time", "0"))
    findings, count = parse_junit(root, seconds - seconds_of_tests)
    return Report(findings, count, seconds)


def parse_junit(root: ET.Element, startup_seconds: float) -> tuple[dict[Finding, FirstSeen], int]:
    """Return the findings in a JUnit report, and how many tests there were. Each test is one request."""
    findings: dict[Finding, FirstSeen] = {}
    number, seconds = 0, startup_seconds
    for number, case in enumerate(root.iter("testcase"), 1):
        seconds += float(case.get("time", "0"))
        failure = case.find("failure")
        if failure is not None:
            for check in _checks(f"{failure.get('message') or ''}\n{failure.text or ''}"):
                findings.setdefault(Finding(check, _operation(case)), FirstSeen(number, seconds))
    return findings, number


def _operation(case: ET.Element) -> str:
    match = _OPERATION.search(case.get("name", ""))
    return match[1] if match else case.get("name", "")


def _checks(text: str) -> list[str]:
    """Return what a failed test reports: the wrong status, or else the rules that it names."""
    statuses = [f"status {expected}, not {actual}" for expected, actual in _STATUS.findall(text)]
    return statuses or sorted(set(_RULE.findall(text))) or ["failed"]
