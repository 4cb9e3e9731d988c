import { and, eq } from "drizzle-orm";
import { experiments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { noteLock } from "#server/base/lock-order.ts";

type ExperimentRow = typeof experiments.$inferSelect;

/** Returns the error for an unknown experiment. */
export function noExperiment(id: number | string): DomainError {
  return new DomainError("not-found", `No Experiment with id=${id} exists`);
}

/** Selects one experiment of the caller's workspace. */
export function thisExperiment(ctx: Context, id: number) {
  return and(eq(experiments.workspaceId, ctx.actor.workspaceId), eq(experiments.id, id));
}

/**
 * Reads an experiment that must be active, and keeps it active until the caller's transaction ends.
 * @param strength "share" to add something to it, "no key update" to change the experiment itself.
 * @throws DomainError "not-found", or "invalid" if it is deleted.
 */
export async function lockActiveExperiment(
  ctx: Context,
  id: number,
  strength: "share" | "no key update",
): Promise<ExperimentRow> {
  noteLock(ctx, "experiment");
  const [experiment] = await ctx.db.select().from(experiments).where(thisExperiment(ctx, id)).for(strength);
  if (!experiment) throw noExperiment(id);
  if (experiment.deletedAt !== null) {
    throw new DomainError("invalid", `The experiment ${id} must be in the 'active' state. Current state is deleted.`);
  }
  return experiment;
}
