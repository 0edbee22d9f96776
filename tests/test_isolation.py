"""A run and the user's own pytest do not reach into each other."""

import re

import pytest
from command import conformance, run_pytest, write_app
from recorded import read_exchanges

MEDDLING = """
import json
import re

import pytest

def pytest_configure(config):
    open("loaded", "w").close()

@pytest.fixture(autouse=True)
def reset():
    open("reset", "a").write("x")
    yield

@pytest.fixture(autouse=True, scope="session")
def broken():
    raise RuntimeError("meant for the user's own tests")

def pytest_runtest_setup(item):
    open("setup", "a").write(item.name)
"""
RUN = ("--seed", "4", "--only", "source.*", "--output", "out")


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_command_line_sees_no_conftest_and_no_settings_of_the_folder_it_is_started_in(tmp_path, workers):
    (tmp_path / "conftest.py").write_text(MEDDLING)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option -k nothing\n")
    (tmp_path / "test_own.py").write_text("def test_own(): assert False\n")
    done = conformance("run", *RUN, "-n", workers, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
    assert not [name for name in ("loaded", "reset", "setup") if (tmp_path / name).exists()]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_the_command_line_takes_no_options_or_plugins_from_the_environment(tmp_path, workers):
    (tmp_path / "meddling.py").write_text(MEDDLING)
    environment = {"PYTEST_ADDOPTS": "-k nothing --no-such-option", "PYTEST_PLUGINS": "meddling", "PYTHONPATH": str(tmp_path)}
    done = conformance("run", *RUN, "-n", workers, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "loaded").exists()


def test_fixtures_and_hooks_of_a_project_do_not_act_between_the_requests_of_a_scenario(tmp_path):
    write_app(tmp_path, "good")
    (tmp_path / "conftest.py").write_text(MEDDLING)
    done = run_pytest(tmp_path, "--conformance-app=good:app", "--conformance-only=source.*")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout
    assert (tmp_path / "loaded").exists()
    assert not [name for name in ("reset", "setup") if (tmp_path / name).exists()]


@pytest.mark.parametrize("more", [["--noconftest"], ["-p", "no:logging"], ["-s"], ["--doctest-modules"], ["-W", "error"]])
def test_options_of_a_projects_own_pytest_change_no_verdict(tmp_path, more):
    write_app(tmp_path, "good")
    done = run_pytest(tmp_path, "--conformance-app=good:app", "--conformance-only=source.*", *more)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


PROFILE = """
from hypothesis import Verbosity, settings

NUMBERS, TEXT = (31337, 424242), "a constant of the project, which Hypothesis reads from its source"
settings.register_profile("p", derandomize=True, max_examples=3, verbosity=Verbosity.quiet)
settings.load_profile("p")
"""


def test_a_hypothesis_profile_of_a_project_changes_nothing_that_is_sent(tmp_path):
    write_app(tmp_path, "good")
    arguments = ("--conformance-app=good:app", "--conformance-only=collections.create.*", "--conformance-seed=3")
    sent = []
    for name, profile in (("one", ""), ("two", PROFILE)):
        (tmp_path / "conftest.py").write_text(profile)
        done = run_pytest(tmp_path, *arguments, f"--conformance-output={name}")
        assert done.returncode == 0, done.stdout + done.stderr
        sent.append(bodies(tmp_path / name))
    assert sent[0] == sent[1]


def bodies(folder):
    return [
        re.sub(r"(bkt|col|doc)_[0-9a-f]+", "", exchange["request"].get("body") or "")
        for exchange in read_exchanges(folder)
        if exchange["operation"].startswith("create")
    ]
