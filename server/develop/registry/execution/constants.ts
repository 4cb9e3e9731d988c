/** Execution providers on which ONNX Runtime can run a model. */
export const executionProviders = ["cpu", "webgpu", "cuda", "tensorrt"] as const;
