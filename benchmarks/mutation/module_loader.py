"""Loading: the reference's modules imported anew, one of them from code that was compiled rather than read."""

import importlib
import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from mutation.mutant import Mutant, compiled

PACKAGE = "conformance.contracts.collections.reference"
FOLDER = Path(__file__).parents[2] / "conformance" / "contracts" / "collections" / "reference"


def source(module: str) -> str:
    """Return what is written in a module of the reference."""
    return (FOLDER / f"{module}.py").read_text("utf-8")


def faithful() -> Any:
    """Return the class `Reference` as it is written."""
    return importlib.import_module(f"{PACKAGE}.app").Reference


def mutated(mutant: Mutant) -> Any:
    """Return the class `Reference` of the mutated modules; this process has no other reference from now on."""
    name = f"{PACKAGE}.{mutant.module}"
    code = compiled(mutant, source(mutant.module), name)
    for known in [one for one in sys.modules if one == PACKAGE or one.startswith(f"{PACKAGE}.")]:
        del sys.modules[known]
    sys.meta_path.insert(0, _Finder(name, code))
    return faithful()


class _Finder(MetaPathFinder, Loader):
    """Finds one module in what was compiled."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)
