import { and, eq } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { rootOf } from "#server/respond/incidents/folding/family.ts";

/** Returns the number of the incident of which an alert group is a part, the one that took it over if that was merged; null without one. */
export async function findIncidentOfGroup(ctx: Context, { groupId }: { groupId: string }): Promise<number | null> {
  permit(ctx, "getTriage");
  const [row] = await ctx.db
    .select({ incident: incidents })
    .from(alertGroups)
    .innerJoin(incidents, eq(incidents.id, alertGroups.incidentId))
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), eq(alertGroups.id, groupId)));
  if (!row) return null;
  return row.incident.state === "merged" ? rootOf(ctx, row.incident) : row.incident.number;
}
