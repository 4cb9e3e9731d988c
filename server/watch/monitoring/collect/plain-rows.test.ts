import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { readInferRequest } from "#server/serve/protocol/infer-request.ts";
import type { Tensor } from "#server/serve/tensor/tensor.ts";
import { normalFrom, seededRandom } from "#server/stats/random.ts";
import { MonitorSettings } from "../contract.ts";
import { buildFeatureProfile } from "../profiles/build/build-feature-profile.ts";
import type { FeatureState, ProfiledFeature, SpanState } from "../state/contract.ts";
import { emptyState } from "../state/empty-state.ts";
import { FeatureCollector } from "./collector.ts";
import { MinuteStates } from "./minute-states.ts";
import { PlainRows } from "./plain-rows.ts";
import type { RowPlan } from "./row-plan.ts";
import { type WatchedVersion, watchedVersion } from "./watched-version.ts";

const random = seededRandom(21);
const some = (count: number) => Array.from({ length: count }, () => normalFrom(random));
const numeric = () => buildFeatureProfile("numeric", some(3000).map(Math.fround));
const signature = {
  inputs: [
    { name: "x", datatype: "FP32", shape: ["N", 5] },
    { name: "amount", datatype: "FP64", shape: ["N", 1] },
    { name: "visits", datatype: "INT64", shape: ["N"] },
    { name: "carrier", datatype: "BYTES", shape: ["N"] },
    { name: "member", datatype: "BOOL", shape: ["N"] },
    { name: "half", datatype: "FP16", shape: ["N"] },
    { name: "ignored", datatype: "FP32", shape: ["N"] },
  ],
  outputs: [{ name: "y", datatype: "FP32", shape: ["N", 3] }],
  labels: ["low", "middle", "high"],
} as unknown as Signature;
const features: ProfiledFeature[] = [
  ...Array.from({ length: 5 }, (_, at): ProfiledFeature => ({ name: `x[${at}]`, role: "input", profile: numeric() })),
  { name: "amount", role: "input", profile: numeric() },
  { name: "visits", role: "input", profile: buildFeatureProfile("categorical", ["0", "1", "2", "3"]) },
  { name: "carrier", role: "input", profile: buildFeatureProfile("categorical", ["UA", "DL", "AA", "UA"]) },
  { name: "member", role: "input", profile: buildFeatureProfile("categorical", ["0", "1"]) },
  { name: "half", role: "input", profile: numeric() },
  { name: "gone", role: "input", profile: numeric() },
  { name: "score", role: "output", profile: numeric() },
  { name: "prediction", role: "output", profile: buildFeatureProfile("categorical", ["low", "high"]) },
];
/** Milliseconds since 1970. */
const opened = 3_600_000;
const key = { workspaceId: "w", endpointId: "e", versionId: "v", arm: "stable", provider: "cpu" } as const;

type Sent = Parameters<FeatureCollector["offer"]>[0];

/** Creates a typical request, with JSON or bytes, flat or nested. */
function plainRequest(rows: number, change: (inputs: Record<string, unknown>[]) => void = () => {}): Sent {
  const of = <T>(make: () => T) => Array.from({ length: rows }, make);
  const isBinary = random() < 0.3;
  const x = Float32Array.from(some(rows * 5));
  const nested = Array.from({ length: rows }, (_, row) => [...x.subarray(row * 5, row * 5 + 5)].map((v) => v * 1.1));
  const pick = (...names: string[]) => names[Math.floor(random() * names.length)] as string;
  const inputs: Record<string, unknown>[] = [
    isBinary
      ? { name: "x", datatype: "FP32", shape: [rows, 5], parameters: { binary_data_size: x.byteLength } }
      : { name: "x", datatype: "FP32", shape: [rows, 5], data: random() < 0.5 ? nested : nested.flat() },
    {
      name: "amount",
      datatype: "FP64",
      shape: [rows, 1],
      data: of(() => (random() < 0.1 ? 0 : 5 * normalFrom(random))),
    },
    { name: "visits", datatype: "INT64", shape: [rows], data: of(() => Math.floor(random() * 4)) },
    isBinary
      ? { name: "ignored", datatype: "FP32", shape: [rows], parameters: { binary_data_size: 4 * rows } }
      : { name: "ignored", datatype: "FP32", shape: [rows], data: of(() => null) },
    { name: "carrier", datatype: "BYTES", shape: [rows], data: of(() => pick("UA", "DL", "AA")) },
    { name: "member", datatype: "BOOL", shape: [rows], data: of(() => random() < 0.5) },
    { name: "half", datatype: "FP16", shape: [rows], data: of(() => random()) },
  ];
  if (random() < 0.5) inputs.reverse();
  change(inputs);
  const bytes = [Buffer.from(x.buffer), Buffer.alloc(4 * rows, 0x41)];
  if (inputs.findIndex(({ name }) => name === "ignored") < inputs.findIndex(({ name }) => name === "x"))
    bytes.reverse();
  const request = readInferRequest(
    Buffer.from(JSON.stringify({ inputs })),
    isBinary ? Buffer.concat(bytes) : Buffer.alloc(0),
  );
  const scores = Float32Array.from(some(rows * 3));
  if (random() < 0.05) scores[1] = Number.NaN;
  const outputs: Tensor[] = [{ name: "y", datatype: "FP32", shape: [rows, 3], data: scores }];
  return { key, request, outputs, rows, headers: undefined, requestId: "r" };
}

