"""A contract's scenarios that cannot be run leave a run incomplete, and are named."""

import shutil
from pathlib import Path

import pytest
from command import conformance

TOY = Path(__file__).parents[1] / "toy"
SCENARIO = "scenarios/core/test_entries.py"


@pytest.fixture
def toy(tmp_path):
    """Return a copy of the toy contract that a test may spoil."""
    return Path(shutil.copytree(TOY, tmp_path / "toy"))


def changed(file, old, new):
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def run(folder, *more):
    return conformance("run", "--contract", "keyvalue:KEY_VALUE", "--seed", "1", *more, cwd=folder, env={"COLUMNS": "400"})


@pytest.mark.parametrize("workers", ["0", "2"])
def test_a_module_that_cannot_be_imported_is_told_with_its_error(toy, workers):
    changed(toy / SCENARIO, "from hypothesis", "import no_such_module\nfrom hypothesis")
    done = run(toy, "-n", workers)
    assert done.returncode == 4, done.stdout
    assert "cannot be loaded: ModuleNotFoundError: No module named 'no_such_module'" in done.stdout.replace("\n", " ").replace(
        "  ", " "
    )


def test_a_scenario_about_no_requirement_is_told(toy):
    changed(toy / SCENARIO, '@exercises("entries.create.requires-value")', '@exercises("entries.create.requires-valeu")')
    done = run(toy)
    assert (done.returncode, "exercises 'entries.create.requires-valeu', which is no requirement" in done.stdout) == (4, True), (
        done.stdout
    )


def test_a_scenario_that_raises_says_where(toy):
    changed(toy / SCENARIO, "    for body in ({}, ", "    assert run is None\n    for body in ({}, ")
    done = run(toy)
    assert done.returncode == 4
    assert "raised AssertionError" in done.stdout
    assert "(test_entries.py:" in done.stdout


def test_a_check_that_returns_a_truth_value_is_the_toolkits_error_and_never_passed(toy):
    changed(
        toy / "keyvalue.py",
        'return HELD if sent == got else Violation("the value is another one", sent, got, ("value",))',
        "return sent == got",
    )
    done = run(toy, "--app", "keyvalue:faulty")
    assert done.returncode == 4, done.stdout
    assert "neither HELD, nor a Violation, nor None" in done.stdout
