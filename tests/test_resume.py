"""Runs that are cut short go on: killed at any moment, out of time, or left by their target."""

import json
import os
import signal
import subprocess
import time

import pytest
from command import COMMAND, TOKEN, conformance


def killed(tmp_path, size, *arguments):
    """Start a run, and kill it without a chance to put anything in order."""
    process = subprocess.Popen([*COMMAND, "run", "--seed", "5", "--output", "out", *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and sum(one.stat().st_size for one in tmp_path.glob("out/*.jsonl")) < size:
        time.sleep(0.01)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(("size", "workers"), [(1, "0"), (3_000_000, "0"), (12_000_000, "0"), (8_000_000, "2")])
def test_a_run_that_was_killed_leaves_a_readable_record_and_goes_on(tmp_path, size, workers):
    killed(tmp_path, size, "-n", workers)
    lines = [line for one in tmp_path.glob("out/*.partial.jsonl") for line in one.read_text().splitlines(keepends=True)]
    seen = {json.loads(line)["n"] for line in lines if line.endswith("\n")}
    assert seen
    done = conformance("run", "--resume", "out", "-n", workers, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert (results["verdict"], results["manifest"]["seed"], results["manifest"]["resumed"]) == ("conforming", "5", 1)
    assert {row["status"] for row in results["requirements"]} == {"passed"}
    numbers = [json.loads(line)["n"] for line in (tmp_path / "out" / "exchanges.jsonl").read_text().splitlines()]
    assert seen <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert not list(tmp_path.glob("out/*.partial.jsonl"))
    assert not list(tmp_path.glob("out/.checkpoint*"))


def test_what_was_found_before_is_not_lost(tmp_path):
    (tmp_path / "faulty.py").write_text(
        "from conformance.contracts.collections.reference.app import Reference\nfrom conformance.contracts.collections.reference.faults import FAULTS\n"
        "app = Reference(fault=FAULTS['zero-ttl-is-default']).app\n"
    )
    done = conformance("run", "--app", "faulty:app", "--seed", "7", "--output", "out", "--max-time", "1.5", cwd=tmp_path)
    assert done.returncode == 4
    assert "--resume out" in done.stdout
    before = json.loads((tmp_path / "out" / "results.json").read_text())
    done = conformance("run", "--resume", "out", "--max-time", "100", cwd=tmp_path)
    after = json.loads((tmp_path / "out" / "results.json").read_text())
    assert done.returncode == 1
    assert (after["verdict"], after["seconds"] > before["seconds"]) == ("not conforming", True)
    assert [row["id"] for row in after["requirements"] if row["status"] == "failed"] == ["cache-config.echoes"]
    assert conformance("run", "--resume", "out", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("more", [["--seed", "3"], ["http://127.0.0.1:1"], ["--budget", "quick"], ["--only", "http.*"]])
def test_what_a_run_was_begun_with_is_not_said_twice(tmp_path, more):
    done = conformance("run", "--resume", "out", *more, cwd=tmp_path)
    assert done.returncode == 2
    assert "leave out" in done.stderr


def test_a_token_is_in_no_checkpoint(tmp_path):
    environment = {"TEST_TOKEN": TOKEN}
    conformance("run", "--token-env", "TEST_TOKEN", "--max-time", "1.5", "--output", "out", cwd=tmp_path, env=environment)
    for file in (tmp_path / "out").iterdir():
        assert TOKEN not in file.read_text(), file


def test_a_run_that_goes_on_without_the_exchanges_of_before_says_so(tmp_path):
    conformance("run", "--budget", "standard", "--max-time", "2", "--output", "out", cwd=tmp_path)
    (tmp_path / "out" / "exchanges.jsonl").unlink()
    done = conformance("run", "--resume", "out", "--max-time", "2", cwd=tmp_path)
    assert "The exchanges of the attempts before this one are gone" in " ".join(done.stdout.split()), done.stdout
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["incidents"]["exchanges_lost"] == 1


def test_a_run_that_was_cut_short_tells_no_deviation_to_be_stale(tmp_path):
    (tmp_path / "good.py").write_text(
        "from conformance.contracts.collections.reference.app import Reference\napp = Reference(namespaces=False).app\n"
    )
    (tmp_path / "t.toml").write_text('[target]\napp = "good:app"\n[[deviations]]\nrequirement = "source.*"\nreason = "known"\n')
    done = conformance("run", "--target", "t.toml", "--budget", "standard", "--max-time", "4", "--output", "out", cwd=tmp_path)
    assert done.returncode == 4
    assert "does not show any more" not in done.stdout
    done = conformance("run", "--target", "t.toml", "--only", "source.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert "does not show any more" in done.stdout
