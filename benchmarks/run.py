"""Performance benchmarks: each compares two rates that are measured in the same run: `python benchmarks/run.py [NAME…]`.

On a shared machine absolute times vary, but ratios do not. Each pair is measured in alternation, and the median of the ratios counts.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from arguments import OneLineErrorParser
from local_server import running_server

from conformance.contracts.collections.checks import CHECKS

ROOT = Path(__file__).parent.parent
TURNS = 5
Result = tuple[str, str, str, bool]


def serve_reference() -> AbstractContextManager[str]:
    """Serve the reference in a process of its own; the context is its URL."""
    return running_server(lambda port: [sys.executable, "-m", "conformance", "serve", "--port", str(port)])


def per_second(work: Callable[[], int]) -> float:
    started = time.perf_counter()
    count = work()
    return count / (time.perf_counter() - started)


def compare_rates(first: Callable[[], int], second: Callable[[], int]) -> tuple[float, float, float]:
    """Measure two rates in alternation. Return the median of their ratios, and the median of each."""
    pairs = [(per_second(first), per_second(second)) for _ in range(TURNS)]
    return statistics.median(a / b for a, b in pairs), *(statistics.median(side) for side in zip(*pairs, strict=True))


def example_body() -> dict[str, object]:
    from conformance.contracts.collections.generation import collections, filters
    from conformance.contracts.collections.vocabulary import Vocabulary

    body = collections.minimal(Vocabulary(), "fixed")
    group = {"AND": [{"field": "a", "operator": "eq", "value": 1}] * 3, "OR": [filters.nested(2)]}
    return {**body, "source": {**body["source"], "filters": group}, "metadata": {"a": 1, "b": [1, 2, 3], "c": "text"}}


def send_payload(transport: object, content: bytes) -> Callable[[], int]:
    """Return a function in which our client alone posts one payload repeatedly."""
    from conformance.client.client import Client
    from conformance.evidence.exchange import Request

    client, request = Client(transport), Request("POST", "/v1/collections/create", (("content-type", "application/json"),), content)  # type: ignore[arg-type]

    def work() -> int:
        for _ in range(600):
            client.send(request)
        return 600

    return work


def explore_collections(url: str) -> Callable[[], int]:
    """Return a function in which the whole engine explores collections: it generates, sends, checks and records them."""
    from conformance.client.client import Client
    from conformance.client.transports.http import open_http
    from conformance.contracts.collections.contract import API
    from conformance.contracts.collections.generation import collections
    from conformance.contracts.collections.run import CollectionsRun
    from conformance.contracts.collections.vocabulary import Vocabulary
    from conformance.core import json_text
    from conformance.engine.budget import Budget
    from conformance.evidence.record import Recorder
    from conformance.evidence.redaction import Redactor

    def work() -> int:
        json_text.allow_depth()
        with tempfile.TemporaryFile("w") as file, open_http(url) as transport:
            run = CollectionsRun(API, Client(transport), Recorder(file, Redactor()), vocabulary=Vocabulary(), seed=str(time.time()),
                      budget=Budget("benchmark", 600, 1, 1, seconds=600))  # fmt: skip
            run.begin("benchmark")
            run.explore(collections.valid(Vocabulary()), run.plan_collection)
            return run.exchanges

    return work


def engine_over_http() -> list[Result]:
    import httpx

    from conformance.client.transports.asgi import open_asgi
    from conformance.client.transports.http import open_http
    from conformance.contracts.collections.reference.app import Reference

    content = json.dumps(example_body()).encode()
    with serve_reference() as url, httpx.Client() as client:

        def post_with_httpx() -> int:
            for _ in range(600):
                client.post(f"{url}/v1/collections/create", content=content, headers={"content-type": "application/json"})
            return 600

        speed, engine_rate, httpx_rate = compare_rates(explore_collections(url), post_with_httpx)
        with open_http(url) as http, open_asgi(Reference().app) as asgi:  # type: ignore[arg-type]
            in_process, asgi_rate, http_rate = compare_rates(send_payload(asgi, content), send_payload(http, content))
    return [
        (
            "engine over HTTP / bare httpx.Client loop",
            f"{speed:.2f}",
            f"≥ 0.6   ({engine_rate:,.0f}/s, {httpx_rate:,.0f}/s)",
            speed >= 0.6,
        ),
        (
            "an ASGI target in process / over HTTP",
            f"{in_process:.2f}",
            f"≥ 2     ({asgi_rate:,.0f}/s, {http_rate:,.0f}/s)",
            in_process >= 2,
        ),
    ]


def draw(strategy: object, count: int) -> Callable[[], int]:
    from hypothesis import HealthCheck, Phase, given, settings

    def work() -> int:
        values = []
        unlimited = settings(
            max_examples=count, database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
        )
        unlimited(given(strategy)(lambda value: values.append(value)))()  # type: ignore[arg-type]  # noqa: PLW0108 - Hypothesis wants a function
        return len(values)

    return work


def generation() -> list[Result]:
    from hypothesis import strategies as st

    from conformance.contracts.collections import openapi
    from conformance.contracts.collections.generation import collections
    from conformance.contracts.collections.operations import CREATES, Operations
    from conformance.contracts.collections.vocabulary import Vocabulary
    from conformance.generation import schemathesis_adapter

    vocabulary = Vocabulary(collections=("col_1",))
    ours = collections.valid(vocabulary)
    has_filters = []
    draw(ours.map(lambda body: has_filters.append("filters" in body["source"])), 1000)()
    share = sum(has_filters) / len(has_filters)
    integer_ratio, our_rate, integer_rate = compare_rates(draw(ours, 1500), draw(st.integers(), 1500))
    schemathesis_ratio, _our_rate, schemathesis_rate = compare_rates(
        draw(ours, 600), draw(schemathesis_adapter.bodies(openapi.DOCUMENT, CREATES, Operations.CREATE_COLLECTION, "positive"), 40)
    )
    return [
        (
            "valid collections drawn / st.integers()",
            f"{integer_ratio:.2f}",
            f"≥ 0.4   ({our_rate:,.0f}/s, {integer_rate:,.0f}/s)",
            integer_ratio >= 0.4,
        ),
        (
            "valid collections drawn / Schemathesis",
            f"{schemathesis_ratio:.1f}",
            f"≥ 20    ({schemathesis_rate:,.0f}/s there)",
            schemathesis_ratio >= 20,
        ),
        ("share of them with filters", f"{share:.2f}", "≥ 0.5", share >= 0.5),
        *shrinking(ours),
    ]


def strategies() -> list[Result]:
    """Compare what is drawn for somebody's model with what others draw for it."""
    from strategy_peers import compare

    return compare()


