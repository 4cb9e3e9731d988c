import { z } from "zod";

/** What may be wrong with a run, worst first. */
export const findingKinds = ["nan", "infinite", "exploding", "diverging", "stalled", "silent", "plateau"] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Something wrong with a run. Times are integer milliseconds since 1970, UTC. */
export const RunFinding = z.object({
  id: z.string(),
  runId: z.string(),
  kind: z.enum(findingKinds),
  /** The metric that shows it; null when it is about the run as a whole. */
  metric: z.string().nullable(),
  step: z.number().nullable(),
  value: z.number().nullable(),
  since: z.number(),
  foundAt: z.number(),
  /** When it was over; null while it is so. */
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
  /** Also those that are over. */
  withPast: z.boolean().default(false),
});
export type ListRunFindings = z.input<typeof ListRunFindings>;

export const ListWorkspaceFindings = z.object({
  experimentId: z.number().int().optional(),
  limit: z.number().int().min(1).max(500).default(50),
});
export type ListWorkspaceFindings = z.input<typeof ListWorkspaceFindings>;
