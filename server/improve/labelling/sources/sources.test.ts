import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { LabelSettings } from "../contract.ts";
import { chooseQueue, type RequestFacts, weightOf } from "./choose-queue.ts";
import { pictureOfPixels } from "./pixel-picture.ts";
import { probabilitiesOf } from "./probabilities-of.ts";
import { densityRatios } from "./read-drift.ts";
import { rowKey } from "./row-key.ts";
import { shownData } from "./shown-data.ts";

const settings = LabelSettings.parse({});
const facts: RequestFacts = {
  requestId: "r",
  probabilities: [0.98, 0.01, 0.01],
  confidence: 0.98,
  answer: "cat",
  others: [],
  classNoise: [0, 0, 0],
  drift: [],
  weight: 1,
  twins: 0,
};
const queueOf = (more: Partial<RequestFacts>, isDrawn = false) =>
  chooseQueue({ ...facts, ...more }, settings, isDrawn)?.source;

test("draws the audit before anything else, and by chance alone", () => {
  expect(queueOf({})).toBeUndefined();
  expect(queueOf({}, true)).toBe("audit");
  expect(queueOf({ others: ["dog"], probabilities: [0.4, 0.35, 0.25] }, true)).toBe("audit");
  expect(chooseQueue({ ...facts }, { ...settings, queues: ["uncertain"] }, true)).toBeUndefined();
});

test("takes a request by disagreement, then drift, then uncertainty", () => {
  const drift = [{ name: "age", importance: 0.5, densityRatio: 3 }];
  expect(queueOf({ others: ["cat", "dog"], drift })).toBe("disagree");
  expect(queueOf({ others: ["cat"], drift })).toBe("drift");
  expect(queueOf({ drift: [{ name: "age", importance: 0.1, densityRatio: 3 }] })).toBeUndefined();
  expect(queueOf({ probabilities: [0.5, 0.4, 0.1] })).toBe("uncertain");
  // Without all probabilities, the confidence says how sure the model was; without that, nothing does.
  expect(queueOf({ probabilities: null, confidence: 0.4 })).toBe("uncertain");
  expect(queueOf({ probabilities: null, confidence: null, answer: null })).toBeUndefined();
});

test("names the features that lift a request, the most important first", () => {
  const drift = [
    { name: "rare", importance: 0.5, densityRatio: 1.2 },
    { name: "hour", importance: 0.1, densityRatio: 2 },
    { name: "age", importance: 0.5, densityRatio: 3 },
  ];
  expect(chooseQueue({ ...facts, drift }, settings, false)?.factors.drifted).toEqual(["age", "hour"]);
  expect(chooseQueue({ ...facts }, settings, true)?.factors).not.toHaveProperty("drifted");
});

test("orders by gain × drift × weight / (1 + twins)", () => {
  const of = (more: Partial<RequestFacts>) =>
    chooseQueue({ ...facts, probabilities: [0.5, 0.4, 0.1], ...more }, settings, false);
  const plain = of({});
  expect(plain).toMatchObject({ factors: { gain: 0.9, drift: 1, weight: 1, twins: 0 } });
  expect(plain?.rank).toBeCloseTo(-Math.log(0.9), 10);
  expect(of({ twins: 2, weight: 6 })?.rank).toBeCloseTo(-Math.log((0.9 * 6) / 3), 10);
  expect(of({ classNoise: [0.5, 0, 0] })?.factors.gain).toBeCloseTo(1 - 0.1 * 0.5, 10);
});

test("weighs items by a table, a number of their own, or not at all", () => {
  const data = { row: { amount: 250, country: "DE" } };
  expect(weightOf(data, { weightField: null, weights: {} })).toBe(1);
  expect(weightOf(data, { weightField: "country", weights: { DE: 5 } })).toBe(5);
  expect(weightOf(data, { weightField: "country", weights: {} })).toBe(1);
  expect(weightOf(data, { weightField: "amount", weights: {} })).toBe(100);
  expect(weightOf(data, { weightField: "missing", weights: {} })).toBe(1);
});

test("reads probabilities in the order of the project's classes", () => {
  const outputs = (data: number[]) => [
    { name: "label", datatype: "INT64", shape: [1], data: [1] },
    { name: "probabilities", datatype: "FP32", shape: [1, data.length], data },
  ];
  const none = { answer: null, confidence: null };
  const read = (data: number[], labels?: string[], classes = ["cat", "dog", "fox"]) =>
    probabilitiesOf({ outputs: outputs(data), ...none }, classes, labels);
  expect(read([0.7, 0.2, 0.1], ["fox", "cat", "dog"])).toEqual([
    expect.closeTo(0.2, 10),
    expect.closeTo(0.1, 10),
    expect.closeTo(0.7, 10),
  ]);
  expect(read([0.5, 0.25, 0.25])).toEqual([0.5, 0.25, 0.25]);
  expect(read([0.7, 0.2, 0.1], ["fox", "cat", "bird"])).toBeNull();
  expect(read([0.7, 0.2, 0.7])).toBeNull();
  expect(read([7, -2, -4])).toBeNull();
  const binary = { outputs: null, answer: "late", confidence: 0.8 };
  expect(probabilitiesOf(binary, ["late", "on time"], ["on time", "late"])).toEqual([0.8, expect.closeTo(0.2, 10)]);
  expect(probabilitiesOf({ ...binary, confidence: null }, ["late", "on time"], ["on time", "late"])).toBeNull();
});

