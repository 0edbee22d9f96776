"""What scenarios are given."""

import pytest

from conformance.running.run import Run
from conformance.session import KEY


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Run:
    """Return the run that scenarios send through."""
    run = pytestconfig.stash[KEY].run
    assert run is not None
    return run
