import { maxHeaderSize } from "node:http";
import { expect, test } from "vitest";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer, type WebDependencies } from "../server.ts";
import type { Operation } from "./openapi.ts";
import { openApiDocument } from "./openapi.ts";
import { v1Plugin } from "./plugin.ts";

/** What of JSON Schema bounds an input. */
interface Schema {
  type?: string | string[];
  maxLength?: number;
  maxItems?: number;
  maxProperties?: number;
  pattern?: string;
  format?: string;
  formatMinimum?: string;
  formatMaximum?: string;
  enum?: unknown[];
  const?: unknown;
  $ref?: string;
  $defs?: Record<string, Schema>;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  propertyNames?: Schema;
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
}

/** Formats whose texts have a length of their own. */
const shortFormats = ["uuid", "date-time", "date"];

/** Whether a pattern is anchored and repeats nothing without limit. */
function isShort(pattern: string | undefined): boolean {
  if (!pattern?.startsWith("^") || !pattern.endsWith("$")) return false;
  const withoutClasses = pattern.replaceAll(/\\./g, "e").replaceAll(/\[[^\]]*\]/g, "c");
  return !/[*+]|\{\d+,\}/.test(withoutClasses);
}

/** Returns where a schema accepts input of any length: "body.tags[].key string". */
function unbounded(schema: Schema, path: string, root: Schema, seen: readonly Schema[] = []): string[] {
  if (seen.includes(schema)) return [];
  const visited = [...seen, schema];
  const inner = (part: Schema, name: string) => unbounded(part, path + name, root, visited);
  const types = [schema.type].flat();
  const found: string[] = [];
  const isFixed = schema.enum !== undefined || schema.const !== undefined;
  const own = [schema, ...(schema.allOf ?? [])];
  const isText = own.some(
    ({ maxLength, pattern, format }) =>
      maxLength !== undefined || isShort(pattern) || (format !== undefined && shortFormats.includes(format)),
  );
  if (types.includes("string") && !isFixed && !isText) found.push(`${path} string`);
  if (own.some((one) => one.format === "date-time" && !(one.formatMinimum && one.formatMaximum)))
    found.push(`${path} time`);
  if (types.includes("array") && schema.maxItems === undefined && !schema.prefixItems) found.push(`${path} array`);
  const { additionalProperties: rest } = schema;
  // Keys that are one of a list need no limit.
  const hasKnownKeys = schema.propertyNames?.enum !== undefined;
  if (types.includes("object") && rest && !hasKnownKeys && schema.maxProperties === undefined)
    found.push(`${path} record`);
  if (schema.$ref) {
    const name = schema.$ref.split("/").at(-1) ?? "";
    const target = schema.$ref === "#" ? root : root.$defs?.[name];
    if (!target) throw new Error(`The schema ${schema.$ref} is missing.`);
    found.push(...inner(target, ""));
  }
  if (schema.items) found.push(...inner(schema.items, "[]"));
  if (typeof rest === "object") found.push(...inner(rest, "{}"));
  if (typeof rest === "object" && schema.propertyNames) found.push(...inner(schema.propertyNames, "{key}"));
  for (const [name, part] of Object.entries(schema.properties ?? {})) found.push(...inner(part, `.${name}`));
  for (const part of [...(schema.prefixItems ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
    found.push(...inner(part, ""));
  }
  return found;
}

interface Described {
  parameters?: { name: string; in: string; schema: Schema }[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

interface Document {
  paths: Record<string, Record<string, Described>>;
}

async function describedOperations(): Promise<(Described & { name: string })[]> {
  const app = createServer(readConfig({}));
  let operations: Operation[] = [];
  await app.register(async (scope) => {
    await v1Plugin(scope, { config: readConfig({}) } as WebDependencies);
    operations = scope.operations;
  });
  await app.close();
  const { paths } = openApiDocument(operations, "http://leeway.test") as Document;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, described]) => ({ ...described, name: `${method} ${path}` })),
  );
}

test("bounds every text, list, record and time of every request body", async () => {
  const bodies = (await describedOperations()).flatMap(({ name, requestBody }) => {
    const schema = requestBody?.content["application/json"]?.schema;
    return schema ? [{ name, schema }] : [];
  });
  expect(bodies.length).toBeGreaterThan(150);
  const found = bodies.flatMap(({ name, schema }) => unbounded(schema, `${name} body`, schema));
  expect(found).toEqual([]);
});

test("bounds every time of every query", async () => {
  const parameters = (await describedOperations()).flatMap(({ name, parameters = [] }) =>
    parameters.map((parameter) => ({ path: `${name} ?${parameter.name}`, schema: parameter.schema })),
  );
  expect(parameters.length).toBeGreaterThan(150);
  const found = parameters.flatMap(({ path, schema }) => unbounded(schema, path, schema));
  expect(found.filter((one) => one.endsWith(" time"))).toEqual([]);
});

test("finds an unbounded text, list, record and time", () => {
  const root: Schema = {
    type: "object",
    properties: {
      text: { type: "string" },
      name: { type: "string", maxLength: 9 },
      pattern: { type: "string", pattern: "^[a-z*]{1,9}$" },
      loose: { type: "string", pattern: "^[a-z]+$" },
      list: { type: "array", items: { type: "string", maxLength: 9 } },
      record: { type: "object", additionalProperties: { type: "number" }, propertyNames: { type: "string" } },
      time: { type: "string", format: "date-time" },
      again: { $ref: "#" },
    },
  };
  expect(unbounded(root, "body", root)).toEqual([
    "body.text string",
    "body.loose string",
    "body.list array",
    "body.record record",
    "body.record{key} string",
    "body.time time",
  ]);
});

test("relies on the size of a request's head for its path and query", () => {
  expect(maxHeaderSize).toBe(16 * 2 ** 10);
});
