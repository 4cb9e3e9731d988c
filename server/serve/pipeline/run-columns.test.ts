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

/** Runs one column to one input of an integer type. */
const cast = (from: Tensor["datatype"], data: Tensor["data"], to: Tensor["datatype"], steps: unknown[] = []) => {
  const pipeline = Pipeline.parse({
    before: [{ kind: "columns", columns: [{ name: "n", datatype: from }], into: null, steps }],
  });
  const given: Tensor = { name: "n", datatype: from, shape: [data.length], data };
  return runBefore(pipeline, { files: new Map(), columns: [given] }, [{ name: "n", datatype: to, shape: ["N"] }]);
};

test("keeps every integer of 64 bits exact", async () => {
  const data = BigInt64Array.of(1234567890123456789n, -(2n ** 63n), 2n ** 63n - 1n, 9007199254740993n);
  expect((await cast("INT64", data, "INT64"))[0]?.data).toEqual(data);
  const [unsigned] = await cast("INT64", BigInt64Array.of(2n ** 63n - 1n), "UINT64");
  expect(unsigned?.data).toEqual(BigUint64Array.of(2n ** 63n - 1n));
  const standardise = { step: "standardise", columns: { n: { mean: 1, std: 2 } } };
  expect((await cast("INT64", BigInt64Array.of(5n), "FP32", [standardise]))[0]?.data).toEqual(Float32Array.of(2));
  const levels = ["9007199254740992", "9007199254740993"];
  const encode = { step: "one-hot", column: "n", levels };
  const [a, b] = await Promise.all(
    [9007199254740992n, 9007199254740993n].map(async (value) => {
      const pipeline = Pipeline.parse({
        before: [{ kind: "columns", columns: [{ name: "n", datatype: "INT64" }], into: "x", steps: [encode] }],
      });
      const given: Tensor = { name: "n", datatype: "INT64", shape: [1], data: BigInt64Array.of(value) };
      return (await runBefore(pipeline, { files: new Map(), columns: [given] }, [x]))[0]?.data;
    }),
  );
  expect([a, b]).toEqual([Float32Array.of(1, 0), Float32Array.of(0, 1)]);
});

test.each([
  ["FP64", Float64Array.of(0, 70_000), "INT16", "70000"],
  ["INT64", BigInt64Array.of(1n, -1n), "UINT32", "-1"],
  ["INT64", BigInt64Array.of(1n, -1n), "UINT64", "-1"],
  ["FP64", Float64Array.of(0, Number.NaN), "INT64", "NaN"],
  ["FP64", Float64Array.of(0, Number.NaN), "INT8", "NaN"],
  ["FP64", Float64Array.of(0, Number.POSITIVE_INFINITY), "INT32", "Infinity"],
  ["FP64", Float64Array.of(0, 2 ** 63), "INT64", "9223372036854776000"],
  ["INT64", BigInt64Array.of(0n, 2n ** 31n), "INT32", "2147483648"],
] as const)("rejects a number of %s %o that does not fit into %s", async (from, data, to, shown) => {
  await expect(cast(from, data, to)).rejects.toMatchObject({
    code: "invalid",
    message: `column 'n', row 1: expected an integer in the range of ${to}, got ${shown}`,
  });
});

test("rounds fractions to the nearest integer", async () => {
  expect((await cast("FP64", Float64Array.of(1.5, -1.4, 65_535.4), "INT32"))[0]?.data).toEqual(
    Int32Array.of(2, -1, 65_535),
  );
});

test("rejects columns with different numbers of rows", async () => {
  const short: Tensor = { ...carrier, shape: [1], data: ["UA"] };
  await expect(run([oneHot], "x", [x], [age, short])).rejects.toThrow(
    "column 'carrier': expected 2 rows, as column 'age' has, got 1",
  );
});

test("rejects rows that would exceed the memory limit, with the maximum number of rows", async () => {
  const levels = Array.from({ length: 10_000 }, (_, at) => String(at));
  const many: Tensor = { name: "carrier", datatype: "BYTES", shape: [5000], data: new Array<string>(5000).fill("1") };
  const steps = [{ step: "one-hot", column: "carrier", levels }];
  await expect(run(steps, "x", [x], [many, { ...many, name: "age" }])).rejects.toThrow(
    "expected at most 3354 rows in a request, got 5000",
  );
});
