"""The matrices of the docs, as far as a machine without GitHub and GitLab can run them: their own lines, one shard after the other."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from command import IMPORTS, TOKEN, free_port, is_listening, wait_until
from recorded import read_results

PAGE = Path(__file__).parent.parent / "docs" / "ci.md"
SNIPPETS = [yaml.safe_load(text) for text in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)]
(GITHUB,) = [snippet["jobs"] for snippet in SNIPPETS if isinstance(snippet, dict) and "shard" in snippet.get("jobs", {})]
(GITLAB,) = [snippet for snippet in SNIPPETS if isinstance(snippet, dict) and "shard" in snippet]
EXPRESSIONS = {"secrets.ACME_TOKEN": TOKEN, "github.run_id": "4242", "strategy.job-total": "4"}
APP = IMPORTS + "app = Reference(token={token!r}, namespaces=False{fault}).app\n"


@pytest.fixture(params=["", "second-feature-unchecked"])
def target(tmp_path, request):
    """Serve the reference, with a fault or without; return its address and whether it conforms."""
    fault = f", fault=FAULTS[{request.param!r}]" if request.param else ""
    (tmp_path / "served.py").write_text(APP.format(token=TOKEN, fault=fault))
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "served:app", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen(command, cwd=tmp_path)
    wait_until(lambda: is_listening(port), 20)
    yield f"http://127.0.0.1:{port}", not request.param
    server.terminate()
    server.wait()


def shell(line, folder, environment):
    """Run a line as both do, bash -eo pipefail, with `conformance` on the path; judge a chapter alone, to be fast."""
    (folder / "bin").mkdir(exist_ok=True)
    (folder / "bin" / "conformance").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m conformance "$@"\n')
    (folder / "bin" / "conformance").chmod(0o755)
    line = line.replace("conformance run", "conformance run --only 'documents.create.*'")
    everything = {**os.environ, **environment, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(["bash", "-eo", "pipefail", "-c", line], cwd=folder, env=everything, capture_output=True, text=True, timeout=120,
                          check=False)  # fmt: skip


def lines_of(job):
    """Return the steps of a job that judge, without what installs."""
    return [step for step in job["steps"] if "run" in step and not step["run"].startswith("pip install")]


def holds(verdict, codes, conforms, folder):
    """Check what a shard's job and the last one say: a shard is green unless something failed in it."""
    assert verdict.returncode == (0 if conforms else 1), verdict.stdout + verdict.stderr
    assert set(codes) == ({0} if conforms else {0, 1}) or (not conforms and set(codes) == {1}), codes
    results = read_results(folder)
    assert results["verdict"] == ("conforming" if conforms else "not conforming")
    assert results["manifest"]["shards"] == len(codes)


def test_the_matrix_for_github_comes_to_one_verdict(tmp_path, target):
    url, conforms = target
    shard, verdict, codes = GITHUB["shard"], GITHUB["verdict"], []
    (judge,), (merge,) = lines_of(shard), lines_of(verdict)
    upload = next(step["with"] for step in shard["steps"] if "upload-artifact" in step.get("uses", ""))
    download = next(step["with"] for step in verdict["steps"] if "download-artifact" in step.get("uses", ""))
    for number in shard["strategy"]["matrix"]["shard"]:
        values = EXPRESSIONS | {"vars.TARGET_URL": url, "matrix.shard": str(number)}
        environment = {key: evaluated(value, values) for key, value in judge["env"].items()} | {"BUDGET": "quick"}
        (tmp_path / "machine").mkdir()
        codes.append(shell(judge["run"], tmp_path / "machine", environment).returncode)
        artifact = evaluated(upload["name"], values)
        assert artifact.startswith(download["pattern"].rstrip("*"))
        shutil.move(tmp_path / "machine" / upload["path"], tmp_path / "last" / download["path"] / artifact)
        shutil.rmtree(tmp_path / "machine")
    assert all(step["if"] == "always()" for step in shard["steps"] if "upload-artifact" in step.get("uses", ""))
    assert (verdict["needs"], verdict["if"]) == ("shard", "${{ !cancelled() }}")
    holds(shell(merge["run"], tmp_path / "last", {}), codes, conforms, tmp_path / "last" / "conformance-report")


def evaluated(text, values):
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda match: values[match[1]], text)


def test_the_matrix_for_gitlab_comes_to_one_verdict(tmp_path, target):
    url, conforms = target
    shard, verdict, codes = GITLAB["shard"], GITLAB["verdict"], []
    assert [shard["stage"], verdict["stage"]] == GITLAB["stages"]
    for number in range(1, shard["parallel"] + 1):
        given = {"TARGET_URL": url, "ACME_TOKEN": TOKEN, "CI_PIPELINE_ID": "77", "CI_NODE_INDEX": str(number), "BUDGET": "quick"}
        codes.append(shell(shard["script"][-1], tmp_path, {**given, "CI_NODE_TOTAL": str(shard["parallel"])}).returncode)
    assert {job["artifacts"]["when"] for job in (shard, verdict)} == {verdict["when"]} == {"always"}
    assert verdict["needs"] == ["shard"]
    holds(shell(verdict["script"][-1], tmp_path, {}), codes, conforms, tmp_path / "conformance-report")
    assert (tmp_path / verdict["artifacts"]["reports"]["junit"]).exists()
