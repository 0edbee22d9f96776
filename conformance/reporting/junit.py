"""JUnit XML: a test case a requirement."""

import re
from typing import Any
from xml.etree import ElementTree as ET

from conformance.reporting.messages import counts, summary, verdict_told, weighs

# What XML 1.0 cannot hold, not even escaped.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(results: dict[str, Any]) -> str:
    """Return the document of a run's results."""
    rows, manifest = results["requirements"], results["manifest"]
    number = counts(rows)
    failures = sum(weighs(row, strict=manifest["strict"]) for row in rows)
    incomplete = results["verdict"] == "incomplete"
    suite = ET.Element(
        "testsuite",
        name=_clean(manifest["target"]["name"]),
        tests=str(len(rows) + incomplete),
        failures=str(failures),
        errors=str(number["error"] + incomplete),
        skipped=str(len(rows) - number["passed"] - failures - number["error"]),
        time=str(results["seconds"]),
        timestamp=manifest["started"],
    )
    properties = ET.SubElement(suite, "properties")
    for name in ("seed", "budget", "toolkit"):
        ET.SubElement(properties, "property", name=name, value=str(manifest[name]))
    ET.SubElement(properties, "property", name="verdict", value=verdict_told(results))
    for row in rows:
        _case(suite, row, strict=manifest["strict"])
    if incomplete:
        case = ET.SubElement(suite, "testcase", classname="conformance", name="run", time="0")
        ET.SubElement(case, "error", message=_clean(f"incomplete: {manifest['incomplete_because']}"))
    root = ET.Element("testsuites")
    root.append(suite)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(suite: ET.Element, row: dict[str, Any], *, strict: bool) -> None:
    chapter, _, name = row["id"].rpartition(".")
    case = ET.SubElement(suite, "testcase", classname=f"conformance.{chapter}", name=name, time="0")
    if weighs(row, strict=strict):
        text = _clean(summary(row))
        ET.SubElement(case, "failure", message=text.partition("\n")[0], type=row["level"]).text = text
    elif row["status"] in ("failed", "deviation"):
        ET.SubElement(case, "skipped", message=_clean(f"{row['level']} {row['status']}: {summary(row)}"))
    elif row["status"] == "error":
        ET.SubElement(case, "error", message=_clean(f"the toolkit failed: {row['reason']}"))
    elif row["status"] != "passed":
        ET.SubElement(case, "skipped", message=_clean(row["reason"] or row["status"]))


def _clean(text: str) -> str:
    return _NOT_XML.sub("\ufffd", text)
