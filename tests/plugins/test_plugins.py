"""The usual plugins of pytest beside ours, all at once: each sees requirements, and none changes a verdict.

`tox -e plugins` installs them.
"""

import json
from importlib.util import find_spec

import pytest
from command import run_pytest, write_app

NEEDED = ("allure_pytest", "pytest_jsonreport", "pytest_split", "pytest_randomly", "pytest_rerunfailures", "pytest_timeout", "pytest_cov",
          "pytest_sugar", "pytest_asyncio", "anyio")  # fmt: skip
pytestmark = pytest.mark.skipif(not all(map(find_spec, NEEDED)), reason="the other plugins are not installed: tox -e plugins")

INI = """
[pytest]
addopts = --strict-markers --strict-config -W error
timeout = 2
markers = slow: takes long
conformance_app = {app}:app
conformance_only = source.*,filters.eval.*
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
"""
CONFTEST = """
import pytest

@pytest.fixture(autouse=True)
def reset():
    yield

def pytest_collection_modifyitems(items):
    for item in items:
        if "slow" in item.keywords or "database" in item.fixturenames:
            item.add_marker(pytest.mark.skip(reason="slow"))
"""
OWN = """
import anyio
import pytest

def test_own(): pass

async def test_with_asyncio(): pass

@pytest.mark.anyio
async def test_with_anyio(anyio_backend_name): await anyio.sleep(0)

@pytest.mark.slow
def test_slow(): assert False
"""


@pytest.fixture
def project(tmp_path):
    """Return the folder of a project that has tests of its own, with a broken MUST and a broken SHOULD in what it serves."""
    write_app(tmp_path, "good")
    write_app(tmp_path, "bad", "type-case-ignored")
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_own.py").write_text(OWN)
    return tmp_path


def judged(folder, *options, app="bad"):
    """Run pytest, and return what a report in JSON says: the outcome of each item."""
    (folder / "pytest.ini").write_text(INI.format(app=app))
    done = run_pytest(folder, "--json-report", "--json-report-file=report.json", *options)
    report = json.loads((folder / "report.json").read_text())
    return done, {test["nodeid"]: test["outcome"] for test in report["tests"]}


@pytest.mark.parametrize("options", [
    (), ("-n", "2"), ("--reruns", "1"), ("--cov=good",), ("-p", "no:sugar", "--html=h.html"), ("--noconftest", "-m", "not slow"),
], ids=" ".join)  # fmt: skip
def test_verdicts_are_the_same_beside_every_plugin(project, options):
    done, outcomes = judged(project, *options)
    ours = {name: outcome for name, outcome in outcomes.items() if name.startswith("conformance::")}
    assert done.returncode == 1, done.stdout
    assert [name for name, outcome in ours.items() if outcome != "passed"] == ["conformance::source.type-enum"], done.stdout
    assert len(ours) == 27
    assert all(outcome in {"passed", "skipped"} for name, outcome in outcomes.items() if "test_own" in name)
    assert judged(project, *options, app="good")[0].returncode == 0


def test_allure_sees_requirements_with_their_levels(project):
    judged(project, "--alluredir=allure")
    results = [json.loads(file.read_text()) for file in (project / "allure").glob("*-result.json")]
    ours = {result["fullName"]: result for result in results if result["fullName"].startswith("conformance#")}
    assert len(ours) == 27
    failed = ours["conformance#source.type-enum"]
    assert failed["status"] == "failed"
    assert "the request was not refused as promised" in failed["statusDetails"]["message"]
    assert {"must", "profile_core", "chapter_source"} <= {label["value"] for label in failed["labels"]}


def test_groups_of_items_share_the_requirements(project):
    groups = [judged(project, "-p", "no:randomly", "--splits", "2", "--group", group)[1] for group in ("1", "2")]
    assert not groups[0].keys() & groups[1].keys()
    assert len([name for group in groups for name in group if name.startswith("conformance::")]) == 27
