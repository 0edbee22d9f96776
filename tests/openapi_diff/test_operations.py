"""Operations that are gone, new or moved; their parameters, bodies, statuses and access."""

import pytest
from openapi_differences import INTEGER, NULL, STRING, body, document, obj, one, operation, parameter, rows, told

from conformance.openapi_diff.compare import compare

BREAKS, KEEPS = "breaks", "unaffected"
MUST, DROP, NOTHING = "must", "may-drop", "unaffected"
SUCCESS = {"description": "ok"}


def named(name, **more):
    return operation(operationId=name, **more)


def whole(old, new):
    """Return of each row about a whole operation its kind and its first names."""
    return [(str(row.kind), *row.operations[0]) for row in rows(old, new) if row.kind.startswith("operation-")]


def test_an_operation_is_gone_or_new():
    old, new = document({"/things": {"get": operation()}, "/others": {"get": operation()}}), one(operation(), method="get")
    assert whole(old, new) == [("operation-gone", "GET /others", None)]
    assert whole(new, old) == [("operation-new", None, "GET /others")]
    assert told(old, new) == [("operation-gone", "", BREAKS, DROP)]
    assert told(new, old) == [("operation-new", "", KEEPS, MUST)]


MOVED = {
    "a verb that left the path": (
        "post",
        "/v1/things/create",
        "create_thing_v1_things_create_post",
        "post",
        "/v1/things",
        "create_thing_v1_things_post",
    ),
    "a list that takes a body": ("get", "/v1/things", "listThings", "post", "/v1/things/list", "things.list"),
    "another method": ("put", "/things/{id}", "updateThing", "patch", "/things/{thing_id}", "updateThing"),
    "another version": ("get", "/v1/things", None, "get", "/v2/things", None),
    "no name at all": ("post", "/things/create", None, "post", "/things", None),
    "one name": ("post", "/things/{id}/run", "runThing", "post", "/runs", "runThing"),
}


@pytest.mark.parametrize(("method", "path", "name", "new_method", "new_path", "new_name"), MOVED.values(), ids=MOVED)
def test_an_operation_that_moved_is_known_by_what_it_means(method, path, name, new_method, new_path, new_name):
    def made(name):
        return operation() if name is None else named(name)

    old, new = one(made(name), path, method), one(made(new_name), new_path, new_method)
    places = f"{method.upper()} {path}", f"{new_method.upper()} {new_path}"
    assert whole(old, new) == [("operation-moved", *places)]
    assert whole(new, old) == [("operation-moved", *reversed(places))]
    assert told(old, new) == [("operation-moved", "", BREAKS, MUST)]


OTHERS = {
    "another noun": ("post", "/things/create", "createThing", "post", "/boxes", "createBox"),
    "another effect": ("post", "/things/list", "listThings", "post", "/things/create", "createThing"),
    "a search is no list": ("post", "/things/search", "searchThings", "get", "/things", "listThings"),
    "one of a list is no list": ("get", "/things/{id}", "getThing", "post", "/things/list", "listThings"),
}


@pytest.mark.parametrize(("method", "path", "name", "new_method", "new_path", "new_name"), OTHERS.values(), ids=OTHERS)
def test_an_operation_that_means_something_else_did_not_move(method, path, name, new_method, new_path, new_name):
    old, new = one(named(name), path, method), one(named(new_name), new_path, new_method)
    assert {kind for kind, _old, _new in whole(old, new)} == {"operation-gone", "operation-new"}


def test_of_two_that_may_be_meant_none_is_guessed():
    old = one(named("listThings"), "/things", "get")
    new = document({"/v2/things": {"get": named("listThingsOfV2")}, "/things/list": {"post": named("listThingsByPost")}})
    assert sorted(kind for kind, _old, _new in whole(old, new)) == ["operation-gone", "operation-new", "operation-new"]


def test_an_address_that_does_something_else_now_is_said_to_be_taken():
    old = document({"/boxes": {"post": named("list_boxes")}, "/boxes/create": {"post": named("create_box")}})
    found = rows(old, one(named("create_box"), "/boxes"))
    assert [(row.kind, row.sentence) for row in found] == [
        ("operation-moved", "POST /boxes/create moved to POST /boxes"),
        ("operation-gone", "POST /boxes is gone; its address belongs to another operation now"),
    ]


def test_another_name_for_the_same_at_the_same_address_is_no_row():
    for method, names in (
        ("get", ("getThings", "listThings")),
        ("post", ("registerThing", "createThing")),
        ("put", ("setThing", "createThing")),
    ):
        assert not rows(one(named(names[0]), method=method), one(named(names[1]), method=method))


