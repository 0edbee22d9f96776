"""A toy contract of another field, a key-value store with three operations, and its server: it shows that the engine knows no contract."""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conformance.authoring import (
    HELD,
    Api,
    Checks,
    Contract,
    Effect,
    Exchange,
    Expect,
    OpenApiDocument,
    Operation,
    Outcome,
    Reference,
    Request,
    Run,
    Violation,
    When,
    read,
)

FOLDER = Path(__file__).parent
CREATE = Operation(
    name="create_entry", method="POST", path="/entries", body="Entry", effect=Effect.CREATE, makes="entry", id_key="entry_id"
)
GET = Operation(name="get_entry", method="GET", path="/entries/{entry}", effect=Effect.READ)
DELETE = Operation(name="delete_entry", method="DELETE", path="/entries/{entry}", effect=Effect.DELETE, answers=False)
CHECKS = Checks()


def answer_of(exchange: Exchange) -> str:
    return f"status {exchange.status}" if exchange.response is not None else f"no answer: {exchange.failure}"


@CHECKS.promise("entries.create.accepts-valid", Expect.ACCEPT)
def accepted(exchange: Exchange) -> Outcome:
    return HELD if exchange.accepted else Violation("a valid request was not accepted", "status 200", answer_of(exchange))


@CHECKS.promise("entries.create.requires-value", Expect.REFUSE)
def refused(exchange: Exchange) -> Outcome:
    return (
        HELD
        if exchange.status in (400, 422)
        else Violation("not refused", "status 400 or 422", answer_of(exchange), exchange.case.at)
    )


@CHECKS.check("entries.create.echoes-value", CREATE, when=When.ECHOED)
def echoes(exchange: Exchange) -> Outcome:
    sent, got = exchange.case.body["value"], exchange.made.get("value")
    return HELD if sent == got else Violation("the value is another one", sent, got, ("value",))


@CHECKS.check("entries.get.equals-created", GET, when=When.ACCEPTED)
def equals_created(exchange: Exchange) -> Outcome:
    created = next(
        (earlier for earlier in exchange.context if earlier.created_id and earlier.created_id == exchange.id_of("entry")), None
    )
    if created is None:
        return None
    return (
        HELD
        if created.made == exchange.made
        else Violation("a read shows another entry", created.made, exchange.made, supporting=(created,))
    )


@CHECKS.promise("entries.delete.then-unknown", Expect.REFUSE)
@CHECKS.promise("entries.get.unknown", Expect.REFUSE)
def unknown(exchange: Exchange) -> Outcome:
    return HELD if exchange.status == 404 else Violation("what is not there was found", "status 404", answer_of(exchange))


@dataclass(frozen=True)
class ToyFault:
    name: str
    breaks: str
    trigger: str = "always"


FAULTS = {"short": ToyFault("short", "entries.create.echoes-value"), "undead": ToyFault("undead", "entries.delete.then-unknown")}


class Server:
    """Keeps entries in memory; values longer than 8 are cut by the fault `short`, and nothing is deleted with `undead`."""

    def __init__(self, fault: str = "") -> None:
        self.fault, self.entries = fault, dict[str, Any]()

    async def __call__(
        self, scope: Mapping[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http":
            return
        body = (await receive()).get("body", b"")
        status, answer = self.answer(scope["method"], scope["path"].removeprefix("/entries").strip("/"), body)
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def answer(self, method: str, name: str, body: bytes) -> tuple[int, Any]:
        if method == "POST" and not name:
            sent = json.loads(body)
            if not isinstance(sent, dict) or not isinstance(sent.get("value"), str):
                return 422, {"error": "value"}
            value = sent["value"][: 8 if self.fault == "short" else None]
            self.entries[f"e{len(self.entries)}"] = entry = {"entry_id": f"e{len(self.entries)}", "value": value}
            return 200, entry
        if name not in self.entries:
            return 404, {"error": "unknown"}
        if method == "DELETE" and self.fault != "undead":
            return 200, self.entries.pop(name)
        return 200, self.entries[name]


@contextmanager
def start(
    *, token: str | None = None, database: Path | None = None, namespaces: bool = True, fault: Any = None
) -> Iterator[Server]:
    yield Server("" if fault is None else fault.name)


KEY_VALUE = Contract(
    name="key-value",
    title="key-value store",
    label="key-value store",
    sources={"T": "the toy's own word"},
    profiles=("core",),
    requirements_file=str(FOLDER / "requirements.toml"),
    api=Api(
        requirements=read(str(FOLDER / "requirements.toml")),
        operations=(CREATE, GET, DELETE),
        document=OpenApiDocument(str(FOLDER / "openapi.yaml")),
        checks=CHECKS,
        deletions={CREATE: DELETE},
    ),
    run=Run,
    scenarios=(FOLDER / "scenarios",),
    signs_of_life=(Request("GET", "/entries/none"),),
    reference=Reference(start=start, faults=lambda: FAULTS),
)
faulty = Server("short")
faithful = Server()
