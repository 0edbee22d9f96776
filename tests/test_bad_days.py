"""A conforming server on a bad day: no requirement fails for what the server did not do, and none is passed over in silence."""

import json
import subprocess
import sys
import textwrap

import pytest
from command import IMPORTS, conformance
from recorded import read_exchanges, read_results, read_rows

from conformance.contracts.collections.requirements import requirements

# An application around the reference; `spoils` answers in its place where it returns a status and headers.
AROUND = """
import itertools, json, random
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.refusals import Refusal

def prepared(reference):
    pass

PREPARED
reference = Reference(token=TOKEN, namespaces=False, fault=Fault("bad day", "", installed=prepared), **MORE)
numbers = itertools.count(1)

async def app(scope, receive, send):
    global reference
    if scope["type"] != "http":
        return await reference.app(scope, receive, send)
    number = next(numbers)
    spoiled = spoils(number, scope["method"], scope["path"], scope["query_string"].decode(), dict(scope["headers"]))
    if spoiled is None:
        return await reference.app(scope, receive, send)
    status, headers = spoiled
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": b"a bad moment"})
"""


def run(folder, spoils, *arguments, token=None, more="{}", prepared="", env=None):
    source = AROUND.replace("TOKEN", repr(token)).replace("**MORE", f"**{more}").replace("PREPARED", textwrap.dedent(prepared))
    (folder / "around.py").write_text(source + textwrap.dedent(spoils))
    done = conformance("run", "--app", "around:app", "--seed", "11", "--output", "out", *arguments, cwd=folder, env=env)
    return done, results(folder)


def results(folder):
    return read_results(folder / "out")


def failed(record):
    return [row["id"] for row in record["requirements"] if row["status"] in ("failed", "error")]


def passed(record):
    return sum(row["status"] == "passed" for row in record["requirements"])


NO_TOKEN_AND_NO_NAMESPACES = sum(row.profile not in ("auth", "namespaces") for row in requirements().values())


@pytest.mark.parametrize("status", [500, 502, 503, 429])
@pytest.mark.parametrize("first", [1, 2])
def test_passing_answers_at_the_start_hide_nothing(tmp_path, status, first):
    done, record = run(tmp_path, f"def spoils(number, *_): return ({status}, []) if {first} <= number < {first + 2} else None")
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(record) == NO_TOKEN_AND_NO_NAMESPACES
    assert all(
        record["manifest"]["capabilities"][name]["served"] for name in ("read", "query", "write", "buckets", "vectors", "blobs")
    )


@pytest.mark.parametrize("flag", ["return_vectors=true", "return_url=true"])
def test_a_passing_answer_does_not_hide_vectors_or_addresses(tmp_path, flag):
    spoils = f"""
        seen = []
        def spoils(number, method, path, query, headers):
            if method == "GET" and "{flag}" in query and not seen:
                seen.append(number)
                return 502, []
    """
    done, record = run(tmp_path, spoils)
    assert done.returncode == 0, done.stdout + done.stderr
    assert passed(record) == NO_TOKEN_AND_NO_NAMESPACES


def test_what_cannot_be_found_out_is_not_exercised_and_leaves_the_run_incomplete(tmp_path):
    spoils = 'def spoils(number, method, path, query, headers): return (503, []) if "return_vectors=true" in query and number < 60 else None'
    done, _record = run(tmp_path, spoils)
    rows = read_rows(tmp_path / "out")
    assert rows["documents.get.vectors-on-request"]["status"] == "not-exercised"
    assert "could not be found out" in rows["documents.get.vectors-on-request"]["reason"]
    assert done.returncode == 4
    assert "vectors could not be found out" in done.stdout


def test_one_request_in_five_put_off_without_a_time_fails_nothing(tmp_path):
    spoils = """
        chance = random.Random(1)
        def spoils(number, *_):
            return (429, []) if chance.random() < 0.2 else None
    """
    done, record = run(tmp_path, spoils, "--only", "collections.create.*", "--only", "http.*")
    assert done.returncode == 0, done.stdout + done.stderr
    assert record["incidents"]["waits"] > 20
    assert "times to come back later" in done.stdout
    assert "requests_per_second" in done.stdout


