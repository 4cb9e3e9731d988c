import { describe, expect, test } from "vitest";
import * as fixtures from "../../../testing/fixtures/registry/onnx/fixture-models.ts";
import { memorySource } from "./byte-sources.ts";
import { growingOperator } from "./growing-operator.ts";

const x = fixtures.tensorValue("x", "float32", ["N", 2]);
const n = fixtures.tensorValue("n", "int64", [1]);
const y = fixtures.tensorValue("y", "float32", ["M"]);
const found = (nodes: Buffer[], rest: { initializers?: Buffer[]; inputs?: Buffer[] } = {}) =>
  growingOperator(memorySource(fixtures.onnxModel({ nodes, inputs: [x, n], outputs: [y], ...rest })));
const { node } = fixtures;

describe("finds an operator sized by a number of the request", () => {
  test.each([
    ["directly", [node("ConstantOfShape", ["n"], ["y"])], "ConstantOfShape"],
    ["after arithmetic", [node("Mul", ["n", "n"], ["m"]), node("Expand", ["x", "m"], ["y"])], "Expand"],
    ["in any order of nodes", [node("Tile", ["x", "m"], ["y"]), node("Neg", ["n"], ["m"])], "Tile"],
    ["at a later input", [node("Resize", ["x", "", "", "n"], ["y"])], "Resize"],
  ])("%s", (_, nodes, operator) => expect(found(nodes)).toBe(operator));

  test("in a branch", () => {
    const branch = fixtures.graphAttribute("then_branch", [node("ConstantOfShape", ["n"], ["z"])], "z");
    expect(found([node("If", ["x"], ["y"], "", [branch])])).toBe("ConstantOfShape");
  });

  test("behind a branch", () => {
    const branch = fixtures.graphAttribute("then_branch", [node("Identity", ["n"], ["z"])], "z");
    expect(found([node("If", ["c"], ["m"], "", [branch]), node("Range", ["s", "m", "s"], ["y"])])).toBe("Range");
  });

  test("in a loop, whatever limits it", () => {
    expect(growingOperator(memorySource(fixtures.loopModel()))).toBe("Loop");
  });

  test("in nodes ordered so that a search would take long", () => {
    const chain = Array.from({ length: 1_000 }, (_, index) => node("Neg", [`v${index + 1}`], [`v${index}`]));
    expect(found([...chain, node("Neg", ["n"], ["v1000"])])).toBe("nodes in no order");
  });
});

describe("finds none", () => {
  test("where sizes come from the shape of a tensor", () => {
    expect(found([node("Shape", ["x"], ["s"]), node("ConstantOfShape", ["s"], ["y"])])).toBeUndefined();
  });

  test("where sizes come from the file, even if it lists them as inputs", () => {
    const rest = { initializers: [fixtures.indices("n", [3])] };
    expect(found([node("ConstantOfShape", ["n"], ["y"])], rest)).toBeUndefined();
  });

  test("in layers", () => {
    expect(growingOperator(memorySource(fixtures.mlpModel([4, 16, 3])))).toBeUndefined();
  });
});
