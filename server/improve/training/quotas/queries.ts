import { eq, sql } from "drizzle-orm";
import { teams, trainingQuotas } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { TrainingQuota } from "./contract.ts";

/** Lists what the workspace and its teams may use at once; a team that is not listed has no limit of its own. */
export async function listQuotas(ctx: Context): Promise<TrainingQuota[]> {
  permit(ctx, "listQuotas");
  return loadQuotas(ctx);
}

/** The same for a caller that has checked permissions; the workspace first, then teams by name. */
export async function loadQuotas(ctx: Context): Promise<TrainingQuota[]> {
  const rows = await ctx.db
    .select({ quota: trainingQuotas, team: teams.name })
    .from(trainingQuotas)
    .leftJoin(teams, eq(teams.id, trainingQuotas.teamId))
    .where(eq(trainingQuotas.workspaceId, ctx.actor.workspaceId))
    .orderBy(sql`${teams.name} nulls first`);
  return rows.map(({ quota: { id: _id, workspaceId: _, ...quota }, team }) => ({ ...quota, team }));
}
