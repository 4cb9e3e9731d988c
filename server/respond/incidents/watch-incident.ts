import { and, eq, gte, inArray, min, sql } from "drizzle-orm";
import { alertGroups, incidents, notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { belowTargetSince, recoveryMinutes } from "./impact/below-target-since.ts";
import { measureIncident } from "./impact/measure-incident.ts";
import { readObjectives } from "./impact/read-objectives.ts";
import { findIncident, type StoredIncident, thisIncident } from "./incident-rows.ts";
import { enterState } from "./move-incident.ts";
import { raiseTitle } from "./raise-title.ts";

/** Time range that is searched for the end of the impact. */
const lookbackMs = 6 * hourMs;
const recoveryMs = recoveryMinutes * minuteMs;

/** Evaluates an incident that the worker has locked. @param now milliseconds since 1970, on the database's clock */
export async function watchIncident(ctx: Context, number: number, now: number): Promise<void> {
  const incident = await findIncident(ctx, number);
  if (incident.state !== "triage" && incident.state !== "active") return;
  await readDelivery(ctx, incident);
  await raiseTitle(ctx, incident);
  const over =
    incident.state === "active" ? await recoveredSince(ctx, incident, now) : await endedSince(ctx, incident, now);
  if (over === null) {
    await measureIncident(ctx, incident);
    return;
  }
  const at = new Date(Math.min(Math.max(over, incident.startedAt.getTime()), now));
  const recovery = `for ${recoveryMinutes}\u00a0min`;
  const reason =
    incident.state === "active"
      ? `all linked SLOs have burned slower than their target allows ${recovery}`
      : `none of its alerts has fired ${recovery}, and no one acknowledged it`;
  await enterState(ctx, incident, "mitigated", { reason, at, isAutomatic: true });
}

/**
 * Sets the time of the first page to its delivery, and the detection of an incident that a page opened. A page from before its start is of
 * something else: a group with a history may be linked later. A declared incident has no page until one joins it.
 */
async function readDelivery(ctx: Context, { id, startedAt, pagedAt, isFoundByMachine }: StoredIncident): Promise<void> {
  const { workspaceId } = ctx.actor;
  const groups = ctx.db.select({ id: alertGroups.id }).from(alertGroups).where(eq(alertGroups.incidentId, id));
  const [first] = await ctx.db
    .select({ at: min(notifications.deliveredAt) })
    .from(notifications)
    .where(
      and(
        eq(notifications.workspaceId, workspaceId),
        eq(notifications.severity, "page"),
        inArray(notifications.groupId, groups),
        inArray(notifications.kind, ["group", "escalation"]),
        gte(notifications.deliveredAt, startedAt),
      ),
    );
  if (!first?.at || first.at.getTime() === pagedAt?.getTime()) return;
  const times = isFoundByMachine ? { pagedAt: first.at, detectedAt: first.at } : { pagedAt: first.at };
  await ctx.db.update(incidents).set(times).where(thisIncident(ctx, id));
}

/**
 * Returns the time since which all objectives of a confirmed incident have recovered; null while one has not, or without objectives. Calm
 * counts from its reopening: whoever reopened it knew of the calm before.
 */
async function recoveredSince(ctx: Context, { id, reopenedAt }: StoredIncident, now: number): Promise<number | null> {
  const since = await objectivesMetSince(ctx, id, now);
  if (since === null || since === "none") return null;
  const calm = Math.max(since, reopenedAt?.getTime() ?? 0);
  return now - calm >= recoveryMs ? calm : null;
}

/**
 * Returns the time since which all alerts of an incident that nobody has confirmed have ended, and its objectives have recovered; null
 * before, and for a declared incident without alerts.
 */
async function endedSince(ctx: Context, { id }: StoredIncident, now: number): Promise<number | null> {
  const [groups] = await ctx.db
    .select({
      open: sql<number>`(count(*) filter (where ended_at is null))::int`,
      endedAt: sql<number | null>`(extract(epoch from max(ended_at)) * 1000)::float8`,
    })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), eq(alertGroups.incidentId, id)));
  if (!groups || groups.open > 0 || groups.endedAt === null) return null;
  const since = await objectivesMetSince(ctx, id, now);
  if (since === null) return null;
  const calm = Math.max(groups.endedAt, since === "none" ? 0 : since);
  return now - calm >= recoveryMs ? calm : null;
}

/** Returns the time since which all linked objectives are met; null while one is not; "none" without objectives. */
async function objectivesMetSince(ctx: Context, id: string, now: number): Promise<number | "none" | null> {
  const to = Math.floor(now / minuteMs) * minuteMs;
  const objectives = await readObjectives(ctx, id, { from: to - lookbackMs, to });
  if (objectives.length === 0) return "none";
  const since = objectives.map(({ counts, target }) => belowTargetSince(counts, target));
  return since.includes(null) ? null : Math.max(...since.filter((at) => at !== null));
}
