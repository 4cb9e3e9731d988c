import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";

const names: Record<ExecutionProvider, string> = { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA", tensorrt: "TensorRT" };

/** Returns the display name of an execution provider. */
export function providerName(provider: string): string {
  return names[provider as ExecutionProvider] ?? provider;
}
