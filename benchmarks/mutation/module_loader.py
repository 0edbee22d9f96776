"""Import the modules of the reference again, with the code of one of them mutated."""

import importlib
import importlib.util
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from mutation.mutant import Mutant, compile_mutant

PACKAGE = "conformance.contracts.collections.reference"
FOLDER = Path(__file__).parents[2] / "conformance" / "contracts" / "collections" / "reference"


def module_source(module: str) -> str:
    """Return the source code of a module of the reference."""
    return (FOLDER / f"{module}.py").read_text("utf-8")


def load_reference() -> Any:
    """Return the class `Reference`."""
    return importlib.import_module(f"{PACKAGE}.app").Reference


def load_mutated_reference(mutant: Mutant) -> Any:
    """Return the class `Reference` with a mutated module. From now on this process has no other reference."""
    name = f"{PACKAGE}.{mutant.module}"
    code = compile_mutant(mutant, module_source(mutant.module), name)
    for imported in [module for module in sys.modules if module == PACKAGE or module.startswith(f"{PACKAGE}.")]:
        del sys.modules[imported]
    sys.meta_path.insert(0, _CompiledModuleFinder(name, code))
    return load_reference()


class _CompiledModuleFinder(MetaPathFinder, Loader):
    """Imports one module from compiled code."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(self, name: str, _path: object, _target: object = None) -> ModuleSpec | None:
        return importlib.util.spec_from_loader(name, self) if name == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)
