"""A shard: one of the parts that a run is divided into, each for another machine."""

import re
from dataclasses import dataclass
from zlib import crc32

_SPELLED = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The part with this `number`, from 1 to `count`, of a run in so many parts."""

    number: int
    count: int

    def __str__(self) -> str:
        """Return it as people give it, such as `3/8`."""
        return f"{self.number}/{self.count}"

    def takes(self, number: int, what: str) -> bool:
        """Whether it has the thing with this number, counted from 0, of those that are called `what`.

        Of each `count` in a row every shard has one, in an order that changes: what is special about every fourth thing must not
        come to one shard alone.
        """
        turn, place = divmod(number, self.count)
        return (place + crc32(f"{what} {turn}".encode())) % self.count == self.number - 1


def read(text: str) -> Shard:
    """Return the shard that somebody spells as `3/8`.

    Raises:
        ValueError: it is none.

    """
    match = _SPELLED.fullmatch(text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]):
        raise ValueError(f"{text!r} is no shard; shards are 1/N to N/N, such as 3/8")
    return Shard(int(match[1]), int(match[2]))
