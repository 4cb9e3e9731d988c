import { expect, test } from "vitest";
import type { TensorSpec } from "#server/develop/registry/onnx/contract.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { runBefore } from "./run-before.ts";

const x: TensorSpec = { name: "x", datatype: "FP32", shape: ["N", "F"] };
const age: Tensor = { name: "age", datatype: "FP32", shape: [2], data: Float32Array.of(30, 55) };
const carrier: Tensor = { name: "carrier", datatype: "BYTES", shape: [2], data: ["UA", "AA"] };
const columns = [
  { name: "age", datatype: "FP32" },
  { name: "carrier", datatype: "BYTES" },
];

function run(steps: unknown[], into: string | null = "x", targets = [x], given = [age, carrier]) {
  const pipeline = Pipeline.parse({ before: [{ kind: "columns", columns, into, steps }] });
  return runBefore(pipeline, { files: new Map(), columns: given }, targets);
}
const oneHot = { step: "one-hot", column: "carrier", levels: ["AA", "UA"] };

test("standardises (30 - 40) / 10 to -1 and (55 - 40) / 10 to 1.5, and one-hot encodes levels in their order", async () => {
  const [made] = await run([{ step: "standardise", columns: { age: { mean: 40, std: 10 } } }, oneHot]);
  expect(made).toEqual({ name: "x", datatype: "FP32", shape: [2, 3], data: Float32Array.of(-1, 0, 1, 1.5, 1, 0) });
});

test.each([
  ["zeros", [30, 0, 55, 0], 2],
  ["other", [30, 0, 1, 55, 0, 1], 3],
])("encodes an unlisted level with policy %s", async (unknown, expected, width) => {
  const [made] = await run([{ step: "one-hot", column: "carrier", levels: ["DL"], unknown }]);
  expect(made?.shape).toEqual([2, width]);
  expect(made?.data).toEqual(Float32Array.from(expected));
});

test("rejects an unlisted level with its column, row and the expected levels", async () => {
  await expect(run([{ step: "one-hot", column: "carrier", levels: ["UA", "DL"] }])).rejects.toThrow(
    `column 'carrier', row 1, step one-hot: expected one of "UA", "DL", got "AA"`,
  );
});

test("selects, orders and renames columns, and casts each to the input of the same name", async () => {
  const targets: TensorSpec[] = [
    { name: "years", datatype: "INT64", shape: ["N", 1] },
    { name: "airline", datatype: "BYTES", shape: ["N", 1] },
  ];
  const steps = [
    { step: "rename", names: { age: "years", carrier: "airline" } },
    { step: "select", columns: ["airline", "years"] },
  ];
  expect(await run(steps, null, targets)).toEqual([
    { name: "airline", datatype: "BYTES", shape: [2, 1], data: ["UA", "AA"] },
    { name: "years", datatype: "INT64", shape: [2, 1], data: BigInt64Array.of(30n, 55n) },
  ]);
});

test("rejects rows that would exceed the memory limit, with the maximum number of rows", async () => {
  const levels = Array.from({ length: 10_000 }, (_, at) => String(at));
  const many: Tensor = { name: "carrier", datatype: "BYTES", shape: [5000], data: new Array<string>(5000).fill("1") };
  const steps = [{ step: "one-hot", column: "carrier", levels }];
  await expect(run(steps, "x", [x], [many, { ...many, name: "age" }])).rejects.toThrow(
    "expected at most 3354 rows in a request, got 5000",
  );
});