def shrinking(strategy: object) -> list[Result]:
    """Find a fault that shows only for a NOT within a group, and shrink its example."""
    from hypothesis import find, settings

    def is_faulty(body: dict[str, object]) -> bool:
        group = body["source"].get("filters") or {}  # type: ignore[attr-defined]
        return any("NOT" in member for name in ("AND", "OR", "NOT") for member in group.get(name) or ())

    started = time.perf_counter()
    smallest = find(strategy, is_faulty, settings=settings(max_examples=5000, database=None))  # type: ignore[arg-type,type-var]
    seconds, size = time.perf_counter() - started, len(json.dumps(smallest))
    return [
        ("a nested fault found and shrunk", f"{seconds:.1f} s", f"< 3 s   ({size} characters left)", seconds < 3 and size < 420)
    ]


def judging() -> list[Result]:
    from conformance.contracts.collections.operations import Operations
    from conformance.contracts.collections.reference.app import Reference
    from conformance.engine.checks import History
    from conformance.evidence.exchange import Case, Exchange, Request, Response
    from conformance.evidence.ledger import Ledger
    from conformance.evidence.operation import Expect

    service, times, body = Reference().service, [], example_body()
    case = Case(Operations.CREATE_COLLECTION, Expect.ACCEPT, ("collections.create.accepts-valid",), None, body)
    request = Request("POST", "/v1/collections/create", (), json.dumps(body).encode())
    ledger, history = Ledger(), History()
    for number in range(2000):
        answer = json.dumps(service.create_collection("", body)).encode()
        response = Response(200, (("content-type", "application/json"),), answer, 0.001)
        exchange = Exchange(number, "benchmark", case, request, response)
        started = time.perf_counter()
        CHECKS.judge(exchange, history, ledger)
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
        # The smallest time of each is what the work itself needs. Larger times are due to other load on the machine.
        plugin = (min(with_plugin for with_plugin, _ in pairs) - min(without for _, without in pairs)) * 1000
        help_seconds = min(seconds_of("-m", "conformance", "--help") for _ in range(5))
        quick_seconds = min(seconds_of("-m", "conformance", "run", "--output", folder) for _ in range(3))
    return [
        ("plugin on an empty pytest run", f"{plugin:.1f} ms", "< 10 ms", plugin < 10),
        ("conformance --help", f"{help_seconds:.2f} s", "< 0.25 s", help_seconds < 0.25),
        ("--budget quick on the reference, start to verdict", f"{quick_seconds:.1f} s", "< 5 s", quick_seconds < 5),
    ]