def test_names_of_parameters_in_a_path_and_the_paths_of_servers_are_no_change():
    old = document({"/v1/things/{thing_id}": {"get": operation(parameters=[parameter("thing_id", where="path", required=True)])}})
    new = document(
        {"/things/{thing_identifier}": {"get": operation(parameters=[parameter("thing_identifier", where="path", required=True)])}},
        servers=[{"url": "https://api.example.org/v1"}],
    )
    assert not rows(old, new)
    assert not rows(new, old)


def test_only_chosen_operations_are_compared():
    old, new = document({"/things": {"get": operation()}, "/boxes": {"get": operation()}}), document({})
    for glob in ("/things", "/th*", "GET /things"):
        assert [row.operations for row in rows(old, new, (glob,))] == [(("GET /things", None),)]
    assert (compare(old, new, ("/none",)).in_old, compare(old, new).in_old) == (0, 2)


# Parameters


def with_parameters(*parameters):
    return one(operation(parameters=parameters), method="get")


@pytest.mark.parametrize(
    ("old", "new", "kind", "client", "server"),
    [
        ([parameter("a")], [], "parameter-gone", BREAKS, DROP),
        ([], [parameter("a")], "parameter-new", KEEPS, MUST),
        ([], [parameter("a", required=True)], "parameter-new", BREAKS, MUST),
        ([parameter("a")], [parameter("a", required=True)], "now-required", BREAKS, DROP),
        ([parameter("a", required=True)], [parameter("a")], "now-optional", KEEPS, MUST),
        ([parameter("a", STRING)], [parameter("a", INTEGER)], "type-narrower", BREAKS, DROP),
        ([parameter("a", INTEGER)], [parameter("a", STRING)], "type-wider", KEEPS, MUST),  # a number is sent as text, too
        ([parameter("a")], [parameter("a", {"type": "string", "enum": ["b"]})], "values-gone", BREAKS, DROP),
        ([parameter("a", {**INTEGER, "default": 5})], [parameter("a", {**INTEGER, "default": 6})], "default-changed", BREAKS, MUST),
        ([parameter("a", {**INTEGER, "maximum": 5})], [parameter("a", {**INTEGER, "maximum": 6})], "limit-looser", KEEPS, MUST),
        ([parameter("a", {"anyOf": [STRING, NULL]})], [parameter("a")], None, None, None),  # null cannot be sent
        ([parameter("a", where="header")], [parameter("A", where="header")], None, None, None),
        ([parameter("Authorization", where="header")], [], None, None, None),
        ([parameter("a")], [{"name": "a", "in": "query", "content": {"application/json": {"schema": STRING}}}], None, None, None),
    ],
    ids=str,
)
def test_a_parameter_that_changed(old, new, kind, client, server):
    expected = [] if kind is None else [(kind, "parameters/query/a", client, server)]
    assert told(with_parameters(*old), with_parameters(*new)) == expected


def test_a_parameter_is_renamed_if_only_the_writing_of_its_name_changed():
    old, new = (
        with_parameters(parameter("pageSize"), parameter("collection_id")),
        with_parameters(parameter("page_size"), parameter("collection_identifier")),
    )
    assert told(old, new) == [
        ("parameter-renamed", "parameters/query/collection_identifier", BREAKS, MUST),
        ("parameter-renamed", "parameters/query/page_size", BREAKS, MUST),
    ]
    tighter = with_parameters(parameter("page_size", {**STRING, "maxLength": 5}))
    assert [kind for kind, *_rest in told(with_parameters(parameter("pageSize")), tighter)] == [
        "parameter-renamed",
        "limit-tighter",
    ]
    gone_and_new = told(with_parameters(parameter("sort")), with_parameters(parameter("cursor")))
    assert [kind for kind, *_rest in gone_and_new] == ["parameter-gone", "parameter-new"]
    assert "parameter-gone" in str(told(with_parameters(parameter("page_size", INTEGER)), with_parameters(parameter("pageSize"))))


def test_parameters_of_the_whole_path_are_parameters_of_the_operation():
    old = document({"/things": {"get": operation(), "parameters": [parameter("a")]}})
    assert not rows(old, with_parameters(parameter("a")))


def test_parameters_in_a_path_are_compared_by_their_order():
    def made(name, schema):
        return one(operation(parameters=[parameter(name, schema, "path", required=True)]), f"/things/{{{name}}}", "get")

    assert told(made("a", STRING), made("b", INTEGER)) == [("type-narrower", "parameters/path/b", BREAKS, DROP)]


# Bodies, statuses, access


def with_body(**described):
    return one(operation(requestBody=described) if described else operation())


def answering(**statuses):
    return one({"responses": {name.removeprefix("_"): stated for name, stated in statuses.items()}}, method="get")


