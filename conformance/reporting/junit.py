"""JUnit XML: one test case for each requirement."""

import re
from xml.etree import ElementTree as ET

from conformance.evidence.results import Results, Row, Status, Verdict
from conformance.reporting.messages import counts, summary, verdict_text

# Characters that XML 1.0 does not allow, not even as references (XML 1.0, 2.2).
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(results: Results) -> str:
    """Return the JUnit XML document of a run."""
    suite = _suite(results)
    suite.append(_properties(results))
    for row in results.requirements:
        _add_case(suite, row, strict=results.manifest.strict)
    if results.verdict == Verdict.INCOMPLETE:
        case = ET.SubElement(suite, "testcase", classname="conformance", name="run", time="0")
        ET.SubElement(case, "error", message=_clean(f"incomplete: {results.manifest.incomplete_because}"))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _suite(results: Results) -> ET.Element:
    """Return the suite without its test cases; an incomplete run counts as one more test case with an error."""
    rows, manifest = results.requirements, results.manifest
    number = counts(results)
    failures = sum(row.weighs(strict=manifest.strict) for row in rows)
    incomplete = results.verdict == Verdict.INCOMPLETE
    return ET.Element(
        "testsuite",
        name=_clean(manifest.target.name),
        tests=str(len(rows) + incomplete),
        failures=str(failures),
        errors=str(number[Status.ERROR] + incomplete),
        skipped=str(len(rows) - number[Status.PASSED] - failures - number[Status.ERROR]),
        time=str(results.seconds),
        timestamp=manifest.started,
    )


def _properties(results: Results) -> ET.Element:
    manifest = results.manifest
    properties = ET.Element("properties")
    values = {"seed": manifest.seed, "budget": manifest.budget, "toolkit": manifest.toolkit, "verdict": verdict_text(results)}
    for name, value in values.items():
        ET.SubElement(properties, "property", name=name, value=value)
    return properties


def _add_case(suite: ET.Element, row: Row, *, strict: bool) -> None:
    chapter, _, name = row.id.rpartition(".")
    case = ET.SubElement(suite, "testcase", classname=f"conformance.{chapter}", name=name, time="0")
    if row.weighs(strict=strict):
        text = _clean(summary(row))
        ET.SubElement(case, "failure", message=text.partition("\n")[0], type=row.level).text = text
    elif row.status in (Status.FAILED, Status.DEVIATION):
        ET.SubElement(case, "skipped", message=_clean(f"{row.level} {row.status}: {summary(row)}"))
    elif row.status == Status.ERROR:
        ET.SubElement(case, "error", message=_clean(f"the toolkit failed: {row.reason}"))
    elif row.status != Status.PASSED:
        ET.SubElement(case, "skipped", message=_clean(row.reason or row.status))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
