"""The boundary catalogue: a short fixed series of valid bodies that contains every class of value of every field.

Each field has its own list of classes. The n-th body takes the n-th class of every list, so the series is as long as the longest
list. The caller puts its tag before each name.
"""

from collections.abc import Iterator, Sequence
from itertools import count, islice
from typing import Any

from conformance.contracts.collections.generation.collections import minimal
from conformance.contracts.collections.generation.documents import USER_FIELDS
from conformance.contracts.collections.generation.hostile import STRINGS
from conformance.contracts.collections.vocabulary import Vocabulary
from conformance.core.json_text import Json
from conformance.generation import json_values

Body = dict[str, Any]
_ABSENT: Any = object()
_TEXTS = (*json_values.TEXTS, *("x" * length for length in json_values.LENGTHS[1:]), "é" * 4096)
# _STANDALONE: texts that a server may take for something else, but only as a whole. The others can be joined into one text.
_STANDALONE = frozenset({"", " ", " padded ", "null", "true", "False", "0", "-1", "1.0", "1e5", "NaN", "trailing\n", "00123", "1,5", "\r\n",
                    "2024-02-29", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.120+02:00"})  # fmt: skip
_COMBINABLE = [text for text in json_values.TEXTS if text not in _STANDALONE]
_PACKED = (*(text for text in _TEXTS if text in _STANDALONE), *("-".join(_COMBINABLE[at : at + 3]) for at in range(0, len(_COMBINABLE), 3)),
           *_TEXTS[len(json_values.TEXTS) :])  # fmt: skip
_HUNDRED = 100
# Names that users may give to their fields, and that a server may use itself.
_LIKELY_NAMES = (
    "id",
    "type",
    "name",
    "status",
    "text",
    "url",
    "description",
    "data",
    "content",
    "value",
    "version",
    "0",
    "tags",
    "label",
    "_note",
    "schema",
    "json",
    "copy",
    "class",
    "self",
    "items",
    "model_config",
    "length",
    "filters",
    "results",
)
_PATHS = ("a//b", "/a/", "a/../b", "a", "a/b/c", " a / b ")


def metadata() -> list[Json]:
    """Return objects of user data: falsy values, numbers, texts, keys, depths and widths, one class in each object."""
    return [
        {"falsy": list(json_values.FALSY), **{f"k{index}": falsy for index, falsy in enumerate(json_values.FALSY)}},
        {},
        None,
        {f"n{index}": number for index, number in enumerate(json_values.NUMBERS)},
        {f"t{index}": text for index, text in enumerate(json_values.TEXTS)},
        # Lists of one type (a database may make a column of them), lists in objects, and objects that look like lists.
        {
            "texts": list(json_values.TEXTS),
            "lengths": ["x" * length for length in json_values.LENGTHS],
            "fractions": [number for number in json_values.NUMBERS if isinstance(number, float) and number % 1],
            "whole": [number for number in json_values.NUMBERS if isinstance(number, int)],
            "flags": [True, False, True, True],
            "objects": [{"text": text, "k": index} for index, text in enumerate(json_values.TEXTS)],
            "numbered": {"0": "a", "1": "b", "2": "c"},
            "inner": {"inner": {"items": [index % 9 for index in range(_HUNDRED)]}},
        },
        {key: index for index, key in enumerate(json_values.KEYS)},
        {"in": json_values.nested(values_deep())},
        {"list": [[], [[]], {}, [{}], [None], [0, "0", False, None, ""]], "order": [3, 1, 2, 1, 3]},
        {f"key{index:03}": index for index in range(_HUNDRED)},
        {"items": [index % 7 for index in range(_HUNDRED)]},
        {f"l{length}": "x" * length for length in json_values.LENGTHS},
        {"same": "same", "Same": "Same", "SAME": "SAME", "é": "NFC", "e\u0301": "NFD"},
        {"nulls": [None, {"null": None}], "deeper": {"null": None, "empty": {"empty": {}}}},
        {f"long{index}": "y" * 4096 for index in range(60)},
    ]


def values_deep() -> int:
    """Return how many containers may be nested in a member of user data: 16 deep, and the object itself counts as one."""
    return 15


def filter_classes() -> list[Json]:
    """Return filters: case rules at each level, operands of every class, and lists of one to a hundred conditions."""
    condition = {"field": "name", "operator": "eq", "value": "John"}
    groups: list[Json] = [
        {"AND": [condition]},
        {"OR": [condition]},
        {"NOT": [condition]},
        {"AND": [{"field": f"f{index}", "operator": "eq", "value": value} for index, value in enumerate(json_values.FALSY)]},
        {"AND": [{"field": f"f{index}", "value": value} for index, value in enumerate(json_values.NUMBERS)]},
        {"OR": [{"field": f"f{index}", "value": value} for index, value in enumerate(json_values.TEXTS)]},
        {"NOT": [{"field": key, "operator": "ne", "value": {key: [key]}} for key in json_values.KEYS]},
        {"AND": [condition], "OR": [condition, condition], "NOT": [condition, condition, condition]},
        {"AND": [{"field": "a", "operator": "eq", "value": json_values.nested(values_deep() + 1)}]},
        {"AND": [{"field": f"f{index}", "operator": "gt", "value": index} for index in range(_HUNDRED)]},
        {"AND": [{"field": "a", "operator": "contains", "value": "x" * length} for length in json_values.LENGTHS[1:]]},
        {"AND": [condition], "OR": None, "NOT": None},
        {"AND": [{"field": "only"}]},
        {"AND": [{"field": "f", "operator": name, "value": flag} for name in ("exists", "is_null") for flag in (True, False)]},
        {"AND": [{"field": "f", "operator": name, "value": [0, "", False, None, 1.5, "a"]} for name in ("in", "nin")]},
        {"AND": [{"field": "f", "operator": name, "value": [index % 97 for index in range(_HUNDRED)]} for name in ("in", "nin")]},
        {"OR": [{"field": ".".join("abcd"[:depth]), "operator": "eq", "value": depth} for depth in range(1, 5)]},
    ]
    for root in (True, False, None, _ABSENT):
        inner = [
            _with_case_rule(rule, {"OR": [condition, _with_case_rule(rule, {"NOT": [condition]})]})
            for rule in (True, False, None, _ABSENT)
        ]
        groups.append(_with_case_rule(root, {"AND": [*inner, condition]}))
    return groups


def _with_case_rule(rule: Any, group: Body) -> Body:
    return group if rule is _ABSENT else {**group, "case_sensitive": rule}


def _extractors(vocabulary: Vocabulary) -> list[list[Body]]:
    known = vocabulary.extractors
    base = [{"feature_extractor_name": name, "version": version} for name, version in known]
    enums: list[Body] = [
        {"document_output_type": output, "document_input_handling": handling, "document_output_handling": result}
        for output, handling, result in (
            ("single", "individual", "create_new"),
            ("multiple", "grouped", None),
            (None, None, None),
        )
    ]
    full_extractors = [
        {
            **base[index % len(base)],
            "parameters": data or {},
            "input_mapping": {"a": text},
            "output_mapping": {text or "empty": "b"},
            **enum,
        }
        for index, (data, text, enum) in enumerate(zip(metadata(), json_values.TEXTS, enums * 5, strict=False))
        if index < 14  # noqa: PLR2004 - the widest metadata stays out, the body has its own
    ]
    return [
        base[:1],
        *([extractor] for extractor in full_extractors),
        # The same item twice, adjacent and apart: a list must not be stored as a set.
        [
            base[0],
            {**base[0], "parameters": {"of": "this one alone"}, "input_mapping": {"of": "this one"}},
            base[0],
            base[-1],
            base[0],
        ],
        [{**base[0], "input_mapping": {}, "output_mapping": {}, "parameters": {}}],
        [
            {
                **base[0],
                "input_mapping": {
                    "long": "x" * 4096,
                    "k" * 255: "v",
                    **{f"key{index:03}": f"{index}" for index in range(_HUNDRED - 2)},
                },
                "output_mapping": {"k" * 256: "y" * 256, "long": "z" * 4096},
            }
        ],
        [
            {
                **base[0],
                "input_mapping": {key: key for key in json_values.KEYS},
                "output_mapping": dict.fromkeys(json_values.KEYS, ""),
            }
        ],
        [{**base[index % len(base)], "parameters": {"order": index}} for index in range(12)],
        [{**base[0], "parameters": {"order": index}} for index in range(_HUNDRED)],
        [],
    ]


def _caches(vocabulary: Vocabulary) -> list[Json]:
    retrievers, known = vocabulary.retriever_names, vocabulary.collections or ("any",)
    fields: Body = {
        "enabled": False,
        "ttl_seconds": 0,
        "invalidation_strategy": "keep_existing",
        "max_entries_per_key": 1,
        "score_threshold": 0.0,
        "invalidation_events": [],
        "retriever_configs": {},
    }
    event = {"collection": known[0], "action": "create"}
    events = [{**event, **more} for more in ({}, *({"recompute_strategy": name} for name in ("immediate", "background", "lazy")))]
    configs: list[Json] = [{}, None, dict(fields)]
    configs += [{key: value} for key, value in fields.items()]
    configs += [{key: value for key, value in fields.items() if key != left_out} for left_out in fields]
    configs += [
        {"ttl_seconds": ttl, "max_entries_per_key": entries} for ttl, entries in ((1, 2), (2**31, 2**31), (2**53 - 1, 2**53 - 1))
    ]
    configs += [{"score_threshold": threshold} for threshold in (0, 1, -0.5, 0.30000000000000004, 1e-7, None)]
    configs += [{"invalidation_strategy": name} for name in ("replace_if_better", "replace_always")]
    configs += [{"invalidation_events": [{**event, "action": action} for action in ("update", "delete", "create")]}]
    configs += [{"invalidation_events": events}, {"invalidation_events": events * 25}]
    configs += [{"invalidation_events": [{**event, "retriever_id": name} for name in (*retrievers, None)]}]
    configs += [{"retriever_configs": {name: {} for name in retrievers}}, {"retriever_configs": _many_retrievers(vocabulary)}]
    configs += [{"retriever_configs": {name: {"enabled": False, "ttl_seconds": at, "score_threshold": at / 2}
                                    for at, name in enumerate(retrievers)}}]  # fmt: skip
    configs += [{"retriever_configs": {name: {"ttl_seconds": None, "score_threshold": 0} for name in retrievers}, "enabled": True}]
    return configs


def _many_retrievers(vocabulary: Vocabulary) -> Body:
    """Return settings of as many retrievers as a map may have, or as the target knows."""
    names = vocabulary.retriever_names
    if vocabulary.retrievers is None:
        names = tuple(f"ret_{index}" for index in range(_HUNDRED))
    return {name: {} if index % 2 else {"enabled": False, "ttl_seconds": index} for index, name in enumerate(names[:_HUNDRED])}


def _taxonomies(vocabulary: Vocabulary) -> list[Json]:
    names, known = vocabulary.taxonomy_names, vocabulary.collections
    outputs: list[Body] = [{}, {"output_collection": None}, *({"output_collection": name} for name in known[:1])]
    return [
        _ABSENT,
        [],
        [{"taxonomy_id": names[0]}],
        # The same item several times, with different outputs: a list must not be stored as a set.
        [{"taxonomy_id": names[index % len(names)], **outputs[index % len(outputs)]} for index in range(_HUNDRED)],
    ]


def collections(vocabulary: Vocabulary) -> Iterator[Body]:
    """Yield the catalogue of collection bodies. Events and taxonomies name collections of the vocabulary, if there are any."""
    texts = _PACKED
    lists: dict[str, Sequence[Any]] = {
        "description": [*texts[7:], *texts[:7], None, _ABSENT],
        "metadata": metadata(),
        "enabled": (_ABSENT, False, True),
        "document_handling": (_ABSENT, None, {}, {"output_type": "single"}, {"output_type": "multiple"}, {"output_type": None}),
        "taxonomy_applications": _taxonomies(vocabulary),
        "cache_config": _caches(vocabulary),
        "feature_extractors": _extractors(vocabulary),
    }
    filter_list, prefixes = filter_classes(), [*texts[13:], *texts[:13], None]
    for index in range(max(len(texts), *map(len, lists.values()))):
        body = {"collection_name": texts[index % len(texts)], "source": minimal(vocabulary)["source"]}
        body |= {key: values[index % len(values)] for key, values in lists.items() if values[index % len(values)] is not _ABSENT}
        if index % 3 == 0 and vocabulary.collections:
            prefix = prefixes[index % len(prefixes)]
            body["source"] = {"type": "collection", "collection_id": vocabulary.collections[0], "prefix_key": prefix}
        elif index % 3 == 1:
            body["source"]["bucket_id"] = vocabulary.bucket_names[index % len(vocabulary.bucket_names)]
            body["source"]["prefix_key"] = prefixes[index % len(prefixes)]
        body["source"]["filters"] = filter_list[index % len(filter_list)]
        yield body


def documents(vocabulary: Vocabulary) -> Iterator[Body]:
    """Yield the catalogue of document bodies for the first collection of the vocabulary. Features and objects may be unknown."""
    collection, texts, data = vocabulary.collections[0], _TEXTS, metadata()
    rooted = _at_root()
    for index, metadata_value in enumerate(metadata_value for metadata_value in data if metadata_value is not None):
        yield {"collection_id": collection, **(rooted[index] if index < len(rooted) else {}), "metadata": metadata_value}
    paths: list[Json] = [*_PATHS, *texts[::14], None, _ABSENT]
    for index, path in enumerate(paths):
        body: Body = {"collection_id": collection, "lineage_path": path, "metadata": {}, "title": texts[index]}
        if path is _ABSENT:
            del body["lineage_path"]
        yield body | _lineage(index, vocabulary)
    for length, version in ((0, "v1"), (1, "v2"), (2, None), (12, "v1"), (_HUNDRED, "v2")):
        yield {
            "collection_id": collection,
            "document_schema_version": version,
            "lineage_chain": list(islice(_steps(vocabulary), length)),
        }
    features, blobs = _features(vocabulary), _blobs()
    yield {
        "collection_id": collection,
        "features": _filled_to_limit(features),
        "document_blobs": _filled_to_limit(blobs),
        "document_schema_version": "v2",
    }
    yield {"collection_id": collection, "features": [], "document_blobs": []}
    # All fields at once: a field that works alone may fail beside another.
    yield {
        "collection_id": collection,
        **_lineage(1, vocabulary),
        "lineage_path": "a/b",
        "lineage_chain": list(islice(_steps(vocabulary), 2)),
        "document_schema_version": "v1",
        "metadata": {"with": "everything"},
        "features": features[-1:],
        "document_blobs": blobs[-1:],
        "title": "everything",
    }
    # Then almost no fields: nothing of the body before may be left behind.
    yield {"collection_id": collection, "root_bucket_id": vocabulary.bucket_names[0]}


def _filled_to_limit(samples: list[Body]) -> list[Body]:
    """Return a list of the largest size that must be accepted: different items first, then similar ones; the last one is minimal."""
    last = samples[-1]
    name = "payload" if "payload" in last else "filename"
    return [*samples, *({**last, name: _numbered(last, index)} for index in range(len(samples), _HUNDRED - 1)), last]


def _numbered(item: Body, index: int) -> Json:
    return {"at": index} if "payload" in item else f"no. {index}"


def _at_root() -> list[Body]:
    """Return user fields for a document's root: every class of value, many fields, and names that a server may use itself."""
    return [
        {f"f{index}": falsy for index, falsy in enumerate(json_values.FALSY)},
        dict(zip(USER_FIELDS, json_values.NUMBERS, strict=False)),
        {f"n{index}": number for index, number in enumerate(json_values.NUMBERS)},
        {f"t{index}": text for index, text in enumerate(json_values.TEXTS)},
        {f"len{length}": "x" * length for length in json_values.LENGTHS},
        {f"field{index}": index for index in range(90)},
        {name: f"the user's {name}" for name in _LIKELY_NAMES},
        {"deep": json_values.nested(values_deep()), "tags": ["b", "a", "b"], "empty": [[], {}, [None], ""]},
    ]


def _lineage(index: int, vocabulary: Vocabulary) -> Body:
    lineages: list[Body] = [
        {"root_bucket_id": vocabulary.bucket_names[0]},
        {"root_bucket_id": vocabulary.bucket_names[-1], "source_type": "bucket"},
        {"source_type": "collection", "source_collection_id": vocabulary.collections[0]},
        {
            "source_collection_id": vocabulary.collections[-1],
            **({"source_document_id": vocabulary.documents[0]} if vocabulary.documents else {}),
        },
        {"root_object_id": "obj_1", "source_object_id": "obj_2", "root_bucket_id": vocabulary.bucket_names[0]},
        {
            "source_type": None,
            "root_bucket_id": None,
            "root_object_id": None,
            "source_object_id": None,
            "source_collection_id": None,
        },
        {"root_object_id": "", "source_object_id": ""},
        {"source_type": "collection", "root_bucket_id": vocabulary.bucket_names[0], "root_object_id": "obj_3"},
        {
            "source_type": "collection",
            "lineage_chain": list(islice(_steps(vocabulary), 2)),
            **({"source_document_id": vocabulary.documents[0]} if vocabulary.documents else {}),
        },
    ]
    return lineages[index % len(lineages)]


def _steps(vocabulary: Vocabulary) -> Iterator[Body]:
    """Yield lineage steps without end: some without a time, the others with unsorted times; some name the newest document."""
    ids = _known_ids(vocabulary)
    for index in count():
        step: Body = {
            "collection_id": vocabulary.collections[0],
            "feature_extractor_id": ids[index % len(ids)] if ids else f"extractor_{index}",
        }
        # Every third step has no time. The index into the times leaves those steps out, so that all times are used.
        if index % 3 != 2:  # noqa: PLR2004
            step["timestamp"] = json_values.TIMES[(index - index // 3) % len(json_values.TIMES)]
        if vocabulary.documents and index % 4 == 1:
            step["document_id"] = vocabulary.documents[-1]
        yield step


def _known_ids(vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the extractor ids to choose from; none if the target takes any."""
    takes_any = vocabulary.feature_extractors is None and vocabulary.feature_extractor_ids is None
    return () if takes_any else vocabulary.extractor_ids


def _features(vocabulary: Vocabulary) -> list[Body]:
    ids = _known_ids(vocabulary)
    vectors: list[Json] = [
        {"dense": [0.0, 1.0, -0.5]},
        {"indices": [0, 7], "values": [0.5, 0.25]},
        {"multi": [[0.1, 0.2], [0.3, 0.4]]},
        {"text": [0.1], "image": [0.2, 0.3]},
        None,
    ]
    with_payloads: list[Body] = [
        {
            "feature_extractor_id": ids[index % len(ids)] if ids else f"extractor_{index}",
            "payload": {"index": index, "falsy": [0, "", False, None], "null": None, "zero": 0, "empty": ""},
            "vectors": vector,
        }
        for index, vector in enumerate(vectors)
    ]
    return [
        *with_payloads,
        {"feature_extractor_id": ids[0] if ids else "plain"},
        {"feature_extractor_id": ids[0] if ids else "wide", "payload": {f"key{index:03}": index for index in range(_HUNDRED)}},
        {"feature_extractor_id": ids[0] if ids else "empty", "payload": {}},
    ]


def _blobs() -> list[Body]:
    roles, types = ("source", "processed", "thumbnail", "artifact", "aux"), ("video", "image", "audio", "text", "pdf", "other")
    return [
        {"field": f"blob{index}", "url": f"s3://bucket/key-{index}", "role": roles[index % 5], "type": kind, "filename": "",
         "size_bytes": index, "content_type": None, "checksum": f"sha256:{index}", "created_at": json_values.TIMES[index]}
        for index, kind in enumerate(types)
    ] + [{"field": "plain", "url": "https://x.test/plain"}]  # fmt: skip


def hostile_texts() -> Body:
    """Return user data with all hostile texts as values."""
    return {f"h{index}": text for index, text in enumerate(STRINGS)}
