"""`--command`: a server in any language, started for the run; what it printed stands beside what it did wrong."""

import json
import sys

from command import TOKEN, conformance, write_app
from recorded import files_with, read_results, read_rows

REFERENCE = f"{sys.executable} -m conformance serve --port {{port}}"
# Answers 500 to what has a description, and says why, and which token it saw.
CRASHING = """
from conformance.contracts.collections.reference.app import Reference
app_ = Reference(namespaces=False).app
async def app(scope, receive, send):
    if scope["type"] != "http":
        return await app_(scope, receive, send)
    token, body, more = dict(scope["headers"]).get(b"authorization", b"").decode(), b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    if b'"description":' in body:
        print("seen", token, flush=True)
        raise ValueError("no descriptions today")
    async def receive_again():
        return {"type": "http.request", "body": body, "more_body": False}
    return await app_(scope, receive_again, send)
"""


def test_a_server_is_started_judged_and_stopped(tmp_path):
    done = conformance("run", "--command", REFERENCE, "--only", "source.*", "--seed", "1", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    target = read_results(tmp_path / "out")["manifest"]["target"]
    assert target["command"] == REFERENCE
    assert target["url"].startswith("http://127.0.0.1:")


def test_a_target_file_can_start_it_too_and_a_replay_starts_it_again(tmp_path):
    (tmp_path / "t.toml").write_text(f"[target]\ncommand = {json.dumps(REFERENCE + ' --fault type-case-ignored')}\n")
    assert conformance("run", "--target", "t.toml", "--only", "source.*", "--output", "out", cwd=tmp_path).returncode == 1
    done = conformance("replay", "out/results.json", "source.type-enum", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "shown again by" in done.stdout


def test_what_a_server_printed_stands_beside_the_violation_without_the_token(tmp_path):
    (tmp_path / "crashing.py").write_text(CRASHING)
    command = f"{sys.executable} -m uvicorn crashing:app --port {{port}} --log-level error"
    arguments = ("run", "--command", command, "--token-env", "TEST_TOKEN", "--only", "collections.create.echoes-description", "--only",
                 "http.no-server-error", "--output", "out")  # fmt: skip
    done = conformance(*arguments, cwd=tmp_path, env={"TEST_TOKEN": TOKEN})
    assert done.returncode == 1, done.stdout + done.stderr
    printed = "\n".join(read_rows(tmp_path / "out")["http.no-server-error"]["counterexample"]["printed"])
    assert "ValueError: no descriptions today" in printed
    assert "seen" in printed
    assert "What the server printed meanwhile" in (tmp_path / "out" / "report.html").read_text()
    assert files_with(tmp_path / "out", TOKEN) == []


def test_the_traceback_of_an_application_in_this_process_stands_beside_the_violation(tmp_path):
    (tmp_path / "crashing.py").write_text(CRASHING)
    done = conformance("run", "--app", "crashing:app", "--only", "http.no-server-error", "--output", "out", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    printed = "\n".join(read_rows(tmp_path / "out")["http.no-server-error"]["counterexample"]["printed"])
    assert "ValueError: no descriptions today" in printed
    assert "Traceback" in printed


def test_a_factory_is_called_and_a_replay_calls_it_again(tmp_path):
    write_app(tmp_path, "made", "type-case-ignored")
    (tmp_path / "factories.py").write_text("import made\ndef make():\n    return made.app\n")
    done = conformance("run", "--app", "factories:make", "--factory", "--only", "source.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert read_results(tmp_path / "out")["manifest"]["target"]["app"] == "factories:make()"
    assert conformance("replay", "out/results.json", "source.type-enum", cwd=tmp_path).returncode == 1


def test_what_cannot_be_is_a_mistake(tmp_path):
    done = conformance("run", "http://127.0.0.1:1", "--command", REFERENCE, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "conformance: give a URL, --app or --command, not several\n")
    done = conformance("run", "--command", "echo nothing; exit 1", cwd=tmp_path)
    assert done.returncode == 3
    assert "before it answered: nothing" in done.stderr
