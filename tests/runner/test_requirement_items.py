"""Each requirement is an item of pytest: chosen, counted, timed and reported as people know it of their own tests."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from command import run_pytest, write_app
from recorded import read_results

DEVIATION = """
[target]
app = "deviating:app"

[[deviations]]
requirement = "source.type-enum"
reason = "older clients send it so"
"""


@pytest.fixture
def project(tmp_path):
    """Return the folder of a project that serves the API: as promised, with a broken MUST, and with a broken SHOULD."""
    write_app(tmp_path, "good")
    write_app(tmp_path, "bad", "type-case-ignored")
    write_app(tmp_path, "weak", "regex-not-supported")
    return tmp_path


def outcomes(done):
    """Return the counts of pytest's last line."""
    last = done.stdout.rstrip().splitlines()[-1]
    return {what: int(count) for count, what in re.findall(r"(\d+) ([a-zA-Z ]+?)(?:,| in )", last)}


def ids(done):
    return [line for line in done.stdout.splitlines() if line.startswith("conformance::")]


def judge(folder, *options, app="good", **more):
    return run_pytest(folder, f"--conformance-app={app}:app", *options, **more)


@pytest.mark.parametrize(("how", "among", "not_among"), [
    (("-k", "type-enum"), "source.type-enum", "source.requires-type"),
    (("-m", "should and chapter_filters.eval"), "filters.eval.regex", "filters.eval.eq"),
    (("-m", "profile_write"), "documents.patch.merges", "filters.eval.eq"),
    (("--deselect", "conformance::source.type-enum"), "source.requires-type", "source.type-enum"),
    (("conformance::filters.eval.*",), "filters.eval.eq", "source.type-enum"),
    (("conformance::filters.eval.eq",), "filters.eval.eq", "filters.eval.ne"),
])  # fmt: skip
def test_requirements_are_chosen_as_tests_are(project, how, among, not_among):
    done = run_pytest(project, "--conformance-url=http://127.0.0.1:1", "--collect-only", "-q", *how)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (f"conformance::{among}" in ids(done), f"conformance::{not_among}" in ids(done)) == (True, False)


def test_only_the_scenarios_that_the_chosen_need_are_run(project):
    done = judge(project, "-k", "source.type-enum", "--conformance-output=out")
    assert done.returncode == 0, done.stdout
    results = read_results(project / "out")
    assert [row["id"] for row in results["requirements"]] == ["source.type-enum"]
    assert results["requests"] < 400


@pytest.mark.parametrize("how", ["--collect-only", "--setup-plan", "--fixtures", "--markers"])
def test_what_judges_nothing_sends_nothing_and_needs_no_target(project, how):
    done = run_pytest(project, "--conformance-app=no.such.module:app", how)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_failure_ends_the_run_if_it_is_to(project):
    whole, first = (judge(project, *more, app="bad").stdout for more in ((), ("-x",)))
    assert "stopping after 1 failures" in first
    requests = [int(re.search(r"([\d,]+) requests in", text)[1].replace(",", "")) for text in (whole, first)]
    assert requests[1] < requests[0] / 2
    assert "conformance::run" not in first


def test_what_failed_last_time_is_chosen_again(project):
    only = "--conformance-only=source.*"
    assert judge(project, only, app="bad", cache=True).returncode == 1
    done = judge(project, only, "--lf", app="bad", cache=True)
    assert outcomes(done) == {"failed": 1, "deselected": 4}
    assert judge(project, only, "--lf", cache=True).returncode == 0


def test_a_failed_should_is_shown_as_what_it_is_and_fails_only_where_it_is_to(project):
    options = ("--conformance-only=filters.eval.*", "-v", "--junitxml=j.xml")
    done = judge(project, *options, app="weak")
    assert done.returncode == 0, done.stdout
    assert "conformance::filters.eval.regex FAILED SHOULD" in done.stdout
    assert outcomes(done)["failed SHOULD"] == 1
    assert "failed SHOULD filters.eval.regex: " in done.stdout
    assert len(ET.parse(project / "j.xml").findall(".//skipped")) == 1
    strict = judge(project, *options, "--conformance-strict", app="weak")
    assert (strict.returncode, outcomes(strict)["failed"]) == (1, 1)


