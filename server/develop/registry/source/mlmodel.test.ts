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
  expect(readMlModel(onnx)).toEqual({ flavors: ["onnx", "python_function"], onnxPath: "model.onnx" });
});

test("accepts a quoted path and Windows line endings", () => {
  expect(readMlModel("flavors:\r\n  onnx:\r\n    data: 'a b.onnx'\r\n").onnxPath).toBe("a b.onnx");
});

test("returns no ONNX file for a model of another kind", () => {
  const text = "flavors:\n  python_function:\n    data: model.pkl\n  sklearn:\n    pickled_model: model.pkl\n";
  expect(readMlModel(text)).toEqual({ flavors: ["python_function", "sklearn"], onnxPath: undefined });
});

test("returns no flavours for other content", () => {
  expect(readMlModel("onnx:\n    data: x.onnx\n")).toEqual({ flavors: [], onnxPath: undefined });
});
