"""`conformance serve`: the reference implementation on a port of this machine."""

import argparse
import difflib

from conformance.core.errors import Exit, UsageError


def serve(options: argparse.Namespace) -> int:
    """Serve until interrupted."""
    from conformance.contracts.collections.reference import faults

    if options.fault is not None and options.fault not in faults.FAULTS:
        near = difflib.get_close_matches(options.fault, faults.FAULTS, n=1)
        raise UsageError(
            f"--fault {options.fault!r}: no such fault; "
            + (f"did you mean {near[0]}?" if near else "conformance faults lists them")
        )
    _serve(options, faults.FAULTS.get(options.fault or "", faults.NONE))
    return Exit.CONFORMING


def _serve(options: argparse.Namespace, fault: object) -> None:
    import socket
    import sqlite3

    import uvicorn

    from conformance.configuration.target_file import token_from
    from conformance.contracts.collections.reference.app import Reference
    from conformance.contracts.collections.reference.faults import Fault

    assert isinstance(fault, Fault)
    token = token_from(options.token_env).get_secret_value() if options.token_env else None
    try:
        reference = Reference(database=options.database, token=token, namespaces=options.namespaces, fault=fault)
    except sqlite3.Error as error:
        raise UsageError(f"--database {options.database}: {error}") from None
    try:
        socket.create_server(("127.0.0.1", options.port)).close()
    except OSError as error:
        reference.close()
        raise UsageError(f"--port {options.port}: cannot listen there: {error.strerror}") from None
    print(f"serving on http://127.0.0.1:{options.port} (Ctrl-C ends it)", flush=True)  # noqa: T201
    try:
        uvicorn.run(reference.app, host="127.0.0.1", port=options.port, log_level="warning", access_log=False)
    except SystemExit:
        raise UsageError(f"--port {options.port}: cannot listen there") from None
    finally:
        reference.close()
