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

test("the flavours and the ONNX file are found", () => {
  expect(readMlModel(onnx)).toEqual({ flavors: ["onnx", "python_function"], onnxPath: "model.onnx" });
});

test("a quoted path and Windows line ends are read", () => {
  expect(readMlModel("flavors:\r\n  onnx:\r\n    data: 'a b.onnx'\r\n").onnxPath).toBe("a b.onnx");
});

test("a model of another kind has no ONNX file", () => {
  const text = "flavors:\n  python_function:\n    data: model.pkl\n  sklearn:\n    pickled_model: model.pkl\n";
  expect(readMlModel(text)).toEqual({ flavors: ["python_function", "sklearn"], onnxPath: undefined });
});

test("anything else has no flavours", () => {
  expect(readMlModel("onnx:\n    data: x.onnx\n")).toEqual({ flavors: [], onnxPath: undefined });
});
