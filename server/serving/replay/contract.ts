import { z } from "zod";
import { ExecutionProvider, type RunAnswer } from "../contract.ts";

export const ReplayPrediction = z.object({
  /** Of the prediction in the log. */
  id: z.uuid(),
  /** What runs its inputs again. */
  versionId: z.uuid(),
  /** In order of preference; empty leaves the choice to the configuration. */
  providers: z.array(ExecutionProvider).max(4).default([]),
});
export type ReplayPrediction = z.input<typeof ReplayPrediction>;

/** How one output of a replay compares with the one in the log. */
export interface OutputDifference {
  name: string;
  /** "not-kept": the log has no elements of it; "only-now": the log does not have it; "only-then": the version does not give it. */
  kind: "same" | "different" | "shape" | "not-kept" | "only-now" | "only-then";
  /** Elements, and how many of them differ; 0 where they could not be compared. */
  elements: number;
  differing: number;
  /** The largest absolute difference of numbers; null for texts and where nothing was compared. */
  mostApart: number | null;
}

/** A logged request that was run again. */
export interface Replay {
  modelName: string;
  version: number;
  /** Whether what the client sent went through the version's pipeline, or what its model saw then was used. */
  via: "pipeline" | "tensors";
  ran: RunAnswer;
  /** The class that it answered now; null as in the log. */
  answer: string | null;
  confidence: number | null;
  differences: OutputDifference[];
}
