"""The formats of texts that JSON Schema names (2020-12 Validation, 7.3): examples of each, and whether a text has one."""

import json
import re
from collections.abc import Callable
from datetime import date, time
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from uuid import UUID

from conformance.core import equality

TIMES = (
    "2024-02-29T23:59:59.999-08:00", "2023-11-07T05:31:56Z", "2023-11-07T05:31:56+00:00", "1970-01-01T00:00:00Z",
    "2023-11-07T05:31:56.123456Z", "2023-11-07T19:31:56+14:00", "2038-01-19T03:14:08Z", "1969-12-31T23:59:59-01:00",
    "2023-11-07T05:31:56.5+05:30",
)  # fmt: skip
EXAMPLES: dict[str, tuple[str, ...]] = {
    "date-time": TIMES,
    "date": ("2024-02-29", "1970-01-01", "2023-11-07", "2038-01-19"),
    "time": ("05:31:56Z", "23:59:59.999-08:00", "00:00:00Z"),
    "duration": ("PT1S", "P1D", "P1DT2H3M4S", "PT0S"),
    "uuid": (
        "00000000-0000-4000-8000-000000000000",
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",
        "ffffffff-ffff-4fff-bfff-ffffffffffff",
    ),
    "email": ("a@example.com", "first.last+tag@sub.example.org"),
    "hostname": ("example.com", "a", "sub.example.org"),
    "ipv4": ("192.0.2.1", "0.0.0.0", "255.255.255.255"),  # noqa: S104 - an address to send, not to listen at
    "ipv6": ("2001:db8::1", "::", "::ffff:192.0.2.1"),
    "uri": ("https://example.com/", "https://example.com/a/b?c=d#e", "http://example.org:8080/%20"),
    "binary": ("a", "", "bytes"),
    "ipvanyaddress": ("192.0.2.1", "2001:db8::1"),
    "path": ("a/b", "/a/b.txt", "."),
    "application/json": ("null", "{}", '["a", 1]'),
    "byte": ("YQ==", "", "Ynl0ZXM="),
}


def fits(name: str, text: Any) -> bool:
    """Whether a text has a format; any text has one that is not known here."""
    has_it = _JUDGES.get(name)
    return has_it is None or not isinstance(text, str) or has_it(text)


def _reads(parse: Callable[[str], Any]) -> Callable[[str], bool]:
    def has_it(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return has_it


_JUDGES: dict[str, Callable[[str], bool]] = {
    "date-time": lambda text: equality.instant(text) is not None,
    "date": _reads(date.fromisoformat),
    "time": _reads(time.fromisoformat),
    "duration": lambda text: re.fullmatch(r"P(?=.)(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+S)?)?", text) is not None,
    "uuid": _reads(UUID),
    "email": lambda text: re.fullmatch(r"[^@\s]+@[^@\s]+", text) is not None,
    "ipv4": _reads(IPv4Address),
    "ipv6": _reads(IPv6Address),
    "ipvanyaddress": _reads(ip_address),
    "application/json": _reads(json.loads),
    "uri": lambda text: re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text) is not None,
}
