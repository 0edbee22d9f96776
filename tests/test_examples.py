"""The example servers: what the toolkit says of each is what its target file declares, no less and no more; each row was checked by hand."""

import shutil
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest
import yaml
from command import conformance, run_pytest
from recorded import read_results

EXAMPLES = Path(__file__).parent.parent / "examples"
DEVIATIONS = {
    "fastapi": {"collections.create.strict-scalars", "documents.create.lineage-timestamp-format"},
    "flask": {"http.rejects-nan-and-infinity", "json.extreme-numbers", "collections.create.response-schema",
              "documents.create.response-schema"},
    "django": {"json.extreme-numbers", "collections.create.strict-scalars", "documents.create.lineage-timestamp-format"},
    "node": {"json.extreme-numbers", "json.preserves-large-integers"},
}  # fmt: skip
PASSED = {"fastapi": 127, "flask": 135, "django": 125, "node": 136}


@pytest.fixture(params=DEVIATIONS)
def example(request):
    """Return the name of an example that can be run here."""
    needed = {"django": "rest_framework", "node": None}.get(request.param, request.param)
    if needed is None and shutil.which("node") is None:
        pytest.skip("Node is not installed")
    if needed is not None and find_spec(needed) is None:
        pytest.skip(f"{needed} is not installed")
    return request.param


@pytest.mark.parametrize("seed", ["1", "2"])
def test_an_example_breaks_what_it_declares_and_nothing_else(example, seed, tmp_path):
    done = conformance(
        "run", "--target", "target.toml", "--strict", "--seed", seed, "--output", str(tmp_path), cwd=EXAMPLES / example
    )
    assert done.returncode == 0, done.stdout
    rows = read_results(tmp_path)["requirements"]
    assert {row["id"] for row in rows if row["status"] == "deviation"} == DEVIATIONS[example]
    assert sum(row["status"] == "passed" for row in rows) == PASSED[example]


def test_the_gate_of_an_example_uses_what_the_action_takes(example):
    steps = yaml.safe_load((EXAMPLES / example / "ci.yml").read_text())["jobs"]["conformance"]["steps"]
    given = steps[-1]["with"]
    taken = yaml.safe_load((EXAMPLES.parent / "action.yml").read_text())["inputs"]
    assert given.keys() <= taken.keys()
    place = tomllib.loads((EXAMPLES / example / given["target"]).read_text())["target"]
    assert {"app", "command"} & place.keys()


@pytest.mark.skipif(find_spec("fastapi") is None, reason="fastapi is not installed")
def test_the_example_in_fastapi_is_judged_by_pytest_as_its_ini_file_says(tmp_path):
    folder = shutil.copytree(EXAMPLES / "fastapi", tmp_path / "copy")
    done = run_pytest(folder)
    assert done.returncode == 0, done.stdout
    assert "127 passed" in done.stdout
    assert "2 deviation" in done.stdout
