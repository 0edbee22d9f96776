"""The commands, each a function from parsed options to an exit code."""

import argparse
from collections.abc import Callable

from conformance.cli.commands.check import check
from conformance.cli.commands.diff import diff
from conformance.cli.commands.doctor import doctor
from conformance.cli.commands.explain import explain
from conformance.cli.commands.faults import faults
from conformance.cli.commands.history import history
from conformance.cli.commands.init import init
from conformance.cli.commands.matrix import matrix
from conformance.cli.commands.replay import replay
from conformance.cli.commands.run import run
from conformance.cli.commands.serve import serve
from conformance.cli.commands.spec import spec

COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": run,
    "serve": serve,
    "explain": explain,
    "replay": replay,
    "check": check,
    "faults": faults,
    "init": init,
    "doctor": doctor,
    "spec": spec,
    "matrix": matrix,
    "diff": diff,
    "history": history,
}
