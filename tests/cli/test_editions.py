"""Which edition a target speaks: told by the doctor, and by a run that asks for another one."""

import os
import re
from pathlib import Path

import pytest
from command import TOKEN, conformance
from harness import Harness

from conformance.client.client import Client, Identity
from conformance.configuration.settings import Settings
from conformance.core.tags import Tags
from conformance.runner import contracts, editions

EDITION = "collections@2026-01"
TESTS = Path(__file__).parents[1]
APPS = f"""
from conformance.contracts.collections.reference.app import Reference
from conformance.contracts.collections_2026_01.reference.app import Reference2026
from deployments import Answering, Both, Broken, Describing, Elsewhere, document_of
TOKEN = {TOKEN!r}
first, second = Reference().app, Reference2026().app
both = Both(Reference().app, Reference2026().app)
described_both = Describing(both, document_of("{EDITION}"))
described = Describing(second, document_of("{EDITION}"))
lying = Describing(first, document_of("{EDITION}"))
large = Describing(second, b'"' + b"x" * 50_000_000 + b'"')
deep = Describing(second, b"[" * 3_000_000)
senseless = Describing(second, {{"openapi": 3, "paths": {{"/v1": [], "x": {{"post": 1}}}}, "servers": [5, {{"url": "http://["}}]}})
page = Describing(second, b"<html>")
locked, locked_described = Reference2026(token=TOKEN).app, Describing(Reference2026(token=TOKEN).app, document_of("{EDITION}"))
nothing = Answering(404, {{"detail": "Not Found"}})
forbidden = Answering(403, {{"message": "Forbidden"}})
anything = Answering(200, {{"ok": True}})
broken = Broken(Reference().app, 500)
without_create = Broken(Reference().app, 405)
broken_second = Broken(Reference2026().app, 500, "/v1/collections")
plain = Broken(second, 404)
stranger = Broken(Answering(404, {{"detail": "Not Found"}}), 422, "/v1/collections", {{"error": "bad request"}})
fastapi = Broken(Answering(404, {{"detail": "Not Found"}}), 422, "/v1/collections", {{"detail": [{{"loc": ["body", "collection_name"]}}]}})
"""


@pytest.fixture
def said(tmp_path):
    """Return what the command says: its exit code, standard error and standard output."""
    (tmp_path / "apps.py").write_text(APPS)
    paths = os.pathsep.join((str(TESTS), os.environ.get("PYTHONPATH", "")))

    def run(*arguments, **env):
        done = conformance(*arguments, cwd=tmp_path, env={"PYTHONPATH": paths, "COLUMNS": "400", **env})
        assert "toolkit failed" not in done.stderr
        assert TOKEN not in done.stdout + done.stderr
        return done.returncode, done.stderr, done.stdout

    return run


# A run.


@pytest.mark.parametrize(
    ("app", "asked", "spoken"),
    [
        ("second", "collections", EDITION),
        ("first", EDITION, "collections"),
        ("plain", "collections", EDITION),
        ("fastapi", "collections", EDITION),
    ],
)
def test_a_run_of_another_edition_than_the_target_speaks_ends_with_what_to_write(said, tmp_path, app, asked, spoken):
    code, told, shown = said("run", "--app", f"apps:{app}", "--contract", asked, "--output", "out")
    assert (code, shown, told.count("\n")) == (3, "", 1)
    assert f"speaks {spoken}: run with --contract {spoken} (POST /v1/collections" in told
    assert list((tmp_path / "out").glob("*")) == []


def test_workers_and_replays_tell_it_too(said, tmp_path):
    code, told, _shown = said("run", "--app", "apps:second", "-n", "2", "--output", "out")
    assert (code, told.count("\n")) == (3, 1)
    code, _told, _shown = said("run", "--app", "apps:without_create", "--only", "http.status-documented", "--output", "out")
    code, told, _shown = said("replay", "out/results.json", "--app", "apps:second")
    assert (code, f"run with --contract {EDITION}" in told) == (3, True) or "nothing failed in it" in told


