"""A target is not trusted: whatever it does, a run ends in time, says what it saw, keeps its record and its secrets."""

import os
import subprocess
import time

import pytest
from behaviours import BEHAVIOURS, ESCAPES, SCRIPT, TOKEN, says
from command import COMMAND
from faked import Server, always
from recorded import files_with, read_exchanges, read_results

# A run that is cut short still cleans up what it made; all of it fits into this on a machine that does other things too.
BOUND_SECONDS = 45


def judged(folder, port, *arguments, seconds=3.0):
    (folder / "t.toml").write_text(
        f'[target]\nurl = "http://127.0.0.1:{port}"\n[auth]\ntoken_env = "WIRE_TOKEN"\n[limits]\ntimeout_seconds = {seconds}\n'
    )
    environment = {**os.environ, "WIRE_TOKEN": TOKEN, "COLUMNS": "100"}
    return subprocess.run(
        [*COMMAND, "run", "--target", "t.toml", "--seed", "1", "--output", "out", "--max-time", "30", *arguments],
        cwd=folder, env=environment, capture_output=True, timeout=BOUND_SECONDS, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.name)
def test_a_run_ends_and_says_what_it_saw(behaviour, tmp_path):
    with Server(behaviour.takes, behaviour.does, token=TOKEN) as server:
        done = judged(tmp_path, server.port, "--only", behaviour.only, *behaviour.options, seconds=behaviour.timeout)
    out, err = done.stdout.decode(), done.stderr.decode()
    assert done.returncode == behaviour.code, out + err
    assert says(out + err, behaviour.says), out + err
    assert "Traceback" not in out + err
    assert "toolkit failed" not in out + err
    if behaviour.fails is not None:
        rows = read_results(tmp_path / "out")["requirements"]
        assert behaviour.fails in [row["id"] for row in rows if row["status"] == "failed"]
    assert not any(" session=1" in line for line in server.seen)
    harmless(tmp_path / "out", out + err, is_over=done.returncode != 3 or "CONFORMING" in out or "INCOMPLETE" in out)


def harmless(output, screen, *, is_over):
    """Hold that the record is whole, and that nothing in it or on the screen does anything, or knows the token."""
    for character in (*ESCAPES, "\x1b", "\x00"):
        assert character not in screen or character.isprintable()
    files = sorted(output.iterdir()) if output.exists() else []
    if is_over:
        assert {"report.html", "results.json", "junit.xml", "exchanges.jsonl.gz"} <= {file.name for file in files}
        assert all(read_exchanges(output))
        assert SCRIPT not in (output / "report.html").read_text()
        assert "\x1b" not in (output / "report.html").read_text()
    for token in (TOKEN, TOKEN.upper()):
        assert token not in screen
        assert files_with(output, token) == []


def test_a_token_does_not_follow_a_redirect_to_another_host(tmp_path):
    with Server(lambda _call: False, lambda *_: None, token=TOKEN) as other:

        def elsewhere(call, wire):
            wire.reply(307, b"", ("location", f"http://127.0.0.1:{other.port}{call.path}"))

        with Server(always, elsewhere, token=TOKEN) as server:
            done = judged(tmp_path, server.port)
    assert done.returncode == 3
    assert other.seen == []


def test_a_target_that_is_gone_is_noticed_soon(tmp_path):
    started = time.monotonic()
    with Server(lambda call: call.number > 60, lambda _call, wire: wire.hang(), token=TOKEN) as server:
        done = judged(tmp_path, server.port, seconds=0.7)
    assert done.returncode == 3
    # Three requests of 0.7 s each, the start of the command, and a little.
    assert time.monotonic() - started < 12


def test_there_are_as_many_bad_days_as_we_say():
    assert len(BEHAVIOURS) >= 40
    assert len({behaviour.name for behaviour in BEHAVIOURS}) == len(BEHAVIOURS)
