"""The pytest plugin's hooks, and nothing else: a pytest run that does not use it pays for this file only."""

from collections.abc import Generator
from typing import Any

import pytest

_MARKER = "conformance"
OPTIONS = {
    "url": "judge the implementation at this URL",
    "app": "judge an ASGI or WSGI application in process, as MODULE:ATTRIBUTE",
    "target": "judge what this target file (TOML) describes",
    "token-env": "the environment variable that holds the bearer token",
    "budget": "quick, standard or thorough",
    "seed": "the seed of all that is sent (default: 0)",
    "max-time": "end the run after this time, such as 90s, 15m or 8h; one beyond what the budget ever takes is used to explore",
    "output": "write results.json, report.html and the record into this folder",
    "contract": "the contract to judge by: an installed one, NAME@EDITION, or MODULE:NAME (default: that of the target file, or collections)",
    "only": "judge requirements with this id or glob, comma-separated",
}
FLAGS = {
    "factory": "the application is what MODULE:ATTRIBUTE returns when it is called",
    "strict": "a failed SHOULD fails too",
    "keep": "leave what the run made on the target",
}


@pytest.fixture(scope="session")
def conformance_target() -> Any:
    """Return what tests with the marker `conformance` judge: a project overrides it and returns its application, client or URL."""
    raise pytest.UsageError(
        "override the fixture conformance_target: return an application, an httpx.Client, an httpx transport or a URL"
    )


@pytest.fixture(scope="session")
def conformance_reset() -> Any:
    """Return what tests with the marker `conformance` call before each scenario: nothing, unless a project overrides it."""
    return None


def pytest_itemcollected(item: pytest.Item) -> None:
    """Refuse the marker where nothing would be judged: a method of unittest, a doctest."""
    is_requirement = item.nodeid.startswith("conformance::")
    is_function = isinstance(item, pytest.Function) and not getattr(item, "nofuncargs", False)
    if item.get_closest_marker(_MARKER) is not None and not is_requirement and not is_function:
        raise pytest.UsageError(f"{item.nodeid}: the marker {_MARKER} is for test functions, and not for unittest or doctests")


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, Any, Any]:
    """Judge the target of a test with the marker before the test itself is run."""
    marker = pyfuncitem.get_closest_marker(_MARKER)
    if marker is not None:
        from conformance.testing import assert_conforms

        target, reset = (_fixture(pyfuncitem, name) for name in ("conformance_target", "conformance_reset"))
        assert_conforms(target, only=marker.args, **{"reset": reset, **marker.kwargs})
    return (yield)


def _fixture(item: pytest.Function, name: str) -> Any:
    """Return what a fixture gives: the test may take it as an argument, and the marker may have been added late."""
    return item.funcargs[name] if name in item.funcargs else item._request.getfixturevalue(name)  # noqa: SLF001 - no public way


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--conformance-url` and its companions, and `conformance_url` and so on for ini files."""
    group = parser.getgroup("conformance", "conformance of an API to its contract")
    for name, text in OPTIONS.items():
        group.addoption(f"--conformance-{name}", metavar=name.upper(), help=text)
        parser.addini(f"conformance_{name.replace('-', '_')}", text)
    for name, text in FLAGS.items():
        group.addoption(f"--conformance-{name}", action="store_true", help=text)
        parser.addini(f"conformance_{name}", text, type="bool")
    # How settings travel from the command line and to the workers of pytest-xdist.
    group.addoption("--conformance-settings", help="internal")


def pytest_configure(config: pytest.Config) -> None:
    """Load the rest only if a target was named."""
    config.addinivalue_line("markers", "exercises(*requirements): the requirements that a scenario can show")
    config.addinivalue_line("markers", "in_parts: a scenario whose examples the shards of a run share")
    config.addinivalue_line("markers", "by_chance: a scenario that sends something else with another seed")
    config.addinivalue_line(
        "markers", "conformance(*requirements, budget=…, seed=…): what `conformance_target` must conform to, by globs"
    )
    if config.option.conformance_settings:
        from conformance.runner import session

        session.register(config)
    elif any(config.getoption(f"conformance_{name}") or config.getini(f"conformance_{name}") for name in ("url", "app", "target")):
        from conformance.runner import pytest_run

        pytest_run.register(config)