@pytest.mark.parametrize(
    ("app", "asked", "code", "message"),
    [
        ("both", "collections", 0, ""),
        ("nothing", "collections", 3, "is not a collections and documents API"),
        ("nothing", EDITION, 3, "is not a collections and documents API"),
        ("stranger", "collections", 3, "is not a collections and documents API"),
        ("forbidden", "collections", 2, "wants a token"),
        ("forbidden", EDITION, 2, "wants a token"),
        ("locked", "collections", 2, "wants a token"),
        ("without_create", "collections", 1, ""),
        ("without_create", EDITION, 3, "any address that is not there"),
        ("broken_second", "collections", 1, ""),
    ],
)
def test_nobody_is_said_to_speak_another_edition_without_evidence(said, app, asked, code, message):
    done, told, _shown = said("run", "--app", f"apps:{app}", "--contract", asked, "--only", "source.*", "--output", "out")
    assert "speaks" not in told
    assert message in told
    assert done in (code, 4 if code == 1 else code)


def test_a_server_whose_create_is_broken_is_judged(said):
    code, told, shown = said("run", "--app", "apps:broken", "--only", "http.no-server-error", "--output", "out")
    assert (code, "speaks" in told, "http.no-server-error" in shown) == (1, False, True)


class Listening:
    """A transport that remembers the paths of what is sent."""

    def __init__(self, inner):
        self.inner, self.seen = inner, []

    def send(self, request, timeout):
        self.seen.append(request.path)
        return self.inner.send(request, timeout)


@pytest.mark.parametrize(("name", "foreign"), [("collections", "/v1/collections"), (EDITION, "/v1/collections/create")])
def test_a_target_that_speaks_the_edition_is_asked_for_no_other_one(name, foreign):
    contract = contracts.load(name)
    with Harness(contract).reference(token=None) as inner:
        target, settings = Listening(inner), Settings(contract=name, profiles=contract.profiles)
        client = Client(target, identity=Identity())
        look = contract.first_look(client, settings, contract.vocabulary({}), Tags("1"))
        assert editions.looked(name, contract, client, settings, look, has_token=False)["read"].served
    assert foreign not in target.seen


def test_the_contract_of_a_target_file_is_judged_by_and_an_option_replaces_it(said, tmp_path):
    (tmp_path / "t.toml").write_text(f'[target]\napp = "apps:second"\ncontract = "{EDITION}"\n')
    code, _told, _shown = said("run", "--target", "t.toml", "--only", "source.*", "--output", "out")
    assert code == 0
    code, told, _shown = said("run", "--target", "t.toml", "--contract", "collections", "--output", "out2")
    assert (code, f"speaks {EDITION}" in told) == (3, True)


def test_a_contract_in_a_target_file_that_is_none_is_a_mistake(said, tmp_path):
    (tmp_path / "t.toml").write_text('[target]\napp = "apps:second"\ncontract = "colections"\n')
    code, told, _shown = said("run", "--target", "t.toml")
    assert (code, "did you mean collections?" in told) == (2, True)


# The doctor.


