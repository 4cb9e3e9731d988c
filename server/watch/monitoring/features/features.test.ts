import { expect, test } from "vitest";
import type { Signature, TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { summarisePicture } from "../../../serve/pipeline/summarise-picture.ts";
import type { FeatureSpec } from "./contract.ts";
import { projectionsOf, summariseEmbedding } from "./embedding.ts";
import { FeatureReader } from "./feature-reader.ts";
import { featuresOf, specsByName } from "./features-of.ts";
import { readFeatures } from "./read-features.ts";

const spec = (name: string, datatype: TensorSpec["datatype"], ...shape: (number | string)[]) => ({
  name,
  datatype,
  shape,
});
const model = (inputs: TensorSpec[], outputs: TensorSpec[], labels?: string[]) =>
  ({ inputs, outputs, labels }) as Pick<Signature, "inputs" | "outputs" | "labels">;
const namesOf = (specs: readonly (FeatureSpec | undefined)[]) => specs.map((each) => each?.name);

test("derives features from pipeline columns by name, and the prediction from class and score", () => {
  const columns = [
    { name: "distance", datatype: "FP32" },
    { name: "carrier", datatype: "BYTES" },
  ];
  const pipeline = Pipeline.parse({ before: [{ kind: "columns", columns, into: "x" }] });
  const signature = model([spec("x", "FP32", "N", 2)], [spec("probabilities", "FP32", "N", 2)], ["no", "yes"]);
  const specs = featuresOf(signature, pipeline);
  expect(specs.map(({ name, role, kind }) => `${role} ${name} ${kind}`)).toEqual([
    "input distance numeric",
    "input carrier categorical",
    "output prediction categorical",
    "output score numeric",
  ]);
  const columnsRead = readFeatures(
    specs,
    {
      rows: 3,
      inputs: [
        { name: "distance", data: [100, null, "NaN"] },
        { name: "carrier", data: ["UA", "DL", null] },
      ],
      outputs: [{ name: "probabilities", data: Float32Array.of(0.75, 0.25, 0.25, 0.75, 0.5, 0.5) }],
    },
    { labels: ["no", "yes"] },
  );
  expect(columnsRead).toEqual([
    [100, null, Number.NaN],
    ["UA", "DL", null],
    ["no", "yes", "no"],
    [0.25, 0.75, 0.5],
  ]);
});

test("takes the scores of all classes, not those of the best few that a pipeline returns as well", () => {
  const pipeline = Pipeline.parse({
    after: [
      { name: "digit", from: "probabilities", steps: [{ step: "argmax" }, { step: "labels" }] },
      { name: "best", from: "probabilities", steps: [{ step: "top-k", k: 3, give: "values" }] },
    ],
  });
  const labels = Array.from({ length: 10 }, (_, digit) => String(digit));
  const signature = model([spec("x", "FP32", "N", 2)], [spec("probabilities", "FP32", "N", 10)], labels);
  const score = featuresOf(signature, pipeline).find(({ name }) => name === "score");
  expect(score?.source).toEqual({ from: "score", tensor: "probabilities", width: 10 });
});

test("derives one feature per element of a short vector, 18 numbers of a long one, and none of a variable length", () => {
  const signature = model(
    [
      spec("few", "FP32", "N", 3),
      spec("many", "FP32", "N", 8, 16),
      spec("tokens", "INT64", "N", "length"),
      spec("on", "BOOL", "N"),
    ],
    [spec("y", "FP32", "N", 1)],
  );
  const names = namesOf(featuresOf(signature));
  expect(names.slice(0, 5)).toEqual(["few[0]", "few[1]", "few[2]", "many.norm", "many.cosine"]);
  expect(names.filter((name) => name?.startsWith("many."))).toHaveLength(18);
  expect(names.slice(-2)).toEqual(["on", "prediction"]);
  const on = specsByName(signature, undefined, ["on", "gone"]);
  expect(namesOf(on)).toEqual(["on", undefined]);
  const reader = new FeatureReader(on);
  reader.bind({ inputs: [{ name: "on", data: Uint8Array.of(1, 0) }] });
  expect([reader.value(0, 0), reader.value(0, 1), reader.value(1, 0)]).toEqual(["1", "0", undefined]);
  expect(reader.bind({ inputs: [{ name: "else", data: [1] }] })).toBe(0);
  expect(reader.value(0, 0)).toBeNull();
});

test("uses a label as prediction, converts non-probability scores with softmax, and uses a single number as is", () => {
  const both = model([], [spec("label", "INT64", "N"), spec("scores", "FP32", "N", 3)]);
  const specs = featuresOf(both);
  const outputs = [
    { name: "label", data: BigInt64Array.of(7n) },
    { name: "scores", data: [1, 2, 3] },
  ];
  const [prediction, score] = readFeatures(specs, { rows: 1, inputs: [], outputs });
  expect(prediction).toEqual(["7"]);
  expect(score?.[0]).toBeCloseTo(1 / (1 + Math.exp(-1) + Math.exp(-2)), 12);
  expect(readFeatures(specs, { rows: 1, inputs: [], outputs: [] })).toEqual([[undefined], [undefined]]);
  expect(featuresOf(model([], [spec("delay", "FP32", "N", 1)]))).toMatchObject([
    { name: "prediction", kind: "numeric" },
  ]);
  expect(namesOf(featuresOf(model([spec("prediction", "FP32", "N")], [spec("y", "FP32", "N")])))).toEqual([
    "prediction",
    "prediction (answer)",
  ]);
});

test("uses constant unit vectors as projections, and reads FP16 as numbers", () => {
  const table = projectionsOf(768);
  const sizes = new Map<number, number>();
  for (const entry of table) sizes.set(Math.abs(entry), (sizes.get(Math.abs(entry)) ?? 0) + 1);
  expect([...sizes.values()]).toEqual(new Array(16).fill(48));
  const mean = new Float64Array(768).fill(1);
  const { norm, cosine, projections } = summariseEmbedding(new Float32Array(768).fill(2), 0, 768, mean);
  expect(norm).toBeCloseTo(2 * Math.sqrt(768), 9);
  expect(cosine).toBeCloseTo(1, 12);
  const positive = [...table].filter((entry) => entry === 1).length;
  expect(projections[0]).toBeCloseTo((2 * (2 * positive - 48)) / Math.sqrt(48), 9);
  const reader = new FeatureReader(featuresOf(model([spec("h", "FP16", "N", 2)], [])));
  reader.bind({ inputs: [{ name: "h", datatype: "FP16", data: new Uint16Array(Float16Array.of(1.5, -2).buffer) }] });
  expect([reader.value(0, 0), reader.value(1, 0)]).toEqual([1.5, -2]);
});

test("summarises a text in numbers if its profile requires it", () => {
  const signature = model([spec("note", "BYTES", "N")], []);
  const specs = specsByName(signature, undefined, [
    "note.characters",
    "note.words",
    "note.word-length",
    "note.digit-share",
  ]);
  const reader = new FeatureReader(specs);
  reader.bind({ inputs: [{ name: "note", data: ["ab cde 12", null] }] });
  expect([0, 1, 2, 3].map((index) => reader.value(index, 0))).toEqual([9, 3, 7 / 3, 2 / 9]);
  expect(reader.value(0, 1)).toBeNull();
});

test("summarises an image as specified in docs/spec/drift.md section 9", () => {
  // Left half black, right half pure red: Y is 0 and 76.245.
  const [width, height] = [4, 3];
  const data = Uint8Array.from({ length: width * height * 3 }, (_, at) =>
    at % 3 === 0 && Math.floor(at / 3) % 4 > 1 ? 255 : 0,
  );
  const summary = summarisePicture({ width, height, channels: 3, data }, 120, "png");
  const luma = 0.299 * 255;
  expect(summary.brightness).toBeCloseTo(luma / 2, 9);
  expect(summary.contrast).toBeCloseTo(luma / 2, 9);
  expect(summary).toMatchObject({ saturation: 0.5, "red-cast": 127.5, "blue-cast": 0, entropy: 1, "dark-share": 0.5 });
  // One of the two inner pixels has a rising edge, the other a falling one.
  expect(summary.sharpness).toBeCloseTo(luma * luma, 6);
  expect(summary).toMatchObject({ "aspect-ratio": 4 / 3, pixels: 12, "bytes-per-pixel": 10, format: "png" });
  const large = { width: 1000, height: 1000, channels: 1 as const, data: new Uint8Array(1e6).fill(250) };
  expect(summarisePicture(large, 1, "jpeg")).toMatchObject({
    brightness: 250,
    "bright-share": 1,
    sharpness: 0,
    pixels: 1e6,
  });
});
