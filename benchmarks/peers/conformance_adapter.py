"""Run our own tool, `conformance run`. It is given a target file, the only way to set a token and two namespaces."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from peers.finding import Finding, FirstSeen, Report
from peers.reference_server import NAMESPACE, OTHER_NAMESPACE, TOKEN, TOKEN_ENV

_TARGET = """[target]
url = "{url}"
[auth]
token_env = "{token_env}"
[namespaces]
primary = "{primary}"
secondary = "{secondary}"
"""


def build_command(_url: str, folder: Path, seed: int, _seconds: int) -> list[str]:
    return [sys.executable, "-m", "conformance", "run", "--target", str(folder / "target.toml"), "--budget", "quick",
            "--seed", str(seed), "--output", str(folder / "ours")]  # fmt: skip


def run(command: list[str], url: str, folder: Path) -> Report:
    """Run all scenarios. A finding counts from when it was reproduced and reduced."""
    target = _TARGET.format(url=url, token_env=TOKEN_ENV, primary=NAMESPACE, secondary=OTHER_NAMESPACE)
    (folder / "target.toml").write_text(target, "utf-8")
    started = time.time()
    subprocess.run(command, env={**os.environ, TOKEN_ENV: TOKEN}, capture_output=True, check=False, cwd=folder)
    seconds = time.time() - started
    path = folder / "ours" / "results.json"
    if not path.exists():  # the target is not this API or does not answer, which is a finding too
        return Report({Finding("target"): FirstSeen(None, seconds)}, 0, seconds)
    results = json.loads(path.read_text("utf-8"))
    failed = {Finding(row["id"]): _first_seen(row, started) for row in results["requirements"] if row["status"] == "failed"}
    return Report(failed, results["requests"], seconds)


def _first_seen(row: dict[str, Any], started: float) -> FirstSeen:
    last = row["counterexample"]["exchanges"][-1]
    return FirstSeen(last["n"], last["sent_at"] - started)