@pytest.mark.parametrize(
    ("app", "contract", "lines"),
    [
        (
            "first",
            None,
            [
                "speaks  collections: POST /v1/collections/create was answered 422 to an empty object; POST /v1/collections was answered 404"
            ],
        ),
        (
            "second",
            EDITION,
            [
                f"speaks  {EDITION}: POST /v1/collections/create was answered 405 to an empty object; POST /v1/collections was answered 422"
            ],
        ),
        ("described", EDITION, [f"speaks  {EDITION}: ", f"paths   /openapi.json describes {EDITION}, as its answers do"]),
        ("lying", None, ["speaks  collections: ", f"paths   /openapi.json describes {EDITION}; its answers count"]),
        ("large", EDITION, [f"speaks  {EDITION}: ", "paths   /openapi.json was not read: "]),
        ("deep", EDITION, [f"speaks  {EDITION}: ", "paths   /openapi.json was not read: the JSON nests too deeply to follow"]),
        ("page", EDITION, [f"speaks  {EDITION}: ", "paths   /openapi.json was not read: "]),
        ("senseless", EDITION, [f"speaks  {EDITION}: "]),
        ("both", None, [f"speaks  collections and {EDITION}: ", f"by the other with --contract {EDITION}"]),
        ("described_both", EDITION, [f"speaks  collections and {EDITION}: ", "by the other with --contract collections"]),
    ],
)
def test_the_doctor_says_which_edition_a_target_speaks_and_proposes_it(said, app, contract, lines):
    code, told, shown = said("doctor", "--app", f"apps:{app}")
    assert code == 0, told
    for line in lines:
        assert line in told
    assert re.findall('^contract = "(.*)"', shown, re.MULTILINE) == ([] if contract is None else [contract])


def test_the_file_that_it_proposes_is_judged_by_that_edition(said, tmp_path):
    _code, _told, shown = said("doctor", "--app", "apps:second")
    (tmp_path / "t.toml").write_text(shown)
    assert "batches" in shown
    code, told, _shown = said("run", "--target", "t.toml", "--only", "source.*", "--output", "out")
    assert code == 0, told


@pytest.mark.parametrize(
    ("app", "asked", "spoken", "code"), [("second", "collections", EDITION, 0), ("first", EDITION, "collections", 3)]
)
def test_the_doctor_looks_by_the_contract_that_is_given_and_says_what_the_target_rather_speaks(said, app, asked, spoken, code):
    done, told, shown = said("doctor", "--app", f"apps:{app}", "--contract", asked)
    assert done == code, told
    if code == 3:
        assert (shown, f"speaks {spoken}: run with --contract {spoken}" in told, told.count("\n")) == ("", True, 1)
    else:
        assert f"speaks  {spoken} rather than {asked}, by which it is looked at here" in told


def test_a_target_that_wants_a_token_tells_by_its_document_alone(said):
    code, told, shown = said("doctor", "--app", "apps:locked_described")
    assert code == 2
    assert "speaks  no edition for sure" in told
    assert f"describes {EDITION}, and its answers do not tell" in told
    assert "wants a token" in told
    assert f'contract = "{EDITION}"' in shown
    code, told, shown = said("doctor", "--app", "apps:locked")
    assert (code, "contract =" in shown) == (2, False)
    code, told, shown = said("doctor", "--app", "apps:locked", "--token-env", "OUR_TOKEN", OUR_TOKEN=TOKEN)
    assert (code, f"speaks  {EDITION}: " in told, f'contract = "{EDITION}"' in shown) == (0, True, True)
    code, told, shown = said("doctor", "--app", "apps:locked", "--token-env", "OUR_TOKEN", OUR_TOKEN="wrong")
    assert (code, "refuses the given token" in told) == (2, True)


@pytest.mark.parametrize(("app", "code"), [("nothing", 3), ("forbidden", 2), ("broken", 0), ("anything", 0)])
def test_the_doctor_names_no_edition_where_no_answer_shows_one(said, app, code):
    done, told, shown = said("doctor", "--app", f"apps:{app}")
    assert "contract =" not in shown
    assert f"speaks  {EDITION}" not in told
    assert done in (code, 2)


def test_init_knows_the_edition_and_has_an_example_of_a_route(said, tmp_path):
    code, _told, _shown = said("init", "t.toml", "--contract", EDITION)
    text = (tmp_path / "t.toml").read_text()
    assert (code, f'contract = "{EDITION}"' in text) == (0, True)
    assert "# [routes]" in text
    assert '# create_collection = "POST /v1/collections"' in text
    said("init", "u.toml")
    assert "contract =" not in (tmp_path / "u.toml").read_text()
    assert '# create_collection = "POST /v1/collections/create"' in (tmp_path / "u.toml").read_text()
