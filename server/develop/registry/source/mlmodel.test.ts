import { expect, test } from "vitest";
import { readMlModel } from "./mlmodel.ts";

const onnx = `artifact_path: mlflow-artifacts:/1/models/m-1/artifacts
flavors:
  onnx:
    code: null
    data: model.onnx
    onnx_version: 1.19.0
    providers:
    - CUDAExecutionProvider
    - CPUExecutionProvider
  python_function:
    data: other.onnx
    env:
      conda: conda.yaml
      virtualenv: python_env.yaml
    loader_module: mlflow.onnx
mlflow_version: 3.11.1
model_id: m-1
signature:
  inputs: '[{"type": "tensor"}]'
`;

test("finds the flavours and the ONNX file", () => {
  expect(readMlModel(onnx)).toMatchObject({ flavors: ["onnx", "python_function"], onnxPath: "model.onnx" });
});

test("accepts a quoted path and Windows line endings", () => {
  expect(readMlModel("flavors:\r\n  onnx:\r\n    data: 'a b.onnx'\r\n").onnxPath).toBe("a b.onnx");
});

test("returns no ONNX file for a model of another kind", () => {
  const text = "flavors:\n  python_function:\n    data: model.pkl\n  sklearn:\n    pickled_model: model.pkl\n";
  expect(readMlModel(text)).toMatchObject({ flavors: ["python_function", "sklearn"], onnxPath: undefined });
});

test("returns no flavours for other content", () => {
  const nothing = { flavors: [], onnxPath: undefined, licence: undefined };
  for (const text of ["onnx:\n    data: x.onnx\n", "", "flavors: [", "- a", "flavors: onnx", "[".repeat(9_000)]) {
    expect(readMlModel(text), text.slice(0, 20)).toEqual(nothing);
  }
});

test("reads the licence from the metadata only", () => {
  const text = "flavors:\n  onnx: {}\nmetadata:\n  owner: x\n  license: 'apache-2.0'\nrun_id: a\n";
  expect(readMlModel(text).licence).toBe("apache-2.0");
  expect(readMlModel("flavors:\n  onnx:\n    license: x\n").licence).toBeUndefined();
});

test("reads a hostile file in little time", () => {
  const blanks = `flavors:\n  onnx:\n    data:${" ".repeat(60_000)}\rx`;
  const startedAt = performance.now();
  expect(readMlModel(blanks).flavors.length).toBeLessThan(2);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});
