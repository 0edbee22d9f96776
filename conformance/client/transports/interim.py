"""Count interim responses (1xx; RFC 9110, 15.2) while they are read, because h11 accepts any number of them before a response."""

import re
from collections import Counter
from dataclasses import dataclass, field

# A server has reasons for a 100, a 102 and a few 103, but not for so many.
MOST_INTERIM = 100
_START = re.compile(rb"HTTP/\d\.\d (1\d\d)[ \r\n]")
_START_BYTES = len(b"HTTP/1.1 100 ")
_END = re.compile(rb"\n\r?\n")
_UPGRADE = b"101"
# h11 does not read a longer head (max_incomplete_event_size).
_LONGEST_HEAD = 100 * 1024


@dataclass(slots=True)
class InterimResponses:
    """Counts the interim responses before one final response, by status."""

    counts: Counter[str] = field(default_factory=Counter)
    _pending: bytes = b""
    _is_over: bool = False

    def feed(self, data: bytes) -> str | None:
        """Take the next bytes of the connection; return an error message if there were too many interim responses, or None."""
        if self._is_over:
            return None
        searched = max(0, len(self._pending) - 2)
        self._pending += data
        while self._is_interim() and (end := _END.search(self._pending, searched)) is not None:
            self.counts[self._pending[9:12].decode()] += 1
            if self.counts.total() > MOST_INTERIM:
                return f"more than {MOST_INTERIM} interim answers ({self._statuses()}) came before the answer"
            self._pending, searched = self._pending[end.end() :], 0
        if self._is_over or len(self._pending) > _LONGEST_HEAD:
            self._is_over, self._pending = True, b""
        return None

    def _is_interim(self) -> bool:
        """Whether an interim response begins here; if not, the final response has come, or something that is not HTTP."""
        if len(self._pending) < _START_BYTES:
            return False
        start = _START.match(self._pending)
        self._is_over = start is None or start[1] == _UPGRADE
        return not self._is_over

    def _statuses(self) -> str:
        return ", ".join(f"{status} {_PHRASES.get(status, '')}".strip() for status in sorted(self.counts))


_PHRASES = {"100": "Continue", "102": "Processing", "103": "Early Hints"}
