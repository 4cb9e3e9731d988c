import { and, eq, inArray } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { publish } from "#server/platform/events/publish.ts";
import { Recovery, type RecoveryAction } from "./contract.ts";

type NewAction = Pick<RecoveryAction, "kind" | "title" | "endpointId">;

/**
 * Records what someone did about the open incident of an alert group, in the caller's transaction: from now on its recovery is watched.
 * Does nothing where the group has none. For other domains: the caller has checked permissions for the action.
 */
export async function recordActionForGroup(ctx: Context, groupId: string, action: NewAction): Promise<void> {
  const [group] = await ctx.db
    .select({ incidentId: alertGroups.incidentId })
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, ctx.actor.workspaceId)));
  if (group?.incidentId) await recordAction(ctx, group.incidentId, action);
}

/** Does the same for the id of an incident. */
export async function recordAction(ctx: Context, incidentId: string, action: NewAction): Promise<void> {
  const ofOpen = and(
    eq(incidents.id, incidentId),
    eq(incidents.workspaceId, ctx.actor.workspaceId),
    inArray(incidents.state, ["triage", "active", "mitigated"]),
  );
  const [incident] = await ctx.db.select().from(incidents).where(ofOpen).for("no key update");
  if (!incident) return;
  const at = await databaseNow(ctx.db);
  await ctx.db
    .update(incidents)
    .set(watched(incident.recovery, { ...action, by: ctx.actor.name, at }))
    .where(ofOpen);
  await publish(ctx, "incident", incidentId);
}

/** Returns the columns of an incident about which something was done. */
function watched(stored: Partial<Recovery>, action: Omit<RecoveryAction, "burn">) {
  const recovery = Recovery.parse(stored);
  const done = { ...action, burn: recovery.burn };
  const check = { at: action.at, burn: recovery.burn };
  return {
    stage: "watch" as const,
    stageAt: new Date(action.at),
    recovery: { ...recovery, action: done, check, calmSince: null, reason: action.title },
  };
}
