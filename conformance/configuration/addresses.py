"""Check the URL of a server as a user writes it, and say in one line what is wrong with it."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# Scheme and host; the path follows. A host ends at a backslash too, because browsers read it as a slash.
_FRONT = re.compile(r"[^/?#\\]*//[^/?#\\]*")
_PLACE = re.compile(r"(?:\[[^\[\]@]+\]|[^\[\]:@]+)(?::[0-9]*)?")
_HOST = re.compile(r"[A-Za-z0-9._-]+")
# In a path all other characters must be percent-encoded (RFC 3986, 2 and 3.3).
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]")
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def mistake(url: str) -> str | None:
    """Return what is wrong with the URL of a server (RFC 3986; its host may be an IDN) in a sentence, or None if it is valid."""
    wrong = _wrong(url, _front(url))
    return None if wrong is None else f"{_without_credentials(url)} {wrong}"


def has_credentials(url: str) -> bool:
    """Whether a URL has a user name or a password before its host."""
    return "@" in _front(url)


def _without_credentials(url: str) -> str:
    # In a malformed URL anything before an @ may be a password.
    return repr(re.sub(".*@", "…@", url, flags=re.DOTALL))


def _front(url: str) -> str:
    match = _FRONT.match(url)
    return match[0] if match else ""


def _wrong(url: str, front: str) -> str | None:
    scheme, _, place = front.partition("//")
    path = url[len(front) :]
    if scheme.lower() not in ("http:", "https:") or not place:
        return "is no URL of a server; write it as http://host:port or https://host"
    if "?" in url or "#" in url:
        return "has a query or a fragment; give the address to which the paths of the API are added"
    if (hidden := next((letter for letter in place if _is_hidden(letter)), None)) is not None:
        return f"is no URL: {hidden!r} cannot stand in a host"
    if (invalid := next((letter for letter in path if not _PATH.match(letter)), None)) is not None:
        return f"is no URL: {invalid!r} cannot stand in a path; percent-encode it, if it belongs there"
    if _BARE_PERCENT.search(path):
        return "is no URL: two hexadecimal digits must follow a %"
    if not _PLACE.fullmatch(place) or not _has_valid_host(url):
        return "is no URL: a host must follow //, or host:port with a port of 1 to 65535"
    return None


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "CZ"


def _has_valid_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.port != 0 and _is_host(parts)
    except ValueError:
        return False


def _is_host(parts: SplitResult) -> bool:
    host = parts.hostname or ""
    if "[" in parts.netloc:
        return ip_address(host).version == 6  # noqa: PLR2004
    return _HOST.fullmatch(host.encode("idna").decode()) is not None
