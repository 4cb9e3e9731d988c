import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import { createServer } from "#server/http/server.ts";
import { OnlineFeatures } from "#server/serve/features/online-features.ts";
import { defineFixture, writeLateRows } from "#server/testing/fixtures/http/feast/golden-fixture.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { feastPlugin } from "./plugin.ts";

/** A number as it is written, so that 2 and 2.0 differ and no digit is lost. */
interface Numeral {
  numeral: string;
}

interface Column {
  values: unknown[];
  statuses: string[];
  event_timestamps: string[];
}

interface LookedUp {
  results: Column[];
  metadata: { feature_names: string[] };
}

interface Exchange {
  case: string;
  method: "GET" | "HEAD" | "POST";
  path: string;
  headers?: Record<string, string>;
  rawRequest?: string;
  status: Numeral;
  response: unknown;
  leeway?: {
    status?: Numeral;
    error?: { class: string };
    response?: LookedUp;
    values?: Record<string, unknown[]>;
    counts?: Record<string, Numeral>;
    later?: boolean;
  };
}

const golden = exactly(readFileSync(new URL("golden-exchanges.json", import.meta.url), "utf8")) as {
  exchanges: { scenario: string; exchanges: Exchange[] }[];
};

/** What a look-up returns where the recording has what Feast stored against the rules; from `leeway.why` of these exchanges. */
const afterOneAt13 = { conv_rate: ["0.8999999761581421"], avg_daily_trips: ["7"], at: "2026-03-01T13:00:00Z" };
const ours: Record<string, Record<string, (string | null)[] | string>> = {
  "read after two rows": { conv_rate: ["0.5"], avg_daily_trips: ["50"], at: "2026-03-01T15:00:00Z" },
  "read after all null": { conv_rate: [null], avg_daily_trips: [null], at: "2026-03-01T13:00:00Z" },
  "read after fraction": afterOneAt13,
  "read after offset": afterOneAt13,
  "read after number as time": afterOneAt13,
  "read after future": afterOneAt13,
  "read after older row, created given": afterOneAt13,
  "read after materialize": { conv_rate: ["0.7699999809265137", "0.5"], avg_daily_trips: ["70", "50"] },
  "read while materializing": { avg_daily_trips: ["70"] },
};
const numbers = (...texts: (string | null)[]) => texts.map((text) => (text === null ? null : numeral(text)));
/** The same for values that are no single numbers. */
const ourValues: Record<string, Record<string, unknown[]>> = {
  "stored NaN and infinities": { lifetime_value: ["NaN", "Infinity", "-Infinity"] },
  "read after list, bytes and 53-bit values": {
    i64: numbers("9007199254740993"),
    by: ["AP8="],
    ts: numbers("1772323200"),
    li: [numbers("1", "2")],
    lf: [numbers("0.5")],
    ls: [["a"]],
    lb: [[true]],
  },
};
/** Exchanges whose answer is not that of the file, because there is no such thing here yet: docs/spec/features.md section 10.8. */
const missing: Record<string, number> = {
  "vector stores": 404,
  openapi: 404,
  // Nothing is left to do for a pushed view, so no run is under way.
  "asynchronous again while running": 202,
};

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);

const app = createServer(readConfig({}));
const features = new OnlineFeatures({ db, feed: { subscribe: () => () => {} }, cacheBytes: 2 ** 20 });
await defineFixture(ctx, features);
await app.register((scope) => feastPlugin(scope, { features, authenticate: () => ctx }));
afterAll(() => app.close());

const counts = { exchanges: 0, same: 0, deviating: 0, failedInFeast: 0, missing: 0 };
afterAll(() => void process.stdout.write(`Exchanges of Feast: ${JSON.stringify(counts)}\n`));

for (const { scenario, exchanges } of golden.exchanges) {
  describe(`replays ${scenario}`, () => {
    for (const exchange of exchanges) test(exchange.case, () => replay(exchange));
  });
}

test("replays all exchanges, and answers no mistake with 5xx", () => {
  expect(counts.exchanges).toBe(129);
  expect(counts.failedInFeast).toBe(37);
});

