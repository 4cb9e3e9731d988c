import { expect, test } from "vitest";
import * as fixtures from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { memorySource } from "./byte-sources.ts";
import { rowMixingOperator } from "./row-mixing-operator.ts";

const x = fixtures.tensorValue("x", "float32", ["N", 2]);
const y = fixtures.tensorValue("y", "float32", ["N", 2]);
const { node } = fixtures;
const found = (nodes: Buffer[], initializers: Buffer[] = []) =>
  rowMixingOperator(memorySource(fixtures.onnxModel({ nodes, initializers, inputs: [x], outputs: [y] })));

test.each([
  ["that quantises by all rows", [node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"])], "DynamicQuantizeLinear"],
  ["that reduces all rows", [node("ReduceMax", ["x"], ["m"]), node("Div", ["x", "m"], ["y"])], "ReduceMax"],
  ["behind other operators, in any order", [node("ReduceSum", ["a"], ["y"]), node("Abs", ["x"], ["a"])], "ReduceSum"],
])("finds an operator %s", (_, nodes, operator) => expect(found(nodes)).toBe(operator));

test("finds one in a branch", () => {
  const branch = fixtures.graphAttribute("then_branch", [node("ReduceMin", ["x"], ["z"])], "z");
  expect(found([node("If", ["c"], ["y"], "", [branch])])).toBe("ReduceMin");
});

test("finds none where the axes are named, or where only a shape or a stored value is reduced", () => {
  const axes = fixtures.indices("axes", [1]);
  expect(found([node("ReduceMax", ["x", "axes"], ["y"])], [axes])).toBeUndefined();
  const attribute = fixtures.floatsAttribute("axes", [1], "packed");
  expect(found([node("ReduceMax", ["x"], ["y"], "", [attribute])])).toBeUndefined();
  expect(found([node("Shape", ["x"], ["s"]), node("ReduceProd", ["s"], ["y"])])).toBeUndefined();
  expect(found([node("ReduceMax", ["axes"], ["y"])], [axes])).toBeUndefined();
  expect(rowMixingOperator(memorySource(fixtures.mlpModel([4, 16, 3])))).toBeUndefined();
});
