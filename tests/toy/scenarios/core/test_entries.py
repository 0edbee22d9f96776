"""The toy's scenarios: entries made, read and deleted."""

from hypothesis import strategies as st
from keyvalue import CREATE, DELETE, GET

from conformance.authoring import Expect, Run, by_chance, exercises


@by_chance
@exercises("entries.create.*", "entries.get.equals-created")
def test_values(run: Run) -> None:
    """A long value and some by chance, each read back."""
    texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
    for note, value in enumerate(["longer than eight", *run.draw(texts)]):
        plan = run.plan(CREATE, "entries.create.accepts-valid", body={"value": value, "note": f"{note}"})
        created = run.perform(plan)
        if created.created_id is not None:
            run.perform(run.plan(GET, ids={"entry": created.created_id}, expect=Expect.ACCEPT, context=(created,)))


@exercises("entries.create.requires-value")
def test_without_a_value(run: Run) -> None:
    """Bodies that lack the value, or have another type there."""
    for body in ({}, {"value": None}, {"value": 5}):
        run.perform(run.plan(CREATE, "entries.create.requires-value", body=body, expect=Expect.REFUSE, at=("value",)))


@exercises("entries.get.unknown", "entries.delete.then-unknown")
def test_what_is_not_there(run: Run) -> None:
    """What was never made, and what was deleted."""
    run.perform(run.plan(GET, "entries.get.unknown", ids={"entry": "nobody"}, expect=Expect.REFUSE))
    created = run.perform(run.plan(CREATE, body={"value": "gone"}, expect=Expect.ACCEPT))
    if created.created_id is None:
        return
    ids = {"entry": created.created_id}
    deleted = run.perform(run.plan(DELETE, ids=ids, expect=Expect.ACCEPT, context=(created,)))
    run.perform(run.plan(GET, "entries.delete.then-unknown", ids=ids, expect=Expect.REFUSE, context=(created, deleted)))
