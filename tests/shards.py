"""Records of shards, made up for tests: each with one requirement."""

from dataclasses import replace
from pathlib import Path

from recorded import results, row

from conformance import __version__
from conformance.contracts.collections.contract import CONTRACT
from conformance.evidence.results import Capability, Excused, Part, Status, Verdict
from conformance.evidence.shard import Shard
from conformance.runner import assemble
from conformance.runner.shard_records import ShardRecord

SERVED = Capability(served=True, why="probed: it is there")
DIGESTS = assemble.digests(CONTRACT)
PASSED = replace(row(Status.PASSED), violations=0)
EXCUSED = Excused("source.*", "known", None, None, None, (), flaky=False)


def record(number, given, *, count=2, ended=None, excused=(), **manifest):
    """Return what a shard has left that has this row alone."""
    part = Part(Shard(number, count), ended, excused)
    common = {
        "toolkit": __version__,
        "digests": DIGESTS,
        "profiles": ("core",),
        "capabilities": {"core": SERVED},
        "only": ("source.type-enum",),
    }
    made = replace(results(), requirements=(given,), verdict=Verdict.INCOMPLETE, causes=())
    made = replace(made, manifest=replace(made.manifest, **{**common, "part": part, "incomplete_because": "a shard", **manifest}))
    return ShardRecord(Path(f"{number}/results.json"), made, part)
