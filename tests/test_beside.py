"""Targets that are not at ease with several requests at a time: no requirement fails that they keep when they get one after the other."""

import textwrap

import pytest
from command import conformance
from recorded import read_results

# An application around the reference, which holds each request up for a moment, and has `busy` say what to do with it meanwhile.
AROUND = """
import asyncio
from collections import Counter
from conformance.contracts.collections.reference.app import Reference

reference = Reference(namespaces=False)
under_way = Counter()

async def app(scope, receive, send):
    if scope["type"] != "http":
        return await reference.app(scope, receive, send)
    place = scope["path"] if scope["method"] in ("PUT", "PATCH") else ""
    if (refusal := busy(under_way.total(), under_way[place] if place else 0)) is not None:
        return await refuse(send, *refusal)
    under_way[place] += 1
    try:
        await asyncio.sleep(0.005)
        return await reference.app(scope, receive, send)
    finally:
        under_way[place] -= 1

async def refuse(send, status, headers=()):
    if status is None:
        return
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json"), *headers]})
    body = b'{"success": false, "status": %d, "error": {"message": "busy", "type": "busy"}}' % status
    await send({"type": "http.response.body", "body": body})
"""
OPTIMISTIC = "def busy(all, of_this_document): return (409,) if of_this_document else None"
TWO_AT_A_TIME = "def busy(all, of_this_document): return (503, [(b'retry-after', b'0')]) if all > 1 else None"
FOUR_CONNECTIONS = "def busy(all, of_this_document): return (None,) if all > 3 else None"


def run(folder, busy):
    (folder / "around.py").write_text(AROUND + busy)
    target = """
        [target]
        app = "around:app"

        [limits]
        concurrency = 8
    """
    (folder / "target.toml").write_text(textwrap.dedent(target))
    done = conformance("run", "--target", "target.toml", "--seed", "1", "--output", "out", cwd=folder)
    record = read_results(folder / "out")
    return done, record, {row["id"] for row in record["requirements"] if row["status"] in ("failed", "error")}


@pytest.mark.parametrize(("busy", "fails"), [(OPTIMISTIC, {"robustness.concurrent-updates"}), (TWO_AT_A_TIME, set())])
def test_what_a_target_refuses_only_beside_our_other_requests_breaks_no_promise(tmp_path, busy, fails):
    done, _record, failed = run(tmp_path, busy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert failed == fails


def test_a_target_with_few_connections_is_sent_one_request_at_a_time_and_fails_what_is_about_many_alone(tmp_path):
    done, record, failed = run(tmp_path, FOUR_CONNECTIONS)
    assert done.returncode == 1, done.stdout + done.stderr
    assert failed == {"http.no-server-error", "robustness.concurrent-creates", "robustness.concurrent-updates"}
    assert record["incidents"]["crowded"] == 1
    assert "left requests unanswered that were sent at once" in done.stdout
    assert all(record["manifest"]["capabilities"][name]["served"] for name in ("read", "query", "write", "buckets", "vectors"))
