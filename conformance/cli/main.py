"""The command line. Parsing does not import large modules, so that `conformance --help` is fast."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from conformance import __version__
from conformance.cli import process_exit
from conformance.core import memory, streams
from conformance.core.errors import ConformanceError, Exit, UsageError

if TYPE_CHECKING:
    from conformance.evidence.shard import Shard

_DESCRIPTION = "Test whether an implementation of an API keeps its contract."
# Commands whose only result is what they print.
_PRINTS = ("doctor", "explain", "faults", "diff", "history")
_BUDGETS = ("quick", "standard", "thorough")
_MAX_TIME = (
    "end the run after this time (90, 90s, 15m, 8h); it is incomplete if scenarios are left. More time than the budget ever takes "
    "(quick 10m, standard 1h, thorough 5h) is used: the run keeps exploring"
)


def entry() -> NoReturn:
    """Run the command that the process was started with, and end the process with its exit code."""
    memory.tune()
    try:
        code = main()
    except SystemExit as error:  # argparse: help, version, usage
        code = error.code if isinstance(error.code, int) else int(Exit.USAGE)
    process_exit.leave(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 conforming, 1 not conforming, 2 usage, 3 unreachable, 4 incomplete."""
    with streams.lenient_streams() as output:
        options = parser().parse_args(arguments)
        code = _code(options)
        output.flush()
        return _report_lost_output(options.command, code) if output.is_full else code


def _code(options: argparse.Namespace) -> int:
    try:
        _check_folder()
        from conformance.cli import commands

        with process_exit.guarded():
            return int(commands.command(options.command)(options))
    except ConformanceError as error:
        from conformance.core.display import visible

        # The message may contain text from the target.
        print(f"conformance: {visible(str(error))}", file=sys.stderr)  # noqa: T201
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(Exit.INCOMPLETE)
    except BaseException as error:  # noqa: BLE001 - any other exception, SystemExit too, is an error of the toolkit, and must not look like a verdict
        print(f"conformance: the toolkit failed: {type(error).__name__}: {error} ({_place(error)})", file=sys.stderr)  # noqa: T201
        return int(Exit.INCOMPLETE)


def _check_folder() -> None:
    """Check that the working directory exists, because relative paths need it.

    Raises:
        UsageError: the working directory was deleted.

    """
    try:
        Path.cwd()
    except OSError as error:
        raise UsageError(f"the working directory is not there any more ({error.strerror}); change into one that is") from None


def _report_lost_output(command: str, code: int) -> int:
    """Report that standard output could not be written; return the exit code, which changes only for commands that just print."""
    print("conformance: standard output could not be written", file=sys.stderr)  # noqa: T201
    return int(Exit.INCOMPLETE) if command in _PRINTS and code == Exit.CONFORMING else code


def _place(error: BaseException) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return "" if frame is None else f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"


class _Parser(argparse.ArgumentParser):
    """A parser that reports an error in one line, with the nearest valid option."""

    def error(self, message: str) -> NoReturn:
        unknown = message.removeprefix("unrecognized arguments: ").split()[0]
        if message.startswith("unrecognized arguments: ") and unknown.startswith("-"):
            import difflib

            near = difflib.get_close_matches(unknown, self.known_options(), n=1)
            message = f"unknown option {unknown}" + (f"; did you mean {near[0]}?" if near else "")
        print(f"conformance: {message} (see {self.prog} --help)", file=sys.stderr)  # noqa: T201
        raise SystemExit(int(Exit.USAGE))

    def known_options(self) -> list[str]:
        """Return the options of this parser and of all its commands."""
        names: list[str] = []
        for action in self._actions:
            names += action.option_strings
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
                names += [name for command in action.choices.values() for name in command.known_options()]
        return names


_Commands: TypeAlias = "argparse._SubParsersAction[_Parser]"  # noqa: SLF001 - argparse has no public name for it


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; the site's reference is made of it."""
    whole = _Parser(prog="conformance", description=_DESCRIPTION, allow_abbrev=False)
    whole.add_argument("--version", action="version", version=f"conformance {__version__}")
    commands: _Commands = whole.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (_add_run, _add_serve, _add_explain, _add_replay, _add_check, _add_faults, _add_init, _add_doctor, _add_spec, _add_matrix,
                _add_merge, _add_diff, _add_history):  # fmt: skip
        add(commands)
    return whole


