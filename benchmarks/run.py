"""All benchmarks, each a ratio measured side by side in one run: `python benchmarks/run.py [NAME…]`.

Two noisy cores make times worthless and ratios useful: every pair is measured in turns, and the median of the turns counts.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
TURNS = 5
Result = tuple[str, str, str, bool]


@contextmanager
def served() -> Iterator[str]:
    """Serve the reference on a port of its own."""
    port = 18000 + os.getpid() % 1000
    command = [sys.executable, "-m", "conformance", "serve", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        process.stdout.readline()
        wait_for(f"http://127.0.0.1:{port}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(url: str) -> None:
    import httpx

    for _ in range(200):
        try:
            httpx.get(url)
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit("the reference did not start")


def per_second(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    count = work()
    return count / (time.perf_counter() - started)


def ratio(one: Callable[[], int], other: Callable[[], int]) -> tuple[float, float, float]:
    """Return the median ratio of two rates measured in turns, and the medians themselves."""
    pairs = [(per_second(one), per_second(other)) for _ in range(TURNS)]
    return statistics.median(a / b for a, b in pairs), *(statistics.median(side) for side in zip(*pairs, strict=True))


def example() -> dict[str, object]:
    from conformance.contracts.collections.generation import collections, filters
    from conformance.contracts.collections.vocabulary import Vocabulary

    body = collections.minimal(Vocabulary(), "fixed")
    group = {"AND": [{"field": "a", "operator": "eq", "value": 1}] * 3, "OR": [filters.nested(2)]}
    return {**body, "source": {**body["source"], "filters": group}, "metadata": {"a": 1, "b": [1, 2, 3], "c": "text"}}


def sending(transport: object, content: bytes) -> Callable[[], int]:
    """Return the work of our client alone, posting one fixed payload."""
    from conformance.client.client import Client
    from conformance.evidence.exchange import Request

    client, request = Client(transport), Request("POST", "/v1/collections/create", (("content-type", "application/json"),), content)  # type: ignore[arg-type]

    def work() -> int:
        for _ in range(600):
            client.send(request)
        return 600

    return work


def engine(url: str) -> Callable[[], int]:
    """Return the work of the whole engine on explored collections: draw, send, judge, record."""
    from conformance.client.client import Client
    from conformance.client.transports.http import open_http
    from conformance.contracts.collections.generation import collections
    from conformance.contracts.collections.vocabulary import Vocabulary
    from conformance.core import json_text
    from conformance.engine.budget import Budget
    from conformance.engine.run import Run
    from conformance.evidence.record import Recorder
    from conformance.evidence.redaction import Redactor

    def work() -> int:
        json_text.allow_depth()
        with tempfile.TemporaryFile("w") as file, open_http(url) as transport:
            run = Run(Client(transport), Recorder(file, Redactor()), vocabulary=Vocabulary(), seed=str(time.time()),
                      budget=Budget("benchmark", 600, 1, 1, seconds=600))  # fmt: skip
            run.begin("benchmark")
            run.explore(collections.payloads(Vocabulary()), run.plan_collection)
            return run.exchanges

    return work


def engine_over_http() -> list[Result]:
    import httpx

    from conformance.client.transports.asgi import open_asgi
    from conformance.client.transports.http import open_http
    from conformance.contracts.collections.reference.app import Reference

    content = json.dumps(example()).encode()
    with served() as url, httpx.Client() as client:

        def bare() -> int:
            for _ in range(600):
                client.post(f"{url}/v1/collections/create", content=content, headers={"content-type": "application/json"})
            return 600

        found, ours, theirs = ratio(engine(url), bare)
        with open_http(url) as http, open_asgi(Reference().app) as asgi:  # type: ignore[arg-type]
            inside, rate, over = ratio(sending(asgi, content), sending(http, content))
    return [
        ("engine over HTTP / bare httpx.Client loop", f"{found:.2f}", f"≥ 0.6   ({ours:,.0f}/s, {theirs:,.0f}/s)", found >= 0.6),
        ("an ASGI target in process / over HTTP", f"{inside:.2f}", f"≥ 2     ({rate:,.0f}/s, {over:,.0f}/s)", inside >= 2),
    ]


def drawing(strategy: object, count: int) -> Callable[[], int]:
    from hypothesis import HealthCheck, Phase, given, settings

    def work() -> int:
        drawn = []
        relaxed = settings(
            max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        relaxed(given(strategy)(lambda value: drawn.append(value)))()  # type: ignore[arg-type]  # noqa: PLW0108 - Hypothesis wants a function
        return len(drawn)

    return work


def generation() -> list[Result]:
    from hypothesis import strategies as st

    from conformance.contracts.collections.generation import collections
    from conformance.contracts.collections.operations import Operation
    from conformance.contracts.collections.vocabulary import Vocabulary
    from conformance.generation import schemathesis_adapter

    known = Vocabulary(collections=("col_1",))
    ours = collections.payloads(known)
    with_filters = []
    drawing(ours.map(lambda body: with_filters.append("filters" in body["source"])), 1000)()
    share = sum(with_filters) / len(with_filters)
    floor, rate, integers = ratio(drawing(ours, 1500), drawing(st.integers(), 1500))
    peer, _rate, theirs = ratio(
        drawing(ours, 600), drawing(schemathesis_adapter.bodies(Operation.CREATE_COLLECTION, "positive"), 40)
    )
    return [
        ("valid collections drawn / st.integers()", f"{floor:.2f}", f"≥ 0.4   ({rate:,.0f}/s, {integers:,.0f}/s)", floor >= 0.4),
        ("valid collections drawn / Schemathesis", f"{peer:.1f}", f"≥ 20    ({theirs:,.0f}/s there)", peer >= 20),
        ("share of them with filters", f"{share:.2f}", "≥ 0.5", share >= 0.5),
        *shrinking(ours),
    ]


def shrinking(strategy: object) -> list[Result]:
    """Find and shrink a fault that needs a NOT within a group."""
    from hypothesis import find, settings

    def is_faulty(body: dict[str, object]) -> bool:
        group = body["source"].get("filters") or {}  # type: ignore[attr-defined]
        return any("NOT" in one for name in ("AND", "OR", "NOT") for one in group.get(name) or ())

    started = time.perf_counter()
    smallest = find(strategy, is_faulty, settings=settings(max_examples=5000, database=None))  # type: ignore[arg-type,type-var]
    seconds, size = time.perf_counter() - started, len(json.dumps(smallest))
    return [
        ("a nested fault found and shrunk", f"{seconds:.1f} s", f"< 3 s   ({size} characters left)", seconds < 3 and size < 420)
    ]


def judging() -> list[Result]:
    from conformance.contracts.collections.operations import Expect, Operation
    from conformance.contracts.collections.reference.app import Reference
    from conformance.engine import checks
    from conformance.engine.checks import History
    from conformance.evidence.exchange import Case, Exchange, Request, Response
    from conformance.evidence.ledger import Ledger

    service, times, body = Reference().service, [], example()
    case = Case(Operation.CREATE_COLLECTION, Expect.ACCEPT, ("collections.create.accepts-valid",), None, body)
    request = Request("POST", "/v1/collections/create", (), json.dumps(body).encode())
    ledger, history = Ledger(), History()
    for number in range(2000):
        answer = json.dumps(service.create_collection("", body)).encode()
        response = Response(200, (("content-type", "application/json"),), answer, 0.001)
        exchange = Exchange(number, "benchmark", case, request, response)
        started = time.perf_counter()
        checks.judge(exchange, history, ledger)
        times.append((time.perf_counter() - started) * 1e6)
    assert not ledger.failed()
    median = statistics.median(times)
    return [("all checks on one exchange, median", f"{median:.0f} µs", f"≤ 150 µs ({len(answer):,} bytes)", median <= 150)]


def seconds_of(*command: str, cwd: str | None = None) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, *command], cwd=cwd, capture_output=True, check=False)
    return time.perf_counter() - started


def starting() -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_empty.py").write_text("def test_empty(): pass\n")
        plain = ("-m", "pytest", "-q", "--disable-plugin-autoload", "-p", "no:cacheprovider")
        pairs = [(seconds_of(*plain, "-p", "conformance.plugin", cwd=folder), seconds_of(*plain, cwd=folder)) for _ in range(21)]
        # The least of each is what the work itself costs; the rest is the machine's.
        plugin = (min(one for one, _ in pairs) - min(other for _, other in pairs)) * 1000
        helped = min(seconds_of("-m", "conformance", "--help") for _ in range(5))
        quick = min(seconds_of("-m", "conformance", "run", "--output", folder) for _ in range(3))
    return [
        ("plugin on an empty pytest run", f"{plugin:.1f} ms", "< 10 ms", plugin < 10),
        ("conformance --help", f"{helped:.2f} s", "< 0.25 s", helped < 0.25),
        ("--budget quick on the reference, start to verdict", f"{quick:.1f} s", "< 5 s", quick < 5),
    ]


def requests() -> list[Result]:
    """Count what the whole contract costs, cleaning up included, and name the scenarios that cost most."""
    results = []
    for budget, bound in (("quick", 1500), ("standard", 6000)):
        with tempfile.TemporaryDirectory() as folder:
            seconds_of("-m", "conformance", "run", "--budget", budget, "--seed", "1", "--output", folder)
            found = json.loads(Path(folder, "results.json").read_text())
        most = sorted(found["scenarios"].items(), key=lambda one: -one[1])[:4]
        told = ", ".join(f"{name} {count}" for name, count in most)
        results.append(
            (f"requests of --budget {budget}", str(found["requests"]), f"< {bound}  ({told})", found["requests"] < bound)
        )
        share = found["shares"]["informative filters"]
        rate = share["hits"] / share["cases"]
        results.append(
            (f"informative filters of --budget {budget}", f"{rate:.2f}", f"≥ 0.9   ({share['cases']} filters)", rate >= 0.9)
        )
    return results


def peak_of(*command: str) -> float:
    """Return the most memory that a command used, in MB, measured by a process of its own: the peak of all children is kept for ever."""
    told = "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    code = f"import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); {told}"
    done = subprocess.run([sys.executable, "-c", code, sys.executable, *command], capture_output=True, text=True, check=True)
    return int(done.stdout) / 1024


def memory() -> list[Result]:
    """Measure peaks over HTTP, so that what the server keeps is not ours; ten minutes, for the thorough run is whole."""
    peaks, exchanges = {}, {}
    with served() as url, tempfile.TemporaryDirectory() as folder:
        for budget in ("quick", "standard", "thorough"):
            peaks[budget] = peak_of("-m", "conformance", "run", url, "--budget", budget, "--seed", "1", "--output", folder)
            exchanges[budget] = json.loads(Path(folder, "results.json").read_text())["requests"]
    each = (peaks["thorough"] - peaks["standard"]) * 1e6 / (exchanges["thorough"] - exchanges["standard"])
    told = ", ".join(f"{budget} {peak:.0f} MB for {exchanges[budget]:,} requests" for budget, peak in peaks.items())
    peak = peaks["thorough"]
    return [
        ("peak memory of --budget thorough", f"{peak:.0f} MB", f"< 400 MB  ({told})", peak < 400),
        ("memory that an exchange beyond standard's adds", f"{each:.0f} B", "< 2000 B", each < 2000),
    ]


def dead() -> list[Result]:
    """Measure how long a target is not there any more, or hangs, before a run has ended for it; its timeout is the default of 10 s."""
    sys.path.insert(0, str(ROOT / "tests" / "wire"))
    from faked import Call, Server, Wire

    results = []
    for name, goal in (("closed", 15), ("hanging", 35)):
        since: list[float] = []

        def leave(_call: Call, wire: Wire, name: str = name, since: list[float] = since) -> None:
            since.append(time.monotonic())
            if name == "closed":
                wire.server.leave()
                wire.reset()
            else:
                wire.hang()

        with Server(lambda call: call.number > 100, leave) as server, tempfile.TemporaryDirectory() as folder:
            done = subprocess.run([sys.executable, "-m", "conformance", "run", f"http://127.0.0.1:{server.port}", "--output", folder],
                                  capture_output=True, check=False)  # fmt: skip
            seconds = time.monotonic() - since[0]
        assert done.returncode == 3, done.stdout
        results.append((f"time to end a run whose target is {name}", f"{seconds:.1f} s", f"< {goal} s", seconds < goal))
    return results


BENCHMARKS: dict[str, Callable[[], list[Result]]] = {
    "engine": engine_over_http,
    "generation": generation,
    "judging": judging,
    "starting": starting,
    "requests": requests,
    "dead": dead,
    "memory": memory,
}


def main() -> int:
    chosen = sys.argv[1:] or list(BENCHMARKS)
    results = [result for name in chosen for result in BENCHMARKS[name]()]
    for name, value, goal, is_met in results:
        print(f"{'ok  ' if is_met else 'MISS'} {name:<50} {value:>8}  {goal}")
    return 0 if all(is_met for *_, is_met in results) else 1


if __name__ == "__main__":
    sys.exit(main())
