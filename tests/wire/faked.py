"""A server on a bare socket that is the reference until it is not: each behaviour takes over at some request, and does what it likes."""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from conformance.client.transports.asgi import open_asgi
from conformance.contracts.collections.reference.app import Reference
from conformance.evidence.exchange import Request


@dataclass(frozen=True)
class Call:
    """What came in, the number of the request on this server, and what the reference answers to it."""

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int
    answer: bytes


@dataclass
class Wire:
    """The connection that a behaviour answers over, and the server it belongs to."""

    connection: socket.socket
    server: "Server"
    is_closed: bool = False

    def raw(self, data: bytes) -> None:
        self.connection.sendall(data)

    def reply(
        self, status: int, body: bytes, *headers: tuple[str, str], kind: str | None = "application/json", length: bool = True
    ) -> None:
        lines = [f"HTTP/1.1 {status} Whatever"]
        lines += [f"content-type: {kind}"] if kind is not None else []
        lines += [f"content-length: {len(body)}"] if length else []
        lines += [f"{name}: {value}" for name, value in headers]
        self.raw("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)

    def close(self) -> None:
        self.is_closed = True

    def reset(self) -> None:
        """Close with RST rather than FIN."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def drip(self, data: bytes, seconds: float = 0.2) -> None:
        for at in range(len(data)):
            self.raw(data[at : at + 1])
            if self.server.ended.wait(seconds):
                return

    def hang(self) -> None:
        self.server.ended.wait(60)


Takes = Callable[[Call], bool]
Does = Callable[[Call, Wire], None]


@dataclass
class Server:
    """Answers as the reference does, but for the calls that a behaviour takes."""

    takes: Takes
    does: Does
    token: str | None = None
    seen: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._reference = Reference(token=self.token, namespaces=False)
        self._opened = open_asgi(self._reference.app)
        self._transport = self._opened.__enter__()
        self._number = 0
        self._lock = threading.Lock()
        self.listen(0)
        return self

    def listen(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self.leave()
        self._opened.__exit__(None, None, None)
        self._reference.close()

    def leave(self) -> None:
        """Stop listening."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def restart(self, seconds: float) -> None:
        """Be away for a while."""
        self.leave()
        threading.Thread(target=lambda: (time.sleep(seconds), self.listen(self.port)), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = listener.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        wire = Wire(connection, self)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError), connection, connection.makefile("rb") as reader:
            while (call := self._read(reader)) is not None and not self.ended.is_set():
                if self.takes(call):
                    self.does(call, wire)
                else:
                    wire.reply(call.status, call.answer)
                if wire.is_closed:
                    return

    def _read(self, reader: socket.SocketIO) -> Call | None:
        line = reader.readline().decode("latin-1").split()
        if len(line) != 3:
            return None
        headers = {}
        while (header := reader.readline().decode("latin-1").strip()) != "":
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = reader.read(int(headers.get("content-length", 0)))
        with self._lock:
            self._number += 1
            number = self._number
            self.seen.append(f"{line[0]} {line[1]} {headers.get('authorization', '')} {headers.get('cookie', '')}")
        response = self._transport.send(Request(line[0], line[1], tuple(headers.items()), body), 10)
        return Call(number, line[0], line[1], headers, body, response.status, response.body)


# Which calls a behaviour takes.


def always(_call: Call) -> bool:
    return True


def later(call: Call) -> bool:
    """From the middle of a run on."""
    return call.number > 60


def reads(call: Call) -> bool:
    """A collection that is there is read."""
    return call.method == "GET" and call.status == 200 and "/documents/" not in call.path and call.number > 25


def refusals(call: Call) -> bool:
    return call.status in (400, 404, 422)
