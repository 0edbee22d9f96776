"""Entries that are one exchange: two recorders saw it, or its client sent it again and said so."""

from collections import deque

from conformance.traffic.har import Entry, Part

# A page and its service worker, or a browser and a proxy, each record one and the same request; one of them may have taken its own
# time of day for another zone's, which are quarters of an hour apart.
_SECONDS_APART = 2.0
_ZONE_SECONDS = 900.0
_FARTHEST_ZONES = 26 * 3600.0
# A page may ask for one and the same thing all day.
_MOST_ALIKE = 64


class Repetitions:
    """Finds entries that repeat earlier ones."""

    def __init__(self) -> None:
        self._alike: dict[tuple[str, str, bytes], deque[Entry]] = {}
        self._idempotency_keys: set[str] = set()

    def reason(self, entry: Entry) -> str | None:
        """Return in what way an entry repeats an earlier one, or None; each entry is to be shown once."""
        # An answer without a body makes nothing that could be made twice.
        if Part.RESPONSE_BODY not in entry.unknown and self._is_recorded_twice(entry):
            return "recorded twice"
        return "repeated with the same idempotency key" if self._is_sent_twice(entry) else None

    def _is_recorded_twice(self, entry: Entry) -> bool:
        alike = self._alike.setdefault((entry.method, entry.url, entry.response_body), deque(maxlen=_MOST_ALIKE))
        is_twice = any(_is_same(earlier, entry) for earlier in alike)
        alike.append(entry)
        return is_twice

    def _is_sent_twice(self, entry: Entry) -> bool:
        key = entry.header("idempotency-key")
        if key is None:
            return False
        is_twice = key in self._idempotency_keys
        self._idempotency_keys.add(key)
        return is_twice


def _is_same(entry: Entry, other: Entry) -> bool:
    """Whether two alike entries are of one and the same exchange, as two recorders saw it."""
    is_same_body = entry.body == other.body or Part.REQUEST_BODY in entry.unknown | other.unknown
    seconds = abs(other.sent_at - entry.sent_at)
    beyond_zones = seconds % _ZONE_SECONDS
    is_same_time = seconds < _FARTHEST_ZONES and min(beyond_zones, _ZONE_SECONDS - beyond_zones) < _SECONDS_APART
    # An entry without a time stands at the beginning of all times.
    return is_same_body and (is_same_time or not (entry.sent_at and other.sent_at))
