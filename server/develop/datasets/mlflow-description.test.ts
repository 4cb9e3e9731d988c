import { expect, test } from "vitest";
import { describeLogged } from "./mlflow-description.ts";

test("keeps the types of table columns", () => {
  const schema = JSON.stringify({ mlflow_colspec: [{ type: "double", name: "x", required: false }, { type: "long" }] });
  expect(describeLogged(schema, '{"num_rows": 3, "num_elements": 6}')).toEqual({
    rows: 3,
    schema: [
      { name: "x", type: "double", required: false },
      { name: "unnamed", type: "long", required: true },
    ],
    facts: [
      { name: "num_rows", value: "3" },
      { name: "num_elements", value: "6" },
    ],
  });
});

test("parses tensors from nested JSON", () => {
  const tensor = { type: "tensor", "tensor-spec": { dtype: "float32", shape: [-1, 1, 8, 8] } };
  const schema = JSON.stringify({ mlflow_tensorspec: { features: JSON.stringify([tensor]), targets: null } });
  expect(describeLogged(schema, '{"features_shape": [1080, 1, 8, 8]}')).toMatchObject({
    rows: 1080,
    schema: [{ name: "features", type: "float32, any × 1 × 8 × 8" }],
    facts: [{ name: "features_shape", value: "1080 × 1 × 8 × 8" }],
  });
});

test.each([
  [null, null],
  ["", "no JSON"],
  ["[1]", '{"num_rows": -1}'],
  ['{"mlflow_colspec": "x"}', '{"num_rows": {"a": 1}}'],
])("returns null for %j and %j", (schema, profile) => {
  expect(describeLogged(schema, profile)).toMatchObject({ rows: null, schema: null });
});
