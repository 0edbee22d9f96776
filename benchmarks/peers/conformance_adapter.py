"""Ours: `conformance run` with a target file, for a token and two namespaces can be said in no other way."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from peers.finding import Finding, Report, Seen
from peers.reference_server import NAMESPACE, OTHER, TOKEN, TOKEN_ENV

_TARGET = """[target]
url = "{url}"
[auth]
token_env = "{token_env}"
[namespaces]
primary = "{primary}"
secondary = "{secondary}"
"""


def command(_url: str, folder: Path, seed: int, _seconds: int) -> list[str]:
    return [sys.executable, "-m", "conformance", "run", "--target", str(folder / "target.toml"), "--budget", "quick",
            "--seed", str(seed), "--output", str(folder / "ours")]  # fmt: skip


def run(line: list[str], url: str, folder: Path) -> Report:
    """Judge a server by the whole contract; a finding is there once it is proven: sent again, and made small."""
    target = _TARGET.format(url=url, token_env=TOKEN_ENV, primary=NAMESPACE, secondary=OTHER)
    (folder / "target.toml").write_text(target, "utf-8")
    started = time.time()
    subprocess.run(line, env={**os.environ, TOKEN_ENV: TOKEN}, capture_output=True, check=False, cwd=folder)
    seconds = time.time() - started
    path = folder / "ours" / "results.json"
    if not path.exists():  # the target is not this API, or is not there: a verdict too
        return Report({Finding("target"): Seen(None, seconds)}, 0, seconds)
    results = json.loads(path.read_text("utf-8"))
    failed = {Finding(row["id"]): _seen(row, started) for row in results["requirements"] if row["status"] == "failed"}
    return Report(failed, results["requests"], seconds)


def _seen(row: dict[str, Any], started: float) -> Seen:
    last = row["counterexample"]["exchanges"][-1]
    return Seen(last["n"], last["sent_at"] - started)
