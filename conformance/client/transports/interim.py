"""Interim answers (RFC 9110, 15.2), counted as they pass: what reads HTTP below us takes any number of them for one answer."""

import re
from collections import Counter
from dataclasses import dataclass, field

# 100, 102 and a few of 103 are honest; nothing honest needs so many.
MOST_INTERIM = 100
_START = re.compile(rb"HTTP/\d\.\d (1\d\d)[ \r\n]")
_START_BYTES = len(b"HTTP/1.1 100 ")
_END = re.compile(rb"\n\r?\n")
_UPGRADE = b"101"
# The longest head that is read at all is not longer (h11, max_incomplete_event_size).
_LONGEST_HEAD = 100 * 1024


@dataclass(slots=True)
class Heads:
    """Looks at the bytes of one answer until its own head begins."""

    seen: Counter[str] = field(default_factory=Counter)
    _pending: bytes = b""
    _is_over: bool = False

    def look(self, data: bytes) -> str | None:
        """Look at the next bytes; return what is wrong, in words, once there were too many interim answers."""
        if self._is_over:
            return None
        searched = max(0, len(self._pending) - 2)
        self._pending += data
        while self._is_interim() and (end := _END.search(self._pending, searched)) is not None:
            self.seen[self._pending[9:12].decode()] += 1
            if self.seen.total() > MOST_INTERIM:
                return f"more than {MOST_INTERIM} interim answers ({self._named()}) came before the answer"
            self._pending, searched = self._pending[end.end() :], 0
        if self._is_over or len(self._pending) > _LONGEST_HEAD:
            self._is_over, self._pending = True, b""
        return None

    def _is_interim(self) -> bool:
        """Whether an interim answer begins here; if not, the answer itself has come, or what is no HTTP."""
        if len(self._pending) < _START_BYTES:
            return False
        start = _START.match(self._pending)
        self._is_over = start is None or start[1] == _UPGRADE
        return not self._is_over

    def _named(self) -> str:
        return ", ".join(f"{status} {_PHRASES.get(status, '')}".strip() for status in sorted(self.seen))


_PHRASES = {"100": "Continue", "102": "Processing", "103": "Early Hints"}
