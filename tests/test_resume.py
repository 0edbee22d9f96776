"""A run that was cut short goes on: one that was killed, one that ran out of time, one whose target was gone."""

import json
import os
import signal
import subprocess

import pytest
from command import COMMAND, TOKEN, conformance, wait_until, write_app
from recorded import files_with, read_exchanges, read_results


def killed(tmp_path, size, *arguments):
    """Start a run, and kill it without a chance to put anything in order."""
    process = subprocess.Popen([*COMMAND, "run", "--seed", "5", "--output", "out", *arguments], cwd=tmp_path, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL, start_new_session=True)  # fmt: skip
    wait_until(lambda: sum(file.stat().st_size for file in tmp_path.glob("out/*.jsonl")) >= size)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.mark.parametrize(("size", "workers"), [(1, "0"), (3_000_000, "0"), (12_000_000, "0"), (8_000_000, "2")])
def test_a_run_that_was_killed_leaves_a_readable_record_and_goes_on(tmp_path, size, workers):
    killed(tmp_path, size, "-n", workers)
    lines = [line for file in tmp_path.glob("out/*.partial.jsonl") for line in file.read_text().splitlines(keepends=True)]
    seen = {json.loads(line)["n"] for line in lines if line.endswith("\n")}
    assert seen
    done = conformance("run", "--resume", "out", "-n", workers, cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    results = read_results(tmp_path / "out")
    assert (results["verdict"], results["manifest"]["seed"], results["manifest"]["resumed"]) == ("conforming", "5", 1)
    assert {row["status"] for row in results["requirements"]} == {"passed"}
    numbers = [exchange["n"] for exchange in read_exchanges(tmp_path / "out")]
    assert seen <= set(numbers)
    assert len(numbers) == len(set(numbers))
    assert not list(tmp_path.glob("out/*.partial.jsonl"))
    assert not list(tmp_path.glob("out/.checkpoint*"))


def test_a_violation_from_before_a_run_was_cut_short_is_kept(tmp_path):
    write_app(tmp_path, "faulty", "zero-ttl-is-default")
    done = conformance("run", "--app", "faulty:app", "--seed", "7", "--output", "out", "--max-time", "1.5", cwd=tmp_path)
    assert done.returncode == 4
    assert "--resume out" in done.stdout
    before = read_results(tmp_path / "out")
    done = conformance("run", "--resume", "out", "--max-time", "100", cwd=tmp_path)
    after = read_results(tmp_path / "out")
    assert done.returncode == 1
    assert (after["verdict"], after["seconds"] > before["seconds"]) == ("not conforming", True)
    assert [row["id"] for row in after["requirements"] if row["status"] == "failed"] == ["cache-config.echoes"]
    assert conformance("run", "--resume", "out", cwd=tmp_path).returncode == 2


@pytest.mark.parametrize("more", [["--seed", "3"], ["http://127.0.0.1:1"], ["--budget", "quick"], ["--only", "http.*"]])
def test_options_that_a_run_was_begun_with_are_refused_when_it_goes_on(tmp_path, more):
    done = conformance("run", "--resume", "out", *more, cwd=tmp_path)
    assert done.returncode == 2
    assert "leave out" in done.stderr


def test_a_token_is_in_no_checkpoint(tmp_path):
    environment = {"TEST_TOKEN": TOKEN}
    conformance("run", "--token-env", "TEST_TOKEN", "--max-time", "1.5", "--output", "out", cwd=tmp_path, env=environment)
    assert files_with(tmp_path / "out", TOKEN) == []


def test_a_run_that_goes_on_without_the_exchanges_of_before_says_so(tmp_path):
    conformance("run", "--budget", "standard", "--max-time", "2", "--output", "out", cwd=tmp_path)
    (tmp_path / "out" / "exchanges.jsonl.gz").unlink()
    done = conformance("run", "--resume", "out", "--max-time", "2", cwd=tmp_path)
    assert "The exchanges of the earlier attempts are lost" in " ".join(done.stdout.split()), done.stdout
    results = read_results(tmp_path / "out")
    assert results["incidents"]["exchanges_lost"] == 1


def test_a_run_that_was_cut_short_tells_no_deviation_to_be_stale(tmp_path):
    write_app(tmp_path, "good", namespaces=False)
    (tmp_path / "t.toml").write_text('[target]\napp = "good:app"\n[[deviations]]\nrequirement = "source.*"\nreason = "known"\n')
    done = conformance("run", "--target", "t.toml", "--budget", "standard", "--max-time", "4", "--output", "out", cwd=tmp_path)
    assert done.returncode == 4
    assert "does not show any more" not in done.stdout
    done = conformance("run", "--target", "t.toml", "--only", "source.*", "--output", "out", cwd=tmp_path)
    assert done.returncode == 0
    assert "does not show any more" in done.stdout
