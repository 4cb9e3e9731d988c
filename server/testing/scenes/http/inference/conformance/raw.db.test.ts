import { expect, test } from "vitest";
import { tailOf } from "./ask.ts";
import { openScene } from "./scene.ts";

const { infer, refuse } = await openScene(["mlp", "str1", "two", "vv"]);
const raw = { "inference-header-content-length": "0" };

test("raw_fp32", async () => {
  const answer = await infer("mlp", Buffer.alloc(16), raw);
  expect(answer.json.outputs).toEqual([
    { name: "y", datatype: "FP32", shape: [1, 3], parameters: { binary_data_size: 12 } },
  ]);
  expect(answer.json).not.toHaveProperty("id");
  expect(tailOf(answer)).toHaveLength(24);
});

test("raw_bytes", async () => {
  expect(tailOf(await infer("str1", "427", raw))).toBe("03000000343237");
});

test.each([
  ["raw_two_inputs", "two", 16, /one input/],
  ["raw_two_variable_dims", "vv", 16, /2 variable dimensions/],
  ["raw_bad_length", "mlp", 15, /15 bytes/],
])("%s", async (_case, model, size, message) => refuse(model, Buffer.alloc(size), 400, message, raw));
