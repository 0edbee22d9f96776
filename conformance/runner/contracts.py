"""Finding a contract by its name: one that an installed package brings, NAME@EDITION for an edition of it, or MODULE:NAME.

A target file may say that operations are served elsewhere: `of` gives the contract of whole settings.
"""

import difflib
import importlib
import sys
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from conformance.configuration.settings import Settings
from conformance.core.errors import ConformanceError, UsageError
from conformance.engine import routes
from conformance.engine.consistency import mistakes
from conformance.engine.contract import Contract

# The group of entry points in which a package names its contracts: name = "module:NAME".
GROUP = "conformance.contracts"
DEFAULT = "collections"


@cache
def load(name: str) -> Contract[Any]:
    """Return the contract of that name; the current folder counts as a place to import from.

    Raises:
        UsageError: there is none, its module cannot be imported, what it names is no contract, or its parts do not fit.

    """
    base, at, edition = name.partition("@")
    return _load(name, _edition_point(load(base), name, edition) if at else _entry_point(name))


def of(settings: Settings) -> Contract[Any]:
    """Return the contract that settings name, its operations where the target file says that they are served.

    Raises:
        UsageError: it cannot be loaded, or a route is none.

    """
    return routes.served(load(settings.contract), settings.file.routes)


def _load(name: str, point: EntryPoint) -> Contract[Any]:
    try:
        value = point.load()
    except ConformanceError:
        raise
    except (ImportError, AttributeError) as error:
        raise UsageError(f"--contract {name}: {error}") from None
    except Exception as error:  # noqa: BLE001 - whatever the module raises is the user's to see
        raise UsageError(f"--contract {name}: importing it raised {type(error).__name__}: {error}") from None
    if not isinstance(value, Contract):
        raise UsageError(f"--contract {name}: it is {type(value).__name__}, not a conformance Contract")
    if (mistake := next(mistakes(value), None)) is not None:
        raise UsageError(f"--contract {name}: {mistake}")
    return value


def editions(name: str) -> tuple[Contract[Any], ...]:
    """Return a contract and its other editions, the one of that name first; its own name may be that of an edition.

    Raises:
        UsageError: one of them cannot be loaded.

    """
    chosen = load(name)
    return chosen, *(edition for edition in family(name) if edition is not chosen)


def family(name: str) -> tuple[Contract[Any], ...]:
    """Return all editions of the contract of that name, the oldest first.

    Raises:
        UsageError: one of them cannot be loaded.

    """
    return tuple(map(load, names(name)))


def names(name: str) -> tuple[str, ...]:
    """Return by what names all editions of the contract of that name are found, the oldest first.

    Raises:
        UsageError: there is no such contract.

    """
    base = name.partition("@")[0]
    return base, *(f"{base}@{edition}" for edition in load(base).editions)


def _edition_point(base: Contract[Any], name: str, edition: str) -> EntryPoint:
    if edition not in base.editions:
        known = ", ".join(f"{base.name}@{one}" for one in base.editions) or "none"
        raise UsageError(f"--contract {name}: there is no such edition; beside {base.name} itself there are: {known}")
    return EntryPoint(name, base.editions[edition], GROUP)


def _entry_point(name: str) -> EntryPoint:
    module, colon, attribute = name.partition(":")
    if colon and module and attribute:
        if (here := str(Path.cwd())) not in sys.path:
            sys.path.insert(0, here)
        importlib.invalidate_caches()
        return EntryPoint(name, name, GROUP)
    known = {point.name: point for point in entry_points(group=GROUP)}
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"installed are {', '.join(sorted(known)) or 'none'}; or give MODULE:NAME"
        raise UsageError(f"--contract {name}: no contract is called so; {hint}")
    return known[name]
