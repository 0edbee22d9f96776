"""Run the implementations of `examples/` and publish what the toolkit reports of each.

`python benchmarks/published_reports.py [NAME...]` installs each named example (all of them, if none is named) in a temporary folder, starts
it on a free port, judges it, stops it, and writes `reports/NAME/VERSION/` with `results.json`, `target.toml` and `report.toml`. The lines
that `examples/NAME/example.toml` has for this are run as they stand there, by a shell, in the repository's folder.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import urllib.error
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local_server import running_server

from conformance.core.toml_text import quoted

ROOT = Path(__file__).parents[1]
PORT = 8080  # the one that published steps name
TOKEN = {"CONFORMANCE_TOKEN": "any-token"}


@dataclass(frozen=True, slots=True)
class Example:
    """An implementation that can be run here.

    The lines of `install`, `start` (what a server needs beside it), `serve` and `stop` find the folder and the port in $FOLDER and $PORT;
    `serve` becomes the server by `exec`, so that ending it leaves nothing behind. `version` prints the version that was installed.
    """

    vendor: str
    about: str
    version: str
    serve: str
    install: Sequence[str] = ()
    start: Sequence[str] = ()
    stop: Sequence[str] = ()
    budget: str = "standard"

    @classmethod
    def read(cls, file: Path) -> "Example":
        """Read the description of an example."""
        values: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        return cls(**values)

    def steps(self, name: str) -> list[str]:
        """Return the lines that repeat a run by hand."""
        return [
            f"export FOLDER=$(mktemp -d) PORT={PORT} CONFORMANCE_TOKEN={TOKEN['CONFORMANCE_TOKEN']}",
            *self.install,
            *self.start,
            f"({self.serve}) &",
            f"until curl -s -o /dev/null http://127.0.0.1:{PORT}; do sleep 1; done",
            run_command(f"http://127.0.0.1:{PORT}", name, self.budget),
        ]


def run_command(url: str, name: str, budget: str) -> str:
    """Return the line that judges an example."""
    return f"conformance run {url} --target examples/{name}/target.toml --budget {budget} --seed 1"


def publish(name: str) -> None:
    """Run an example and write its report."""
    example = Example.read(ROOT / "examples" / name / "example.toml")
    with tempfile.TemporaryDirectory(prefix=f"conformance-{name}-") as folder, ExitStack() as at_the_end:
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, **TOKEN, "PATH": path, "FOLDER": folder}
        for line in example.install:
            shell(line, environment)
        for line in example.stop:
            at_the_end.callback(shell, line, environment)
        for line in example.start:
            shell(line, environment)
        version = shell(example.version, environment)
        with running_server(lambda port: ["env", f"PORT={port}", "sh", "-c", example.serve], environment) as url:
            wait_for_an_answer(url)
            judge(run_command(url, name, example.budget), Path(folder), environment)
        write(name, example, version, Path(folder) / "out" / "results.json")


def shell(line: str, environment: dict[str, str]) -> str:
    """Run a line and return what it prints.

    Raises:
        CalledProcessError: it failed.

    """
    print(f"$ {line}", flush=True)
    return subprocess.run(line, shell=True, check=True, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True).stdout.strip()


def wait_for_an_answer(url: str) -> None:
    """Wait until a server answers, with whatever status.

    Raises:
        TimeoutError: it does not within a minute.

    """
    for _ in range(120):
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.5)
        else:
            return
    raise TimeoutError(f"{url} does not answer")


def judge(command: str, folder: Path, environment: dict[str, str]) -> None:
    """Judge a server, and leave the record in `out`.

    Raises:
        RuntimeError: there is no verdict.

    """
    arguments = [sys.executable, "-m", *command.split(), "--output", str(folder / "out")]
    print(f"$ {command}", flush=True)
    code = subprocess.run(arguments, check=False, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL).returncode
    print(f"exit code {code}")
    if code not in {0, 1}:
        raise RuntimeError(f"no verdict: exit code {code}")


def write(name: str, example: Example, version: str, results: Path) -> None:
    """Write the three files of a report."""
    folder = ROOT / "reports" / name / version
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(results, folder / "results.json")
    shutil.copyfile(ROOT / "examples" / name / "target.toml", folder / "target.toml")
    steps = "".join(f"    {quoted(step)},\n" for step in example.steps(name))
    texts = {"vendor": example.vendor, "version": version, "about": example.about}
    lines = "".join(f"{key} = {quoted(text)}\n" for key, text in texts.items())
    (folder / "report.toml").write_text(f"{lines}steps = [\n{steps}]\n", encoding="utf-8")
    print(folder)


if __name__ == "__main__":
    for chosen in sys.argv[1:] or sorted(file.parent.name for file in (ROOT / "examples").glob("*/example.toml")):
        publish(chosen)
