"""The command line. Parsing imports nothing heavy: `conformance --help` answers at once."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from conformance import __version__
from conformance.cli import process_exit
from conformance.core import streams
from conformance.core.errors import ConformanceError, Exit, UsageError

_DESCRIPTION = (
    "Judge an implementation of an API by the contract it promises to keep: by default, that of collections and documents."
)
# What these print is all that they make.
_PRINTS = ("doctor", "explain", "faults")
_BUDGETS = ("quick", "standard", "thorough")


def entry() -> NoReturn:
    """Run the command that the process was started with, and end the process with its exit code."""
    try:
        code = main()
    except SystemExit as error:  # argparse: help, version, usage
        code = error.code if isinstance(error.code, int) else int(Exit.USAGE)
    process_exit.leave(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 conforming, 1 not conforming, 2 usage, 3 unreachable, 4 incomplete."""
    with streams.lenient_streams() as output:
        options = _parser().parse_args(arguments)
        code = _code(options)
        output.flush()
        return _lost(options.command, code) if output.is_full else code


def _code(options: argparse.Namespace) -> int:
    try:
        _check_folder()
        from conformance.cli import commands

        with process_exit.guarded():
            return int(commands.COMMANDS[options.command](options))
    except ConformanceError as error:
        from conformance.reporting.messages import visible

        # What a target answered may be part of it.
        print(f"conformance: {visible(str(error))}", file=sys.stderr)  # noqa: T201
        return int(error.exit_code)
    except KeyboardInterrupt:
        return int(Exit.INCOMPLETE)
    except BaseException as error:  # noqa: BLE001 - whatever gets here, SystemExit too, is a bug of ours, and must not look like a verdict
        print(f"conformance: the toolkit failed: {type(error).__name__}: {error} ({_place(error)})", file=sys.stderr)  # noqa: T201
        return int(Exit.INCOMPLETE)


def _check_folder() -> None:
    """Make sure that relative paths mean something.

    Raises:
        UsageError: the folder that we stand in was deleted.

    """
    try:
        Path.cwd()
    except OSError as error:
        raise UsageError(f"the working directory is not there any more ({error.strerror}); change into one that is") from None


def _lost(command: str, code: int) -> int:
    """Say that standard output is lost; a verdict stands without it, and what a command was to print does not."""
    print("conformance: standard output could not be written", file=sys.stderr)  # noqa: T201
    return int(Exit.INCOMPLETE) if command in _PRINTS and code == Exit.CONFORMING else code


