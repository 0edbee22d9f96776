"""Runs share what failed: through a folder by default, through Redis between machines; a database out of reach is one warning."""

import json
import shutil
import subprocess

import pytest
from command import TOKEN, conformance, free_port, is_listening, run_pytest, wait_until
from recorded import files_with, read_exchanges, read_results

from conformance.configuration.settings import Settings, validate
from conformance.configuration.target_file import Auth, Examples, Table, Target, TargetFile, read
from conformance.contracts.collections.contract import CONTRACT
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.faults import Fault
from conformance.core.errors import UsageError
from conformance.runner import example_database
from conformance.runner.controller import Controller
from conformance.runner.isolation import isolated
from conformance.runner.performing import perform_all

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


def lost(trigger):
    """Return the fault, or what is faithful where there is no trigger."""

    def made(operation, body, answer):
        is_it = operation == "create_collection" and json.dumps(body.get("metadata"), sort_keys=True) == trigger
        return {**answer, "metadata": {"lost": True}} if is_it else answer

    return Fault("by-chance", breaks=ONLY[1], made=made)


def judged(folder, seed, examples=None, trigger=None):
    """Judge the shop in this process, into the folder `out`; return the verdict."""
    shop, file = (
        Reference(token=TOKEN, fault=lost(trigger)),
        TargetFile(target=Target(name="Shop", app="(given)"), auth=Auth(token_env="TOKEN"), examples=Examples(**examples or {})),
    )
    settings = Settings(file=file, profiles=CONTRACT.profiles, seed=seed, only=(ONLY[1],), output=folder / "out")
    controller = Controller(settings, CONTRACT, given=shop.app)
    try:
        with isolated():
            controller.open(judges=True)
            perform_all(controller)
            return str(controller.conclude().results.verdict)
    finally:
        controller.close()
        shop.close()


def sent(folder):
    """Return the metadata that an exploration of a run sent for collections, as JSON."""
    bodies = [json.loads(exchange["request"]["body"] or "null") for exchange in read_exchanges(folder)
              if exchange["scenario"] == "core/collections/explored" and exchange["operation"] == "create_collection"]  # fmt: skip
    return {json.dumps(body.get("metadata"), sort_keys=True) for body in bodies}


@pytest.fixture(scope="module")
def trigger(tmp_path_factory):
    """Return metadata that the seed 1 sends and the seed 2 does not: what a fault shows for by chance."""
    folders = {seed: tmp_path_factory.mktemp(f"seed{seed}") for seed in ("1", "2")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TOKEN", TOKEN)
        assert [judged(folder, seed) for seed, folder in folders.items()] == ["conforming"] * 2
    return max(sent(folders["1"] / "out") - sent(folders["2"] / "out"))


@pytest.fixture(autouse=True)
def _token(monkeypatch):
    monkeypatch.setenv("TOKEN", TOKEN)


@pytest.fixture
def shop(tmp_path, trigger):
    """Return a way to judge a shop with a fault, or without, by a target file with these lines."""

    def judge(seed, examples="", *options, app=APP, **more):
        (tmp_path / "shop.py").write_text(app)
        (tmp_path / "shop.toml").write_text(f'[target]\nname = "Shop"\napp = "shop:app"\n[auth]\ntoken_env = "TOKEN"\n{examples}')
        seeded = ("--seed", seed) if seed else ()
        environment = {"TOKEN": TOKEN, "TRIGGER": trigger, **more}
        return conformance(
            "run", "--target", "shop.toml", *ONLY, *seeded, *options, "--output", "out", cwd=tmp_path, env=environment
        )

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


def kept(folder):
    return [file for file in (folder / "found").rglob("*") if file.is_file()]


def test_what_one_seed_finds_in_a_named_folder_another_seed_tries_first_and_a_mended_server_empties_it(tmp_path, trigger):
    named = {"database": str(tmp_path / "found")}
    assert judged(tmp_path, "2", named, trigger) == "conforming"
    assert judged(tmp_path, "1", named, trigger) == "not conforming"
    assert kept(tmp_path)
    assert not any(TOKEN.encode() in file.read_bytes() for file in kept(tmp_path))
    assert (judged(tmp_path, "2", named, trigger), tried(tmp_path)) == ("not conforming", {"hits": 1, "cases": 1})
    assert read_results(tmp_path / "out")["manifest"]["examples"] == str(tmp_path / "found")
    assert (judged(tmp_path, "2", named), tried(tmp_path), kept(tmp_path)) == ("conforming", {"hits": 0, "cases": 1}, [])


def test_without_a_seed_the_folder_is_in_the_output_and_with_one_nothing_else_than_it_says_is_sent(shop, tmp_path, trigger):
    default = {"database": str(tmp_path / "out" / "examples")}
    judged(tmp_path, "1", default, trigger)
    assert (judged(tmp_path, "2", None, trigger), tried(tmp_path)) == ("conforming", None)
    done = shop(None)
    assert (done.returncode, tried(tmp_path)) == (1, {"hits": 1, "cases": 1})
    assert f"1 of 1 {SHARE}" in done.stdout
    assert read_results(tmp_path / "out")["manifest"]["examples"] == "out/examples"
    judged(tmp_path, "1", {"database": "none"}, trigger)
    assert "examples" not in read_results(tmp_path / "out")["manifest"]


def test_a_folder_is_named_from_that_of_the_target_file(tmp_path):
    (tmp_path / "t.toml").write_text('[examples]\ndatabase = "found"\n')
    assert read(tmp_path / "t.toml", Table).examples.database == str(tmp_path / "found")


def test_workers_try_it_first_too_and_requirements_as_tests_do_where_a_database_is_named(shop, tmp_path, trigger):
    named = '[examples]\ndatabase = "found"\n'
    judged(tmp_path, "1", {"database": str(tmp_path / "found")}, trigger)
    assert (shop("2", named, "-n", "2").returncode, tried(tmp_path)) == (1, {"hits": 1, "cases": 1})
    options = ("--conformance-target=shop.toml", f"--conformance-only={ONLY[1]}", "--conformance-seed=2")
    assert run_pytest(tmp_path, *options, "--conformance-output=out").returncode == 0  # no fault without its trigger
    assert tried(tmp_path) == {"hits": 0, "cases": 1}


def test_what_one_machine_finds_another_one_tries_first_by_way_of_redis_and_no_record_has_the_password(
    tmp_path, trigger, redis, monkeypatch
):
    monkeypatch.setenv("FLEET", f"redis://:{PASSWORD}@127.0.0.1:{redis[0]}/0")
    one, other, named = tmp_path / "one", tmp_path / "other", {"database_env": "FLEET"}
    assert judged(one, "1", named, trigger) == "not conforming"
    assert (judged(other, "2", named, trigger), tried(other)) == ("not conforming", {"hits": 1, "cases": 1})
    assert read_results(other / "out")["manifest"]["examples"] == "FLEET"
    assert files_with(tmp_path, PASSWORD) == []
    assert "examples_lost" not in read_results(other / "out")["incidents"]


@pytest.mark.parametrize("workers", ["0", "2"])
def test_redis_out_of_reach_is_one_warning(shop, workers):
    """The leading process or a worker finds out, and no verdict depends on it."""
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
