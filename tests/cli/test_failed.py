"""What failed is judged again alone, repeated alone, and kept as a test of one's own."""

import subprocess
import sys

import pytest
from command import conformance, write_app
from recorded import read_results


@pytest.fixture(scope="module")
def failed(tmp_path_factory):
    """Return a folder with a record in which one requirement fails, and the applications."""
    folder = tmp_path_factory.mktemp("failed")
    write_app(folder, "bad", "type-case-ignored")
    write_app(folder, "good")
    conformance("run", "--app", "bad:app", "--only", "source.*", "--seed", "1", "--output", "out", cwd=folder)
    return folder


def test_only_what_failed_is_judged_again_on_the_same_target(failed):
    done = conformance("run", "--failed", "out/results.json", "--output", "again", cwd=failed)
    assert done.returncode == 1, done.stdout + done.stderr
    results = read_results(failed / "again")
    assert [row["id"] for row in results["requirements"]] == ["source.type-enum"]
    assert results["manifest"]["target"]["app"] == "bad:app"


def test_or_on_another_target(failed):
    done = conformance("run", "--failed", "out/results.json", "--app", "good:app", "--output", "mended", cwd=failed)
    assert done.returncode == 0, done.stdout + done.stderr


def test_where_nothing_failed_it_is_told(failed):
    conformance("run", "--app", "good:app", "--only", "source.*", "--output", "fine", cwd=failed)
    done = conformance("run", "--failed", "fine/results.json", cwd=failed)
    assert (done.returncode, "nothing failed in it" in done.stderr) == (2, True)
    done = conformance("replay", "fine/results.json", cwd=failed)
    assert (done.returncode, "nothing failed in it" in done.stderr) == (2, True)


def test_a_replay_without_an_id_repeats_all_that_failed(failed):
    done = conformance("replay", "out/results.json", cwd=failed)
    assert done.returncode == 1
    assert "source.type-enum: shown again by" in done.stdout


FAULTS = ("type-case-ignored", "zero-threshold-lost", "titles-left-behind", "grandparents-lost", "created-201")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_counterexample_is_written_as_a_test_that_fails_on_the_faulty_server_and_passes_on_the_mended_one(tmp_path, fault):
    served = f"{sys.executable} -m conformance serve --port {{port}}"
    done = conformance("run", "--command", f"{served} --fault {fault}", "--seed", "1", "--output", "out", cwd=tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    name = next(row["id"] for row in read_results(tmp_path / "out")["requirements"] if row["status"] == "failed")
    done = conformance("replay", "out/results.json", name, "--write", "test_kept.py", cwd=tmp_path)
    if done.returncode == 2:
        assert "is not one value of one answer" in done.stderr
        return
    text = (tmp_path / "test_kept.py").read_text()
    assert name in text
    assert "import httpx" in text
    assert "conformance." not in text
    for more, code in (("", 0), (f" --fault {fault}", 1)):
        script = (
            "import os, subprocess, sys\nfrom conformance.client.server_process import serving\n"
            "from conformance.client.server_output import ServerOutput\n"
            f"with serving({served + more!r}, ServerOutput()) as url:\n"
            "    command = [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_kept.py']\n"
            "    sys.exit(subprocess.run(command, env={**os.environ, 'TARGET': url}).returncode)\n"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == code, (text, done.stdout, done.stderr)
