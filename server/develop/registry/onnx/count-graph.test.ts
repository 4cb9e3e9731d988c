import { expect, test } from "vitest";
import * as fixtures from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { memorySource } from "./byte-sources.ts";
import { readOnnxFile } from "./onnx-file.ts";

const graphOf = (bytes: Uint8Array) => readOnnxFile(memorySource(bytes)).graph;
const ends = {
  inputs: [fixtures.tensorValue("x", "float32", ["N", 2])],
  outputs: [fixtures.tensorValue("y", "float32", ["N", 2])],
};

test("counts operators by type, most frequent first, and weights by their dimensions", () => {
  expect(graphOf(fixtures.mlpModel([4, 16, 8, 3]))).toEqual({
    operators: [
      { domain: "", name: "MatMul", count: 3 },
      { domain: "", name: "Relu", count: 2 },
    ],
    parameterCount: 4 * 16 + 16 * 8 + 8 * 3,
  });
});

test("distinguishes operators by domain, and treats ai.onnx as the default domain", () => {
  const nodes = [
    fixtures.node("Gelu", ["x"], ["a"], "com.microsoft"),
    fixtures.node("Gelu", ["a"], ["b"], "ai.onnx"),
    fixtures.node("Gelu", ["b"], ["y"]),
  ];
  expect(graphOf(fixtures.onnxModel({ nodes, ...ends })).operators).toEqual([
    { domain: "", name: "Gelu", count: 2 },
    { domain: "com.microsoft", name: "Gelu", count: 1 },
  ]);
});

test("counts weights in a second file and in an attribute", () => {
  expect(graphOf(fixtures.externalDataModel("w.bin")).parameterCount).toBe(2);
  const value = fixtures.tensorAttribute("value", fixtures.weights("w", [2, 3], new Float32Array(6)));
  const nodes = [fixtures.node("Constant", [], ["w"], "", [value])];
  expect(graphOf(fixtures.onnxModel({ nodes, ...ends }))).toEqual({
    operators: [{ domain: "", name: "Constant", count: 1 }],
    parameterCount: 6,
  });
});

test("counts the thresholds of a tree ensemble in any list encoding", () => {
  const trees = (list: Buffer) =>
    fixtures.onnxModel({
      nodes: [fixtures.node("TreeEnsembleRegressor", ["x"], ["y"], "ai.onnx.ml", [list])],
      domains: { "ai.onnx.ml": 3 },
      ...ends,
    });
  expect(graphOf(trees(fixtures.floatsAttribute("nodes_values", [1, 2, 3], "apart"))).parameterCount).toBe(3);
  expect(graphOf(trees(fixtures.floatsAttribute("nodes_values", [1, 2, 3], "packed"))).parameterCount).toBe(3);
});

test("does not count shapes and indices as weights", () => {
  const shape = fixtures.tensorAttribute("value", fixtures.indices("s", [0, -1]));
  const nodes = [fixtures.node("Constant", [], ["s"], "", [shape]), fixtures.node("Reshape", ["x", "s"], ["y"])];
  expect(graphOf(fixtures.onnxModel({ nodes, ...ends })).parameterCount).toBe(0);
});
