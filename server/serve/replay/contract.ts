import { z } from "zod";
import { ExecutionProvider } from "../../develop/registry/execution/contract.ts";
import { GetPrediction } from "../predictions/contract.ts";
import { RunResult } from "../runner/contract.ts";

export const ReplayPrediction = GetPrediction.extend({
  /** Version that runs its inputs again. */
  versionId: z.uuid(),
  /** In order of preference; empty leaves the choice to the configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
});
export type ReplayPrediction = z.input<typeof ReplayPrediction>;

/** Comparison of one output of a replay with the logged one. */
export const OutputDifference = z.object({
  name: z.string(),
  /** "not-kept": the log lacks its elements; "only-now": the log lacks the output; "only-then": the version does not return it. */
  kind: z.enum(["same", "different", "shape", "not-kept", "only-now", "only-then"]),
  /** Elements, and how many of them differ; 0 where they could not be compared. */
  elements: z.number().int(),
  differing: z.number().int(),
  /** The largest absolute difference of numbers; null for texts and where nothing was compared. */
  maxDifference: z.number().nullable(),
});
export type OutputDifference = z.infer<typeof OutputDifference>;

/** A logged request that was run again. */
export const Replay = z.object({
  modelName: z.string(),
  version: z.number().int(),
  /** Inputs of the replay: the client's through the version's pipeline, or the logged inputs of the model. */
  via: z.enum(["pipeline", "tensors"]),
  ran: RunResult,
  /** The class predicted now; null as in the log. */
  answer: z.string().nullable(),
  confidence: z.number().nullable(),
  differences: z.array(OutputDifference),
});
export type Replay = z.infer<typeof Replay>;