def test_a_declared_deviation_is_shown_as_what_it_is_and_fails_where_it_is_stale(project):
    write_app(project, "deviating", "type-case-ignored")
    (project / "t.toml").write_text(DEVIATION)
    options = ("--conformance-target=t.toml", "--conformance-only=source.*", "--conformance-strict")
    done = run_pytest(project, *options)
    assert (done.returncode, outcomes(done)) == (0, {"deviation": 1, "passed": 4}), done.stdout
    assert "older clients send it so" in done.stdout
    (project / "t.toml").write_text(DEVIATION.replace("deviating", "good"))
    stale = run_pytest(project, *options)
    assert (stale.returncode, outcomes(stale)) == (1, {"failed": 1, "passed": 5})
    assert "declared deviations do not show any more: source.type-enum" in stale.stdout


def test_a_run_that_is_cut_short_passes_nothing(project):
    done = judge(project, "--conformance-max-time=0.2", "--junitxml=j.xml", "-v")
    assert done.returncode == 1
    assert not {"passed"} & outcomes(done).keys()
    assert "the run is incomplete: the time limit is over" in done.stdout
    assert "[101%]" not in done.stdout
    assert [case.get("name") for case in ET.parse(project / "j.xml").iter("testcase") if case.find("failure") is not None] == [
        "run"
    ]


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_each_requirement_has_its_share_of_the_time(project, workers):
    done = judge(project, "--conformance-only=source.*,http.*", "--junitxml=j.xml", *workers)
    assert done.returncode == 0, done.stdout
    times = [float(case.get("time")) for case in ET.parse(project / "j.xml").iter("testcase")]
    assert len(times) == 15
    assert 0 < max(times) < 0.7 * sum(times)


def test_a_failure_has_its_evidence_in_the_reports_of_pytest(project):
    done = judge(project, "--conformance-only=source.*", "--html=h.html", "--self-contained-html", "--junitxml=j.xml", app="bad")
    assert done.returncode == 1
    page = (project / "h.html").read_text()
    assert "<th" in page
    assert "Chapter" in page
    assert "the request was not refused as promised" in page
    failure = ET.parse(project / "j.xml").find(".//failure")
    assert "expected status 400 or 422" in failure.text
    assert "MUST source.type-enum" in done.stdout
    assert "requirement_items.py" not in done.stdout  # no line of the toolkit's code


@pytest.mark.parametrize("workers", [(), ("-n", "2")])
def test_a_project_names_its_target_once_in_its_ini_file(project, workers):
    (project / "test_own.py").write_text("def test_own(): pass\n")
    (project / "pytest.ini").write_text(
        "[pytest]\nconformance_app = good:app\nconformance_only = source.*\nconformance_output = out\n"
    )
    assert outcomes(run_pytest(project, *workers)) == {"passed": 6}
    assert read_results(project / "out")["verdict"] == "conforming"
    assert outcomes(run_pytest(project, "test_own.py", *workers)) == {"passed": 1}
    assert outcomes(run_pytest(project, ".", *workers)) == {"passed": 6}
    assert outcomes(run_pytest(project, "conformance::source.type-enum", *workers)) == {"passed": 1}
    assert outcomes(run_pytest(project, "--conformance-app=bad:app", *workers)) == {"failed": 1, "passed": 4}


def test_an_id_that_is_no_requirement_is_a_usage_error(project):
    done = judge(project, "conformance::source.type-enmu")
    assert done.returncode == 4
    assert "conformance::source.type-enmu: no requirement that is judged has such an id" in done.stderr


