import { readFileSync } from "node:fs";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer } from "#server/http/server.ts";
import { OnlineFeatures } from "#server/serve/features/online-features.ts";
import { defineFixture } from "#server/testing/fixtures/http/feast/golden-fixture.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { feastPlugin } from "./plugin.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const features = new OnlineFeatures({ db, feed: { subscribe: () => () => {} }, cacheBytes: 2 ** 16 });
await defineFixture(ctx, features);
const app = createServer(readConfig({}));
await feastPlugin(app, { features, authenticate: () => ctx });
afterAll(() => app.close());

const golden = JSON.parse(readFileSync(new URL("golden-exchanges.json", import.meta.url), "utf8")) as {
  exchanges: { exchanges: { path: string; rawRequest?: string }[] }[];
};
const seeds = golden.exchanges.flatMap(({ exchanges }) =>
  exchanges.flatMap(({ path, rawRequest }) => (rawRequest === undefined ? [] : [{ path, text: rawRequest }])),
);
const requests = 1_500;

/** Values that parsers, converters and databases stumble over. */
const oddities: unknown[] = [
  null,
  true,
  -0,
  1e308,
  -1e-320,
  2 ** 53,
  0.1,
  "",
  "\u0000",
  "\ud800",
  "NaN",
  "-Infinity",
  "9223372036854775808",
  "0x10",
  "2026-02-30T00:00:00",
  "2026-03-01T24:00:00+99:99",
  "0000-00-00",
  "__proto__",
  "constructor",
  "toString",
  "driver_stats:conv_rate",
  "a@v999999999:b",
  "x".repeat(20_000),
  [],
  {},
  [[]],
  { length: 3 },
  [null, 1, "a"],
  { a: { b: [1, { c: null }] } },
];
const literals = [
  "18446744073709551616",
  "-9223372036854775809",
  "1e999",
  "1E400",
  "-",
  "01",
  "\\u0000",
  "9".repeat(300),
];

let state = 42;
function random(below: number): number {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
}
const pick = <Item>(items: readonly Item[]): Item => items[random(items.length)] as Item;

/** Replaces, removes, repeats or renames something at a random place. */
function mutated(value: unknown, depth = 0): unknown {
  if (random(4) === 0 || depth > 4) return pick(oddities);
  if (Array.isArray(value)) {
    const copy = [...value];
    const at = random(copy.length + 1);
    if (random(3) === 0) copy.splice(at, 1);
    else copy[at] = mutated(copy[at], depth + 1);
    return copy;
  }
  if (typeof value !== "object" || value === null) return pick(oddities);
  const entries = Object.entries(value);
  const at = random(entries.length + 1);
  const [name = "extra", inner] = entries[at] ?? [];
  const kind = random(6);
  if (kind === 0) entries.splice(at, 1);
  else if (kind === 1) entries[at] = [String(pick(oddities)), inner];
  else entries[at] = [name, mutated(inner, depth + 1)];
  return Object.fromEntries(entries.filter(([key]) => key !== "__proto__"));
}

/** Changes the text itself: what is left may be no JSON. */
function torn(text: string): string {
  const at = random(text.length);
  const kind = random(4);
  if (kind === 0) return text.slice(0, at);
  if (kind === 1) return text.slice(0, at) + pick(literals) + text.slice(at);
  if (kind === 2) return text.replace(/-?\d+(\.\d+)?/, pick(literals));
  return text.slice(0, at) + String.fromCharCode(random(256)) + text.slice(at + 1);
}

test(`answers ${requests} malformed requests without a server error`, async () => {
  const counts: Record<number, number> = {};
  for (let index = 0; index < requests; index += 1) {
    const { path, text } = pick(seeds);
    let payload = text;
    try {
      let value: unknown = JSON.parse(text);
      for (let times = random(3); times >= 0; times -= 1) value = mutated(value);
      payload = JSON.stringify(value) ?? "";
    } catch {
      // Some recorded bodies are no JSON themselves.
    }
    if (random(3) === 0) payload = torn(payload);
    const headers: Record<string, string> =
      random(5) === 0 ? { "content-type": pick(["", "text/plain", "a/b; c=d", ";"]) } : {};
    const response = await app.inject({ method: "POST", url: `/feast${path}`, headers, payload });
    counts[response.statusCode] = (counts[response.statusCode] ?? 0) + 1;
    const isRefusal = response.statusCode === 501;
    expect([path, payload.slice(0, 500), response.statusCode < 500 || isRefusal, response.body.slice(0, 200)]).toEqual([
      path,
      payload.slice(0, 500),
      true,
      response.body.slice(0, 200),
    ]);
    if (response.statusCode < 400) continue;
    const error = JSON.parse(JSON.parse(response.body));
    expect(error).toEqual({ module: "feast.errors", class: expect.any(String), message: expect.any(String) });
  }
  // Most of both kinds, or it would test only the parser.
  expect(counts[422]).toBeGreaterThan(requests / 4);
  expect(counts[200]).toBeGreaterThan(requests / 50);
});
