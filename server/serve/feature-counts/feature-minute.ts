import { z } from "zod";
import type { LookUpAnswer, ViewAnswer } from "#server/develop/features/contract.ts";
import { isTooOld } from "#server/develop/features/look-up/judge-row.ts";
import { ageBucketOf } from "#server/stats/age-histogram.ts";

/**
 * Look-ups of a view by one consumer in one minute. A look-up is one row of a request: a request with ten keys looks up ten times.
 * Counts of a row are found, stale or missing.
 */
export const FeatureMinute = z.object({
  workspaceId: z.string(),
  viewId: z.string(),
  /** Id of the endpoint that looked up; empty for clients. */
  consumer: z.string(),
  /** Start, in milliseconds since 1970. */
  minute: z.number(),
  lookUps: z.number(),
  /** Rows that count. */
  found: z.number(),
  /** Rows older than the TTL of the view. */
  stale: z.number(),
  /** Keys without a row, or that are null. */
  missing: z.number(),
  /** Rows that count and lack a value that was asked for. */
  nulls: z.number(),
  /** Rows whose event time was in the future. */
  clockAhead: z.number(),
  /** Rows of writes that were refused because a cell broke the contract. */
  rejected: z.number(),
  /** Ages of rows by bucket. */
  atLookUp: z.record(z.string(), z.number()),
  /** By limit in milliseconds: rows at most so old, and all that were judged by it. */
  atLimits: z.record(z.string(), z.tuple([z.number(), z.number()])),
});
export type FeatureMinute = z.infer<typeof FeatureMinute>;

type Key = Pick<FeatureMinute, "workspaceId" | "viewId" | "consumer" | "minute">;

/** Returns a minute in which nothing was counted. */
export function emptyFeatureMinute({ workspaceId, viewId, consumer, minute }: Key): FeatureMinute {
  const counts = { lookUps: 0, found: 0, stale: 0, missing: 0, nulls: 0, clockAhead: 0, rejected: 0 };
  return { workspaceId, viewId, consumer, minute, ...counts, atLookUp: {}, atLimits: {} };
}

/**
 * Counts what a look-up found in one view.
 * @param limits in milliseconds, those of SLOs of the view or the consumer
 */
export function countViewAnswer(
  counts: FeatureMinute,
  { columns, servedAt }: Pick<LookUpAnswer, "columns" | "servedAt">,
  answer: ViewAnswer,
  limits: readonly number[],
): void {
  const { eventAt, ageUs, ttlUs } = answer;
  const lacking = rowsWithNull(columns, answer);
  for (let row = 0; row < eventAt.length; row += 1) {
    const age = ageUs[row];
    const event = eventAt[row];
    counts.lookUps += 1;
    if (age === null || age === undefined || event === null || event === undefined) {
      counts.missing += 1;
      continue;
    }
    if (event > servedAt) counts.clockAhead += 1;
    if (isTooOld(age, ttlUs)) counts.stale += 1;
    else {
      counts.found += 1;
      if (lacking?.[row]) counts.nulls += 1;
    }
    const bucket = ageBucketOf(age / 1000);
    counts.atLookUp[bucket] = (counts.atLookUp[bucket] ?? 0) + 1;
    for (const limit of limits) {
      counts.atLimits[limit] ??= [0, 0];
      const at = counts.atLimits[limit];
      at[1] += 1;
      if (age <= limit * 1000) at[0] += 1;
    }
  }
}

/** Returns which rows lack a value of the view; undefined if none does. */
function rowsWithNull(columns: LookUpAnswer["columns"], answer: ViewAnswer): Uint8Array | undefined {
  let lacking: Uint8Array | undefined;
  for (const column of columns) {
    if (column.answer !== answer || !column.statuses.includes("NULL_VALUE")) continue;
    lacking ??= new Uint8Array(answer.eventAt.length);
    for (const [row, status] of column.statuses.entries()) if (status === "NULL_VALUE") lacking[row] = 1;
  }
  return lacking;
}