OWN = """
import os
import signal

import pytest


def test_kills_its_worker():
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_that_dies_costs_its_test_and_no_verdict(project):
    (project / "test_own.py").write_text(OWN)
    done = judge(project, "-n", "2", "--conformance-only=source.*", "--conformance-output=out", "test_own.py")
    assert done.returncode == 1
    assert outcomes(done) == {"failed": 1, "passed": 5}
    assert read_results(project / "out")["verdict"] == "conforming"


KILLING = """
import os
import signal

from good import app as served


async def app(scope, receive, send):
    if os.environ.get("PYTEST_XDIST_WORKER") == "gw0" and scope["type"] == "http" and scope["path"].endswith("/documents"):
        os.kill(os.getpid(), signal.SIGKILL)
    await served(scope, receive, send)
"""


def test_a_worker_that_dies_while_it_judges_leaves_the_run_incomplete(project):
    (project / "killing.py").write_text(KILLING)
    only = "documents.create.*,collections.create.*"
    done = judge(project, "-n", "2", f"--conformance-only={only}", "--conformance-output=out", app="killing")
    assert done.returncode == 1
    results = read_results(project / "out")
    assert (results["verdict"], "a worker was lost" in results["manifest"]["incomplete_because"]) == ("incomplete", True)
    assert not {"passed"} & outcomes(done).keys()


def test_an_interruption_leaves_a_record(project):
    (project / "interrupting.py").write_text(
        "import os, signal\nfrom good import app as served\n\n"
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'http' and scope['path'].endswith('/documents'):\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    await served(scope, receive, send)\n"
    )
    done = judge(project, "--conformance-output=out", app="interrupting")
    assert done.returncode == 2, done.stdout
    results = json.loads((project / "out" / "results.json").read_text())
    assert results["verdict"] == "incomplete"
    assert results["manifest"]["incomplete_because"].startswith("interrupted")


def test_addopts_are_a_projects_own_settings_and_hide_none_of_its_tests(project):
    (project / "test_own.py").write_text("def test_own(): pass\n")
    (project / "pytest.ini").write_text("[pytest]\naddopts = --conformance-app=good:app --conformance-only=source.* test_own.py\n")
    assert outcomes(run_pytest(project)) == {"passed": 6}


def test_what_an_ini_file_names_is_found_from_every_folder(project):
    (project / "tests").mkdir()
    (project / "tests" / "test_own.py").write_text("def test_own(): pass\n")
    (project / "pytest.ini").write_text("[pytest]\nconformance_app = good:app\nconformance_only = source.*\n")
    assert outcomes(run_pytest(project / "tests", "--import-mode=importlib")) == {"passed": 6}


def test_the_first_failure_with_workers_leaves_the_verdict(project):
    options = ("-n", "2", "-x", "--conformance-only=source.type-enum", "--conformance-output=out")
    assert judge(project, *options, app="bad").returncode != 0
    assert read_results(project / "out")["verdict"] == "not conforming"


def test_a_deviation_fails_nothing_with_runxfail_either(project):
    write_app(project, "deviating", "type-case-ignored")
    (project / "t.toml").write_text(DEVIATION)
    done = run_pytest(project, "--conformance-target=t.toml", "--conformance-only=source.*", "--runxfail")
    assert (done.returncode, outcomes(done)) == (0, {"deviation": 1, "passed": 4}), done.stdout


def test_the_limits_of_a_target_are_for_all_workers_together(project):
    (project / "counting.py").write_text(
        "import os\nfrom good import app as served\n\nasync def app(scope, receive, send):\n"
        "    if scope['type'] == 'http':\n        open('seen', 'a').write('x')\n    await served(scope, receive, send)\n"
    )
    (project / "t.toml").write_text('[target]\napp = "counting:app"\n[limits]\nrequests_per_second = 60\n')
    done = run_pytest(project, "--conformance-target=t.toml", "--conformance-only=source.*", "-n", "2", "--conformance-output=out")
    assert done.returncode == 0, done.stdout
    results = read_results(project / "out")
    assert results["requests"] / results["seconds"] < 70
