import { z } from "zod";
import { RetrySetAsideItem } from "#server/platform/jobs/contract.ts";

/**
 * "failed" after a failed execution, "late" when the last one is too long ago, "set-aside" when it works but for some items, and
 * "not-run" before the first.
 */
const workStates = ["ok", "set-aside", "failed", "late", "not-run"] as const;

/** A watcher or a scheduled job, and its last execution. */
export const RecurringWork = z.object({
  name: z.string(),
  kind: z.enum(["watcher", "job"]),
  /** What it does. */
  purpose: z.string(),
  /** When it runs: "continuously", "hourly at :07". */
  schedule: z.string(),
  state: z.enum(workStates),
  startedAt: z.date().nullable(),
  durationMs: z.number().nullable(),
  /** Items that a watcher evaluated, in about ten seconds or one round; null for jobs. */
  items: z.number().int().nullable(),
  /** Why the last execution failed. */
  problem: z.string().nullable(),
  /** Items set aside. */
  setAside: z.number().int(),
});
export type RecurringWork = z.infer<typeof RecurringWork>;

/** An item that a watcher or a job failed to evaluate. */
export const SetAsideItem = z.object({
  watcher: RetrySetAsideItem.shape.watcher,
  /** Id of the item, or a name. */
  item: z.string(),
  /** Slug; null for work that spans workspaces. */
  workspace: z.string().nullable(),
  attempts: z.number().int(),
  problem: z.string(),
  failedAt: z.date(),
  retryAt: z.date(),
});
export type SetAsideItem = z.infer<typeof SetAsideItem>;

export const RecurringWorkList = z.object({
  work: z.array(RecurringWork),
  /** The most attempts first, at most 200. */
  setAside: z.array(SetAsideItem),
});
export type RecurringWorkList = z.infer<typeof RecurringWorkList>;