@pytest.mark.parametrize(
    ("old", "new", "kind", "client", "server"),
    [
        (with_body(), with_body(**body(STRING)), "body-new", KEEPS, MUST),
        (with_body(), with_body(**body(STRING), required=True), "body-new", BREAKS, MUST),
        (with_body(**body(STRING)), with_body(), "body-gone", BREAKS, DROP),
        (with_body(**body(STRING)), with_body(**body(STRING), required=True), "now-required", BREAKS, DROP),
        (with_body(**body(STRING), required=True), with_body(**body(STRING)), "now-optional", KEEPS, MUST),
        (
            with_body(content={"text/csv": {}, "text/plain": {}}),
            with_body(content={"text/csv": {}}),
            "media-type-gone",
            BREAKS,
            DROP,
        ),
        (with_body(content={"text/csv": {}}), with_body(content={"text/csv": {}, "text/plain": {}}), "media-type-new", KEEPS, MUST),
        (
            with_body(content={"application/json": {}}),
            with_body(content={"application/problem+json; charset=utf-8": {}}),
            None,
            None,
            None,
        ),
    ],
    ids=str,
)
def test_a_body_that_changed(old, new, kind, client, server):
    assert told(old, new) == ([] if kind is None else [(kind, "request", client, server)])


@pytest.mark.parametrize(
    ("old", "new", "kind", "place", "client", "server"),
    [
        ({"_200": SUCCESS}, {"_201": SUCCESS}, "success-status-changed", "response", BREAKS, MUST),
        ({"_200": SUCCESS}, {"_200": SUCCESS, "_202": SUCCESS}, "success-status-changed", "response", BREAKS, DROP),
        ({"_200": SUCCESS, "_202": SUCCESS}, {"_200": SUCCESS}, "success-status-changed", "response", KEEPS, MUST),
        ({"_200": SUCCESS}, {"_2XX": SUCCESS}, None, None, None, None),
        ({"_200": SUCCESS}, {"default": SUCCESS}, None, None, None, None),
        ({"_200": SUCCESS}, {"_200": SUCCESS, "_404": SUCCESS}, "other-status-new", "errors", KEEPS, NOTHING),
        ({"_200": SUCCESS, "_404": SUCCESS}, {"_200": SUCCESS}, "other-status-gone", "errors", KEEPS, NOTHING),
        ({"_200": SUCCESS, "_404": SUCCESS}, {"_200": SUCCESS, "default": SUCCESS}, None, None, None, None),
        ({"_200": body(STRING)}, {"_204": SUCCESS}, "body-gone", "response", BREAKS, DROP),
        ({"_200": SUCCESS}, {"_200": body(STRING)}, "body-new", "response", KEEPS, MUST),
        ({"_200": body(STRING)}, {"_201": body(INTEGER)}, "type-changed", "response", BREAKS, MUST),
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_that_changed(old, new, kind, place, client, server):
    found = told(answering(**old), answering(**new))
    if kind is None:
        assert not found
    else:
        assert (kind, place, client, server) in found
        assert {one for one, *_rest in found} <= {kind, "success-status-changed"}


def test_what_a_client_has_to_show():
    schemes = {
        "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"},
            "key": {"type": "apiKey", "in": "header", "name": "X-Key"},
        }
    }
    renamed = {"securitySchemes": {"other": {"type": "http", "scheme": "Bearer"}}}

    def made(*ways, components=schemes):
        return document({"/things": {"get": operation()}}, security=list(ways), components=components)

    bearer, key, either = made({"token": []}), made({"key": []}), made({"token": []}, {"key": []})
    opened = made({})
    assert told(bearer, key) == [("access-changed", "", BREAKS, MUST)]
    assert told(either, bearer) == [("access-changed", "", BREAKS, DROP)]
    assert told(bearer, either) == [("access-changed", "", KEEPS, MUST)]
    assert told(opened, bearer) == [("access-changed", "", BREAKS, DROP)]
    assert told(bearer, one(operation(), method="get")) == [("access-changed", "", KEEPS, NOTHING)]
    assert not rows(bearer, made({"other": []}, components=renamed))
    assert not rows(opened, one(operation(), method="get"))


def test_an_operation_may_be_deprecated():
    assert told(one(operation()), one(operation(deprecated=True))) == [("deprecation-changed", "", KEEPS, NOTHING)]


def test_what_leads_nowhere_is_not_compared_and_that_is_told():
    gone = {"$ref": "#/components/gone"}
    broken = one({"requestBody": gone, "responses": {"200": gone}, "parameters": [gone]})
    found = compare(one(operation(STRING, STRING, [parameter("a")])), broken)
    assert not found.rows
    assert {part.place for part in found.not_compared} == {"request", "response", "parameters"}


def test_webhooks_and_callbacks_are_told_to_be_passed_over():
    for document_with in (one(operation(callbacks={})), one(operation(), webhooks={})):
        (part,) = compare(one(operation()), document_with).not_compared
        assert "webhooks and callbacks" in part.reason
    assert not compare(one(operation(obj(a=STRING))), one(operation(obj(a=STRING)))).not_compared