def requests() -> list[Result]:
    """Count the requests of a whole run, cleaning up included, and name the scenarios that send most of them."""
    results = []
    for budget, bound in (("quick", 1500), ("standard", 6000)):
        with tempfile.TemporaryDirectory() as folder:
            seconds_of("-m", "conformance", "run", "--budget", budget, "--seed", "1", "--output", folder)
            run_results = json.loads(Path(folder, "results.json").read_text())
        largest = sorted(run_results["scenarios"].items(), key=lambda scenario: -scenario[1])[:4]
        shown = ", ".join(f"{name} {count}" for name, count in largest)
        results.append(
            (
                f"requests of --budget {budget}",
                str(run_results["requests"]),
                f"< {bound}  ({shown})",
                run_results["requests"] < bound,
            )
        )
        share = run_results["shares"]["filters select some documents and not others"]
        rate = share["hits"] / share["cases"]
        results.append(
            (f"informative filters of --budget {budget}", f"{rate:.2f}", f"≥ 0.9   ({share['cases']} filters)", rate >= 0.9)
        )
    return results


def peak_memory(*command: str) -> float:
    """Return the most memory that a command used, in MB.

    Measured in a new process, because the peak that a process reports is that of all its children so far.
    """
    print_peak = "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    code = f"import resource, subprocess, sys; subprocess.run(sys.argv[1:], capture_output=True); {print_peak}"
    completed = subprocess.run([sys.executable, "-c", code, sys.executable, *command], capture_output=True, text=True, check=True)
    return int(completed.stdout) / 1024


def memory() -> list[Result]:
    """Measure the peak memory over HTTP, so that the memory of the server does not count. Takes ten minutes, most of it at thorough."""
    peaks, exchanges = {}, {}
    with serve_reference() as url, tempfile.TemporaryDirectory() as folder:
        for budget in ("quick", "standard", "thorough"):
            peaks[budget] = peak_memory("-m", "conformance", "run", url, "--budget", budget, "--seed", "1", "--output", folder)
            exchanges[budget] = json.loads(Path(folder, "results.json").read_text())["requests"]
    bytes_per_exchange = (peaks["thorough"] - peaks["standard"]) * 1e6 / (exchanges["thorough"] - exchanges["standard"])
    shown = ", ".join(f"{budget} {peak:.0f} MB for {exchanges[budget]:,} requests" for budget, peak in peaks.items())
    peak = peaks["thorough"]
    return [
        ("peak memory of --budget thorough", f"{peak:.0f} MB", f"< 400 MB  ({shown})", peak < 400),
        ("memory that an exchange beyond standard's adds", f"{bytes_per_exchange:.0f} B", "< 2000 B", bytes_per_exchange < 2000),
    ]


def unresponsive_target() -> list[Result]:
    """Measure how long a run goes on after its target has closed its port, or hangs. The timeout is the default of 10 s."""
    sys.path.insert(0, str(ROOT / "tests" / "wire"))
    from faked import Call, Server, Wire

    results = []
    for name, goal in (("closed", 15), ("hanging", 35)):
        stopped_at: list[float] = []

        def stop_answering(_call: Call, wire: Wire, name: str = name, stopped_at: list[float] = stopped_at) -> None:
            stopped_at.append(time.monotonic())
            if name == "closed":
                wire.server.leave()
                wire.reset()
            else:
                wire.hang()

        with Server(lambda call: call.number > 100, stop_answering) as server, tempfile.TemporaryDirectory() as folder:
            completed = subprocess.run([sys.executable, "-m", "conformance", "run", f"http://127.0.0.1:{server.port}", "--output", folder],
                                  capture_output=True, check=False)  # fmt: skip
            seconds = time.monotonic() - stopped_at[0]
        assert completed.returncode == 3, completed.stdout
        results.append((f"time to end a run whose target is {name}", f"{seconds:.1f} s", f"< {goal} s", seconds < goal))
    return results


def far() -> list[Result]:
    """Judge a target that is 50 ms away, one request after the other and eight under way together. Takes two minutes."""
    proxy = str(ROOT / "benchmarks" / "delaying_proxy.py")
    seconds = {}
    with serve_reference() as near, tempfile.TemporaryDirectory() as folder:
        target = near.rpartition(":")[2]
        with running_server(lambda port: [sys.executable, proxy, str(port), target, "0.025"]) as url:
            for concurrency in (1, 8):
                file = Path(folder, f"{concurrency}.toml")
                file.write_text(f"[limits]\nconcurrency = {concurrency}\n")
                arguments = ("run", url, "--target", str(file), "--seed", "1", "--output", folder)
                seconds[concurrency] = seconds_of("-m", "conformance", *arguments)
    ratio = seconds[1] / seconds[8]
    shown = f"({seconds[1]:.0f} s, {seconds[8]:.1f} s)"
    return [("quick, 50 ms away: eight requests together", f"{ratio:.1f}", f"≥ 4 times one after the other  {shown}", ratio >= 4)]