/** Creates requests that are not plain: with missing, unseen or broken values, or without the requested output. */
function oddRequests(): Sent[] {
  const change = (name: string, data: unknown) =>
    plainRequest(1, (inputs) => {
      const input = inputs.find((one) => one.name === name);
      if (input) Object.assign(input, { data, parameters: {} });
    });
  return [
    change("x", [1, null, 2, "3", "NaN"]),
    change("x", [[1, 2, 3, null, 5]]),
    change("x", [1, 2, 3]),
    change("amount", ["Infinity"]),
    change("amount", []),
    change("visits", [17]),
    change("carrier", ["XX"]),
    change("carrier", [null]),
    change("half", [null]),
    plainRequest(1, (inputs) =>
      inputs.splice(
        inputs.findIndex(({ name }) => name === "amount"),
        1,
      ),
    ),
    { ...plainRequest(2), outputs: [] },
  ];
}

function collecting(watched: WatchedVersion) {
  const folder = mkdtempSync(join(tmpdir(), "leeway-plain-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const book = { watched: () => watched, settings: () => MonitorSettings.parse({}), edition: 1 };
  const minutes = new MinuteStates(folder, "g", { now: () => opened });
  const collector = new FeatureCollector(book as never, minutes);
  const state = (segment = ""): SpanState =>
    minutes.stateOf({ ...key, segment, profileId: "p" }, () => emptyState(features));
  return { book, collector, state };
}

/** Sums of many numbers differ in their last digits with the order. */
function rounded(state: FeatureState | undefined) {
  return state?.kind === "numeric" ? { ...state, mean: state.mean.toFixed(9), m2: state.m2.toPrecision(9) } : state;
}

function expectEqual(a: SpanState, b: SpanState): void {
  expect(a.rows).toBe(b.rows);
  expect(a.features.map(rounded)).toEqual(b.features.map(rounded));
  expect([...a.scores.keys()].sort()).toEqual([...b.scores.keys()].sort());
  for (const [name, { count, sum, sumSquares }] of a.scores) {
    const other = b.scores.get(name);
    expect(count).toEqual(other?.count);
    for (const [at, value] of sum.entries()) expect(value).toBeCloseTo(other?.sum[at] as number, 9);
    for (const [at, value] of sumSquares.entries()) expect(value).toBeCloseTo(other?.sumSquares[at] as number, 9);
  }
}

test("returns the same state for rows copied in bulk and rows read value by value", () => {
  const watched = watchedVersion("p", features, { signature });
  expect(watched.plan).toBeDefined();
  const [fast, slow] = [collecting(watched), collecting({ ...watched, plan: undefined })];
  const requests = Array.from({ length: 3000 }, (_, at) =>
    at % 100 === 50 ? oddRequests() : plainRequest(1 + Math.floor(random() * 4)),
  ).flat();
  for (const request of requests) for (const { collector } of [fast, slow]) collector.offer(request, opened);
  for (const { collector } of [fast, slow]) collector.settle();
  expect(fast.state().rows).toBe(requests.reduce((sum, { rows }) => sum + rows, 0));
  expect(fast.state().features[10]).toMatchObject({ count: 0, nulls: 0 });
  expectEqual(fast.state(), slow.state());
});

test("copies complete rows in bulk, but not ones with missing, unseen, invalid or unrequested values", () => {
  const watched = watchedVersion("p", features, { signature });
  const plain = new PlainRows(watched, watched.plan as RowPlan);
  const takes = ({ request, outputs, rows }: Sent) => plain.take(request, outputs, rows);
  const ordinary = Array.from({ length: 20 }, () => plainRequest(3));
  expect(ordinary.map(takes)).toEqual(ordinary.map(() => true));
  expect(plain.rows).toBe(60);
  const odd = oddRequests();
  expect(odd.map(takes)).toEqual(odd.map(() => false));
  expect(plain.rows).toBe(60);
});

test("counts a row in the minute of its response, and applies changed settings from the next request", () => {
  const { book, collector, state } = collecting(watchedVersion("p", features, { signature }));
  for (let at = 0; at < 5; at++) collector.offer(plainRequest(1), opened + 1000 * at);
  const first = state();
  collector.offer(plainRequest(2), opened + 60_000);
  expect(first.rows).toBe(5);
  collector.settle();
  expect(state().rows).toBe(2);
  expect(first.rows).toBe(5);
  book.settings = () => MonitorSettings.parse({ segmentBy: ["carrier"] });
  book.edition += 1;
  for (let at = 0; at < 3; at++) collector.offer(plainRequest(1), opened + 61_000);
  collector.settle();
  const counted = ["UA", "DL", "AA"].map((name) => state(`carrier=${name}`).rows);
  expect(counted.reduce((a, b) => a + b, 0)).toBe(3);
  book.settings = () => MonitorSettings.parse({ isOn: false });
  book.edition += 1;
  collector.offer(plainRequest(1), opened + 62_000);
  collector.settle();
  expect(state().rows).toBe(5);
});
