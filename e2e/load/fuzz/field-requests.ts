import type { HostileRequest, JsonSchema, OpenApi } from "./hostile-requests.ts";
import { hostileTexts } from "./hostile-texts.ts";

/** Names and ids of what exists, by the name of the field that refers to it. */
export type Known = Readonly<Record<string, string>>;

/** Node refuses longer request heads. */
const maxParameterLength = 8_000;
const maxSchemaDepth = 14;
/** Values that satisfy the patterns of the API: names, times, days, months, periods, codes. */
const candidates = [
  "fuzzed",
  "model.created",
  "2026-05-04",
  "2026-05",
  "2026-W19",
  "2026-05-04T08:00",
  "08:00",
  "EUR",
  "0123456789abcdef",
  "a".repeat(32),
  "a".repeat(64),
  "https://leeway.example.test/a",
  "x-request-id",
  "1",
];

/**
 * Every operation of the REST API with a valid request, in which one text at a time is a hostile one: parsing stops at the first invalid
 * field, and would never reach the others. A text is cut to the maximum of its field.
 */
export function* fieldRequests({ paths }: OpenApi, known: Known): Generator<HostileRequest> {
  for (const [pattern, operations] of Object.entries(paths)) {
    // The stream of events never ends.
    if (pattern.endsWith("/events")) continue;
    for (const [verb, { parameters = [], requestBody }] of Object.entries(operations)) {
      const method = verb.toUpperCase();
      // What is deleted would be missing in all that follows.
      const names: Known = method === "DELETE" ? {} : known;
      const address = `/api/v1${pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(names[name] ?? "1"))}`;
      const root = requestBody?.content?.["application/json"]?.schema;
      const valid = root ? new Example(root, known) : undefined;
      const whole = valid && JSON.stringify(valid.of(root as JsonSchema, "", undefined));
      for (const [kind, text] of Object.entries(hostileTexts)) {
        for (const { name, in: location, schema } of parameters) {
          if (location !== "query" || !acceptsText(schema)) continue;
          const value = encodeURIComponent(cut(text, schema).toWellFormed()).slice(0, maxParameterLength);
          const path = `${address}?${name}=${value.replace(/%.?$/, "")}`;
          yield { name: `${method} ${pattern} ?${name}=${kind}`, method, path, body: whole };
        }
        for (const field of valid?.fields ?? []) {
          const body = JSON.stringify(valid?.of(root as JsonSchema, "", { field, text }));
          yield { name: `${method} ${pattern} ${field}=${kind}`, method, path: address, body };
        }
      }
    }
  }
}

interface Hostile {
  field: string;
  text: string;
}

/** Values of a schema. */
class Example {
  /** Paths of the texts of the value. */
  readonly fields: string[] = [];
  readonly #root: JsonSchema;
  readonly #known: Known;

  constructor(root: JsonSchema, known: Known) {
    this.#root = root;
    this.#known = known;
    this.of(root, "", undefined);
  }

  /** Returns a valid value, in which the field of that path has the hostile text instead. */
  of(schema: JsonSchema, path: string, hostile: Hostile | undefined, depth = 0): unknown {
    if (depth > maxSchemaDepth) return null;
    const inner = (part: JsonSchema, name: string) => this.of(part, `${path}${name}`, hostile, depth + 1);
    if (schema.const !== undefined) return schema.const;
    if (schema.enum) return schema.enum[0];
    if (schema.$ref) return inner(this.#resolved(schema.$ref), "");
    // Of alternatives the one with the largest number of fields: null has none.
    const choices = schema.anyOf ?? schema.oneOf;
    if (choices) return inner(choices.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0] as JsonSchema, "");
    switch ([schema.type].flat()[0]) {
      case "string":
        if (!hostile && !this.fields.includes(path)) this.fields.push(path);
        return hostile?.field === path ? cut(hostile.text, schema) : this.#text(schema, path);
      case "array": {
        const count = Math.max(1, schema.minItems ?? 1);
        return Array.from({ length: count }, () => inner(schema.items ?? {}, "[]"));
      }
      case "object": {
        const entries = Object.entries(schema.properties ?? {}).map(([name, part]) => [name, inner(part, `.${name}`)]);
        const rest = schema.additionalProperties;
        if (entries.length === 0 && typeof rest === "object") entries.push(["fuzzed", inner(rest, "{}")]);
        return Object.fromEntries(entries);
      }
      case "boolean":
        return true;
      case "number":
        // Shares are below 1, other numbers may be fractions.
        return Math.min(Math.max(0.5, schema.minimum ?? 0), schema.maximum ?? Number.POSITIVE_INFINITY);
      case "integer":
        return Math.min(Math.max(1, schema.minimum ?? 1), schema.maximum ?? Number.POSITIVE_INFINITY);
      default:
        return null;
    }
  }

  #text(schema: JsonSchema, path: string): string {
    if (schema.format === "uuid") return "00000000-0000-4000-8000-000000000000";
    if (schema.format === "email") return "fuzzed@example.test";
    if (schema.format === "date-time") return "2026-05-04T08:00:00Z";
    if (schema.format === "uri") return "https://leeway.example.test/a";
    const field = /(\w+)(?:\[\])*$/.exec(path)?.[1] ?? "";
    const patterns = [schema, ...(schema.allOf ?? [])].flatMap(({ pattern }) => pattern ?? []);
    const fits = (text: string) =>
      patterns.every((pattern) => new RegExp(pattern, "u").test(text)) && text.length >= (schema.minLength ?? 0);
    return [this.#known[field] ?? "fuzzed", ...candidates].find(fits) ?? "x".repeat(schema.minLength ?? 1);
  }

  #resolved(reference: string): JsonSchema {
    return reference === "#" ? this.#root : (this.#root.$defs?.[reference.split("/").at(-1) ?? ""] ?? {});
  }
}

function cut(text: string, { maxLength }: JsonSchema): string {
  return text.slice(0, maxLength);
}

function acceptsText({ type, enum: values, anyOf }: JsonSchema): boolean {
  return (
    values === undefined &&
    ([type].flat().includes("string") || (anyOf ?? []).some(acceptsText) || [type].flat().includes("array"))
  );
}

function sizeOf({ properties, items, type }: JsonSchema): number {
  if (properties) return 2 + Object.keys(properties).length;
  return items || type === "string" ? 1 : 0;
}
