"""One cause, one row: with all operations that it touches."""

from openapi_differences import INTEGER, STRING, body, document, obj, operation, parameter, ref, rows

PATHS = ("/a", "/b", "/c")


def everywhere(made, **schemas):
    return document({path: {"post": made(path)} for path in PATHS}, schemas)


def test_a_field_of_a_component_that_many_operations_use_is_one_row():
    def made(_path):
        return operation(ref("Thing"), obj(results={"type": "array", "items": ref("Thing")}))

    (row,) = rows(everywhere(made, Thing=obj(a=STRING)), everywhere(made, Thing=obj(a=INTEGER)))
    assert [names.new for names in row.operations] == ["POST /a", "POST /b", "POST /c"]
    assert (row.place, row.also) == ("request/a", ("response/results/[]/a",))
    assert (row.old_place, row.new_place) == ("/components/schemas/Thing/properties/a",) * 2
    assert (row.client, row.server) == ("breaks", "must")


def test_a_component_that_many_fields_name_is_one_row_however_they_are_called():
    def kinds(*values):
        return {
            "Kind": {"type": "string", "enum": list(values)},
            "A": obj(kind=ref("Kind")),
            "B": obj(sort=ref("Kind"), other=ref("A")),
        }

    def made(_path):
        return operation(ref("B"))

    (row,) = rows(everywhere(made, **kinds("x")), everywhere(made, **kinds("x", "y")))
    assert (row.place, row.also) == ("request/sort", ("request/other/kind",))
    assert row.sentence == '`sort` may be "y" now, too'


def test_copies_for_requests_and_for_answers_are_one():
    def made(_path):
        return operation(ref("Thing-Input"), ref("Thing-Output"))

    def things(schema):
        return {"Thing-Input": obj(a=schema), "Thing-Output": obj(a=schema)}

    (row,) = rows(everywhere(made, **things(STRING)), everywhere(made, **things(INTEGER)))
    assert row.also == ("response/a",)


def test_what_stands_in_each_operation_alike_is_one_row():
    old = everywhere(lambda _path: operation(obj(a=STRING), obj(a=STRING)))
    new = everywhere(lambda _path: operation(obj(a=STRING), obj(a=INTEGER), [parameter("X-Space", where="header")]))
    first, second = rows(old, new)
    assert {len(row.operations) for row in (first, second)} == {3}
    assert {row.place for row in (first, second)} == {"response/a", "parameters/header/X-Space"}


def test_a_parameter_counts_by_its_name_and_not_by_its_place_in_the_list():
    old = everywhere(lambda path: operation(parameters=[parameter("limit"), *([parameter("b")] if path == "/b" else [])]))
    new = everywhere(lambda path: operation(parameters=[*([parameter("b")] if path == "/b" else []), parameter("limit", INTEGER)]))
    (row,) = rows(old, new)
    assert len(row.operations) == 3


def test_the_body_of_errors_is_one_row_with_all_that_changed_in_it():
    def made(_path):
        failed = body(ref("Error"))
        return operation() | {"responses": {"200": {"description": "ok"}, **dict.fromkeys(("400", "404", "500"), failed)}}

    before, after = obj("message", message=STRING, code=INTEGER), obj(message=STRING, detail=STRING)
    (row,) = rows(everywhere(made, Error=before), everywhere(made, Error=after))
    assert (row.kind, row.place, row.old, row.new) == ("error-body-changed", "errors", "Error", "Error")
    assert len(row.operations) == 3
    assert "`message` may be missing now" in row.sentence
    assert set(row.also) == {"errors/message", "errors/code", "errors/detail"}
    assert row.client == "breaks"


def test_errors_that_stand_in_each_operation_and_status_are_one_row_too():
    def made(schema):
        return lambda _path: {"responses": {"200": {"description": "ok"}, "400": body(schema), "404": body(schema)}}

    (row,) = rows(everywhere(made(obj(a=STRING))), everywhere(made(obj(a=INTEGER))))
    assert len(row.operations) == 3


def test_what_errors_and_answers_share_is_told_once():
    def made(_path):
        return {"responses": {"200": body(ref("Done")), "400": body(ref("Done"))}}

    (row,) = rows(everywhere(made, Done=obj(a=STRING)), everywhere(made, Done=obj(a=INTEGER)))
    assert (row.kind, row.place) == ("type-changed", "response/a")


def test_a_status_that_all_operations_name_now_is_one_row():
    old = everywhere(lambda _path: operation())
    new = everywhere(lambda _path: {"responses": {"200": {"description": "ok"}, "429": {"description": "slow"}}})
    (row,) = rows(old, new)
    assert (row.kind, len(row.operations)) == ("other-status-new", 3)


def test_a_new_version_in_all_paths_is_one_row():
    old, new = (
        document({f"/v1{path}": {"get": operation()} for path in PATHS}),
        document({f"/v2{path}": {"get": operation()} for path in PATHS}),
    )
    (row,) = rows(old, new)
    assert (row.kind, row.sentence, len(row.operations)) == ("operation-moved", "/v1 moved to /v2", 3)
