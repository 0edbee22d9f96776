"""Who answered a recorded request: the server, or somebody on the way to it.

Browsers answer from their caches, by a page's service worker, by an inspector's override or a test's mock; proxies and recorders answer
for a server that they do not reach. What they say is nobody's promise.
"""

import re
from collections.abc import Mapping
from typing import Any

from conformance.traffic.fields import header, mapping, says

_GAVE_UP = "its end: the client gave up"
_ON_THE_WAY = "the server's own answer: a gateway, or the recorder itself, gave one"
_IN_THE_BROWSER = "the server's own answer: the browser gave one, from a cache, a service worker or a mock"
# A proxy's, a network's, and Cloudflare's for a server that it does not reach.
_GATEWAYS = frozenset({407, 502, 504, 511, *range(520, 531)})
_SERVERS_OWN = (500, 501)
# The fields that tools have for it, with names of their own.
_MADE_FIELD = re.compile(
    r"fulfilled|mock|overrid|intercepted|from_?\w*cache|cache_?(?:storage|hit)|^_?cached$|service_?worker(?!_?ref)", re.IGNORECASE
)
_CUT_FIELD = re.compile(r"^_?error$|aborted|failure|^_?failed", re.IGNORECASE)
_CACHE_TEXT = re.compile(r"service worker|from (?:\w+ )?cache", re.IGNORECASE)


def lacks_server(entry: Mapping[str, Any], status: int, *, is_json: bool) -> str | None:
    """Return what an exchange lacks if the server itself did not answer it whole, or None; `is_json`: its body is known, and JSON."""
    response = mapping(entry.get("response"))
    if says(entry, _CUT_FIELD) or says(response, _CUT_FIELD) or _is_cut(response):
        return _GAVE_UP
    if _is_of_the_browser(entry, response):
        return _IN_THE_BROWSER
    is_gateway = status in _GATEWAYS or (status >= 500 and status not in _SERVERS_OWN and not is_json)  # noqa: PLR2004
    return _ON_THE_WAY if is_gateway else None


def _is_cut(response: Mapping[str, Any]) -> bool:
    """Whether Charles says that an exchange did not end well."""
    return str(response.get("_charlesStatus") or "complete").lower() != "complete"


def _is_of_the_browser(entry: Mapping[str, Any], response: Mapping[str, Any]) -> bool:
    if says(entry, _MADE_FIELD) or says(response, _MADE_FIELD) or _CACHE_TEXT.search(str(response.get("statusText") or "")):
        return True
    # Safari names where an answer came from; the browser's own redirection has a header; so has an old mock service worker.
    is_elsewhere = "network" not in str(entry.get("_fetchType") or "network").lower()
    is_mocked = (header(response, "x-powered-by") or "").lower() == "msw"
    return is_elsewhere or is_mocked or header(response, "non-authoritative-reason") is not None or _is_cached(entry)


def _is_cached(entry: Mapping[str, Any]) -> bool:
    """Whether a cache had it: what it held before the request is told, or, as Firefox has it, only what it held after."""
    cache = mapping(entry.get("cache"))
    return bool(cache.get("beforeRequest")) or ("afterRequest" in cache and "beforeRequest" not in cache)
