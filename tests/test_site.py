"""The site: built strictly, whole, and quiet: a page asks no other host for anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.contracts.collections.requirements import requirements
from conformance.contracts.collections_2026_01.contract import CONTRACT as LATER

pytest.importorskip("mkdocs", reason="MkDocs is not installed")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "-q", "-d", str(folder)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_every_requirement_has_a_page_with_what_breaks_it(site):
    lacking = [name for name in requirements() if not (site / "requirements" / name / "index.html").exists()]
    assert not lacking
    page = (site / "requirements" / "filters.eval.eq" / "index.html").read_text()
    for words in ("What is free", "A request that shows it", "What breaks it", "true-is-one", "If you deviate"):
        assert words in page


def test_every_requirement_of_the_later_edition_has_a_page_that_says_what_each_edition_makes_of_it(site):
    lacking = [name for name in LATER.api.requirements if not (site / "requirements" / name / "index.html").exists()]
    assert not lacking
    for name, fate in (("source.type-known", "new"), ("source.type-enum", "gone"), ("http.unknown-path", "the same")):
        assert f"collections@2026-01: {fate}" in (site / "requirements" / name / "index.html").read_text(), name
    assert "collections@2026-01" in (site / "requirements" / "index.html").read_text()
    assert 'id="source.type-known"' in (site / "contract-2026-01" / "index.html").read_text()


def test_the_reference_names_what_the_code_has(site):
    words = {
        "command-line": ["--write-deviations", "conformance spec check", "conformance spec diff"],
        "target-file": ["list_delay_seconds", "feature_extractors"],
        "pytest-options": ["conformance_max_time"],
        "results": ["incomplete_because"],
        "python": ["assert_conforms_async", "from_json_schema"],
    }
    for name, named in words.items():
        page = (site / "reference" / name / "index.html").read_text()
        assert not [word for word in named if word not in page], name


def test_no_page_asks_another_host_for_anything(site):
    loads = re.compile(r'<(?:script|img|iframe|link)[^>]+(?:src|href)="(?:https?:)?//(?!127\.0\.0\.1)[^"]+"')
    for page in site.rglob("*.html"):
        found = [tag for tag in loads.findall(page.read_text()) if 'rel="canonical"' not in tag]
        assert not found, page
