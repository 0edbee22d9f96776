"""Checkpoints: what they say is read again, and a record that was cut in the middle of a line is made whole."""

import gzip
import json

import pytest

from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.evidence.findings import Finding, Findings
from conformance.runner import checkpoint
from conformance.runner.checkpoint import Checkpoint


def test_what_several_processes_knew_is_put_together(tmp_path):
    settings = Settings(seed="7", budget="standard")
    Checkpoint(settings, 5.0, 2.0, Findings(requests=3)).write(tmp_path, "")
    for worker, done in (("gw0", "a"), ("gw1", "b")):
        Checkpoint(settings, 6.0, 9.0, Findings(4, {"x": Finding(checks=2)}), frozenset({done})).write(tmp_path, worker)
    joined = checkpoint.read(tmp_path)
    assert (joined.started, joined.seconds, joined.done) == (5.0, 9.0, {"a", "b"})
    assert (joined.findings.requests, joined.findings.by_requirement["x"].checks) == (11, 4)
    assert (joined.settings.seed, joined.settings.attempt, joined.settings.done) == ("7", 1, ("a", "b"))


@pytest.mark.parametrize("content", ["", "[]", '{"toolkit": "9"}', '{"toolkit": "0.1.0"}'])
def test_a_broken_checkpoint_is_named_in_one_line(tmp_path, content):
    (tmp_path / ".checkpoint.0.json").write_text(content)
    with pytest.raises(UsageError, match="--resume"):
        checkpoint.read(tmp_path)


def test_where_no_run_was_cut_short_nothing_is_resumed(tmp_path):
    with pytest.raises(UsageError, match="no run that was cut short"):
        checkpoint.read(tmp_path)


@pytest.mark.parametrize("rest", ["", '{"n": 3', "x" * 200_000])
def test_half_a_line_at_the_end_of_a_partial_record_is_cut_off(tmp_path, rest):
    file = checkpoint.partial(tmp_path, "gw0", 0)
    file.write_text('{"n": 1}\n{"n": 2}\n' + rest)
    checkpoint.take_up(tmp_path, 1)
    assert [json.loads(line)["n"] for line in file.read_text().splitlines()] == [1, 2]


def test_the_record_of_a_run_that_ended_early_is_added_to(tmp_path):
    with gzip.open(tmp_path / "exchanges.jsonl.gz", "wt") as packed:
        packed.write('{"n": 1}\n')
    checkpoint.take_up(tmp_path, 1)
    checkpoint.partial(tmp_path, "", 1).write_text('{"n": 2}\n')
    assert gzip.decompress(checkpoint.join_exchanges(tmp_path).read_bytes()) == b'{"n": 1}\n{"n": 2}\n'
    assert checkpoint.partials(tmp_path) == []
