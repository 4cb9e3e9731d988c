import { and, eq, inArray, isNotNull, min } from "drizzle-orm";
import { alertGroups, incidents, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { belowTargetSince, recoveryMinutes } from "./impact/below-target-since.ts";
import { measureIncident } from "./impact/measure-incident.ts";
import { readObjectives } from "./impact/read-objectives.ts";
import { findIncident, type StoredIncident, thisIncident } from "./incident-rows.ts";
import { enterState } from "./move-incident.ts";

/** Time range that is searched for the end of the impact. */
const lookbackMs = 6 * hourMs;

/** Evaluates an incident that the worker has locked. @param now milliseconds since 1970 */
export async function watchIncident(ctx: Context, number: number, now = Date.now()): Promise<void> {
  const incident = await findIncident(ctx, number);
  if (incident.state !== "triage" && incident.state !== "active") return;
  await takeDelivery(ctx, incident);
  const over = incident.state === "active" ? await overSince(ctx, incident, now) : null;
  if (over === null) {
    await measureIncident(ctx, incident);
    return;
  }
  const at = new Date(Math.min(Math.max(over, incident.startedAt.getTime()), now));
  const reason = `all linked SLOs have burned slower than their target allows for ${recoveryMinutes}\u00a0min`;
  await enterState(ctx, incident, "mitigated", { reason, at });
}

/** Sets the detection time to the delivery of the first page instead of its creation. */
async function takeDelivery(ctx: Context, { id, pagedAt, isFoundByMachine }: StoredIncident): Promise<void> {
  if (!pagedAt || !isFoundByMachine) return;
  const { workspaceId } = ctx.actor;
  const groups = ctx.db.select({ id: alertGroups.id }).from(alertGroups).where(eq(alertGroups.incidentId, id));
  const [first] = await ctx.db
    .select({ at: min(notifications.deliveredAt) })
    .from(notifications)
    .where(
      and(
        eq(notifications.workspaceId, workspaceId),
        inArray(notifications.groupId, groups),
        inArray(notifications.kind, ["group", "escalation"]),
        isNotNull(notifications.deliveredAt),
      ),
    );
  if (!first?.at || first.at.getTime() === pagedAt.getTime()) return;
  await ctx.db.update(incidents).set({ pagedAt: first.at, detectedAt: first.at }).where(thisIncident(ctx, id));
}

/** Returns the time since which all objectives have recovered; null while one has not, or without objectives. */
async function overSince(ctx: Context, { id }: StoredIncident, now: number): Promise<number | null> {
  const to = Math.floor(now / minuteMs) * minuteMs;
  const objectives = await readObjectives(ctx, id, { from: to - lookbackMs, to });
  if (objectives.length === 0) return null;
  const since = objectives.map(({ counts, target }) => belowTargetSince(counts, target));
  return since.includes(null) ? null : Math.max(...since.filter((at) => at !== null));
}
