"""The faults that the edition shares with the first one: those of what it has kept, in the shape that it had."""

from collections.abc import Iterator

from conformance.contracts.collections.reference.fault import Fault
from conformance.contracts.collections.reference.faults import FAULTS as FIRST

# They change fields, sources, lineages and names that this edition has in another shape, so that nothing would be wrong.
_OF_ANOTHER_SHAPE = frozenset(
    {
        "bare-collections-refused", "blobs-left-behind", "blobs-that-are-none-dropped", "case-sensitive-at-first",
        "children-take-the-filters", "children-take-the-prefix", "collections-without-extractors", "default-operator-ne",
        "delete-of-a-child-empties-its-parent", "delete-takes-the-siblings", "delete-takes-what-comes-from-the-collection", "delete-of-a-child-takes-its-parent", "delete-of-a-parent-cuts-lineages",
        "delete-of-a-parent-empties-its-children", "delete-of-a-parent-takes-its-children", "event-that-is-null-crashes",
        "events-that-are-none-dropped", "extractor-that-is-a-text-crashes", "extractors-that-are-none-dropped", "fifty-blobs",
        "filenames-of-the-one-before", "filtered-bucket-counted-twice", "first-retriever-checked-only", "four-levels-at-most",
        "name-cut-at-255", "name-optional", "name-trimmed", "no-blobs-in-v2", "not-becomes-and", "null-cache-is-default",
        "null-retrievers-dropped", "numbers-as-strings", "one-blob-is-none", "orphans-made", "outputs-of-the-one-before",
        "patch-of-wrong-blobs-crashes", "prefix-lost", "source-by-default", "third-level-lost", "untyped-schema", "zero-operand-lost"
    }
)  # fmt: skip


def shared(kept: frozenset[str]) -> Iterator[Fault]:
    """Yield the faults of the first edition that break one of the requirements that are kept."""
    return (fault for fault in FIRST.values() if fault.breaks in kept and fault.name not in _OF_ANOTHER_SHAPE)
