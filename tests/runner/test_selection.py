"""Which scenarios a shard performs."""

import pytest

from conformance.configuration.settings import Decision, Settings
from conformance.contracts.collections.contract import CONTRACT, PROFILES
from conformance.evidence.shard import Shard
from conformance.runner import scenario_function, selection

COUNT = 3
SERVED = {name: Decision(served=True, why="") for name in PROFILES}


def needed(number, **given):
    settings = Settings(**{"profiles": PROFILES, "decisions": SERVED, "shard": number and Shard(number, COUNT)} | given)
    scenarios = [each for path in selection.suites(settings, CONTRACT) for each in scenario_function.of_file(path)]
    named = set().union(*(scenario.exercised(CONTRACT.api.requirements) for scenario in scenarios))
    chosen = selection.to_run(selection.useful(scenarios, settings, CONTRACT, named), settings)
    return {scenario.scenario for scenario in chosen}, {scenario.scenario for scenario in chosen if scenario.is_in_parts}


SOME = {name: Decision(served=name in {"core", "write"}, why="") for name in PROFILES}


@pytest.mark.parametrize(
    "given",
    [{}, {"only": ("source.*",)}, {"profiles": ("core", "query")}, {"decisions": SOME}, {"done": ("core/collections/minimal",)}],
)
def test_a_scenario_belongs_to_one_shard_and_one_in_parts_to_all(given):
    whole, parts = needed(None, **given)
    shards = [needed(number, **given)[0] for number in range(1, COUNT + 1)]
    assert set().union(*shards) == whole
    assert all(parts <= shard for shard in shards)
    assert sum(len(shard - parts) for shard in shards) == len(whole - parts)


def test_what_a_shard_has_found_out_or_done_gives_no_scenario_to_another():
    own, _parts = needed(1)
    for given in ({"decisions": SOME}, {"done": tuple(sorted(own))[:3]}):
        assert needed(1, **given)[0] <= own


def test_what_is_selected_alone_is_shared_evenly():
    parts = needed(None, only=("source.*",))[1]
    sizes = [len(needed(number, only=("source.*",))[0] - parts) for number in range(1, COUNT + 1)]
    assert max(sizes) - min(sizes) <= 1
