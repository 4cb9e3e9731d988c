import { expect, test } from "vitest";
import type { Tensor } from "../tensor/tensor.ts";
import { batchKey, joinRequests, splitOutputs } from "./join-batch.ts";

const x = (shape: number[], values: number[], name = "x"): Tensor => ({
  name,
  datatype: "FP32",
  shape,
  data: Float32Array.from(values),
});
const texts = (values: string[]): Tensor => ({ name: "t", datatype: "BYTES", shape: [values.length], data: values });

test("gives the same key to requests that differ only in their number of rows", () => {
  const key = batchKey([x([1, 2], [1, 2])], ["y"]);
  expect(batchKey([x([3, 2], [1, 2, 3, 4, 5, 6])], ["y"])).toBe(key);
  const others = [
    batchKey([x([1, 3], [1, 2, 3])], ["y"]),
    batchKey([x([1, 2], [1, 2])], ["z"]),
    batchKey([x([1, 2], [1, 2], "other")], ["y"]),
    batchKey([{ ...x([1, 2], [1, 2]), datatype: "INT32" }], ["y"]),
    batchKey([x([1, 2, 1], [1, 2])], ["y"]),
  ];
  expect(others).not.toContain(key);
});

test.each([
  ["no rows", [x([0, 2], [])]],
  ["inputs of different numbers of rows", [x([1, 2], [1, 2]), x([2, 2], [1, 2, 3, 4], "z")]],
  ["a scalar", [x([], [1])]],
])("returns no batch key for %s", (_, tensors) => {
  expect(batchKey(tensors, ["y"])).toBeUndefined();
});

test("splits joined requests back into their original tensors", () => {
  const one = [x([1, 2], [1, 2]), texts(["a"])];
  const two = [x([2, 2], [3, 4, 5, 6]), texts(["b", "c"])];
  const joined = joinRequests([one, two]);
  expect(joined).toEqual([x([3, 2], [1, 2, 3, 4, 5, 6]), texts(["a", "b", "c"])]);
  expect(splitOutputs(joined, [1, 2])).toEqual([one, two]);
});

test("rejects an output with fewer rows than the inputs", () => {
  expect(() => splitOutputs([x([1, 2], [1, 2])], [1, 1])).toThrow("1 rows for 2 rows");
});
