import { expect, test } from "vitest";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { answerReader, type ReaderKind } from "../runs/answer-reader.ts";
import { decodeTags } from "./decode-tags.ts";
import { describeRegions } from "./describe-regions.ts";
import { readLabelRegions } from "./label-regions.ts";

const signatureOf = (more: Partial<Signature>): Signature => ({
  inputs: [{ name: "picture", datatype: "FP32", shape: ["N", 3, 100, 200] }],
  outputs: [],
  opsets: { "": 13 },
  irVersion: 8,
  producer: "",
  metadata: {},
  ...more,
});
const classes = ["car", "person"];
const output = (name: string, datatype: "FP32" | "INT64" | "BYTES", shape: (number | string)[]) => ({
  name,
  datatype,
  shape,
});
const floats = (name: string, values: number[]) => ({
  name,
  datatype: "FP32" as const,
  shape: [values.length],
  data: Float32Array.from(values),
});
const whole = (name: string, values: number[]) => ({
  name,
  datatype: "INT64" as const,
  shape: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const reading = (kind: ReaderKind, signature: Signature, names = classes) => answerReader(kind, { signature }, names);

const three = [output("boxes", "FP32", ["K", 4]), output("scores", "FP32", ["K"]), output("labels", "INT64", ["K"])];

test("reads boxes in pixels of the picture that the model gets, and leaves padding out", () => {
  const reader = reading("boxes", signatureOf({ outputs: three, labels: ["person", "car"] }));
  expect(reader).toMatchObject({ outputs: ["boxes", "scores", "labels"], classes, isOneByOne: true });
  const tensors = [
    floats("boxes", [20, 10, 120, 60, 0, 0, 0, 0, 180, 90, 220, 110]),
    floats("scores", [0.5, 0, 0.9]),
    whole("labels", [1, 0, 0]),
  ];
  expect(reader.read(tensors, 0, 1)).toEqual({
    boxes: [
      { label: "person", x: 90, y: 90, width: 10, height: 10, score: 0.9 },
      { label: "car", x: 10, y: 10, width: 50, height: 50, score: 0.5 },
    ],
  });
  const broken = [floats("boxes", [Number.NaN, 0, 1, 1]), floats("scores", [0.5]), whole("labels", [0])];
  expect(reader.read(broken, 0, 1)).toContain("not a finite number");
});

test.each([
  ["corner-size", [0.1, 0.2, 0.3, 0.4], { x: 10, y: 20, width: 30, height: 40 }],
  ["centre-size", [0.5, 0.5, 0.2, 0.4], { x: 40, y: 30, width: 20, height: 40 }],
  ["yx-corners", [0.1, 0.2, 0.5, 0.4], { x: 20, y: 10, width: 20, height: 40 }],
])("reads boxes as %s, of several pictures at once with their number", (boxes, numbers, expected) => {
  const outputs = [
    output("det_boxes", "FP32", ["N", 2, 4]),
    output("det_scores", "FP32", ["N", 2]),
    output("det_classes", "FP32", ["N", 2]),
    output("num_dets", "INT64", ["N"]),
  ];
  const reader = reading("boxes", signatureOf({ outputs, metadata: { boxes, box_unit: "fraction" } }), ["7"]);
  expect(reader.isOneByOne).toBe(false);
  const tensors = [
    floats("det_boxes", [...numbers, ...numbers, ...numbers, ...numbers]),
    floats("det_scores", [0.9, 0.8, 0.7, 0.6]),
    floats("det_classes", [7, 7, 7, 7]),
    whole("num_dets", [2, 1]),
  ];
  const [first, second] = [0, 1].map((row) => reader.read(tensors, row, 2)) as { boxes: object[] }[];
  expect(first?.boxes).toMatchObject([{ ...expected, label: "7", score: 0.9 }, { score: 0.8 }]);
  expect(second?.boxes).toMatchObject([{ ...expected, score: 0.7 }]);
});

test("reads six numbers a box from one output", () => {
  const signature = signatureOf({ outputs: [output("output0", "FP32", ["N", 300, 6])], labels: classes });
  const reader = reading("boxes", signature);
  expect(reader.read([floats("output0", [0, 0, 100, 50, 0.75, 1])], 0, 1)).toEqual({
    boxes: [{ label: "person", x: 0, y: 0, width: 50, height: 50, score: 0.75 }],
  });
});

test("says what is missing of a version that returns no boxes, or boxes without a place", () => {
  expect(() => reading("boxes", signatureOf({ outputs: three.slice(0, 1) }))).toThrow(
    "The set asks for boxes with their confidence and class; this version returns boxes FP32 [K, 4].",
  );
  const inputs = [output("x", "FP32", ["N", 64])];
  expect(() => reading("boxes", signatureOf({ inputs, outputs: three }))).toThrow("boxes in pixels cannot be placed");
  expect(() => reading("boxes", signatureOf({ outputs: three, metadata: { boxes: "round" } }))).toThrow(
    'The metadata "boxes" of the file is "round"',
  );
  expect(() => reading("boxes", signatureOf({ outputs: three, labels: ["cat"] }))).toThrow("none of the classes");
  const before = [
    {
      kind: "image" as const,
      name: "file",
      into: "picture",
      steps: [
        { step: "decode" as const, maxPixels: 1e6, orient: true, background: [0, 0, 0] as [number, number, number] },
        { step: "centre-crop" as const, width: 200, height: 100 },
      ],
    },
  ];
  const signature = signatureOf({ outputs: three });
  expect(() => answerReader("boxes", { signature, pipeline: { before, after: [] } }, classes)).toThrow(
    "cuts pictures or adds borders",
  );
});

test("reads spans as start, end and class, and tags of tokens by number or by score", () => {
  const labels = ["PER", "ORG"];
  const spans = reading("spans", signatureOf({ outputs: [output("spans", "INT64", ["N", 2, 3])], labels }), labels);
  expect(spans.read([whole("spans", [0, 4, 1, -1, -1, 0])], 0, 1)).toEqual({
    spans: [{ start: 0, end: 4, label: "ORG" }],
  });
  const tags = ["O", "B-PER", "I-PER"];
  const scored = reading("tags", signatureOf({ outputs: [output("logits", "FP32", ["N", 2, 3])], labels: tags }), [
    "PER",
  ]);
  expect(scored.read([floats("logits", [0, 2, 1, 0, 1, 2])], 0, 1)).toEqual({ tags: ["B-PER", "I-PER"] });
  const numbered = reading("tags", signatureOf({ outputs: [output("tags", "INT64", ["N", 3])], labels: tags }), [
    "PER",
  ]);
  expect(numbered.read([whole("tags", [1, 2, 0])], 0, 1)).toEqual({ tags: ["B-PER", "I-PER", "O"] });
  expect(() => reading("tags", signatureOf({ outputs: [output("tags", "INT64", ["N", 3])] }))).toThrow(
    "The set asks for a tag for each token",
  );
  expect(() => reading("spans", signatureOf({ outputs: [output("y", "FP32", ["N", 3])] }))).toThrow(
    "The set asks for start, end and class of spans",
  );
});

test("joins tags of tokens to spans", () => {
  const offsets = [
    [0, 0],
    [0, 3],
    [4, 7],
    [8, 9],
    [10, 14],
    [15, 18],
    [0, 0],
  ] as [number, number][];
  const spans = (...tags: string[]) =>
    decodeTags(["O", ...tags], offsets).map(({ label, start, end }) => `${label} ${start}-${end}`);
  expect(spans("B-PER", "I-PER", "O", "B-ORG", "B-ORG")).toEqual(["PER 0-7", "ORG 10-14", "ORG 15-18"]);
  // A tag inside of another class starts a span; tags without a prefix join.
  expect(spans("B-PER", "I-ORG", "I-ORG", "LOC", "LOC")).toEqual(["PER 0-3", "ORG 4-9", "LOC 10-18"]);
  expect(spans("S-PER", "I-PER", "O", "B-X", "E-X")).toEqual(["PER 0-3", "PER 4-7", "X 10-18"]);
  expect(spans("B-PER")).toEqual(["PER 0-3"]);
});

test("reads labels as label projects write them, and says what a text is not", () => {
  const box = { label: "car", x: 1, y: 2, width: 3, height: 4, rotation: 90 };
  expect(readLabelRegions("boxes", JSON.stringify([box]))).toEqual([{ label: "car", numbers: [1, 2, 3, 4] }]);
  expect(readLabelRegions("spans", '[{"label":"PER","start":0,"end":4}]')).toEqual([{ label: "PER", numbers: [0, 4] }]);
  expect(readLabelRegions("boxes", "[]")).toEqual([]);
  for (const text of ["car", '[{"label":"car"}]', '[{"label":"a","x":0,"y":0,"width":-1,"height":1}]']) {
    expect(readLabelRegions("boxes", text)).toContain("not a JSON list of at most 1000 boxes");
  }
  expect(readLabelRegions("spans", '[{"label":"PER","start":4,"end":4}]')).toContain("a greater end");
});

test("describes boxes by class and spans by their limits", () => {
  const boxes = '[[0,0,0,1,1],[1,0,0,1,1],["van",0,0,1,1,0.2],[0,5,5,1,1]]';
  expect(describeRegions("boxes", boxes, classes)).toBe("2 × car, 1 × person, 1 × van");
  expect(describeRegions("boxes", boxes, classes, 0.5)).toBe("2 × car, 1 × person");
  expect(describeRegions("boxes", "", classes)).toBe("no boxes");
  expect(describeRegions("spans", '[["PER",10,14],[1,0,3]]', classes)).toBe("person 0–3, PER 10–14");
});
