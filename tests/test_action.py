"""The GitHub action and the GitLab snippet, as far as a machine without them can run them: their own scripts, in a shell."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from command import TOKEN, write_app
from recorded import files_with, read_results

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = ACTION["runs"]["steps"]


def evaluated(text, inputs):
    """Return a value with GitHub's expressions replaced, those that we use."""
    return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], text)


def act(folder, **given):
    """Run the step that judges as a runner does: inputs by the environment, bash with -eo pipefail, and files for its outputs."""
    inputs = {name: str(declared["default"]) for name, declared in ACTION["inputs"].items()} | given
    step = next(declared for declared in STEPS if declared.get("id") == "run")
    runner = folder / "runner"
    (runner / "conformance" / "bin").mkdir(parents=True)
    for name in ("python", "conformance"):
        (runner / "conformance" / "bin" / name).symlink_to(Path(sys.executable).parent / name)
    github = {"GITHUB_OUTPUT": str(runner / "output"), "GITHUB_STEP_SUMMARY": str(runner / "summary.md"), "GITHUB_ACTIONS": "true"}
    environment = {
        **os.environ,
        **github,
        "RUNNER_TEMP": str(runner),
        **{key: evaluated(value, inputs) for key, value in step["env"].items()},
    }
    done = subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=folder, env=environment,
                          capture_output=True, text=True, timeout=120, check=False)  # fmt: skip
    return done, runner


def test_the_action_judges_and_says_what_came_of_it(tmp_path):
    write_app(tmp_path, "good", namespaces=False)
    done, runner = act(tmp_path, app="good:app", only="http.* source.*", seed="1", token="")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (runner / "output").read_text() == "verdict=conforming\n"
    assert (runner / "summary.md").read_text().startswith("## Conforming")
    assert json.loads((tmp_path / "conformance-report" / "badge.json").read_text())["color"] == "brightgreen"
    assert read_results(tmp_path / "conformance-report")["manifest"]["only"] == ["http.*", "source.*"]


def test_a_failure_fails_the_action_and_is_annotated(tmp_path):
    write_app(tmp_path, "faulty", "zero-ttl-is-default", token=TOKEN)
    done, runner = act(tmp_path, app="faulty:app", only="cache-config.*", token=TOKEN, strict="true")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error title=MUST cache-config.echoes::" in done.stdout
    assert (runner / "output").read_text() == "verdict=not conforming\n"
    everything = done.stdout + done.stderr + (runner / "summary.md").read_text()
    assert TOKEN not in everything
    assert files_with(tmp_path / "conformance-report", TOKEN) == []


def test_a_target_that_is_not_there_fails_the_action(tmp_path):
    done, runner = act(tmp_path, url="http://127.0.0.1:1")
    assert done.returncode == 3
    assert not (runner / "output").exists()


def test_an_address_that_came_out_empty_judges_nothing_else(tmp_path):
    done, _runner = act(tmp_path)
    assert done.returncode == 2
    assert "none of url, app and target" in done.stdout


def test_what_an_input_holds_is_no_script(tmp_path):
    done, _runner = act(
        tmp_path,
        url="http://127.0.0.1:1/; touch owned",
        only="http.unknown-path; touch owned",
        seed="$(touch owned)",
        output='o"; touch owned; "',
    )
    assert not (tmp_path / "owned").exists()
    assert done.returncode == 2


def test_no_script_of_the_action_holds_an_expression():
    for step in STEPS:
        assert "${{" not in step.get("run", "")
    assert set(ACTION["inputs"]) == {match for step in STEPS for match in re.findall(r"inputs\.([\w-]+)", json.dumps(step))}


def snippets(language):
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(), re.DOTALL)


def test_the_gitlab_job_of_the_docs_judges_a_server_and_leaves_its_artifacts(tmp_path):
    job = next(yaml.safe_load(text)["conformance"] for text in snippets("yaml") if text.startswith("conformance:"))
    install, judge = job["script"]
    assert install.startswith("pip install")
    write_app(tmp_path, "served", token=TOKEN, namespaces=False)
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "served:app", "--port", "18769", "--log-level", "warning"], cwd=tmp_path
    )
    try:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        environment = {**os.environ, **job["variables"], "TARGET_URL": "http://127.0.0.1:18769", "ACME_TOKEN": TOKEN, "PATH": path}
        waits = "for i in $(seq 100); do curl -s -o /dev/null $TARGET_URL && break; sleep 0.1; done; "
        done = subprocess.run(["bash", "-e", "-c", waits + judge + " --only 'auth.*'"], cwd=tmp_path, env=environment, capture_output=True,
                              text=True, timeout=120, check=False)  # fmt: skip
    finally:
        server.terminate()
        server.wait()
    assert done.returncode == 0, done.stdout + done.stderr
    for path in (*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]):
        assert (tmp_path / path).exists()


@pytest.mark.parametrize("text", snippets("yaml"))
def test_every_snippet_is_yaml_and_names_inputs_that_there_are(text):
    snippet = yaml.safe_load(text)
    steps = snippet.get("jobs", {}).get("conformance", {}).get("steps", []) if isinstance(snippet, dict) else snippet
    ours = [step for step in steps if "collections-conformance@" in step.get("uses", "")]
    assert all(set(step["with"]) <= set(ACTION["inputs"]) for step in ours)
    assert snippet