test("copies what a task shows, and never what the log has redacted", () => {
  const row = [{ name: "data", kind: "row" as const, field: "data" }];
  const inputs = [
    { name: "amount", datatype: "FP64", shape: [1], data: [12.5] },
    { name: "iban", datatype: "BYTES", shape: [1], sha256: "ab" },
    { name: "note", datatype: "BYTES", shape: [1], data: ["late again"] },
    { name: "size", datatype: "FP32", shape: [1, 2], data: [1, 2] },
  ];
  const shown = shownData(row, inputs);
  expect(shown?.data).toEqual({ data: { amount: 12.5, note: "late again", "size[0]": 1, "size[1]": 2 } });
  expect(JSON.stringify(shown?.data)).not.toContain("iban");
  expect(shownData(row, [inputs[1] as never])).toBeUndefined();
  expect(shownData(row, null)).toBeUndefined();
  const text = [{ name: "t", kind: "text" as const, field: "note" }];
  expect(shownData(text, inputs)?.data).toEqual({ note: "late again" });
  expect(shownData([{ name: "t", kind: "text", field: "iban" }], inputs)).toBeUndefined();
  // Equal inputs are twins, whatever their requests.
  expect(shownData(text, inputs)?.groupKey).toBe(shown?.groupKey);
  expect(shownData(row, inputs.slice(0, 1))?.groupKey).not.toBe(shown?.groupKey);
});

test("shows a picture from a file, or drawn from pixels", () => {
  const picture = [{ name: "p", kind: "image" as const, field: "image" }];
  const pixels = {
    name: "pixels",
    datatype: "FP32",
    shape: [1, 1, 8, 8],
    data: Array.from({ length: 64 }, (_, at) => at),
  };
  const [drawn] = shownData(picture, [pixels])?.files ?? [];
  expect(drawn).toMatchObject({ field: "image", mimeType: "image/png" });
  const file = {
    name: "file",
    datatype: "BYTES",
    shape: [1],
    encoding: "base64" as const,
    data: [drawn?.bytes.toString("base64") ?? ""],
  };
  expect(shownData(picture, [file])?.files[0]).toMatchObject({ mimeType: "image/png", sha256: drawn?.sha256 });
  expect(shownData(picture, [{ ...pixels, shape: [64] }])).toBeUndefined();
  expect(shownData(picture, [{ ...file, data: ["bm90IGEgcGljdHVyZQ=="] }])).toBeUndefined();
});

test("draws pixels with their smallest value black and their largest white", () => {
  const png = pictureOfPixels([2, 2], [0, 1, 2, 4]) as Buffer;
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([256, 256]);
  const at = png.indexOf("IDAT");
  const raw = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  expect([raw[1], raw[256], raw[257 * 255 + 1], raw[257 * 255 + 256]]).toEqual([0, 64, 128, 255]);
  expect(pictureOfPixels([1, 3, 2, 2], Array(12).fill(1))).toBeDefined();
  expect(pictureOfPixels([2, 2, 3], Array(12).fill(1))).toBeDefined();
  for (const shape of [[2, 1, 8, 8], [4], [5, 5, 5], [2, 3]])
    expect(pictureOfPixels(shape, Array(64).fill(0))).toBeUndefined();
  expect(pictureOfPixels([2, 2], [0, 1, 2, Number.NaN])).toBeUndefined();
});

test("gives equal rows the same key, in any order of their columns", () => {
  expect(rowKey({ a: 1, b: "x" })).toBe(rowKey({ b: "x", a: 1.0 }));
  expect(rowKey({ a: 1, b: "x" })).not.toBe(rowKey({ a: 1, b: "y" }));
  expect(rowKey({ a: 1, b: "x" })).toMatch(/^[0-9a-f]{32}$/);
});

test("compares shares of cells with the reference", () => {
  expect(densityRatios([30, 70], [50, 50])).toEqual([0.6, 1.4]);
  expect(densityRatios([5, 5], [10, 0])?.[1]).toBeCloseTo(5, 10);
  expect(densityRatios([0, 0], [1, 1])).toBeUndefined();
  expect(densityRatios([1], [1, 1])).toBeUndefined();
});