def test_a_target_that_puts_off_everything_from_some_time_on_leaves_the_run_incomplete(tmp_path):
    done, record = run(tmp_path, "def spoils(number, *_): return (429, []) if number > 300 else None", "--max-time", "20")
    assert done.returncode == 4, done.stdout
    assert failed(record) == []
    assert "puts off every request" in done.stdout
    assert "requests_per_second" in done.stdout


EXPIRED = """
    def spoils(number, method, path, query, headers):
        if number > 700 and headers.get(b"authorization") == b"Bearer first-of-two":
            return {answer}
"""
LOCKED = ["(401, [])", "(403, [])", "(302, [(b'location', b'https://login.test/')])", "(200, [(b'content-type', b'text/html')])"]


@pytest.mark.parametrize("answer", LOCKED)
def test_a_token_that_expires_leaves_the_run_incomplete_and_fails_nothing(tmp_path, answer):
    spoils = textwrap.dedent(EXPIRED.format(answer=answer))
    done, record = run(tmp_path, spoils, "--token-env", "FIRST", token="first-of-two", env={"FIRST": "first-of-two"})
    assert done.returncode == 4, done.stdout
    assert failed(record) == []
    assert "does not take the token any more" in record["manifest"]["incomplete_because"]


def test_a_run_whose_token_expired_goes_on_with_another_one(tmp_path):
    spoils = """
        def spoils(number, method, path, query, headers):
            if number > 700 and headers.get(b"authorization") == b"Bearer first-of-two":
                return 401, []
    """
    run(tmp_path, spoils, "--token-env", "FIRST", token="first-of-two", env={"FIRST": "first-of-two"})
    (tmp_path / "around.py").write_text((tmp_path / "around.py").read_text().replace("token='first-of-two'", "token='second'"))
    done = conformance("run", "--resume", "out", "--token-env", "SECOND", cwd=tmp_path, env={"SECOND": "second"})
    record = results(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (record["verdict"], record["manifest"]["resumed"], record["manifest"]["token_env"]) == ("conforming", 1, "SECOND")


UNIQUE = """
    from functools import wraps

    def prepared(reference):
        original = reference._create_collection

        @wraps(original)
        def create(call):
            if reference.service.store.has_collection_named(str(reference.valid_body(call).get("collection_name"))):
                raise Refusal({status}, "the name is taken")
            return original(call)

        reference._create_collection = create
"""


@pytest.mark.parametrize("status", [409, 400, 422])
def test_names_that_an_earlier_run_has_taken_are_replaced_by_others(tmp_path, status):
    more = f"{{'database': {str(tmp_path / 'data.db')!r}}}"
    for turn in range(2):
        done, record = run(tmp_path, "def spoils(*_): return None", "--keep", more=more, prepared=UNIQUE.format(status=status))
        assert done.returncode == 0, done.stdout + done.stderr
        assert passed(record) == NO_TOKEN_AND_NO_NAMESPACES
        assert record["incidents"].get("names_taken", 0) > 0 if turn else "names_taken" not in record["incidents"]
    assert "existed already on the target" in " ".join(done.stdout.split())


def test_every_collection_has_a_name_that_begins_with_the_runs_tag(tmp_path):
    _done, record = run(tmp_path, "def spoils(*_): return None", "--budget", "quick")
    lines = read_exchanges(tmp_path / "out")
    bodies = [
        line["request"].get("body")
        for line in lines
        if line["operation"] == "create_collection" and line["response"]["status"] == 200
    ]
    names = [json.loads(body)["collection_name"] for body in bodies]
    assert len(names) > 100
    assert [name for name in names if not name.startswith(record["manifest"]["prefix"])] == []


FORGETFUL = """
    def spoils(number, *_):
        global reference
        if number == {number}:
            reference = Reference(token=None, namespaces=False)
"""


@pytest.mark.parametrize("number", [200, 450, 700, 950, 1200])
def test_a_target_that_restarts_with_an_empty_store_leaves_the_run_incomplete_and_fails_nothing(tmp_path, number):
    done, record = run(tmp_path, FORGETFUL.format(number=number))
    assert done.returncode == 4, done.stdout
    assert failed(record) == []
    assert "has forgotten what was made on it" in record["manifest"]["incomplete_because"]
    (tmp_path / "around.py").write_text((tmp_path / "around.py").read_text().replace(f"number == {number}", "False"))
    assert conformance("run", "--resume", "out", cwd=tmp_path).returncode == 0


def test_a_server_that_deletes_every_collection_with_one_is_no_forgetful_one(tmp_path):
    spoils = """
        inner = reference.service.delete_collection
        def delete(namespace, identifier):
            inner(namespace, identifier)
            reference.service.store._connection.execute("DELETE FROM collections")
        reference.service.delete_collection = delete
        def spoils(*_): return None
    """
    done, record = run(tmp_path, spoils)
    assert done.returncode == 1, done.stdout
    assert record["verdict"] == "not conforming"


BUCKETS = """
    from functools import wraps

    def prepared(reference):
        known, create_bucket, create_collection = set(), reference._create_bucket, reference._create_collection

        @wraps(create_bucket)
        def remember(call):
            bucket = create_bucket(call)
            known.add(bucket["bucket_id"])
            return bucket

        @wraps(create_collection)
        def check(call):
            bucket = reference.valid_body(call)["source"].get("bucket_id")
            if bucket and bucket not in known:
                raise Refusal(404, "no such bucket")
            return create_collection(call)

        reference._create_bucket, reference._create_collection = remember, check
"""
RESTART = """
    def spoils(number, *_):
        global reference
        if number == {number}:
            reference = Reference(token=None, namespaces=False, fault=Fault("bad day", "", installed=prepared))
"""


@pytest.mark.parametrize("number", [60, 300, 1200])
def test_a_restart_that_loses_the_buckets_too_fails_nothing(tmp_path, number):
    done, record = run(tmp_path, RESTART.format(number=number), prepared=BUCKETS)
    assert (done.returncode, failed(record)) == (4, []), done.stdout
    assert "has forgotten what was made on it" in record["manifest"]["incomplete_because"]


@pytest.mark.parametrize("number", [5, 8, 11, 13])
def test_a_restart_while_the_target_is_looked_at_hides_no_profile(tmp_path, number):
    done, record = run(tmp_path, FORGETFUL.format(number=number), "--only", "documents.*")
    assert done.returncode == 0, done.stdout
    assert all(record["manifest"]["capabilities"][name]["served"] for name in ("read", "query", "write", "vectors", "blobs"))


def test_a_token_that_is_refused_for_writes_alone_fails_nothing(tmp_path):
    spoils = """
        def spoils(number, method, path, query, headers):
            if number > 700 and method != "GET" and not path.endswith("/list") and headers.get(b"authorization") == b"Bearer first-of-two":
                return 403, []
    """
    done, record = run(tmp_path, spoils, "--token-env", "FIRST", token="first-of-two", env={"FIRST": "first-of-two"})
    assert (done.returncode, failed(record)) == (4, []), done.stdout
    assert "does not take the token any more" in record["manifest"]["incomplete_because"]


def test_names_that_are_unique_in_all_namespaces_leave_every_must_exercised(tmp_path):
    (tmp_path / "t.toml").write_text('[target]\napp = "around:app"\n[namespaces]\nprimary = "one"\nsecondary = "two"\n')
    source = (
        AROUND.replace("TOKEN", "None")
        .replace("**MORE", "")
        .replace("namespaces=False, ", "")
        .replace("PREPARED", textwrap.dedent(UNIQUE.format(status=409)))
    )
    (tmp_path / "around.py").write_text(source + "def spoils(*_): return None\n")
    done = conformance("run", "--target", "t.toml", "--only", "namespaces.*", "--output", "out", cwd=tmp_path)
    rows = {row["id"]: row["status"] for row in results(tmp_path)["requirements"]}
    assert done.returncode == 0, done.stdout
    assert (rows["namespaces.same-name-twice"], rows["namespaces.id-on-documents"]) == ("failed", "passed")


ENDINGS = {
    "import os\nos._exit(0)": 2,
    "import atexit, os\natexit.register(lambda: os._exit(0))": 1,
    "import threading, time\nthreading.Thread(target=lambda: time.sleep(1000)).start()": 1,
    "import time\ntime.monotonic = time.time = lambda: 0.0": 1,
}


@pytest.mark.parametrize("source", ENDINGS)
def test_what_an_application_does_to_the_process_changes_no_exit_code(tmp_path, source):
    (tmp_path / "odd.py").write_text(f"{IMPORTS}{source}\napp = Reference(fault=FAULTS['type-case-ignored']).app\n")
    command = [sys.executable, "-m", "conformance", "run", "--app", "odd:app", "--only", "source.*", "--output", "out"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == ENDINGS[source], done.stdout + done.stderr
