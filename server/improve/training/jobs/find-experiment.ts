import { and, eq, isNull } from "drizzle-orm";
import { experiments } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";

/** Finds the experiment of a name, or creates it. @returns its id @throws DomainError "invalid" for a name that is none */
export async function findExperiment(ctx: Context, name: string): Promise<number> {
  const found = await find(ctx, name);
  if (found !== undefined) return found;
  try {
    return await createExperiment(ctx, { name });
  } catch (error) {
    const other = error instanceof DomainError && error.code === "conflict" ? await find(ctx, name) : undefined;
    if (other === undefined) throw error;
    return other;
  }
}

async function find(ctx: Context, name: string): Promise<number | undefined> {
  const [row] = await ctx.db
    .select({ id: experiments.id })
    .from(experiments)
    .where(
      and(
        eq(experiments.workspaceId, ctx.actor.workspaceId),
        eq(experiments.name, name),
        isNull(experiments.deletedAt),
      ),
    );
  return row?.id;
}
