import { and, eq, sql } from "drizzle-orm";
import { incidents, postMortems } from "#db/schema/index.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { ImpactCounts, type Incident, type IncidentState, MoveIncident } from "./contract.ts";
import { measureIncident } from "./impact/measure-incident.ts";
import { findIncident, lockIncident, type StoredIncident, thisIncident } from "./incident-rows.ts";
import { loadIncident } from "./load-incident.ts";
import { notifySeverityEnded } from "./notify-severity-ended.ts";
import { createPostMortem } from "./post-mortems/create-post-mortem.ts";
import { refuseStale } from "./refuse-stale.ts";
import { recordAction } from "./stages/record-action.ts";
import { needsPostMortem, refusalOf, timesOf } from "./states/decide-move.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

const names: Record<IncidentState, string> = {
  triage: "In triage",
  active: "Active",
  mitigated: "Mitigated",
  resolved: "Resolved",
  closed: "Closed",
  cancelled: "Cancelled",
  merged: "Merged",
};

/**
 * Changes the state of an incident (docs/spec/alerting.md section 19). Resolution fixes the final count of its impact, and drafts a
 * post-mortem where one is due.
 * @throws DomainError "not-found"; "conflict" when it is not allowed, or has changed; "invalid" for an impossible time
 */
export async function moveIncident(ctx: Context, input: MoveIncident): Promise<Incident> {
  permit(ctx, "moveIncident");
  const { number, to, reason, at, revision } = MoveIncident.parse(input);
  await transact(ctx, async (ctx) => {
    const incident = await lockIncident(ctx, number);
    refuseStale(incident, revision);
    await enterState(ctx, incident, to, { reason, at });
  });
  return loadIncident(ctx, await findIncident(ctx, number));
}

/** Moves an incident that the caller has locked to another state; the worker uses it too when the impact has ended. */
export async function enterState(
  ctx: Context,
  incident: StoredIncident,
  to: IncidentState,
  { reason, at: given, isAutomatic = false }: { reason: string; at?: Date | undefined; isAutomatic?: boolean },
): Promise<void> {
  const now = await databaseNow(ctx.db);
  const at = given ?? new Date(now);
  if (at.getTime() > now || at < incident.startedAt) {
    throw new DomainError("invalid", "The time must be between the start of the incident and now.", { field: "at" });
  }
  const { id, number, state: from } = incident;
  const [written] = await ctx.db
    .select({ state: postMortems.state })
    .from(postMortems)
    .where(and(eq(postMortems.incidentId, id), eq(postMortems.workspaceId, ctx.actor.workspaceId)));
  const isDue = () => needsPostMortem(incident.severity, ImpactCounts.parse(incident.impact).budgets);
  const facts = { resolvedAt: incident.resolvedAt?.getTime() ?? null, needsPostMortem: isDue() };
  const refusal = refusalOf({ state: from, ...facts, postMortem: written?.state ?? null, isAutomatic }, to, now);
  if (refusal) throw new DomainError("conflict", refusal, { field: "to" });
  const times = timesOf(to, at, incident);
  const set = {
    state: to,
    ...times,
    ...stageOf(incident, to, new Date(now)),
    revision: sql`${incidents.revision} + 1`,
  };
  const moved = await ctx.db
    .update(incidents)
    .set(set)
    .where(and(thisIncident(ctx, id), eq(incidents.state, from)))
    .returning({ id: incidents.id });
  if (moved.length === 0)
    throw new DomainError("conflict", "The incident was changed by someone else. Reload it before you continue.");
  const title = to === "active" && from !== "triage" ? "Reopened" : names[to];
  if (to === "mitigated" && !isAutomatic) await recordAction(ctx, id, { kind: "fixed", title: reason || "Fixed" });
  await addTimelineEvent(ctx, id, { at, kind: "state", title: reason ? `${title}: ${reason}` : title });
  await record(ctx, `incident.${to === "triage" ? "reopened" : to}`, {
    subject: `incident/${number}`,
    before: { state: from },
    after: { state: to, severity: incident.severity, title: incident.title },
    reason: reason || undefined,
  });
  const impact = await measureIncident(ctx, { ...incident, ...times });
  if (to === "resolved" || to === "cancelled") await notifySeverityEnded(ctx, incident, to);
  if (to === "resolved" && needsPostMortem(incident.severity, impact.budgets)) await createPostMortem(ctx, number);
  await publish(ctx, "incident", id);
}

/** Returns the stage of an incident that goes on, or begins again: there is something to do. What was done stays known while it was open. */
function stageOf({ state: from, recovery }: StoredIncident, to: IncidentState, at: Date) {
  if (to !== "active" && to !== "triage") return {};
  const act = { stage: "act" as const, stageAt: at };
  if (from === "mitigated") return { ...act, recovery: { ...recovery, calmSince: null, check: null } };
  return from === "resolved" || from === "cancelled" ? { ...act, recovery: {} } : {};
}
