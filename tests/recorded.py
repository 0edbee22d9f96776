"""Results as a record holds them, made up for the tests of reports, with whatever a hostile target may have said."""

from conformance.contracts.collections.contract import PROFILES

EVIL = "</pre><script>alert(1)</script>\x1b[31m\u202e\x00\ufeff"


def exchange(number, operation="create_collection", path="/v1/collections/create", body='{"a":"it\'s"}', answer=EVIL, status=200):
    return {
        "n": number, "scenario": "s", "operation": operation, "expect": "accept", "about": [], "at": None, "context": [], "sent_at": 0.0,
        "request": {"method": "POST", "path": path, "headers": [["content-type", "application/json"]], "body": body},
        "response": {"status": status, "headers": [["x-evil", EVIL]], "seconds": 0.1, "body": answer}, "failure": None,
    }  # fmt: skip


def results(*exchanges, status="failed", level="MUST", **counterexample):
    example = {"message": EVIL, "expected": EVIL, "actual": {"k": EVIL}, "at": "/a/" + EVIL, "level": None, "reproduced": True,
               "repetitions": {"shown": 3, "not_shown": 0}, "not_shown_by": [],
               "exchanges": list(exchanges or [exchange(1)]), **counterexample}  # fmt: skip
    row = {"id": "source.type-enum", "level": level, "profile": "core", "status": status, "checks": 3, "violations": 1, "reason": None,
           "flaky": False, "counterexample": example}  # fmt: skip
    manifest = {
        "toolkit": "0", "started": "2026-01-01T00:00:00+00:00", "seed": "1", "budget": "quick", "profiles": list(PROFILES), "only": [], "strict": False,
        "target": {"name": EVIL, "url": "http://127.0.0.1:1/it's", "app": None}, "digests": {"openapi": "0" * 64, "requirements": "1" * 64},
        "incomplete_because": None, "stale_deviations": [], "token_env": "MY_TOKEN", "namespaces": None,
        "prefix": "cf_123456_", "keep": False, "resumed": 0, "buckets": [], "capabilities": {"core": {"served": True, "why": EVIL}, "write": {"served": False, "why": EVIL}},
    }  # fmt: skip
    return {
        "format": 1,
        "verdict": "not conforming",
        "manifest": manifest,
        "requirements": [row],
        "requests": 9,
        "seconds": 1.0,
        "scenarios": {"s": 9},
        "shares": {"informative filters": {"hits": 1, "cases": 2}},
        "cleaned": {},
    }