def _add_run(commands: _Commands) -> None:
    run = commands.add_parser(
        "run",
        help="test an implementation",
        description="Test an implementation; without URL, --app and --target, the embedded reference implementation.",
        allow_abbrev=False,
    )
    _add_target(run)
    run.add_argument("--profile", action="append", metavar="P", help="test this profile only (may be given several times)")
    run.add_argument("--budget", choices=_BUDGETS, help="how much to explore (default: quick)")
    run.add_argument("--seed", metavar="N", help="the seed of all requests (default: a random one, which the results contain)")
    run.add_argument("--max-time", metavar="S", help=_MAX_TIME)
    run.add_argument("-n", metavar="WORKERS", dest="workers", default="0", help="run scenarios in this many processes")
    run.add_argument(
        "--shard", metavar="K/N", type=_shard, help="run the Kth of N parts, for N machines; conformance merge joins them"
    )
    _add_selection_and_output(run)
    run.add_argument(
        "--failed",
        metavar="RESULTS.json",
        type=Path,
        help="judge only what failed in this record, on the same target unless another is named",
    )
    run.add_argument("--resume", metavar="DIR", type=Path, help="continue the run whose record is in this folder")
    run.add_argument("--strict", action="store_true", help="a failed SHOULD, or a deviation that is gone, fails the run")
    run.add_argument("--keep", action="store_true", help="do not delete what the run made on the target")
    run.add_argument(
        "--write-deviations", metavar="FILE.toml", type=Path, help="declare all failures in a target file, a new or an existing one"
    )


def _add_serve(commands: _Commands) -> None:
    serve = commands.add_parser("serve", help="serve the reference implementation", allow_abbrev=False)
    serve.add_argument("--fault", metavar="NAME", help="serve it with this bug; conformance faults lists them")
    serve.add_argument("--port", type=_port, default=8000, help="the port on 127.0.0.1 (default: 8000)")
    serve.add_argument("--database", type=Path, metavar="FILE", help="keep the data in this file (default: in memory)")
    serve.add_argument(
        "--token-env", metavar="NAME", help="the environment variable with the bearer token to require (default: none)"
    )
    serve.add_argument("--no-namespaces", dest="namespaces", action="store_false", help="ignore the header that names a namespace")
    _add_contract(serve)


def _add_explain(commands: _Commands) -> None:
    explain = commands.add_parser("explain", help="show what a requirement says", allow_abbrev=False)
    explain.add_argument("requirement", metavar="REQUIREMENT")
    _add_contract(explain)


def _add_replay(commands: _Commands) -> None:
    replay = commands.add_parser(
        "replay",
        help="repeat a counterexample",
        description="Repeat a counterexample on the target it was found on, or on another one.",
        allow_abbrev=False,
    )
    replay.add_argument("results", type=Path, metavar="RESULTS.json")
    replay.add_argument("requirement", nargs="?", metavar="REQUIREMENT", help="default: all that failed")
    replay.add_argument(
        "--write", metavar="FILE.py", type=Path, help="write the counterexample as a pytest test that needs httpx alone"
    )
    _add_target(replay)


def _add_check(commands: _Commands) -> None:
    check = commands.add_parser(
        "check",
        help="judge recorded traffic",
        description="Judge recorded exchanges (HAR 1.2); no request is sent.",
        allow_abbrev=False,
    )
    check.add_argument("traffic", type=Path, metavar="TRAFFIC.har")
    check.add_argument("url", nargs="?", metavar="URL", help="where the API was served, if the recording has several servers")
    check.add_argument("--target", type=Path, metavar="FILE.toml", help="a target file with vocabulary and deviations")
    _add_selection_and_output(check)
    check.add_argument("--strict", action="store_true", help="a failed SHOULD, or a deviation that is gone, fails too")
    _add_contract(check)


def _add_faults(commands: _Commands) -> None:
    faults = commands.add_parser(
        "faults",
        help="list the bugs of the reference implementation",
        description="List the bugs for `conformance serve --fault NAME`: how rarely each shows, and what it breaks.",
        allow_abbrev=False,
    )
    _add_contract(faults)


def _add_init(commands: _Commands) -> None:
    init = commands.add_parser("init", help="write a target file to start from", allow_abbrev=False)
    init.add_argument("file", nargs="?", type=Path, default=Path("target.toml"), metavar="FILE.toml", help="default: target.toml")
    _add_contract(init)


def _add_doctor(commands: _Commands) -> None:
    doctor = commands.add_parser(
        "doctor",
        help="show what a target serves and needs",
        description="Show what a target serves and needs; print a target file to start from.",
        allow_abbrev=False,
    )
    _add_target(doctor)


