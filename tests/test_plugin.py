"""The pytest plugin: a row a requirement, and nothing at all where it is not asked for."""

from xml.etree import ElementTree as ET

import pytest
from command import run_pytest, write_app
from recorded import read_results


def test_the_suites_run_and_each_requirement_is_a_row(tmp_path):
    write_app(tmp_path, "good")
    (tmp_path / "test_own.py").write_text("def test_own(): assert False\n")
    done = run_pytest(tmp_path, "--conformance-app=good:app", "--conformance-only=source.*,http.*", "-v", "--junitxml=j.xml", "--html=h.html",
                      "--self-contained-html")  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "conformance::source.type-enum PASSED" in done.stdout
    assert "15 passed" in done.stdout
    cases = [case.get("name") for case in ET.parse(tmp_path / "j.xml").getroot().iter("testcase")]
    assert len(cases) == 15
    assert "source.type-enum" in (tmp_path / "h.html").read_text()


def test_a_violation_fails_its_row_and_the_run(tmp_path):
    write_app(tmp_path, "bad", "type-case-ignored")
    done = run_pytest(tmp_path, "--conformance-app=bad:app", "--conformance-only=source.*", "--conformance-output=out")
    assert done.returncode == 1
    assert "FAILED conformance::source.type-enum" in done.stdout
    assert "1 failed, 4 passed" in done.stdout


def test_workers_bring_their_rows_together(tmp_path):
    write_app(tmp_path, "good")
    done = run_pytest(tmp_path, "--conformance-app=good:app", "--conformance-only=source.*,http.*", "-n", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "15 passed" in done.stdout


@pytest.mark.parametrize("how", ["load", "loadfile", "loadscope", "worksteal"])
def test_every_scenario_is_run_however_workers_share_them(tmp_path, how):
    write_app(tmp_path, "good")
    only = "documents.create.metadata-verbatim,documents.create.accepts-*,collections.create.accepts-*"
    done = run_pytest(
        tmp_path, "--conformance-app=good:app", f"--conformance-only={only}", "--conformance-output=out", "-n", "2", "--dist", how
    )
    assert done.returncode == 0, done.stdout + done.stderr
    results = read_results(tmp_path / "out")
    assert {"core/documents/minimal", "core/documents/edge_catalogue", "core/collections/edge_catalogue"} <= results[
        "scenarios"
    ].keys()


def test_workers_judge_what_probing_has_found_and_leave_nothing(tmp_path):
    write_app(tmp_path, "good")
    done = run_pytest(
        tmp_path, "--conformance-app=good:app", "--conformance-only=collections.get.*", "--conformance-output=out", "-n", "2"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
    assert read_results(tmp_path / "out")["cleaned"]["deleted"] > 0
    assert not (tmp_path / ".hypothesis").exists()


def test_own_tests_run_beside_when_they_are_named(tmp_path):
    write_app(tmp_path, "good")
    (tmp_path / "test_own.py").write_text("def test_own(): pass\n")
    done = run_pytest(tmp_path, "--conformance-app=good:app", "--conformance-only=source.*", "test_own.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 passed" in done.stdout


def test_a_users_own_settings_do_not_hide_the_suites(tmp_path):
    write_app(tmp_path, "good")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\npython_files = check_*.py\npython_functions = check_*\naddopts = --strict-markers\n"
    )
    done = run_pytest(tmp_path, "--conformance-app=good:app", "--conformance-only=source.*")
    assert "5 passed" in done.stdout, done.stdout + done.stderr


def test_a_target_that_is_not_there_ends_the_run_in_one_line(tmp_path):
    done = run_pytest(tmp_path, "--conformance-url=http://127.0.0.1:1")
    assert done.returncode == 3
    assert "cannot reach http://127.0.0.1:1" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_a_mistake_in_an_option_is_pytests_usage_error(tmp_path):
    done = run_pytest(tmp_path, "--conformance-url=ftp://x")
    assert done.returncode == 4
    assert "ERROR: 'ftp://x' is no URL" in done.stderr


def test_an_unused_plugin_imports_nothing_heavy(tmp_path):
    (tmp_path / "test_empty.py").write_text(
        "import sys\n\ndef test_empty():\n    heavy = ('httpx', 'hypothesis', 'pydantic', 'schemathesis', 'yaml', 'jsonschema_rs')\n"
        "    assert not [name for name in heavy if name in sys.modules and name != 'hypothesis']\n"
        "    assert not [name for name in sys.modules if name.startswith('conformance.runner')]\n"
    )
    done = run_pytest(tmp_path, "-p", "no:hypothesispytest", "-p", "no:anyio")
    assert "1 passed" in done.stdout, done.stdout


MARKED = """
import pytest
from good import app

@pytest.fixture
def conformance_target():
    return app

@pytest.mark.conformance("source.*", "json.*")
def test_marked():
    pass

@pytest.mark.conformance("source.*")
class TestClass:
    def test_of_a_class(self, tmp_path, conformance_target):
        assert conformance_target is app

def test_unmarked():
    pass
"""


@pytest.mark.parametrize(("fault", "code"), [(None, 0), ("type-case-ignored", 1)])
def test_a_marked_test_judges_the_projects_own_target(tmp_path, fault, code):
    write_app(tmp_path, "good", *([fault] if fault else []))
    (tmp_path / "test_own.py").write_text(MARKED)
    done = run_pytest(tmp_path, "test_own.py", "-q", "--strict-markers")
    assert done.returncode == code, done.stdout + done.stderr
    assert ("3 passed" if code == 0 else "2 failed, 1 passed") in done.stdout
    assert code == 0 or "failed MUST   source.type-enum" in done.stdout


def test_a_marked_test_without_a_target_is_told_what_to_override(tmp_path):
    (tmp_path / "test_own.py").write_text("import pytest\n@pytest.mark.conformance('source.*')\ndef test_marked(): pass\n")
    done = run_pytest(tmp_path, "test_own.py", "-q")
    assert done.returncode == 1
    assert "override the fixture conformance_target" in done.stdout


def test_the_marker_is_refused_where_nothing_would_be_judged(tmp_path):
    (tmp_path / "test_own.py").write_text(
        "import unittest\nimport pytest\n\nclass TestShop(unittest.TestCase):\n"
        "    @pytest.mark.conformance('source.*')\n    def test_marked(self): pass\n"
    )
    done = run_pytest(tmp_path, "test_own.py", "-q")
    assert done.returncode != 0
    assert "the marker conformance is for test functions, and not for unittest or doctests" in done.stdout + done.stderr


def test_a_marked_test_judges_each_target_that_it_takes_and_a_marker_that_is_added_late(tmp_path):
    write_app(tmp_path, "good")
    write_app(tmp_path, "bad", "type-case-ignored")
    (tmp_path / "conftest.py").write_text(
        "import pytest\nimport bad, good\n\n@pytest.fixture(params=['good', 'bad'])\ndef conformance_target(request):\n"
        "    return {'good': good, 'bad': bad}[request.param].app\n\n"
        "def pytest_collection_modifyitems(items):\n    for item in items:\n"
        "        item.add_marker(pytest.mark.conformance('source.*'))\n"
    )
    (tmp_path / "test_own.py").write_text("def test_each(conformance_target): pass\n")
    done = run_pytest(tmp_path, "test_own.py", "-q")
    assert "1 failed, 1 passed" in done.stdout, done.stdout
