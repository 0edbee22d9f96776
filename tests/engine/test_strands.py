"""Requests under way together: the same bytes and the same verdicts as one after the other, sooner."""

import re
import time
from collections import Counter

import pytest
from command import conformance, write_app
from recorded import read_exchanges, read_results

from conformance.engine.strands import Strands

IDS = re.compile(r"(bkt|col|doc)_[0-9a-zA-Z]+")
CONCURRENCY = (1, 8, 16)


def judge(folder, concurrency, *options, app="good"):
    (folder / f"{concurrency}.toml").write_text(f'[target]\napp = "{app}:app"\n[limits]\nconcurrency = {concurrency}\n')
    done = conformance(
        "run", "--target", f"{concurrency}.toml", "--seed", "7", "--output", f"out{concurrency}", *options, cwd=folder
    )
    return done, read_results(folder / f"out{concurrency}")


def sent(folder):
    """Return what each scenario sent, without the ids that the target gave, and how often."""
    return Counter(
        (exchange["scenario"], exchange["request"]["method"], *(IDS.sub("", text or "") for text in (exchange["request"]["path"],
         exchange["request"].get("body") or exchange["request"].get("body_base64"))))
        for exchange in read_exchanges(folder)
    )  # fmt: skip


def test_each_scenario_sends_the_same_however_many_requests_are_under_way(tmp_path):
    write_app(tmp_path, "good")
    bytes_sent = []
    for concurrency in CONCURRENCY:
        done, results = judge(tmp_path, concurrency)
        assert done.returncode == 0, done.stdout
        bytes_sent.append(sent(tmp_path / f"out{concurrency}"))
    assert bytes_sent[0] == bytes_sent[1] == bytes_sent[2]


@pytest.mark.parametrize(("fault", "only"), [
    ("type-case-ignored", "source.*"), ("grandparents-lost", "lineage.*"), ("true-is-one", "filters.eval.*"),
    ("order-lost-beside-a-filter", "list.*"), ("crash-on-deep-filter", "filters.*"),
])  # fmt: skip
def test_verdicts_are_the_same_however_many_requests_are_under_way(tmp_path, fault, only):
    write_app(tmp_path, "good", fault)
    failed = []
    for concurrency in (1, 16):
        done, results = judge(tmp_path, concurrency, "--only", only, "--only", "http.no-server-error")
        assert done.returncode == 1, done.stdout
        failed.append({row["id"] for row in results["requirements"] if row["status"] == "failed"})
    assert failed[0] == failed[1]


# Mixes up the answers of requests that are there together.
MIXING = """
import asyncio
from good import app as served
inside = 0

async def app(scope, receive, send):
    global inside
    if scope["type"] != "http":
        return await served(scope, receive, send)
    inside += 1
    several = inside > 1 and scope["path"] == "/v1/collections/create"
    async def spoil(message):
        if several and message["type"] == "http.response.start":
            message = {**message, "status": 500}
        await send(message)
    try:
        await asyncio.sleep(0.002)
        await served(scope, receive, spoil)
    finally:
        inside -= 1
"""


def test_what_shows_only_together_is_repeated_alone_and_said_so(tmp_path):
    write_app(tmp_path, "good")
    (tmp_path / "mixing.py").write_text(MIXING)
    done, results = judge(tmp_path, 8, "--only", "collections.create.*", app="mixing")
    row = next(row for row in results["requirements"] if row["id"] == "collections.create.accepts-valid")
    assert (row["status"], row["flaky"]) == ("failed", True), done.stdout
    told = " ".join(done.stdout.split())
    assert re.search(r"it showed while \d+ other requests of the run were under way, and in none of \d+ repetitions alone", told)


COUNTING = """
import asyncio
from pathlib import Path
from good import app as served
inside, most = 0, 0

async def app(scope, receive, send):
    global inside, most
    if scope["type"] != "http":
        return await served(scope, receive, send)
    inside += 1
    if inside > most:
        most = inside
        Path("most").write_text(str(most))
    await asyncio.sleep(0.02)
    await served(scope, receive, send)
    inside -= 1
"""


@pytest.mark.parametrize("concurrency", [1, 8])
def test_as_many_requests_are_under_way_as_the_target_file_says(tmp_path, concurrency):
    write_app(tmp_path, "good")
    (tmp_path / "counting.py").write_text(COUNTING)
    # But for those that are sent at once to see what comes of it, and for the cleaning up.
    done, results = judge(tmp_path, concurrency, "--only", "collections.create.rejects-*", "--keep", app="counting")
    assert done.returncode == 0, done.stdout
    assert int((tmp_path / "most").read_text()) == concurrency


@pytest.mark.parametrize("ending", [("--max-time", "0.7"), ("--max-time", "1.5")])
def test_a_run_that_is_cut_short_with_several_under_way_is_resumed(tmp_path, ending):
    write_app(tmp_path, "good")
    done, results = judge(tmp_path, 8, *ending)
    if results["verdict"] == "conforming":
        pytest.skip("this machine was faster")
    assert done.returncode == 4
    done = conformance("run", "--resume", "out8", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_strands_have_the_turn_one_at_a_time_and_an_error_ends_them():
    strands, inside, most = Strands(4), [], []

    def strand(number):
        inside.append(number)
        most.append(len(inside))
        time.sleep(0.001)
        inside.remove(number)
        strands.submit(lambda: time.sleep(0.001)).result()
        with strands.waiting():
            time.sleep(0.002)

    strands.run([lambda number=number: strand(number) for number in range(20)])
    assert (len(most), max(most)) == (20, 1)
    begun = []
    with pytest.raises(ValueError, match="ended"):
        strands.run([lambda: begun.append(1), lambda: (_ for _ in ()).throw(ValueError("ended")), *[lambda: begun.append(1)] * 50])
    assert len(begun) < 50


def test_a_thing_that_is_made_once_is_waited_for():
    strands, made, known = Strands(4), [], set()

    def make():
        strands.wait_until(lambda: "thing" not in known)
        if not made:
            known.add("thing")
            with strands.waiting():
                time.sleep(0.01)
            made.append(1)
            known.discard("thing")
            strands.tell()

    strands.run([make] * 8)
    assert made == [1]
