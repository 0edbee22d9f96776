"""Where the time of a whole run goes, and how it compares with a bare loop of `httpx.Client` that sends the same requests."""

import gzip
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx

from conformance.cli.main import main
from conformance.engine.checks import Checks
from conformance.engine.dispatch import Dispatcher
from conformance.engine.explore import Drawer
from conformance.evidence.exchange import Exchange
from conformance.evidence.record import EXCHANGES, Recorder

# What is measured: drawing calls what sends, so that is taken off it.
_PARTS: dict[str, tuple[type, str]] = {
    "sending": (Dispatcher, "send"),
    "checking": (Checks, "judge"),
    "recording": (Recorder, "write"),
    "drawing": (Drawer, "draw"),
}


class Stopwatch:
    """Adds up the CPU seconds of parts of a run, each without the parts within it, in whatever threads they are."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[float]] = {name: [] for name in (*_PARTS, "reading")}
        self._within: dict[int, list[float]] = {}

    def timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function that is measured."""

        def measured(*arguments: Any, **named: Any) -> Any:
            stack = self._within.setdefault(threading.get_ident(), [])
            stack.append(0.0)
            begun = time.thread_time()
            try:
                return function(*arguments, **named)
            finally:
                whole = time.thread_time() - begun
                self.seconds[name].append(whole - stack.pop())
                if stack:
                    stack[-1] += whole

        return measured

    @contextmanager
    def running(self) -> Iterator[None]:
        """Measure while the block runs."""
        parts = {part: (owner, name, self.timed(part, getattr(owner, name))) for part, (owner, name) in _PARTS.items()}
        owner, name, write = parts["recording"]
        read = self.timed("reading", lambda exchange: (exchange.created_id, exchange.next_page))

        # Whoever looks at an answer first has it parsed: that is neither recording nor checking.
        def read_and_write(recorder: Recorder, exchange: Exchange) -> None:
            read(exchange)
            write(recorder, exchange)

        parts["recording"] = owner, name, read_and_write
        patches = [patch.object(owner, name, function) for owner, name, function in parts.values()]
        for each in patches:
            each.start()
        try:
            yield
        finally:
            for each in patches:
                each.stop()


def shares(*target: str, budget: str) -> dict[str, float]:
    """Return the CPU seconds of each part of a run in this process, of the whole, and the median of the checks of one exchange."""
    stopwatch, begun = Stopwatch(), time.process_time()
    with tempfile.TemporaryDirectory() as folder, stopwatch.running():
        code = main(["run", *target, "--budget", budget, "--seed", "1", "--output", folder])
    assert code == 0
    whole = time.process_time() - begun
    seconds = {name: sum(each) for name, each in stopwatch.seconds.items()}
    return {**seconds, "whole": whole, "median of checking": statistics.median(stopwatch.seconds["checking"])}


def bare_loop(url: str, folder: Path) -> float:
    """Send the requests of a record one after the other with `httpx.Client`, and return the seconds that it took."""
    with gzip.open(folder / EXCHANGES, "rt") as lines:
        requests = [json.loads(line)["request"] for line in lines]
    with httpx.Client(base_url=url) as client:
        begun = time.perf_counter()
        for request in requests:
            content = (request.get("body") or "").encode()
            with suppress(httpx.HTTPError):  # some requests are there to be refused
                client.request(request["method"], request["path"], headers=request["headers"], content=content)
        return time.perf_counter() - begun


if __name__ == "__main__":
    print(json.dumps(shares(*sys.argv[2:], budget=sys.argv[1])), file=sys.stderr)
