import { z } from "zod";
import { Instant } from "#server/base/instant.ts";
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

/** Limit of how many logged requests one call runs again. */
const maxReplayedFailures = 50;

export const ReplayFailures = z.object({
  endpointId: z.uuid(),
  /** Version that runs them; it does not have to be deployed. */
  versionId: z.uuid(),
  /** Of the newest failed requests since this time; as far back as the log goes by default. */
  from: Instant.optional(),
  to: Instant.optional(),
  limit: z.number().int().min(1).max(maxReplayedFailures).default(20),
});
export type ReplayFailures = z.input<typeof ReplayFailures>;

/** A logged request that failed, beside what became of it on another version. */
export const ReplayedFailure = z.object({
  id: z.uuid(),
  at: z.date(),
  requestId: z.string(),
  /** Status and reason of the logged failure. */
  status: z.number().int(),
  error: z.string().nullable(),
  /** "skipped": its inputs are not stored, or not in full; "ended": the time limit came first. */
  result: z.enum(["answered", "failed", "skipped", "ended"]),
  /** Class predicted now; null where nothing was, and for numbers and several rows. */
  answer: z.string().nullable(),
  confidence: z.number().nullable(),
  runMs: z.number().nullable(),
  /** Why it failed or was skipped; empty where it was answered. */
  reason: z.string(),
});
export type ReplayedFailure = z.infer<typeof ReplayedFailure>;

export const ReplayedFailures = z.object({
  modelName: z.string(),
  version: z.number().int(),
  /** Newest first. */
  requests: z.array(ReplayedFailure),
});
export type ReplayedFailures = z.infer<typeof ReplayedFailures>;

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
