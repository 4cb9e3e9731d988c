import { incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { thisIncident } from "../incident-rows.ts";
import { findStart } from "./find-start.ts";
import { type ReadObjective, readObjectives, readObjectivesOf } from "./read-objectives.ts";

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
  const earliest = earliestOf(await readObjectives(ctx, id, { from: found - lookbackMs, to: found }), found);
  if (earliest === null) return startedAt;
  const start = new Date(earliest);
  await ctx.db.update(incidents).set({ startedAt: start }).where(thisIncident(ctx, id));
  return start;
}

/** Returns the start of what alerts of some SLOs found, in milliseconds since 1970; null where none was worse than its target. */
export async function findStartOf(ctx: Context, sloIds: readonly string[], detectedAt: number): Promise<number | null> {
  const span = { from: detectedAt - lookbackMs, to: detectedAt };
  return earliestOf(await readObjectivesOf(ctx, sloIds, span), detectedAt);
}

function earliestOf(objectives: readonly ReadObjective[], detectedAt: number): number | null {
  const starts = objectives
    .map(({ counts, target }) => findStart(counts, target, detectedAt))
    .filter((start) => start !== null);
  return starts.length === 0 ? null : Math.min(...starts);
}
