"""Connect to the target that the settings name: open a transport, and make a client for it."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from pydantic import SecretStr

from conformance.client import applications
from conformance.client.client import Client, Identity
from conformance.client.transports import Transport
from conformance.client.transports.asgi import open_asgi
from conformance.client.transports.http import open_http
from conformance.configuration import target_file
from conformance.configuration.settings import Settings
from conformance.core.errors import UsageError
from conformance.evidence.exchange import Request
from conformance.evidence.redaction import Redactor

EMBEDDED_TOKEN = SecretStr("embedded-reference-token")  # not secret: the embedded reference is not served on a network


def token(settings: Settings) -> SecretStr | None:
    """Return the token from the environment variable that the settings name, or None if they name none.

    The embedded reference has a fixed token. Each process reads the variable once, because its value may change later.

    Raises:
        UsageError: the variable is not set or empty, or its value cannot be sent in a header.

    """
    if settings.token_variable is not None:
        return target_file.token_from(settings.token_variable)
    return EMBEDDED_TOKEN if settings.is_embedded else None


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the environment holds for a run: the token, and the values of the headers that a gateway wants, by their names in lower case."""

    token: SecretStr | None
    headers: tuple[tuple[str, SecretStr], ...] = ()

    def redactor(self) -> Redactor:
        """Return what takes them out of all that is written."""
        return Redactor(self.token, *(value for _name, value in self.headers))


def secrets(settings: Settings) -> Secrets:
    """Return the token and the headers that the settings name; each process reads their variables once, as `token` says.

    Raises:
        UsageError: a variable is not set or empty, or its value cannot be sent in a header.

    """
    named = settings.file.headers.items()
    return Secrets(token(settings), tuple((name.lower(), target_file.header_from(name, variable)) for name, variable in named))


Embedded = Callable[[str | None], AbstractContextManager[Any]]


@contextmanager
def connect(settings: Settings, secrets: Secrets, embedded: Embedded | None, signs_of_life: tuple[Request, ...],
            namespace_header: str, until: float | None = None, given: Any = None) -> Iterator[Client]:  # fmt: skip
    """Yield a client for the target that the settings name.

    `embedded` starts the implementation to judge if the settings name no target; it takes the token to ask for. `until` is the
    `timing.monotonic()` time after which the client does not wait for anything. `namespace_header` is the header that carries a
    namespace. `signs_of_life` are explained at `Client`. `given` is the target itself, if somebody has it in Python.

    Raises:
        UsageError: the application cannot be imported, or there is no target.
        TargetError: the application does not start.

    """
    limits, names = settings.file.limits, settings.namespaces
    token = None if secrets.token is None else secrets.token.get_secret_value()
    primary, secondary = (None, None) if names is None else (names.primary, names.secondary)
    extra = tuple((name, value.get_secret_value()) for name, value in secrets.headers)
    where = {} if settings.file.auth is None else {"token_header": settings.file.auth.header, "scheme": settings.file.auth.scheme}
    identity = Identity(token, primary, secondary, namespace_header, extra, **where)
    with _open_transport(settings, token, embedded) if given is None else applications.open_given(given) as transport:
        # The limit is for all worker processes together; each one keeps to its share.
        pace = None if limits.requests_per_second is None else limits.requests_per_second / max(1, settings.workers)
        yield Client(transport, identity=identity, timeout=limits.timeout_seconds, per_second=pace, until=until,
                     signs_of_life=signs_of_life)  # fmt: skip


@contextmanager
def _open_transport(settings: Settings, token: str | None, embedded: Embedded | None) -> Iterator[Transport]:
    target, network = settings.file.target, settings.file.network
    if target.url is not None:
        own = None if network.client_certificate is None else (network.client_certificate, network.client_key)
        with open_http(target.url, proxy=network.proxy, ca_file=network.ca_file, own_certificate=own) as transport:
            yield transport
    elif target.app is not None:
        with applications.open_app(applications.load(target.app, is_factory=target.factory)) as transport:
            yield transport
    elif embedded is not None:
        with embedded(token) as app, open_asgi(app) as transport:
            yield transport
    else:
        raise UsageError(f"the contract {settings.contract} brings no implementation; say which to judge: a URL, --app or --target")
