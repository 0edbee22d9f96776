// What requests of the API hold: checks are functions of a value that say whether it is right.

const text = (value) => typeof value === "string";
const truth = (value) => typeof value === "boolean";
const number = (value) => typeof value === "number";
const anything = () => true;
const table = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
const whole = (least) => (value) => Number.isInteger(value) && value >= least;
const oneOf = (...words) => (value) => words.includes(value);
const optional = (check) => (value) => value === null || check(value);
const listOf = (check) => (value) => Array.isArray(value) && value.every((item) => check(item));
const tableOf = (check) => (value) => table(value) && Object.values(value).every((item) => check(item));
const has = (value, key) => Object.hasOwn(value, key);

const record = (needed, others = {}) => (value) =>
  table(value) &&
  Object.keys(needed).every((key) => has(value, key)) &&
  Object.entries({ ...needed, ...others }).every(([key, check]) => !has(value, key) || check(value[key]));

const TIME = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Whether it is a time of RFC 3339; Date would take 30 February for a day in March. */
function time(value) {
  const parts = text(value) ? TIME.exec(value) : null;
  if (!parts) return false;
  const there = new Date(`${parts[1]}T${parts[2]}Z`);
  return !Number.isNaN(there.getTime()) && there.toISOString().startsWith(parts[1]) && !Number.isNaN(Date.parse(value.toUpperCase()));
}

const OPERATORS = ["eq", "ne", "gt", "lt", "gte", "lte", "in", "nin", "contains", "starts_with", "ends_with", "regex", "exists", "is_null", "text"];
const CONDITION = record({ field: text }, { operator: oneOf(...OPERATORS), value: anything });
const DEEPEST = 100;

function group(value, depth = 0) {
  if (!table(value) || depth > DEEPEST || ["field", "operator", "value"].some((key) => has(value, key))) return false;
  if (has(value, "case_sensitive") && !optional(truth)(value.case_sensitive)) return false;
  const member = (inner) => CONDITION(inner) || group(inner, depth + 1);
  return ["AND", "OR", "NOT"].every((key) => !has(value, key) || optional(listOf(member))(value[key]));
}

function source(value) {
  const optionals = { bucket_id: optional(text), prefix_key: optional(text), collection_id: optional(text), filters: optional(group) };
  return record({ type: oneOf("bucket", "collection") }, optionals)(value) && text(value[`${value.type}_id`]) && value[`${value.type}_id`] !== "";
}

const EXTRACTOR = record(
  { feature_extractor_name: text, version: text },
  {
    parameters: table,
    input_mapping: tableOf(text),
    output_mapping: tableOf(text),
    document_output_type: optional(oneOf("single", "multiple")),
    document_input_handling: optional(oneOf("individual", "grouped")),
    document_output_handling: optional(oneOf("create_new")),
  },
);

const EVENT = record(
  { collection: text, action: text },
  { recompute_strategy: oneOf("immediate", "background", "lazy"), retriever_id: optional(text) },
);

const RETRIEVER = record({}, { enabled: truth, ttl_seconds: optional(whole(0)), score_threshold: optional(number) });

const CACHE = record(
  {},
  {
    enabled: truth,
    ttl_seconds: whole(0),
    max_entries_per_key: whole(1),
    score_threshold: optional(number),
    invalidation_strategy: oneOf("replace_if_better", "replace_always", "keep_existing"),
    invalidation_events: listOf(EVENT),
    retriever_configs: tableOf(RETRIEVER),
  },
);

export const COLLECTION = record(
  { collection_name: text, source, feature_extractors: listOf(EXTRACTOR) },
  {
    description: optional(text),
    enabled: truth,
    metadata: optional(table),
    cache_config: optional(CACHE),
    taxonomy_applications: listOf(record({ taxonomy_id: text }, { output_collection: optional(text) })),
    document_handling: optional(record({}, { output_type: optional(oneOf("single", "multiple")) })),
  },
);

const STEP = record({ collection_id: text, feature_extractor_id: text }, { document_id: optional(text), timestamp: time });

const BLOB = record(
  { field: text, url: text },
  {
    role: oneOf("source", "processed", "thumbnail", "artifact", "aux"),
    type: oneOf("video", "image", "audio", "text", "pdf", "other"),
    size_bytes: optional(whole(0)),
    created_at: optional(time),
    filename: optional(text),
    content_type: optional(text),
    checksum: optional(text),
    source_blob_id: optional(text),
  },
);

const FIELDS = {
  root_object_id: optional(text),
  root_bucket_id: optional(text),
  source_collection_id: optional(text),
  source_document_id: optional(text),
  source_object_id: optional(text),
  source_type: optional(oneOf("bucket", "collection")),
  lineage_path: optional(text),
  lineage_chain: listOf(STEP),
  document_schema_version: optional(oneOf("v1", "v2")),
  metadata: table,
  features: listOf(record({ feature_extractor_id: text }, { payload: table, vectors: optional(table) })),
  document_blobs: listOf(BLOB),
};

export const DOCUMENT = record({ collection_id: text }, FIELDS);
export const CHANGES = record({}, { collection_id: text, ...FIELDS });
