import { incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { thisIncident } from "../incident-rows.ts";
import { findStart } from "./find-start.ts";
import { readObjectives } from "./read-objectives.ts";

const lookbackMs = 6 * hourMs;

/**
 * Sets the start of an incident by its linked objectives: the earliest from which one stayed worse than its target until it was found.
 * Where none was, it stays. @returns the start
 */
export async function locateStart(
  ctx: Context,
  { id, startedAt, detectedAt }: { id: string; startedAt: Date; detectedAt: Date },
): Promise<Date> {
  const found = detectedAt.getTime();
  const objectives = await readObjectives(ctx, id, { from: found - lookbackMs, to: found });
  const starts = objectives
    .map(({ counts, target }) => findStart(counts, target, found))
    .filter((start) => start !== null);
  if (starts.length === 0) return startedAt;
  const start = new Date(Math.min(...starts));
  await ctx.db.update(incidents).set({ startedAt: start }).where(thisIncident(ctx, id));
  return start;
}
