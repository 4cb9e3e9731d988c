import { and, eq, isNull, sql } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { thisIncident } from "./incident-rows.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";
import type { NewTimelineEvent } from "./timeline/contract.ts";

/**
 * Adds an event to the incident of an alert group, in the caller's transaction; does nothing where the group has none. The first
 * acknowledgement takes an incident out of triage. A note that fails is logged and undone alone: it never holds back the page, the
 * acknowledgement or the change that it is about. For other domains: the caller has checked permissions for the change.
 */
export async function noteForGroup(ctx: Context, groupId: string, event: NewTimelineEvent): Promise<void> {
  try {
    await transact(ctx, (ctx) => note(ctx, groupId, event));
  } catch (cause) {
    log.warn("incident.note_failed", { groupId, kind: event.kind, cause });
  }
}

async function note(ctx: Context, groupId: string, event: NewTimelineEvent): Promise<void> {
  const { workspaceId } = ctx.actor;
  const [group] = await ctx.db
    .select({ incidentId: alertGroups.incidentId })
    .from(alertGroups)
    .where(and(eq(alertGroups.id, groupId), eq(alertGroups.workspaceId, workspaceId)));
  const incidentId = group?.incidentId;
  if (!incidentId) return;
  const added = await addTimelineEvent(ctx, incidentId, event);
  if (added === undefined || event.kind !== "ack") return;
  const at = event.at ?? new Date();
  const ofIt = thisIncident(ctx, incidentId);
  await ctx.db
    .update(incidents)
    .set({ acknowledgedAt: at })
    .where(and(ofIt, isNull(incidents.acknowledgedAt)));
  const moved = await ctx.db
    .update(incidents)
    .set({ state: "active", revision: sql`${incidents.revision} + 1` })
    .where(and(ofIt, eq(incidents.state, "triage")))
    .returning({ id: incidents.id });
  if (moved.length === 0) return;
  const title = "Confirmed by acknowledgement";
  await addTimelineEvent(ctx, incidentId, { at, kind: "state", title });
}
