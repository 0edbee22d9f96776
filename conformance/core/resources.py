"""Find the data files of the package: inside an installed wheel, or beside the package in a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parents[1]


def find(name: str) -> Path:
    """Return the path of a packaged file or folder such as `specs/collections/openapi.yaml`.

    Raises:
        FileNotFoundError: there is no such file in the installation.

    """
    for root in (_PACKAGE, _PACKAGE.parent):
        if (path := root / name).exists():
            return path
    raise FileNotFoundError(f"this installation lacks {name}")
