"""Runs share what failed: through a folder by default, through Redis between machines; a database out of reach is one warning."""

import json
import shutil
import subprocess

import pytest
from command import TOKEN, conformance, free_port, is_listening, run_pytest, wait_until
from recorded import read_exchanges, read_results

from conformance.configuration.settings import Settings, validate
from conformance.configuration.target_file import Examples, TargetFile
from conformance.core.errors import UsageError
from conformance.runner import example_database

APP = """
import json
import os

from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import Fault

def made(operation, body, answer):
    is_it = operation == "create_collection" and json.dumps(body.get("metadata"), sort_keys=True) == os.environ.get("TRIGGER")
    return {**answer, "metadata": {"lost": True}} if is_it else answer

app = Reference(token=os.environ.get("TOKEN"), fault=Fault("by-chance", breaks="collections.create.echoes-metadata", made=made)).app
"""
# Ends a process, of Redis, as soon as anything is sent once the target was looked at.
ENDING = """
import os, threading
threading.Timer(0.5, os.kill, ({}, 9)).start()
"""
ONLY = ("--only", "collections.create.echoes-metadata")
SHARE = "examples that had failed in earlier runs failed again"
PASSWORD = "p4ssw0rd-of-the-fleet"


def sent(folder):
    """Return the metadata that the explorations of a run sent for collections, as JSON."""
    bodies = [json.loads(exchange["request"]["body"] or "null") for exchange in read_exchanges(folder)
              if exchange["scenario"] == "core/collections/explored" and exchange["operation"] == "create_collection"]  # fmt: skip
    return {json.dumps(body.get("metadata"), sort_keys=True) for body in bodies}


@pytest.fixture(scope="module")
def trigger(tmp_path_factory):
    """Return metadata that the seed 1 sends and the seed 2 does not: what a fault shows for by chance."""
    folder = tmp_path_factory.mktemp("seeds")
    (folder / "shop.py").write_text(APP)
    for seed in ("1", "2"):
        assert conformance("run", "--app", "shop:app", *ONLY, "--seed", seed, "--output", seed, cwd=folder).returncode == 0
    return max(sent(folder / "1") - sent(folder / "2"))


@pytest.fixture
def shop(tmp_path, trigger):
    """Return a way to judge a shop with a fault, or without, by a target file with these lines."""

    def judge(seed, examples="", *options, fault=True, folder=tmp_path, app=APP, **more):
        (folder / "shop.py").write_text(app)
        (folder / "shop.toml").write_text(f'[target]\nname = "Shop"\napp = "shop:app"\n[auth]\ntoken_env = "TOKEN"\n{examples}')
        seeded = ("--seed", seed) if seed else ()
        environment = {"TOKEN": TOKEN, **({"TRIGGER": trigger} if fault else {}), **more}
        return conformance("run", "--target", "shop.toml", *ONLY, *seeded, *options, "--output", "out", cwd=folder, env=environment)

    return judge


