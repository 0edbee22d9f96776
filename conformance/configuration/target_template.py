"""Templates of target files: every table with an explanation; tables without known values are comments."""

import json
from dataclasses import dataclass
from datetime import date
from itertools import starmap

from pydantic import BaseModel

from conformance.configuration.target_file import Deviation, TargetFile
from conformance.core.toml_text import entry, quoted


@dataclass(frozen=True, slots=True)
class TargetTemplate:
    """What is known about a target so far: the target file it was probed with, and the results of probing.

    `vocabulary` is the contract's model of the table of that name; its fields have examples in TOML. `served` are the profiles that
    the target seems to have, and `absent` those that it lacks. `refused` are (vocabulary list, answer) pairs: the target refuses
    unknown names of that list with that answer. `list_delay` is how long a list lags behind a write, in seconds. `contract` is named
    where it is not the usual one, and `example` is the route of an operation, for a comment: its name, and METHOD and path.
    """

    file: TargetFile
    vocabulary: type[BaseModel]
    token_env: str | None = None
    wants_token: bool = False
    served: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    list_delay: float = 0.0
    contract: str | None = None
    example: tuple[str, str] | None = None

    def text(self) -> str:
        """Return the text of the target file, which is valid as it is."""
        tables = (
            self._target,
            self._auth,
            self._namespaces,
            self._profiles,
            self._vocabulary,
            self._limits,
            self._routes,
            self._network,
            self._deviations,
        )
        return "\n\n".join(text for table in tables if (text := table())) + "\n"

    def _target(self) -> str:
        target = self.file.target
        where = f"app = {quoted(target.app)}" if target.app else f"url = {quoted(target.url or 'http://127.0.0.1:8080')}"
        name = f"name = {quoted(target.name)}" if target.name else '# name = "Acme API 2.3"'
        contract = (
            "" if self.contract is None else f"\ncontract = {quoted(self.contract)}  # what it is judged by; --contract replaces it"
        )
        return (
            f"{_HEAD}\n[target]\n{name}\n{where}"
            + ("" if target.app else '            # or app = "acme.api:app" (ASGI or WSGI, in process)')
            + contract
        )

    def _auth(self) -> str:
        name = quoted(self.token_env or "ACME_TOKEN")
        lines = ["[auth]                          # declares the profile auth: requests without a token are refused",
                 f"token_env = {name:<20}# the variable that holds the token; never the token itself"]  # fmt: skip
        return _lines(lines, is_active=self.token_env is not None or self.wants_token)

    def _namespaces(self) -> str:
        names = self.file.namespaces
        lines = ["[namespaces]                    # the two to use; declares the profile namespaces",
                 f"primary = {quoted(names.primary if names else 'ns_conformance_a')}",
                 f"secondary = {quoted(names.secondary if names else 'ns_conformance_b')}"]  # fmt: skip
        return _lines(lines, is_active=names is not None)

    def _profiles(self) -> str:
        declared = json.dumps(list(self.file.profiles.declared or self.served))
        lines = ["[profiles]                      # profiles in neither list are probed",
                 f"{'' if self.file.profiles.declared else '# '}declared = {declared}  # must be served",
                 f"{'' if self.absent else '# '}absent = {json.dumps(list(self.absent))}  # not served: not applicable"]  # fmt: skip
        return "\n".join(lines)

    def _vocabulary(self) -> str:
        values = self.file.vocabulary
        answers = dict(self.refused)
        lines = ["[vocabulary]                    # names that the target knows; if a list is absent, any name is allowed"]
        for name, field in self.vocabulary.model_fields.items():
            if name in answers:
                lines.append(f"# an unknown name was refused ({answers[name]}): list some that are known")
            lines.append(
                f"{name} = {_inline(values[name])}" if name in values else f"# {name} = {next(iter(field.examples or ()), [])}"
            )
        return "\n".join(lines)

    def _limits(self) -> str:
        limits = self.file.limits
        pace = f"{limits.requests_per_second:g}" if limits.requests_per_second else "50"
        delay = max(self.list_delay, limits.list_delay_seconds)
        return "\n".join(
            [
                "[limits]",
                f"{'' if limits.requests_per_second else '# '}requests_per_second = {pace}",
                f"timeout_seconds = {limits.timeout_seconds:g}",
                f"list_delay_seconds = {delay:g}          # how long a list may lag behind a write",
                f"clock_skew_seconds = {limits.clock_skew_seconds:g}          # how far the target's clock may be off",
            ]
        )

    def _routes(self) -> str:
        """Return where operations are served, or an example as a comment."""
        if self.file.routes:
            return "\n".join(["[routes]", *starmap(entry, self.file.routes.items())])
        return "" if self.example is None else f"{_ROUTES}\n# {entry(*self.example)}"

    def _network(self) -> str:
        values = self.file.network.model_dump(mode="json", exclude_none=True)
        return "\n".join(["[network]", *(f"{key} = {quoted(value)}" for key, value in values.items())]) if values else _NETWORK

    def _deviations(self) -> str:
        """Return the declared deviations, or examples as comments."""
        tables = self.file.declared_deviations
        return "\n\n".join(f"[[{name}]]\n{_entries(deviation)}" for name, deviation in tables) if tables else _DEVIATIONS


def _entries(deviation: Deviation) -> str:
    values = deviation.model_dump(exclude_none=True)
    return "\n".join(f"{key} = {_value(value)}" for key, value in values.items() if value != ())


def _value(value: date | str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(quoted, value))}]"
    return str(value) if isinstance(value, date) else quoted(value)


_HEAD = """# What the toolkit needs to know about an implementation. Everything is optional, except where it is.
# conformance run --target THIS_FILE judges it."""

_ROUTES = (
    "# [routes]                      # what is served elsewhere than the contract says: METHOD and path, the same placeholders"
)

_NETWORK = """# [network]                     # the environment's proxies and certificates are not used
# proxy = "http://127.0.0.1:3128"
# ca_file = "ca.pem"              # trusted in addition to the public ones; a path from this file's folder"""

_DEVIATIONS = """# [[deviations]]                # a known violation does not fail a run; once it is gone, it is reported; --strict: it fails
# requirement = "filters.eval.regex"  # an id, or a glob such as "list.*"
# reason = "RE2 syntax only"
# issue = "https://acme.test/issues/7"
# expires = 2027-06-30            # after this day it fails again

# [[flaky]]                       # a violation that shows only sometimes; it is excused and never stale; same keys
# requirement = "robustness.concurrent-creates"
# reason = "the connection pool runs dry" """.rstrip()


def _lines(lines: list[str], *, is_active: bool) -> str:
    return "\n".join(lines if is_active else [f"# {line}" for line in lines])


def _inline(value: list[object]) -> str:
    """Return a list of strings, or of tables of strings, as TOML."""
    items = [
        "{ " + ", ".join(f"{key} = {quoted(str(text))}" for key, text in item.items()) + " }"
        if isinstance(item, dict)
        else quoted(str(item))
        for item in value
    ]
    return f"[{', '.join(items)}]"