async function replay(exchange: Exchange): Promise<void> {
  if (exchange.case === "stored NaN and infinities") await writeLateRows(ctx, features);
  const response = await app.inject({
    method: exchange.method,
    url: `/feast${exchange.path}`,
    headers: exchange.headers ?? (exchange.rawRequest === undefined ? {} : { "content-type": "application/json" }),
    ...(exchange.rawRequest !== undefined && { payload: exchange.rawRequest }),
  });
  const { leeway } = exchange;
  const wanted = missing[exchange.case] ?? Number((leeway?.status ?? exchange.status).numeral);
  const { feature_view_metadata: versions } =
    (exchange.response as { metadata?: Record<string, unknown> })?.metadata ?? {};
  if (versions) expect(response.json().metadata.feature_view_metadata).toEqual(versions);
  expect([exchange.case, response.statusCode, response.statusCode < 400 ? "" : response.body]).toEqual([
    exchange.case,
    wanted,
    response.statusCode < 400 ? "" : expect.any(String),
  ]);
  counts.exchanges += 1;
  if (Number(exchange.status.numeral) >= 500) {
    counts.failedInFeast += 1;
    // Vector search says that it does not exist.
    expect(response.statusCode === 501 || response.statusCode < 500).toBe(true);
  }
  if (exchange.case in missing) counts.missing += 1;
  else if (leeway) counts.deviating += 1;
  else counts.same += 1;
  if (exchange.method === "HEAD" || exchange.case in missing) return;
  if (response.statusCode >= 400) checkError(exchange, response.body);
  else if (exchange.path.startsWith("/get-online-features")) checkLookUp(exchange, response.body);
  else if (leeway?.counts) expect(exactly(response.body)).toEqual(leeway.counts);
}

/** Every error is a JSON text that holds JSON. */
function checkError({ case: name, leeway, response }: Exchange, body: string): void {
  const text: unknown = JSON.parse(body);
  expect(typeof text).toBe("string");
  const error = JSON.parse(text as string);
  expect(error).toEqual({ module: "feast.errors", class: expect.any(String), message: expect.stringMatching(/\w/) });
  // A join key is no feature of the view either. The class extends FeastError.
  if (name === "join key requested as a feature") expect(error.class).toBe("SpecifiedFeaturesNotPresentError");
  else if (leeway?.error) expect(error.class).toBe(leeway.error.class);
  else if (typeof response === "string") expect(error.class).toBe(JSON.parse(response).class);
}

/** Compares by name, since the order of features is arbitrary in Feast. */
function checkLookUp({ case: name, response, leeway, rawRequest = "{}" }: Exchange, body: string): void {
  const own = exactly(body) as LookedUp;
  const expected = leeway?.response ?? (response as LookedUp);
  // Feast failed, and the case says in words what is right.
  if (!expected?.results) return;
  const columns = byName(own);
  const wanted = byName(expected);
  expect(Object.keys(columns).toSorted()).toEqual(Object.keys(wanted).toSorted());
  const known = ours[name];
  for (const [column, { values, statuses, event_timestamps }] of Object.entries(wanted)) {
    const isKey = statuses.length > 0 && column in (JSON.parse(rawRequest).entities ?? {});
    const override = isKey ? undefined : (known?.[column] ?? ourValues[name]?.[column]);
    const right =
      (known && Array.isArray(override) && numbers(...(override as (string | null)[]))) ||
      (override as unknown[] | undefined) ||
      (leeway?.values?.[column] ?? values).map(withoutNoTime);
    expect([name, column, columns[column]?.values]).toEqual([name, column, right]);
    // A stored null is PRESENT in Feast, and a row that it refused is not there.
    const status = statuses.map((text, index) => {
      if (override && right[index] !== null) return "PRESENT";
      return right[index] === null && text === "PRESENT" ? "NULL_VALUE" : text;
    });
    expect([name, column, columns[column]?.statuses]).toEqual([name, column, status]);
    if (!override) expect([name, column, columns[column]?.event_timestamps]).toEqual([name, column, event_timestamps]);
    else if (known?.at) expect(columns[column]?.event_timestamps).toEqual([known.at]);
  }
}

/** Feast answers a missing time with the least integer. */
function withoutNoTime(value: unknown): unknown {
  const { numeral: text } = (value ?? {}) as Partial<Numeral>;
  return text === "-9223372036854775808" || (Array.isArray(value) && value.length === 0) ? null : value;
}

function byName({ results, metadata }: LookedUp): Record<string, Column> {
  return Object.fromEntries(metadata.feature_names.map((name, index) => [name, results[index] as Column]));
}

function numeral(text: string): Numeral {
  return { numeral: text };
}

/** Parses JSON with numbers as they are written. */
function exactly(text: string): unknown {
  type Reviver = (key: string, value: unknown, context: { source: string }) => unknown;
  const keep: Reviver = (_key, value, { source }) => (typeof value === "number" ? numeral(source) : value);
  return JSON.parse(text, keep as (key: string, value: unknown) => unknown);
}
