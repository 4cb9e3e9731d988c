import { z } from "zod";
import type { datatypes } from "#server/registry/contract.ts";

export type Datatype = (typeof datatypes)[number];

/** Where ONNX Runtime can run a model. */
export const executionProviders = ["cpu", "webgpu", "cuda", "tensorrt"] as const;
export const ExecutionProvider = z.enum(executionProviders);
export type ExecutionProvider = z.infer<typeof ExecutionProvider>;

/** A provider that was wished for and does not serve, and why, in words for people. */
export interface ProviderFallback {
  provider: ExecutionProvider;
  reason: string;
}

/** Which provider serves, and what happened to those preferred to it. */
export interface ServingProvider {
  provider: ExecutionProvider;
  fallbacks: ProviderFallback[];
}
