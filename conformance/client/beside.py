"""Several requests beside each other, each in a thread of its own."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


def together(functions: Sequence[Callable[[], T]], most: int) -> list[T]:
    """Return what functions that send give, in their order; `most` of them go on at a time.

    Who is interrupted meanwhile does not wait for answers that are still out.

    Raises:
        ConformanceError: the first of those that one of them raised, when all have ended.

    """
    if most == 1 or len(functions) <= 1:
        return [function() for function in functions]
    pool = ThreadPoolExecutor(most, "conformance-beside")
    is_interrupted = True
    try:
        given = [pool.submit(function) for function in functions]
        _ = [one.exception() for one in given]
        is_interrupted = False
    finally:
        pool.shutdown(wait=not is_interrupted, cancel_futures=True)
    return [one.result() for one in given]
