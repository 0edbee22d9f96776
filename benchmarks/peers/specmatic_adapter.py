"""Specmatic (`pip install specmatic`, a jar within it): its contract tests, the generated negative ones too."""

import importlib.util
import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from peers import openapi_document as document
from peers.finding import Finding, Report, Seen
from peers.reference_server import NAMESPACE, TOKEN, made

_LONGEST = 180
_OPERATION = re.compile(r"Scenario: ([A-Z]+ \S+)")
_RULE = re.compile(r"\b([A-Z]{1,4}\d{4}): ")
_STATUS = re.compile(r"expected status (\d+) but response contained status (\d+)")
# One combination of optional keys an operation; more of them are thousands of tests, and none of them is sent twice in a minute.
_SETTINGS = {"MAX_TEST_REQUEST_COMBINATIONS": "1", "SPECMATIC_GENERATIVE_TESTS": "true", "bearer": TOKEN}


def jar() -> Path | None:
    """Return the program, or None if it is not installed."""
    found = importlib.util.find_spec("specmatic")
    path = Path(found.origin or "").parent / "core" / "specmatic.jar" if found else Path("none")
    return path if path.exists() and shutil.which("java") else None


def version() -> str:
    from importlib.metadata import version as installed

    return f"Specmatic {installed('specmatic')} (Java {_java()})"


def _java() -> str:
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    return said.partition('"')[2].partition('"')[0] or "of no known version"


def command(url: str, folder: Path, _seed: int, _seconds: int) -> list[str]:
    settings = [f"{name}={value}" for name, value in _SETTINGS.items()]
    return ["env", *settings, "java", "-jar", str(jar()), "test", "--lenient", f"--testBaseURL={url}", f"--junitReportDir={folder / 'junit'}",
            str(folder / "openapi.json")]  # fmt: skip


def run(line: list[str], url: str, folder: Path, source: dict[str, Any]) -> Report:
    """Test a server; there is neither a seed nor a limit of time to give."""
    made_for_it = document.pinned(document.stated(source, url), made(url), NAMESPACE)
    (folder / "openapi.json").write_text(json.dumps(made_for_it), "utf-8")
    started = time.time()
    with (folder / "output.txt").open("w", encoding="utf-8") as output:
        subprocess.run(line, stdout=output, stderr=output, check=False, cwd=folder,
                       timeout=_LONGEST)  # fmt: skip
    seconds = time.time() - started
    path = folder / "junit" / "TEST-junit-jupiter.xml"
    root = ET.parse(path).getroot()
    testing = float(root.get("time", "0"))
    findings, count = read(root, seconds - testing)
    return Report(findings, count, seconds)


def read(root: ET.Element, before: float) -> tuple[dict[Finding, Seen], int]:
    """Return the failures of a JUnit report, and how many tests, which are requests, there were."""
    findings: dict[Finding, Seen] = {}
    number, seconds = 0, before
    for number, case in enumerate(root.iter("testcase"), 1):
        seconds += float(case.get("time", "0"))
        failure = case.find("failure")
        if failure is not None:
            for check in _checks(f"{failure.get('message') or ''}\n{failure.text or ''}"):
                findings.setdefault(Finding(check, _operation(case)), Seen(number, seconds))
    return findings, number


def _operation(case: ET.Element) -> str:
    found = _OPERATION.search(case.get("name", ""))
    return found[1] if found else case.get("name", "")


def _checks(text: str) -> list[str]:
    """Return the rules that a failed test names; of a wrong status which one, for that is all it says."""
    statuses = [f"status {expected}, not {got}" for expected, got in _STATUS.findall(text)]
    return statuses or sorted(set(_RULE.findall(text))) or ["failed"]
