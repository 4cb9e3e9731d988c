import { z } from "zod";
import { type FindingKind, findingKinds } from "./constants.ts";

export type { FindingKind };

/** Problem with a run. Times are integer milliseconds since 1970, UTC. */
export const RunFinding = z.object({
  id: z.string(),
  runId: z.string(),
  kind: z.enum(findingKinds),
  /** Metric that shows the problem; null if it concerns the complete run. */
  metric: z.string().nullable(),
  step: z.number().nullable(),
  value: z.number().nullable(),
  since: z.number(),
  foundAt: z.number(),
  /** Time at which the problem ended; null while it persists. */
  until: z.number().nullable(),
  /** The reason in a sentence. */
  words: z.string(),
});
export type RunFinding = z.infer<typeof RunFinding>;

/** A finding with the run it is about, for lists over runs. */
export const FindingOfRun = RunFinding.extend({
  runName: z.string(),
  experimentId: z.number(),
  experimentName: z.string(),
});
export type FindingOfRun = z.infer<typeof FindingOfRun>;

export const ListRunFindings = z.object({
  runIds: z.array(z.string()).max(1000),
  /** Whether to include resolved findings. */
  withPast: z.boolean().default(false),
});
export type ListRunFindings = z.input<typeof ListRunFindings>;

export const ListWorkspaceFindings = z.object({
  experimentId: z.number().int().optional(),
  limit: z.number().int().min(1).max(500).default(50),
});
export type ListWorkspaceFindings = z.input<typeof ListWorkspaceFindings>;