def _add_spec(commands: _Commands) -> None:
    spec = commands.add_parser("spec", help="judge an OpenAPI document, or compare two", allow_abbrev=False)
    nested = spec.add_subparsers(dest="spec_command", metavar="COMMAND", required=True)
    _add_spec_diff(nested)
    check = nested.add_parser(
        "check", help="judge it by itself and by the contract", allow_abbrev=False,
        description="Judge an OpenAPI document (3.0 to 3.2, JSON or YAML) by itself and by the contract.",
    )  # fmt: skip
    check.add_argument("file", type=Path, metavar="FILE", help="the document")
    _add_contract(check)
    check.add_argument("--output", type=Path, metavar="FILE.json", help="also write the findings to this file, as JSON")


def _add_spec_diff(commands: _Commands) -> None:
    diff = commands.add_parser(
        "diff", help="say what a new document breaks, and what a server has to add", allow_abbrev=False,
        description="Compare two OpenAPI documents (3.0 or 3.1, JSON or YAML); exit code 1 if a client of the old one breaks.",
    )  # fmt: skip
    diff.add_argument("old", metavar="OLD", help="the old document: a file, or the name of a contract")
    diff.add_argument("new", metavar="NEW", help="the new one")
    diff.add_argument("--only", action="append", metavar="GLOB", default=[],
                      help="compare only operations with this path, or method and path, or glob")  # fmt: skip
    diff.add_argument("--json", action="store_true", help="print JSON")
    diff.add_argument(
        "--output", type=Path, metavar="FILE.html|DIR", help="also write a page (or JSON, to FILE.json), or both to a folder"
    )


def _add_matrix(commands: _Commands) -> None:
    matrix = commands.add_parser(
        "matrix",
        help="compare implementations on a page",
        description="Write a page that shows implementations side by side, and a badge for each.",
        allow_abbrev=False,
    )
    matrix.add_argument("records", nargs="+", type=Path, metavar="RESULTS.json|DIR",
                        help="records; of a folder all that are in it, which must be fit to be published")  # fmt: skip
    matrix.add_argument("--output", type=Path, default=Path("reports/matrix"), metavar="DIR", help="default: reports/matrix")
    _add_contract(matrix)


def _add_merge(commands: _Commands) -> None:
    merge = commands.add_parser(
        "merge",
        help="join the shards of a run",
        description="Join the records of all shards of a run (conformance run --shard K/N) into one, with one verdict.",
        allow_abbrev=False,
    )
    merge.add_argument("records", nargs="+", type=Path, metavar="RESULTS.json|DIR",
                       help="the shards' records; of a folder all that are in it and below")  # fmt: skip
    merge.add_argument(
        "--output", type=Path, required=True, metavar="FILE", help="the joined record; the reports are put beside it"
    )


def _add_diff(commands: _Commands) -> None:
    diff = commands.add_parser(
        "diff",
        help="compare two runs",
        description="Show what changed between two runs; exit code 1 if anything that bound got worse.",
        allow_abbrev=False,
    )
    diff.add_argument("old", type=Path, metavar="OLD.json")
    diff.add_argument("new", type=Path, metavar="NEW.json")
    diff.add_argument("--format", choices=("text", "json", "markdown", "html"), default="text", help="default: text")
    diff.add_argument("--output", type=Path, metavar="FILE", help="write it to this file")


def _add_history(commands: _Commands) -> None:
    history = commands.add_parser(
        "history",
        help="show a target's runs over time",
        description="Show what broke when, from the records in a folder and below.",
        allow_abbrev=False,
    )
    history.add_argument("folder", type=Path, metavar="DIR")
    history.add_argument("--output", type=Path, metavar="FILE.html", help="also write a page with a picture")


def _add_selection_and_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", action="append", metavar="GLOB", default=[], help="judge only requirements with this id or glob")
    parser.add_argument("--output", metavar="DIR", type=Path, help="the folder for record and reports (default: reports/local)")


def _shard(text: str) -> "Shard":
    from conformance.evidence import shard

    try:
        return shard.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} is no port; ports are 1 to 65535")
    return int(text)


def _add_contract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--contract",
        metavar="NAME",
        help="the contract to judge by: an installed one, NAME@EDITION, or MODULE:NAME (default: that of the target file, or collections)",
    )


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", metavar="URL", help="where the implementation is served")
    parser.add_argument("--app", metavar="MODULE:ATTR", help="an ASGI or WSGI application to run in this process")
    parser.add_argument(
        "--command",
        dest="server_command",
        metavar="COMMAND",
        help="start a server by this shell command, on the port that stands in it as {port}",
    )
    parser.add_argument("--factory", action="store_true", help="--app names a function that makes the application")
    parser.add_argument("--target", type=Path, metavar="FILE.toml", help="a target file")
    parser.add_argument("--token-env", metavar="NAME", help="the environment variable that holds the bearer token")
    # Those of the record that a command goes on from.
    parser.set_defaults(routes=None)
    _add_contract(parser)
