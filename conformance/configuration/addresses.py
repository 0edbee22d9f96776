"""Addresses as people write them: whether one is the URL of a server, and if not, why not, in words for one line."""

import re
import unicodedata
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

# Scheme and host; what follows is a path. A browser takes a backslash for a slash, so that a host ends there too.
_FRONT = re.compile(r"[^/?#\\]*//[^/?#\\]*")
_PLACE = re.compile(r"(?:\[[^\[\]@]+\]|[^\[\]:@]+)(?::[0-9]*)?")
_HOST = re.compile(r"[A-Za-z0-9._-]+")
# RFC 3986, 2 and 3.3: all other characters stand in a path percent-encoded.
_PATH = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=:@/%-]")
_BARE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")


def mistake(url: str) -> str | None:
    """Return what is wrong with the URL of a server (RFC 3986; its host may be an IDN), in a sentence that begins with the URL."""
    wrong = _wrong(url, _front(url))
    return None if wrong is None else f"{_shown(url)} {wrong}"


def has_credentials(url: str) -> bool:
    """Whether a URL has a user or a password before its host."""
    return "@" in _front(url)


def _shown(url: str) -> str:
    # Where an address is so wrong that nobody knows what is in it, it may be a password.
    return repr(re.sub(".*@", "…@", url, flags=re.DOTALL))


def _front(url: str) -> str:
    found = _FRONT.match(url)
    return found[0] if found else ""


def _wrong(url: str, front: str) -> str | None:
    scheme, _, place = front.partition("//")
    path = url[len(front) :]
    if scheme.lower() not in ("http:", "https:") or not place:
        return "is no URL of a server; write it as http://host:port or https://host"
    if "?" in url or "#" in url:
        return "has a query or a fragment; give the address under which /v1/collections/create is served"
    if (hidden := next((one for one in place if _is_hidden(one)), None)) is not None:
        return f"is no URL: {hidden!r} cannot stand in a host"
    if (odd := next((one for one in path if not _PATH.match(one)), None)) is not None:
        return f"is no URL: {odd!r} cannot stand in a path; percent-encode it, if it belongs there"
    if _BARE_PERCENT.search(path):
        return "is no URL: two hexadecimal digits must follow a %"
    return (
        None
        if _PLACE.fullmatch(place) and _is_placed(url)
        else "is no URL: a host must follow //, or host:port with a port of 1 to 65535"
    )


def _is_hidden(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "CZ"


def _is_placed(url: str) -> bool:
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
