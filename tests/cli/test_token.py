"""The token: its variable is read once in a process, and no value that holds it shows it."""

import pytest
from command import TOKEN, conformance, run_python, write_app

from conformance.client import connect
from conformance.client.client import Identity
from conformance.configuration.settings import Settings

# Counts how often the environment is asked for the token's variable, by whomever.
COUNTING = """
import os, sys
reads = []
class Counting(type(os.environ)):
    def __getitem__(self, name):
        if name == "OUR_TOKEN":
            reads.append(name)
        return super().__getitem__(name)
os.environ.__class__ = Counting
from conformance.cli.main import main
code = main()
print("reads", len(reads), file=sys.stderr)
sys.exit(code)
"""
RUN = ("run", "--app", "guarded:app", "--only", "cache-config.*", "--seed", "7", "--output", "out", "--token-env", "OUR_TOKEN")


def reads(folder, *arguments):
    done = run_python(COUNTING, *arguments, cwd=folder, env={"OUR_TOKEN": TOKEN})
    assert TOKEN not in done.stdout + done.stderr
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("reads ")]
    return done.returncode, int(line.split()[1])


@pytest.fixture(scope="module")
def judged(tmp_path_factory):
    folder = tmp_path_factory.mktemp("guarded")
    write_app(folder, "guarded", "zero-ttl-is-default", token=TOKEN)
    assert conformance(*RUN, cwd=folder, env={"OUR_TOKEN": TOKEN}).returncode == 1
    return folder


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (RUN, 1),
        (("replay", "out/results.json", "cache-config.echoes"), 1),
        (("doctor", "--app", "guarded:app", "--token-env", "OUR_TOKEN"), 0),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_the_variable_of_the_token_is_read_once(judged, arguments, code):
    assert reads(judged, *arguments) == (code, 1)


def test_a_run_that_goes_on_reads_it_once_too(judged, tmp_path):
    write_app(tmp_path, "guarded", "zero-ttl-is-default", token=TOKEN)
    cut = conformance("run", "--app", "guarded:app", "--seed", "7", "--output", "out", "--max-time", "1", "--token-env", "OUR_TOKEN", cwd=tmp_path,
                      env={"OUR_TOKEN": TOKEN})  # fmt: skip
    assert cut.returncode == 4
    assert reads(tmp_path, "run", "--resume", "out", "--max-time", "1") == (4, 1)


def test_what_holds_the_token_shows_it_to_nobody(monkeypatch):
    monkeypatch.setenv("OUR_TOKEN", TOKEN)
    secret = connect.token(Settings(token_env="OUR_TOKEN"))
    assert secret.get_secret_value() == TOKEN
    assert TOKEN not in f"{secret} {secret!r} {Identity(TOKEN)!r} {Identity(TOKEN)}"
