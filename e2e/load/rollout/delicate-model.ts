import { node, onnxModel, tensorValue, weights } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";

/** Shares of the categories in the traffic: a table of one entry fails for the last two, one of two entries for the last only. */
export const categoryShares = [0.75, 0.2, 0.05] as const;

/** Entries of the table of a version that is as good as its callers are used to, and of one that fails for a fifth of them more. */
export const entriesOf = { healthy: 2, bad: 1 } as const;

/**
 * Builds a model from x [N, 4] and a category [N] to y [N, 3], like a model with an embedding. A category beyond its table makes the run
 * fail, as when a version was trained before the category existed.
 */
export function delicateModel(entries: number): Buffer {
  const numbers = (length: number) => Float32Array.from({ length }, (_, index) => Math.sin(index + 1));
  return onnxModel({
    nodes: [
      node("MatMul", ["x", "W"], ["m"]),
      node("Gather", ["table", "category"], ["e"]),
      node("Add", ["m", "e"], ["y"]),
    ],
    initializers: [weights("W", [4, 3], numbers(12)), weights("table", [entries, 3], numbers(3 * entries))],
    inputs: [tensorValue("x", "float32", ["N", 4]), tensorValue("category", "int64", ["N"])],
    outputs: [tensorValue("y", "float32", ["N", 3])],
  });
}

/** Returns a request with one row of a category. */
export function delicateBody(category: number): Buffer {
  const x = { name: "x", datatype: "FP32", shape: [1, 4], data: [0.1, 0.2, 0.3, 0.4] };
  return Buffer.from(
    JSON.stringify({ inputs: [x, { name: "category", datatype: "INT64", shape: [1], data: [category] }] }),
  );
}
