import { expect, test } from "vitest";
import { declaredSignature } from "./declared-signature.ts";

// As mlflow 3 writes it: lines are folded within the quotes.
const sklearn = `flavors:
  sklearn:
    pickled_model: model.pkl
signature:
  inputs: '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1,
    4]}}]'
  outputs: '[{"type": "tensor", "name": "predict", "tensor-spec": {"dtype": "int64", "shape": [-1]}}]'
  params: null
`;

test("keeps the names of tensors, and numbers those without", () => {
  expect(declaredSignature(sklearn)).toMatchObject({
    inputs: [{ name: "input-0", datatype: "FP64", shape: ["batch", 4] }],
    outputs: [{ name: "predict", datatype: "INT64", shape: ["batch"] }],
  });
});

test("reads columns as tensors of one column each", () => {
  const columns = '[{"type":"double","name":"width","required":true},{"type":"string","name":"colour"}]';
  const signature = declaredSignature(`signature:\n  inputs: '${columns}'\n  outputs: '[{"type":"long"}]'\n`);
  expect(signature).toMatchObject({
    inputs: [
      { name: "width", datatype: "FP64", shape: ["batch", 1] },
      { name: "colour", datatype: "BYTES", shape: ["batch", 1] },
    ],
    outputs: [{ name: "output-0", datatype: "INT64", shape: ["batch", 1] }],
  });
});

test.each([
  ["no signature", "flavors:\n  sklearn:\n    a: b\n"],
  ["inputs only", sklearn.replace(/ {2}outputs.*\n/, "")],
  ["an odd type", sklearn.replace("float64", "complex128")],
  ["objects", sklearn.replace('"type": "tensor", "tensor-spec"', '"type": "object", "properties"')],
  ["no YAML", "a: [b"],
  ["no JSON", "signature:\n  inputs: x\n  outputs: y\n"],
])("returns undefined for %s", (_, text) => {
  expect(declaredSignature(text)).toBeUndefined();
});
