import { z } from "zod";
import { ExecutionProvider, ServingProvider } from "#server/develop/registry/execution/contract.ts";
import { ServedFeatures } from "../features/contract.ts";
import { LoggedTensor } from "../protocol/contract.ts";

/** A request to run a version outside any endpoint. `inputs` and `outputs` as in the Open Inference Protocol's JSON. */
export const RunVersion = z.object({
  versionId: z.uuid(),
  inputs: z.array(z.unknown()).min(1),
  outputs: z.array(z.unknown()).optional(),
  /** In order of preference; empty leaves the choice to the configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
});
export type RunVersion = z.input<typeof RunVersion>;

/** Prediction of a version, its provider, and the parts of its time. */
export const RunResult = ServingProvider.extend({
  /** Names of the classes, when the model says them. */
  labels: z.array(z.string()).optional(),
  outputs: z.array(LoggedTensor),
  /** Inputs that the pipeline created for the model; empty without one. Large tensors are included without data. */
  seen: z.array(LoggedTensor),
  /** What was looked up for it; null or left out if nothing was. */
  features: ServedFeatures.nullable().optional(),
  /** The response as the gateway would send it, without the trailing bytes of outputs of half precision. */
  response: z.string(),
  /** Time in the queue, from JSON to tensors, of the model, and from tensors to JSON. */
  timings: z.object({ queueMs: z.number(), preprocessMs: z.number(), runMs: z.number(), postprocessMs: z.number() }),
  /** Time to load the version, when this request was the first; null when it was loaded already. */
  loadMs: z.number().nullable(),
});
export type RunResult = z.infer<typeof RunResult>;
