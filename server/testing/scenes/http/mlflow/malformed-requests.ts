import type { Random } from "#server/stats/random.ts";
import { pick } from "#server/testing/scenes/tracking/search/testing.ts";
import type { Call } from "../../../../http/mlflow/call.ts";

export interface OddRequest {
  method: Call["method"];
  url: string;
  headers: Record<string, string>;
  /** JSON, or something like it. */
  body: string | undefined;
}

/** What a client never sends: other types, nothing, too much, characters that some storage cannot keep. */
const oddValues: readonly unknown[] = [
  null,
  true,
  false,
  0,
  -1,
  1.5,
  -1e308,
  2 ** 53,
  9.3e18,
  "",
  " ",
  "0",
  "-1",
  "1e400",
  "NaN",
  "Infinity",
  "\0",
  "a\0b",
  "\ud800",
  "💥",
  "größe/日本",
  "../..",
  "..%2f..",
  "%00",
  "%",
  "%zz",
  "/",
  "//",
  ".",
  "a/../b",
  "x".repeat(300),
  "x".repeat(20_000),
  "9".repeat(400),
  "'; drop table runs; --",
  "{}",
  "[]",
  "null",
  "undefined",
  "__proto__",
  "constructor",
  [],
  {},
  [[]],
  [null],
  [{}],
  [""],
  ["a", "a"],
  [1, 2],
  { key: null },
  { key: "a", value: 1 },
  { __proto__: null },
  [{ key: "a", value: "b" }],
  [{ key: "a", value: {} }],
  [{ key: "\0", value: "\0" }],
  [{ key: 1, value: [] }],
  [{ key: "m", value: "NaN", timestamp: "1", step: -9e15 }],
  [{ key: "m", value: 1, timestamp: 9e15, step: 9e15 }],
  Array.from({ length: 1_100 }, (_, step) => ({ key: "m", value: step, timestamp: 1, step })),
  Array.from({ length: 200 }, (_, index) => ({ key: `k${index}`, value: "v" })),
  { a: { b: { c: { d: [] } } } },
];

/**
 * A request to one call whose arguments are each left out, plausible or odd.
 * @param plausible values by the name of the argument, such as the id of a run that exists.
 */
export function oddRequest(random: Random, call: Call, plausible: Record<string, readonly unknown[]>): OddRequest {
  const value = (name: string): unknown => {
    const known = plausible[name];
    return known && random() < 0.6 ? pick(random, known) : pick(random, oddValues);
  };
  const inPath = call.path.replaceAll(/:(\w+)|\*/g, (_, name = "*") => encodeURIComponent(textOf(value(name))));
  const sent = Object.fromEntries(call.names.filter(() => random() < 0.8).map((name) => [name, value(name)]));
  const address = `${call.isForBrowsers ? "/ajax-api" : "/api"}/${call.version}/mlflow/${inPath}`;
  if (call.method === "GET") {
    const query = Object.entries(sent).map(([name, one]) => `${name}=${encodeURIComponent(textOf(one))}`);
    return { method: call.method, url: `${address}?${query.join("&")}`, headers: {}, body: undefined };
  }
  const headers = { "content-type": "application/json" };
  const whole = random() < 0.03 ? JSON.stringify(pick(random, oddValues)) : JSON.stringify(sent);
  const cut = random() < 0.02 ? whole.slice(0, Math.floor(random() * whole.length)) : whole;
  // A number that JSON may hold and a double may not.
  return { method: call.method, url: address, headers, body: cut.replaceAll("-1e+308", "-1e999") };
}

/** As part of an address; half a pair of surrogates has no place there. */
function textOf(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return text.slice(0, 2_000).toWellFormed();
}
