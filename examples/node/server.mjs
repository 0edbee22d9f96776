// Collections and documents in Node without a framework, in memory: creating, reading, changing and deleting.
// node server.mjs --port 8080

import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { parseArgs } from "node:util";
import { CHANGES, COLLECTION, DOCUMENT } from "./checks.mjs";

const MOST_BYTES = 1024 * 1024;
const CACHE = { enabled: true, ttl_seconds: 604800, invalidation_strategy: "replace_if_better", max_entries_per_key: 5 };
const LINEAGE = ["root_object_id", "root_bucket_id", "source_type", "source_object_id", "source_document_id", "source_collection_id"];
const SYSTEM = ["document_id", "collection_id", "_internal"];
const NOT_THE_USERS = new Set([...SYSTEM, ...LINEAGE, "internal_id", "namespace_id", "created_at", "updated_at", "lineage", "lineage_path",
  "lineage_chain", "document_schema_version"]);

const collections = new Map();
const documents = new Map();

class Refusal extends Error {
  constructor(status, message, headers = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

const newId = (prefix) => `${prefix}_${randomBytes(12).toString("hex")}`;
const mapped = (table, change) => Object.fromEntries(Object.entries(table).map(([key, value]) => [key, change(value)]));
const without = (table, gone) => Object.fromEntries(Object.entries(table).filter(([key]) => !gone(key)));

function found(map, key, what) {
  if (!map.has(key)) throw new Refusal(404, `there is no such ${what}`);
  return map.get(key);
}

/** Read the body of a request, whole even if it is too large: the client would wait to send the rest. */
async function bytes(request) {
  const parts = [];
  let size = 0;
  for await (const part of request) {
    size += part.length;
    if (size <= MOST_BYTES) parts.push(part);
  }
  if (size > MOST_BYTES) throw new Refusal(413, "the body is too large");
  return Buffer.concat(parts);
}

async function valid(request, check) {
  const kind = (request.headers["content-type"] ?? "application/json").split(";")[0].trim().toLowerCase();
  if (kind !== "application/json") throw new Refusal(415, "bodies are JSON");
  const content = await bytes(request);
  let body;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content));
  } catch {
    throw new Refusal(400, "the body is no JSON");
  }
  if (!check(body)) throw new Refusal(422, "the body is not what it is to be");
  return body;
}

function filled(cache) {
  return {
    ...CACHE,
    ...cache,
    invalidation_events: (cache.invalidation_events ?? []).map((event) => ({ recompute_strategy: "background", ...event })),
    retriever_configs: mapped(cache.retriever_configs ?? {}, (retriever) => ({ enabled: true, ...retriever })),
  };
}

async function createCollection(request) {
  const { source, feature_extractors, collection_name, description = null, metadata = null, taxonomy_applications = [], enabled = true,
    cache_config = null } = await valid(request, COLLECTION);
  const key = `${source.type}_id`;
  const output_schema = { properties: {} };
  const before = source.type === "collection" ? found(collections, source[key], "source").source_lineage : [];
  const entry = { source_type: source.type, [key]: source[key], [`${source.type}_config`]: source, feature_extractors, output_schema };
  const collection = { collection_id: newId("col"), collection_name, description, metadata, enabled, feature_extractors, output_schema,
    taxonomy_applications, status: "PENDING", source_lineage: [...before, entry],
    cache_config: cache_config === null ? null : filled(cache_config) };
  collections.set(collection.collection_id, collection);
  return collection;
}

const getCollection = (_request, id) => found(collections, id, "collection");

function deleteCollection(_request, id) {
  found(collections, id, "collection");
  collections.delete(id);
  for (const [key, document] of documents) if (document.collection_id === id) documents.delete(key);
  return { success: true };
}

const users = (body) => {
  const own = without(body, (key) => NOT_THE_USERS.has(key));
  if (own.document_blobs) own.document_blobs = own.document_blobs.map((blob) => without(blob, (key) => key === "presigned_url"));
  return own;
};

const shown = (document) =>
  document.features ? { ...document, features: document.features.map((feature) => without(feature, (key) => key === "vectors")) } : document;

async function createDocument(request, id) {
  found(collections, id, "collection");
  const body = await valid(request, DOCUMENT);
  if (body.collection_id !== id) throw new Refusal(400, "the body names another collection");
  const ids = { document_id: newId("doc"), collection_id: id };
  const now = new Date().toISOString();
  const path = body.lineage_path ?? (body.root_bucket_id == null ? null : `${body.root_bucket_id}/${id}`);
  const lineage = { ...Object.fromEntries(LINEAGE.map((key) => [key, body[key] ?? null])), path, chain: body.lineage_chain ?? [] };
  const document = { ...users(body), ...ids, _internal: { ...ids, namespace_id: "default", created_at: now, updated_at: now, lineage } };
  documents.set(ids.document_id, document);
  return shown(document);
}

function documentOf(id, name) {
  const document = found(documents, name, "document");
  if (document.collection_id !== id) throw new Refusal(404, "there is no such document");
  return document;
}

const getDocument = (_request, id, name) => shown(documentOf(id, name));

/** Put the given fields over what is kept of a document, as it is once the body is read. */
const changing = (kept) => async (request, id, name) => {
  documentOf(id, name);
  const given = users(await valid(request, CHANGES));
  const before = documentOf(id, name);
  const _internal = { ...before._internal, updated_at: new Date().toISOString() };
  const after = { ...kept(before), ...given, _internal };
  documents.set(name, after);
  return shown(after);
};

function deleteDocument(_request, id, name) {
  documentOf(id, name);
  documents.delete(name);
  return { success: true };
}

const ROUTES = [
  [/^\/v1\/collections\/create$/, { POST: createCollection }],
  [/^\/v1\/collections\/([^/]+)$/, { GET: getCollection, DELETE: deleteCollection }],
  [/^\/v1\/collections\/([^/]+)\/documents$/, { POST: createDocument }],
  [/^\/v1\/collections\/([^/]+)\/documents\/([^/]+)$/, {
    GET: getDocument,
    PATCH: changing((before) => before),
    PUT: changing((before) => without(before, (key) => !SYSTEM.includes(key))),
    DELETE: deleteDocument,
  }],
];

function routed(request) {
  const path = request.url.split("?")[0];
  for (const [pattern, methods] of ROUTES) {
    const parts = pattern.exec(path);
    if (!parts) continue;
    const handler = methods[request.method];
    if (!handler) throw new Refusal(405, "the path has no such method", { allow: Object.keys(methods).join(", ") });
    return () => handler(request, ...parts.slice(1).map(decoded));
  }
  throw new Refusal(404, "there is no such path");
}

function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new Refusal(404, "there is nothing of that name");
  }
}

async function answer(request, response) {
  let status = 200;
  let headers = {};
  let body;
  try {
    body = await routed(request)();
  } catch (error) {
    status = error.status ?? 500;
    headers = error.headers ?? {};
    body = { success: false, status, error: { message: error.status ? error.message : "it failed", type: `http_${status}` } };
    if (!error.status) console.error(error);
  }
  const content = Buffer.from(JSON.stringify(body));
  response.writeHead(status, { "content-type": "application/json", "content-length": content.length, ...headers });
  response.end(content);
}

const { values } = parseArgs({ options: { port: { type: "string", default: "8080" } } });
createServer(answer).listen(Number(values.port), "127.0.0.1");
