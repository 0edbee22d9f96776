"""The records of shards: read in their order, and refused in one line if they are not of one run."""

from dataclasses import replace

import pytest
from recorded import results
from shards import EXCUSED, PASSED, record

from conformance.core.errors import UsageError
from conformance.evidence import results_file
from conformance.runner import shard_records


def read(tmp_path, *shards, more=()):
    files = []
    for at, shard in enumerate(shards):
        files.append(tmp_path / f"{at}" / "results.json")
        files[-1].parent.mkdir()
        files[-1].write_text(results_file.text(shard.results))
    return shard_records.read([*files, *more], tmp_path / "out.json", lambda file: results_file.read(file, {}))


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"seed": "2"}, "the seed is 1 in {0} and 2 in {1}"),
        ({"budget": "standard"}, "the budget is quick in {0} and standard in {1}"),
        ({"toolkit": "9"}, "the toolkit's version is"),
        ({"digests": {}}, "the edition of the contract is not the same in {0} and {1}"),
        ({"only": ()}, "what --only selects is source.type-enum in {0} and all in {1}"),
        ({"profiles": ("core", "read")}, "what --profile selects is core in {0} and core, read in {1}"),
        ({"strict": True}, "--strict is not given in {0} and given in {1}"),
        ({"vocabulary": {"buckets": ["b"]}}, "the vocabulary is not the same"),
        ({"routes": {"list_documents": "POST /l/{collection}"}}, "the list of routes is not the same"),
        ({"libraries": {"hypothesis": "1"}}, "the set of libraries is not the same"),
        ({"python": "3.99.1"}, "Python's version is"),
        ({"target": replace(results().manifest.target, url="http://other")}, "the target is"),
        ({"contract": replace(results().manifest.contract, name="other")}, "the contract is collections in {0} and other in {1}"),
    ],
)
def test_what_is_no_part_of_the_same_run_is_refused_in_a_line_that_names_what_differs_and_where(tmp_path, manifest, message):
    with pytest.raises(UsageError) as caught:
        read(tmp_path, record(1, PASSED), record(2, PASSED, **manifest))
    files = [tmp_path / f"{number}" / "results.json" for number in (0, 1)]
    assert message.format(*files) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_another_number_of_shards_or_other_declared_deviations_are_refused(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageError, match="the number of shards is 2 in .* and 3 in"):
        read(tmp_path / "a", record(1, PASSED), record(2, PASSED, count=3))
    (tmp_path / "b").mkdir()
    with pytest.raises(UsageError, match="the list of declared deviations is not the same"):
        read(tmp_path / "b", record(1, PASSED), record(2, PASSED, excused=(EXCUSED,)))


def test_a_server_that_each_shard_starts_at_a_port_of_its_own_is_one_target(tmp_path):
    target = replace(results().manifest.target, command="serve --port {port}")
    shards = [record(number, PASSED, target=replace(target, url=f"http://127.0.0.1:{number}")) for number in (1, 2)]
    assert [shard.number for shard in read(tmp_path, *shards)] == [1, 2]


def test_a_shard_that_is_there_twice_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"shard 1/2 is there twice: .*0/results.json and .*1/results.json"):
        read(tmp_path, record(1, PASSED), record(1, PASSED))


def test_one_file_that_is_named_twice_is_one_shard_and_shards_are_in_their_order(tmp_path):
    shards = read(tmp_path, record(2, PASSED), record(1, PASSED), more=[tmp_path])
    assert [shard.number for shard in shards] == [1, 2]


def test_a_whole_run_and_a_joined_record_are_refused_with_a_hint(tmp_path):
    (tmp_path / "a").mkdir()
    with pytest.raises(UsageError, match="a whole run, and no shard of one; conformance matrix and conformance diff"):
        read(tmp_path / "a", record(1, PASSED, part=None))
    (tmp_path / "b").mkdir()
    with pytest.raises(UsageError, match="its shards are joined already"):
        read(tmp_path / "b", record(1, PASSED, part=None, shards=2))


def test_a_folder_without_records_is_told(tmp_path):
    with pytest.raises(UsageError, match=r"no results.json is in it"):
        shard_records.read([tmp_path], tmp_path / "out.json", lambda file: results_file.read(file, {}))