@pytest.fixture
def redis(tmp_path):
    """Serve Redis, and return its port and the process."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = ["redis-server", "--port", str(port), "--save", "", "--bind", "127.0.0.1", "--requirepass", PASSWORD]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    wait_until(lambda: is_listening(port), 20)
    yield port, process
    process.terminate()
    process.wait(20)


def tried(folder):
    return read_results(folder / "out")["shares"].get(SHARE)


def test_what_one_seed_finds_in_a_named_folder_another_seed_tries_first_and_a_mended_server_empties_it(shop, tmp_path):
    named = '[examples]\ndatabase = "found"\n'
    assert shop("2", named).returncode == 0
    assert shop("1", named).returncode == 1
    kept = [file for file in (tmp_path / "found").rglob("*") if file.is_file()]
    assert kept
    assert not any(TOKEN.encode() in file.read_bytes() for file in kept)
    again = shop("2", named)
    assert (again.returncode, tried(tmp_path)) == (1, {"hits": 1, "cases": 1})
    assert f"1 of 1 {SHARE}" in again.stdout
    assert read_results(tmp_path / "out")["manifest"]["examples"] == str(tmp_path / "found")
    assert (shop("2", named, fault=False).returncode, tried(tmp_path)) == (0, {"hits": 0, "cases": 1})
    assert [file for file in (tmp_path / "found").rglob("*") if file.is_file()] == []


def test_without_a_seed_the_folder_is_in_the_output_and_with_one_nothing_else_than_it_says_is_sent(shop, tmp_path):
    assert shop("1").returncode == 1
    assert not (tmp_path / "out" / "examples").exists()
    # A seed of nobody's choice: what it finds may be what another one of them would not.
    shop("1", f'[examples]\ndatabase = "{tmp_path}/out/examples"\n')
    assert shop("2").returncode == 0
    assert (shop(None).returncode, tried(tmp_path)) == (1, {"hits": 1, "cases": 1})
    assert read_results(tmp_path / "out")["manifest"]["examples"] == "out/examples"


def test_workers_try_it_first_too_and_requirements_as_tests_do_where_a_database_is_named(shop, tmp_path, monkeypatch):
    named = '[examples]\ndatabase = "found"\n'
    shop("1", named)
    assert (shop("2", named, "-n", "2").returncode, tried(tmp_path)) == (1, {"hits": 1, "cases": 1})
    options = ("--conformance-target=shop.toml", f"--conformance-only={ONLY[1]}", "--conformance-seed=2")
    monkeypatch.setenv("TOKEN", TOKEN)
    assert run_pytest(tmp_path, *options, "--conformance-output=out").returncode == 0  # no fault without its trigger
    assert tried(tmp_path) == {"hits": 0, "cases": 1}


def test_what_one_machine_finds_another_one_tries_first_by_way_of_redis_and_no_record_has_the_password(shop, tmp_path, redis):
    other = tmp_path / "other"
    other.mkdir()
    named, url = '[examples]\ndatabase_env = "FLEET"\n', f"redis://:{PASSWORD}@127.0.0.1:{redis[0]}/0"
    found = shop("1", named, FLEET=url)
    again = shop("2", named, folder=other, FLEET=url)
    assert (found.returncode, again.returncode, tried(other)) == (1, 1, {"hits": 1, "cases": 1}), again.stdout + again.stderr
    assert read_results(other / "out")["manifest"]["examples"] == "FLEET"
    everything = [done.stdout + done.stderr for done in (found, again)] + [
        file.read_bytes().decode("latin-1") for file in tmp_path.rglob("*") if file.is_file()
    ]
    assert not any(PASSWORD in text or TOKEN in text for text in everything)
    assert "The database of examples" not in found.stdout


@pytest.mark.parametrize("workers", ["0", "2"])
def test_redis_out_of_reach_is_one_warning(shop, workers):
    done = shop("2", f'[examples]\ndatabase = "redis://127.0.0.1:{free_port()}/0"\n', "-n", workers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (done.stdout + done.stderr).count("The database of examples") == 1
    assert "redis.exceptions" not in done.stdout + done.stderr


def test_redis_that_ends_while_a_run_goes_on_is_one_warning(shop, redis):
    port, process = redis
    named, url = '[examples]\ndatabase_env = "FLEET"\n', f"redis://:{PASSWORD}@127.0.0.1:{port}/0"
    done = shop("1", named, app=ENDING.format(process.pid) + APP, FLEET=url)
    assert (done.returncode, done.stdout.count("The database of examples")) == (1, 1), done.stdout + done.stderr


@pytest.mark.parametrize(("examples", "said"), [
    ({"database": "redis://:secret@127.0.0.1/0"}, "a URL with credentials would put them into the record"),
    ({"database": "found", "database_env": "FLEET"}, "name one of them"),
    ({"database_env": "NO_SUCH"}, "NO_SUCH is not set"),
    ({"database_env": "OTHER"}, "no URL of Redis"),
    ({"database": "redis://127.0.0.1:port/0"}, "no URL of Redis"),
])  # fmt: skip
def test_a_database_that_makes_no_sense_is_an_error_of_the_user(examples, said, monkeypatch):
    monkeypatch.setenv("OTHER", "postgres://host/secret")
    with pytest.raises(UsageError, match=said) as raised:
        example_database.opened(validate(Settings(file=TargetFile(examples=Examples(**examples))), {}, ("core",)))
    assert "secret" not in str(raised.value)


def test_without_the_package_redis_the_user_is_told_how_to_install_it(shop, tmp_path):
    (tmp_path / "redis.py").write_text("raise ImportError('no module named redis')\n")
    done = shop("1", '[examples]\ndatabase = "redis://127.0.0.1/0"\n')
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert "pip install 'collections-conformance[redis]'" in done.stderr
