"""Templates of target files: every table with what it is for, those that nothing is known of as comments."""

import json
from dataclasses import dataclass
from datetime import date

from pydantic import BaseModel

from conformance.configuration.target_file import Deviation, TargetFile
from conformance.core.toml_text import quoted


@dataclass(frozen=True, slots=True)
class TargetTemplate:
    """What is known of a target so far: the file that it was looked at with, and what looking has shown.

    `vocabulary` is the contract's model of the table of that name, whose fields have examples in TOML.

    `served` are profiles it seems to have and `absent` those it does not; `refused` are lists of the vocabulary whose unknown names it
    refuses, each with what it said; `list_delay` is in seconds.
    """

    file: TargetFile
    vocabulary: type[BaseModel]
    token_env: str | None = None
    wants_token: bool = False
    served: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    list_delay: float = 0.0

    def text(self) -> str:
        """Return the target file, which can be read as it is."""
        tables = (
            self._target,
            self._auth,
            self._namespaces,
            self._profiles,
            self._vocabulary,
            self._limits,
            self._network,
            self._known,
        )
        return "\n\n".join(table() for table in tables) + "\n"

    def _target(self) -> str:
        target = self.file.target
        where = f"app = {quoted(target.app)}" if target.app else f"url = {quoted(target.url or 'http://127.0.0.1:8080')}"
        name = f"name = {quoted(target.name)}" if target.name else '# name = "Acme Collections 2.3"'
        return f"{_HEAD}\n[target]\n{name}\n{where}" + (
            "" if target.app else '            # or app = "acme.api:app" (ASGI or WSGI, in process)'
        )

    def _auth(self) -> str:
        name = quoted(self.token_env or "ACME_TOKEN")
        lines = ["[auth]                          # declares the profile auth: whoever has no token is refused",
                 f"token_env = {name:<20}# the variable that holds the token; never the token itself"]  # fmt: skip
        return _lines(lines, known=self.token_env is not None or self.wants_token)

    def _namespaces(self) -> str:
        names = self.file.namespaces
        lines = ["[namespaces]                    # two to work in; declares the profile namespaces",
                 f"primary = {quoted(names.primary if names else 'ns_conformance_a')}",
                 f"secondary = {quoted(names.secondary if names else 'ns_conformance_b')}"]  # fmt: skip
        return _lines(lines, known=names is not None)

    def _profiles(self) -> str:
        declared = json.dumps(list(self.file.profiles.declared or self.served))
        lines = ["[profiles]                      # what is in neither list is looked for",
                 f"{'' if self.file.profiles.declared else '# '}declared = {declared}  # served, or it fails",
                 f"{'' if self.absent else '# '}absent = {json.dumps(list(self.absent))}  # not looked for, not applicable"]  # fmt: skip
        return "\n".join(lines)

    def _vocabulary(self) -> str:
        known = self.file.vocabulary
        said = dict(self.refused)
        lines = [
            "[vocabulary]                    # what a payload that must be accepted may name; a list that is absent allows anything"
        ]
        for name, field in self.vocabulary.model_fields.items():
            if name in said:
                lines.append(f"# an unknown name was refused ({said[name]}): list some that are known")
            lines.append(
                f"{name} = {_inline(known[name])}" if name in known else f"# {name} = {next(iter(field.examples or ()), [])}"
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

    def _network(self) -> str:
        known = self.file.network.model_dump(mode="json", exclude_none=True)
        return "\n".join(["[network]", *(f"{key} = {quoted(value)}" for key, value in known.items())]) if known else _NETWORK

    def _known(self) -> str:
        """Return what is declared already, or how it can be."""
        tables = [*(("deviations", one) for one in self.file.deviations), *(("flaky", one) for one in self.file.flaky)]
        return "\n\n".join(f"[[{name}]]\n{_entries(one)}" for name, one in tables) if tables else _DEVIATIONS


def _entries(one: Deviation) -> str:
    values = one.model_dump(exclude_none=True)
    return "\n".join(f"{key} = {_value(value)}" for key, value in values.items() if value != ())


def _value(value: date | str | tuple[str, ...]) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(quoted, value))}]"
    return str(value) if isinstance(value, date) else quoted(value)


_HEAD = """# What the toolkit needs to know of an implementation. Everything is optional but where it is.
# conformance run --target THIS_FILE judges it."""

_NETWORK = """# [network]                     # the environment's proxies and certificates are not used
# proxy = "http://127.0.0.1:3128"
# ca_file = "ca.pem"              # trusted besides the public ones; from this file's folder"""

_DEVIATIONS = """# [[deviations]]                # a known difference does not fail a run; one that is gone is said, and fails under --strict
# requirement = "filters.eval.regex"  # an id, or a glob such as "list.*"
# reason = "RE2 syntax only"
# issue = "https://acme.test/issues/7"
# expires = 2027-06-30            # after this day it fails again

# [[flaky]]                       # what fails now and then: excused whenever it does, and never stale; same keys
# requirement = "robustness.concurrent-creates"
# reason = "the connection pool runs dry" """.rstrip()


def _lines(lines: list[str], *, known: bool) -> str:
    return "\n".join(lines if known else [f"# {line}" for line in lines])


def _inline(value: list[object]) -> str:
    """Return a list as TOML: texts, or tables of texts."""
    items = [
        "{ " + ", ".join(f"{key} = {quoted(str(text))}" for key, text in item.items()) + " }"
        if isinstance(item, dict)
        else quoted(str(item))
        for item in value
    ]
    return f"[{', '.join(items)}]"