def _place(error: BaseException) -> str:
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    return "" if frame is None else f"{Path(frame.tb_frame.f_code.co_filename).name}:{frame.tb_lineno}"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line, with the nearest right option."""

    def error(self, message: str) -> NoReturn:
        unknown = message.removeprefix("unrecognized arguments: ").split()[0]
        if message.startswith("unrecognized arguments: ") and unknown.startswith("-"):
            import difflib

            near = difflib.get_close_matches(unknown, self.known_options(), n=1)
            message = f"unknown option {unknown}" + (f"; did you mean {near[0]}?" if near else "")
        print(f"conformance: {message} (see {self.prog} --help)", file=sys.stderr)  # noqa: T201
        raise SystemExit(int(Exit.USAGE))

    def known_options(self) -> list[str]:
        """Return the options of this parser and of its commands."""
        found: list[str] = []
        for action in self._actions:
            found += action.option_strings
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - argparse has no public name for it
                found += [name for command in action.choices.values() for name in command.known_options()]
        return found


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="conformance", description=_DESCRIPTION, allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"conformance {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    run = commands.add_parser("run", help="judge an implementation", allow_abbrev=False,
                              description="Judge an implementation; without URL, --app and --target, the embedded reference.")  # fmt: skip
    _add_target(run)
    run.add_argument("--profile", action="append", metavar="P", help="judge this profile only (may be given again)")
    run.add_argument("--budget", choices=_BUDGETS, help="how much to explore (default: quick)")
    run.add_argument("--seed", metavar="N", help="the seed of all that is sent (default: a new one, which the results name)")
    run.add_argument("--max-time", metavar="S", help="end the run after so many seconds; what is left is incomplete")
    run.add_argument("-n", metavar="WORKERS", dest="workers", default="0", help="run scenarios in so many processes")
    run.add_argument("--only", action="append", metavar="GLOB", default=[], help="judge requirements with this id or glob only")
    run.add_argument("--output", metavar="DIR", type=Path, help="where the record and the report go (default: reports/local)")
    run.add_argument("--resume", metavar="DIR", type=Path, help="go on with the run whose record is there, where it was cut short")
    run.add_argument("--strict", action="store_true", help="a failed SHOULD, or a deviation that is gone, fails the run")
    run.add_argument("--keep", action="store_true", help="leave what the run made on the target")
    run.add_argument(
        "--write-deviations",
        metavar="FILE.toml",
        type=Path,
        help="declare what fails, in a new target file or in one that is there",
    )
    serve = commands.add_parser("serve", help="serve the reference implementation", allow_abbrev=False)
    serve.add_argument("--fault", metavar="NAME", help="with one named bug; conformance faults lists them")
    serve.add_argument("--port", type=_port, default=8000, help="on 127.0.0.1 (default: 8000)")
    serve.add_argument("--database", type=Path, metavar="FILE", help="keep the data in this file (default: in memory)")
    serve.add_argument(
        "--token-env", metavar="NAME", help="the variable with the bearer token to ask for (default: none is asked for)"
    )
    serve.add_argument("--no-namespaces", dest="namespaces", action="store_false", help="take no notice of X-Namespace")
    explain = commands.add_parser("explain", help="say what a requirement promises", allow_abbrev=False)
    explain.add_argument("requirement", metavar="REQUIREMENT")
    for command in (serve, explain):
        _add_contract(command)
    replay = commands.add_parser("replay", help="repeat a counterexample", allow_abbrev=False,
                                 description="Repeat a counterexample, against the target it was found on or another one.")  # fmt: skip
    replay.add_argument("results", type=Path, metavar="RESULTS.json")
    replay.add_argument("requirement", metavar="REQUIREMENT")
    _add_target(replay)
    check = commands.add_parser("check", help="judge recorded traffic", allow_abbrev=False,
                                description="Judge exchanges that somebody recorded (HAR 1.2); no request is sent.")  # fmt: skip
    check.add_argument("traffic", type=Path, metavar="TRAFFIC.har")
    check.add_argument("url", nargs="?", metavar="URL", help="where the API was served, if the recording has several")
    check.add_argument("--target", type=Path, metavar="FILE.toml", help="a target file: its vocabulary and deviations")
    check.add_argument("--only", action="append", metavar="GLOB", default=[], help="judge requirements with this id or glob only")
    check.add_argument("--output", metavar="DIR", type=Path, help="where the record and the report go (default: reports/local)")
    check.add_argument("--strict", action="store_true", help="a failed SHOULD, or a deviation that is gone, fails too")
    faults = commands.add_parser(
        "faults",
        help="list the named bugs of the reference",
        description="List the bugs that `conformance serve --fault NAME` can have: how rarely each shows, and what it breaks.",
        allow_abbrev=False,
    )
    _add_contract(faults)
    init = commands.add_parser("init", help="write a target file to start from", allow_abbrev=False)
    init.add_argument("file", nargs="?", type=Path, default=Path("target.toml"), metavar="FILE.toml", help="default: target.toml")
    _add_contract(init)
    _add_contract(check)
    doctor = commands.add_parser("doctor", help="say what a target serves and needs", allow_abbrev=False,
                                 description="Say what a target serves and needs; print a target file to start from.")  # fmt: skip
    _add_target(doctor)
    _add_spec(commands)
    return parser


def _add_spec(commands: "argparse._SubParsersAction[_Parser]") -> None:
    spec = commands.add_parser("spec", help="judge an OpenAPI document", allow_abbrev=False)
    check = spec.add_subparsers(dest="spec_command", metavar="COMMAND", required=True).add_parser(
        "check", help="judge it by itself and by the contract", allow_abbrev=False,
        description="Judge an OpenAPI document (3.0 to 3.2, JSON or YAML) by itself and by the contract.",
    )  # fmt: skip
    check.add_argument("file", type=Path, metavar="FILE", help="the document")
    _add_contract(check)
    check.add_argument("--output", type=Path, metavar="FILE.json", help="write the findings here too, as JSON")


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65_536:  # noqa: PLR2004
        raise argparse.ArgumentTypeError(f"{text!r} is no port; ports are 1 to 65535")
    return int(text)


def _add_contract(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--contract", metavar="NAME", help="the contract to judge by: an installed one, or MODULE:NAME (default: collections)"
    )


def _add_target(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", nargs="?", metavar="URL", help="where the implementation is served")
    parser.add_argument("--app", metavar="MODULE:ATTR", help="an ASGI or WSGI application to run in process")
    parser.add_argument("--target", type=Path, metavar="FILE.toml", help="a target file")
    parser.add_argument("--token-env", metavar="NAME", help="the environment variable that holds the bearer token")
    _add_contract(parser)
