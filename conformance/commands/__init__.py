"""The commands, each a function from parsed options to an exit code."""

import argparse
from collections.abc import Callable

from conformance.commands.check import check
from conformance.commands.doctor import doctor
from conformance.commands.explain import explain
from conformance.commands.faults import faults
from conformance.commands.init import init
from conformance.commands.replay import replay
from conformance.commands.run import run
from conformance.commands.serve import serve
from conformance.commands.spec import spec

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
}
