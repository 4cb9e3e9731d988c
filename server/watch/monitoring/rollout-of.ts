import { and, desc, eq } from "drizzle-orm";
import { modelVersions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";

/** The newest rollout of an endpoint, as monitoring needs it. */
export interface WatchedRollout {
  id: string;
  stableVersionId: string;
  canaryVersionId: string;
  /** Number of the canary's version. */
  version: number;
  startedAt: number;
  /** Null while it runs. */
  endedAt: number | null;
  isRolledBack: boolean;
}

/** Returns the newest rollout of an endpoint; undefined without one. Times are milliseconds since 1970. */
export async function newestRollout(ctx: Context, endpointId: string): Promise<WatchedRollout | undefined> {
  const [row] = await ctx.db
    .select({ rollout: rollouts, version: modelVersions.version })
    .from(rollouts)
    .innerJoin(modelVersions, eq(modelVersions.id, rollouts.canaryVersionId))
    .where(and(eq(rollouts.workspaceId, ctx.actor.workspaceId), eq(rollouts.endpointId, endpointId)))
    .orderBy(desc(rollouts.createdAt), desc(rollouts.id))
    .limit(1);
  if (!row) return undefined;
  const { id, stableVersionId, canaryVersionId, phase, createdAt, endedAt } = row.rollout;
  const hasEnded = phase === "promoted" || phase === "rolled-back";
  return {
    id,
    stableVersionId,
    canaryVersionId,
    version: row.version,
    startedAt: createdAt.getTime(),
    endedAt: hasEnded ? (endedAt ?? createdAt).getTime() : null,
    isRolledBack: phase === "rolled-back",
  };
}