def whole_run() -> list[Result]:
    """Compare whole standard runs, start to verdict, with a bare loop that sends the same requests; tell where the time goes."""
    from whole_run import bare_loop

    script = str(ROOT / "benchmarks" / "whole_run.py")
    with serve_reference() as url, tempfile.TemporaryDirectory() as folder:
        ratios, seconds = [], []
        for _ in range(3):
            seconds.append(seconds_of("-m", "conformance", "run", url, "--budget", "standard", "--seed", "1", "--output", folder))
            ratios.append(bare_loop(url, Path(folder)) / seconds[-1])
        completed = subprocess.run([sys.executable, script, "standard", url], capture_output=True, text=True, check=True)
        here = min(
            seconds_of("-m", "conformance", "run", "--budget", "standard", "--seed", "1", "--output", folder) for _ in range(2)
        )
    parts = json.loads(completed.stderr.splitlines()[-1])
    ratio, in_process = statistics.median(ratios), min(seconds) / here
    shown = ", ".join(
        f"{name} {100 * parts[name] / parts['whole']:.0f} %" for name in ("sending", "drawing", "reading", "checking", "recording")
    )
    median, recording = parts["median of checking"] * 1e6, parts["recording"] / parts["whole"]
    return [
        ("a whole standard run: requests a second", f"{ratio:.2f}", f"≥ 0.7 of a bare loop  ({min(seconds):.1f} s)", ratio >= 0.7),
        ("the same in process", f"{in_process:.1f}", f"≥ 2 times as fast as over HTTP  ({here:.1f} s)", in_process >= 2),
        ("all checks of an exchange, median", f"{median:.0f} µs", f"≤ 100 µs  (CPU time: {shown})", median <= 100),
        ("recording, of a run's CPU time", f"{recording:.3f}", "≤ 0.05", recording <= 0.05),
    ]


def growing() -> list[Result]:
    """Measure how cost grows with sizes, and draw it into docs/growth.svg. Takes ten minutes."""
    import growth

    grown = growth.measure()
    (ROOT / "docs" / "growth.svg").write_text(growth.picture(grown), "utf-8")
    return [
        (
            f"{each.name}: the power that cost grows by",
            f"{each.power:.2f}",
            f"≤ {growth.NEAR_LINEAR}  ("
            + ", ".join(f"{size:,}: {seconds:.2f} s" for size, seconds in each.seconds.items())
            + f"; {each.unit})",
            each.is_near_linear,
        )
        for each in grown
    ]


def guidance() -> list[Result]:
    """Compare a long run that goes where answers are new with one that does not. Takes two minutes."""
    import guidance as long_runs

    pairs = [long_runs.compare(seed, 2500) for seed in ("1", "2", "3")]
    ratio = sum(guided for guided, _even in pairs) / sum(even for _guided, even in pairs)
    shown = ", ".join(f"{guided} and {even}" for guided, even in pairs)
    return [("new kinds of answers, guided / with even shares", f"{ratio:.2f}", f"≥ 1     ({shown})", ratio >= 1)]


BENCHMARKS: dict[str, Callable[[], list[Result]]] = {
    "engine": engine_over_http,
    "generation": generation,
    "strategies": strategies,
    "judging": judging,
    "starting": starting,
    "far": far,
    "whole": whole_run,
    "requests": requests,
    "dead": unresponsive_target,
    "memory": memory,
    "growth": growing,
    "guidance": guidance,
}


def main() -> int:
    parser = OneLineErrorParser(prog="run.py", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"run only these, of {', '.join(BENCHMARKS)} (default: all)")
    names = parser.parse_args().names
    if unknown := [name for name in names if name not in BENCHMARKS]:
        parser.error(f"there is no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    results = [result for name in names or BENCHMARKS for result in BENCHMARKS[name]()]
    for name, value, goal, is_met in results:
        print(f"{'ok  ' if is_met else 'MISS'} {name:<50} {value:>8}  {goal}")
    return 0 if all(is_met for *_, is_met in results) else 1


if __name__ == "__main__":
    sys.exit(main())
