"""One run in shards: together they send what the whole run sends, and come to its verdict."""

import json
import re
import shutil
from collections import Counter
from itertools import combinations
from pathlib import Path

import pytest
from command import conformance, write_app
from recorded import read_exchanges, read_results, read_rows

from conformance.core.tags import TAG

COUNT = 3
# What the target gives and what a run is known by differs from run to run: ids, and the tags of names.
NAMES = re.compile(r"(?:col|doc|bkt)_[0-9a-f]*|cf_[0-9a-f]{6}_[0-9a-f]{4}_\d{5}_|(?<=cursor=)[^&]*")
# Scenarios of which each shard performs its part, and what each has to make for itself.
PARTS = {"core/collections/explored", "core/documents/each_rule_broken", "query/filters/groups", "core/derived/derived_documents"}
OWN = {"corpus", "home/primary", "landmark"}


def run(folder, output, *more, seed="1"):
    return conformance("run", "--seed", seed, "--output", output, *more, cwd=folder, env={"COLUMNS": "400"})


def run_shards(folder, *more, place=""):
    return [run(folder, f"{place}{number}", "--shard", f"{number}/{COUNT}", *more) for number in range(1, COUNT + 1)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder with the record of a whole run, those of its shards, and the joined one; the reference is the target."""
    folder = tmp_path_factory.mktemp("shards")
    run(folder, "whole")
    assert {done.returncode for done in run_shards(folder)} == {4}
    done = conformance("merge", "1", "2", "3", "--output", "joined/results.json", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def sent(folder):
    """Return how often a run sent each request, by scenario."""
    by_scenario = {}
    for exchange in read_exchanges(folder):
        request = exchange["request"]
        key = tuple(
            NAMES.sub("", str(request.get(name))) for name in ("method", "path", "body", "headers", "credentials", "namespace")
        )
        by_scenario.setdefault(exchange["scenario"], Counter())[key] += 1
    return by_scenario


def test_the_shards_send_what_the_whole_run_sends_and_nothing_twice_but_what_each_has_to_make(folder):
    whole, shards = sent(folder / "whole"), [sent(folder / str(number)) for number in range(1, COUNT + 1)]
    assert set(whole) == set().union(*shards)
    for scenario, requests in whole.items():
        parts = [shard[scenario] for shard in shards if scenario in shard]
        for request in requests | sum(parts, Counter()):
            counts = [part[request] for part in parts]
            # What more than one sends is set-up: then each that has to do with it sends as much as the whole run, or no more.
            assert sum(counts) >= requests[request], (scenario, request)
            assert max(counts) <= requests[request], (scenario, request)
            assert sum(counts) == requests[request] or sum(count > 0 for count in counts) > 1, (scenario, request)


def test_a_scenario_is_performed_by_one_shard_or_in_parts_of_which_none_is_the_whole(folder):
    whole = read_results(folder / "whole")["scenarios"]
    shards = [read_results(folder / str(number))["scenarios"] for number in range(1, COUNT + 1)]
    counts = {scenario: [shard.get(scenario, 0) for shard in shards] for scenario in whole}
    alone = {scenario for scenario, each in counts.items() if sorted(each) == [0, 0, whole[scenario]]}
    # What a scenario makes first, a few requests, each shard that performs it makes for itself.
    assert all(sum(each) <= whole[scenario] + 12 for scenario, each in counts.items() if "/" in scenario)
    assert len(alone) > 40
    for scenario in PARTS:
        assert 0 < max(counts[scenario]) < whole[scenario]
    assert {scenario for scenario, each in counts.items() if set(each) == {whole[scenario]}} >= OWN


def test_no_two_shards_give_anything_the_same_name_for_they_may_meet_on_one_target(folder):
    tags = [
        {tag for each in read_exchanges(folder / str(number)) for tag in TAG.findall(each["request"]["body"] or "")}
        for number in (1, 2, 3)
    ]
    assert all(tags)
    assert not any(one & other for one, other in combinations(tags, 2))


def test_no_shard_is_much_larger_than_another(folder):
    requests = [read_results(folder / str(number))["requests"] for number in range(1, COUNT + 1)]
    assert max(requests) <= 1.5 * min(requests)


def test_a_shard_that_saw_nothing_fail_is_incomplete_and_says_what_it_is(folder):
    results = read_results(folder / "2")
    assert results["verdict"] == "incomplete"
    assert results["manifest"]["incomplete_because"] == "this is shard 2 of 3; conformance merge gives the verdict on all of them"
    unseen = next(row for row in results["requirements"] if row["status"] == "not-exercised")
    assert unseen["reason"] == "nothing in shard 2/3 could show it"


def test_joined_they_are_the_whole_run(folder):
    whole, joined = read_results(folder / "whole"), read_results(folder / "joined")
    assert joined["verdict"] == whole["verdict"] == "conforming"
    assert {row["id"]: row["status"] for row in joined["requirements"]} == {
        row["id"]: row["status"] for row in whole["requirements"]
    }
    assert all(
        row["checks"] >= whole_row["checks"] for row, whole_row in zip(joined["requirements"], whole["requirements"], strict=True)
    )
    assert joined["manifest"]["digests"] == whole["manifest"]["digests"]
    assert joined["requests"] == sum(read_results(folder / str(number))["requests"] for number in range(1, COUNT + 1))
    assert joined["manifest"]["shards"] == COUNT


def test_beside_the_joined_record_are_its_reports_and_the_exchanges_of_all_with_numbers_of_their_own(folder):
    names = {"results.json", "report.html", "junit.xml", "results.sarif", "badge.json", "contract.html", "exchanges.jsonl.gz"}
    assert {file.name for file in (folder / "joined").iterdir()} == names
    assert "joined from 3 shards" in (folder / "joined" / "report.html").read_text()
    numbers = [exchange["n"] for exchange in read_exchanges(folder / "joined")]
    assert len(numbers) == len(set(numbers)) == sum(len(read_exchanges(folder / str(number))) for number in range(1, COUNT + 1))


def test_a_joined_record_is_a_record_like_any_other(folder):
    done = conformance("diff", "whole/results.json", "joined/results.json", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr
    done = conformance("matrix", "whole/results.json", "joined/results.json", "--output", "matrix", cwd=folder)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_verdict_without_a_shard_names_it_and_is_open(folder):
    done = conformance("merge", "1", "3", "--output", "part/other.json", cwd=folder)
    assert done.returncode == 4, done.stdout + done.stderr
    assert "shard 2 of 3 is missing" in done.stdout
    assert json.loads((folder / "part" / "other.json").read_text())["verdict"] == "incomplete"


def test_exchanges_that_do_not_lie_beside_a_record_are_told(folder, tmp_path):
    for number in ("1", "2", "3"):
        (tmp_path / number).mkdir()
        (tmp_path / number / "results.json").write_text((folder / number / "results.json").read_text())
    done = conformance("merge", str(tmp_path), "--output", str(tmp_path / "out" / "results.json"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("are not joined: no exchanges.jsonl.gz is beside it") == COUNT


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "--shard", "1/3"), "--shard 1/3 needs --seed, the same one for all shards"),
        (("run", "--shard", "4/3", "--seed", "1"), "'4/3' is no shard; shards are 1/N to N/N"),
        (("run", "--resume", "1", "--shard", "1/3"), "leave out --shard"),
        (("merge", "1", "2"), "the following arguments are required: --output"),
        (("merge", "1", "whole", "--output", "x/results.json"), "whole/results.json: a whole run, and no shard of one"),
        (("merge", "1", "joined", "--output", "x/results.json"), "its shards are joined already"),
        (("merge", "1", "2", "--output", "1/joined.json"), "the reports beside 1/results.json would be replaced"),
        (("merge", "1", "2", "--output", "joined"), "a folder; name a file, such as joined/results.json"),
        (("merge", "1", "nowhere", "--output", "x/results.json"), "No such file"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(folder, arguments, message):
    done = conformance(*arguments, cwd=folder, env={"COLUMNS": "400"})
    assert (done.returncode, done.stderr.count("\n")) == (2, 1), done.stderr
    assert message in done.stderr


# What breaks each of these is drawn by chance, or is in a catalogue that the shards share.
FAULTS = {"second-feature-unchecked": "documents.create.feature-*", "or-of-three-is-and": "filters.eval.*"}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_shards_together_find_what_the_whole_run_finds(tmp_path, fault):
    write_app(tmp_path, "faulty", fault)
    chosen = ("--app", "faulty:app", "--only", FAULTS[fault])
    assert run(tmp_path, "whole", *chosen).returncode == 1
    codes = [done.returncode for done in run_shards(tmp_path, *chosen, place="shards/")]
    assert set(codes) <= {1, 4}
    done = conformance("merge", "shards", "--output", "joined/results.json", cwd=tmp_path)
    assert (done.returncode, 1 in codes) == (1, True), done.stdout + done.stderr
    whole, joined = read_rows(tmp_path / "whole"), read_rows(tmp_path / "joined")
    assert {name: row["status"] for name, row in joined.items()} == {name: row["status"] for name, row in whole.items()}
    name = next(name for name, row in joined.items() if row["status"] == "failed")
    done = conformance("replay", "joined/results.json", name, cwd=tmp_path)
    assert (done.returncode, "shown again" in done.stdout) == (1, True), done.stdout + done.stderr


def test_shards_with_workers_and_of_a_contract_of_ones_own_are_joined_too(tmp_path):
    shutil.copytree(Path(__file__).parent / "toy", tmp_path, dirs_exist_ok=True)
    for number, workers in ((1, "2"), (2, "0")):
        done = run(tmp_path, str(number), "--contract", "keyvalue:KEY_VALUE", "--shard", f"{number}/2", "-n", workers)
        assert done.returncode == 4, done.stdout + done.stderr
    done = conformance("merge", "1", "2", "--output", "joined/results.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_shard_that_was_cut_short_goes_on_as_that_shard(tmp_path):
    write_app(tmp_path, "good")
    chosen = ("--app", "good:app", "--only", "source.*")
    run(tmp_path, "1", "--shard", "1/2", *chosen, "--max-time", "0.05")
    done = conformance("merge", "1", "--output", "joined/results.json", cwd=tmp_path)
    assert "shard 1 of 2 was cut short" in done.stdout
    assert conformance("run", "--resume", "1", cwd=tmp_path).returncode == 4
    run(tmp_path, "2", "--shard", "2/2", *chosen)
    done = conformance("merge", "1", "2", "--output", "joined/results.json", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def test_shards_of_another_seed_are_refused(tmp_path):
    for number, seed in ((1, "1"), (2, "2")):
        run(tmp_path, str(number), "--shard", f"{number}/2", "--only", "source.type-enum", seed=seed)
    done = conformance("merge", "1", "2", "--output", "joined/results.json", cwd=tmp_path, env={"COLUMNS": "400"})
    assert done.returncode == 2
    expected = "conformance: no shards of one run: the seed is 1 in 1/results.json and 2 in 2/results.json\n"
    assert done.stderr.replace(str(Path("/")), "/") == expected
