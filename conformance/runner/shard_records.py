"""The records of a run's shards: found, read, and refused if they do not belong together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conformance.core.errors import UsageError
from conformance.evidence.results import Manifest, Part, Results
from conformance.evidence.results_file import RESULTS

_MOST_SAID = 60


@dataclass(frozen=True, slots=True)
class ShardRecord:
    """The record of one shard, and the file that it was read from."""

    file: Path
    results: Results
    part: Part

    @property
    def manifest(self) -> Manifest:
        """How the shard was made."""
        return self.results.manifest

    @property
    def number(self) -> int:
        """Which of the shards it is."""
        return self.part.shard.number


def read(paths: Sequence[Path], output: Path, read_results: Callable[[Path], Results]) -> list[ShardRecord]:
    """Return the shards of one run, in their order, from records and from folders; `output` is not looked at, it may be an older one.

    Raises:
        UsageError: a record cannot be read, is of no shard, or does not belong to the others.

    """
    files = {file.resolve(): file for path in paths for file in _files(path, output)}
    shards = sorted((_shard(file, read_results(file)) for file in files.values()), key=lambda shard: shard.number)
    _check(shards)
    return shards


def _files(path: Path, output: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = [file for file in sorted(path.rglob(RESULTS)) if file.resolve() != output.resolve()]
    if not files:
        raise UsageError(f"{path}: no {RESULTS} is in it")
    return files


def _shard(file: Path, results: Results) -> ShardRecord:
    manifest = results.manifest
    if manifest.part is not None:
        return ShardRecord(file, results, manifest.part)
    if manifest.shards is not None:
        raise UsageError(f"{file}: its shards are joined already; name the records of all shards")
    raise UsageError(f"{file}: a whole run, and no shard of one; conformance matrix and conformance diff compare whole runs")


# What all shards of one run have in common, and how it is called where it differs.
_COMMON: dict[str, Callable[[ShardRecord], object]] = {
    "the contract": lambda shard: shard.manifest.contract.name,
    "the toolkit's version": lambda shard: shard.manifest.toolkit,
    "the edition of the contract": lambda shard: shard.manifest.digests,
    "the list of routes": lambda shard: shard.manifest.routes,
    "the target": lambda shard: _place(shard.manifest),
    "the seed": lambda shard: shard.manifest.seed,
    "the budget": lambda shard: shard.manifest.budget,
    "the number of shards": lambda shard: str(shard.part.shard.count),
    "what --only selects": lambda shard: ", ".join(shard.manifest.only) or "all",
    "what --profile selects": lambda shard: ", ".join(shard.manifest.profiles),
    "--strict": lambda shard: "given" if shard.manifest.strict else "not given",
    "the vocabulary": lambda shard: shard.manifest.vocabulary,
    "the namespaces": lambda shard: shard.manifest.namespaces,
    "the list of declared deviations": lambda shard: shard.part.excused,
    # What is drawn for a seed may be another thing in another version of these.
    "Python's version": lambda shard: ".".join(shard.manifest.python.split(".")[:2]),
    "the set of libraries": lambda shard: shard.manifest.libraries,
}


def _place(manifest: Manifest) -> str:
    """Return where the target is; a server that the run starts gets another port in each shard."""
    target = manifest.target
    return target.command or target.url or target.app or target.name


def _check(shards: Sequence[ShardRecord]) -> None:
    first, *others = shards
    for what, value in _COMMON.items():
        for other in others:
            if value(first) != value(other):
                raise UsageError(f"no shards of one run: {_differing(what, first, other, value(first), value(other))}")
    for before, after in zip(shards, others, strict=False):
        if before.number == after.number:
            raise UsageError(f"shard {after.part.shard} is there twice: {before.file} and {after.file}")


def _differing(what: str, first: ShardRecord, other: ShardRecord, one: object, another: object) -> str:
    if isinstance(one, str) and isinstance(another, str) and max(len(one), len(another)) <= _MOST_SAID:
        return f"{what} is {one} in {first.file} and {another} in {other.file}"
    return f"{what} is not the same in {first.file} and {other.file}"
