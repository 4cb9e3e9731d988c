import type { ExecutionProvider } from "#server/develop/registry/execution/contract.ts";

const names: Record<ExecutionProvider, string> = { cpu: "CPU", webgpu: "WebGPU", cuda: "CUDA", tensorrt: "TensorRT" };

/** What people call an execution provider. */
export function providerName(provider: string): string {
  return names[provider as ExecutionProvider] ?? provider;
}
