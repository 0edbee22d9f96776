"""`conformance serve`: serve the reference implementation on a local port."""

import argparse
import difflib
from typing import Any

from conformance.cli.commands.faults import reference_of
from conformance.configuration.target_file import token_from
from conformance.core.errors import Exit, UsageError
from conformance.engine.contract import Fault, Reference


def serve(options: argparse.Namespace) -> int:
    """Serve until interrupted, and return 0."""
    import sqlite3

    reference = reference_of(options)
    fault = None if options.fault is None else _fault(reference, options.fault)
    token = token_from(options.token_env).get_secret_value() if options.token_env else None
    running = reference.start(token=token, database=options.database, namespaces=options.namespaces, fault=fault)
    try:
        app = running.__enter__()
    except sqlite3.Error as error:
        raise UsageError(f"--database {options.database}: {error}") from None
    try:
        _serve(app, options.port)
    finally:
        running.__exit__(None, None, None)
    return Exit.CONFORMING


def _fault(reference: Reference, name: str) -> Fault:
    faults = reference.faults()
    if name not in faults:
        near = difflib.get_close_matches(name, faults, n=1)
        hint = f"did you mean {near[0]}?" if near else "conformance faults lists them"
        raise UsageError(f"--fault {name!r}: no such fault; {hint}")
    return faults[name]


def _serve(app: Any, port: int) -> None:
    import socket

    import uvicorn

    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        raise UsageError(f"--port {port}: cannot listen there: {error.strerror}") from None
    print(f"serving on http://127.0.0.1:{port} (Ctrl-C ends it)", flush=True)  # noqa: T201
    try:
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)
    except SystemExit:
        raise UsageError(f"--port {port}: cannot listen there") from None
