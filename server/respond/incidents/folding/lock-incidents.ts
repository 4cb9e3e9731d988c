import { and, eq } from "drizzle-orm";
import { alertGroups } from "#db/schema/index.ts";
import type { StoredGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import type { Context } from "#server/base/context.ts";
import { findIncident, lockIncident, lockNumbers, type StoredIncident } from "../incident-rows.ts";

/**
 * Locks two incidents and the alert groups of the first, in the order that all use: groups, the numbers, incidents. While it holds the
 * numbers, no page opens or joins an incident. @throws DomainError "not-found"
 */
export async function lockIncidents(
  ctx: Context,
  numbers: readonly number[],
  ofGroups: number,
): Promise<{ incidents: Map<number, StoredIncident>; groups: StoredGroup[] }> {
  const { id } = await findIncident(ctx, ofGroups);
  const ofIncident = and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), eq(alertGroups.incidentId, id));
  await ctx.db.select({ id: alertGroups.id }).from(alertGroups).where(ofIncident).orderBy(alertGroups.id).for("update");
  await lockNumbers(ctx);
  const incidents = new Map<number, StoredIncident>();
  for (const number of [...new Set(numbers)].toSorted((one, other) => one - other)) {
    incidents.set(number, await lockIncident(ctx, number));
  }
  // Read again: one may have joined before the numbers were locked.
  const groups = await ctx.db.select().from(alertGroups).where(ofIncident).orderBy(alertGroups.id).for("update");
  return { incidents, groups };
}
