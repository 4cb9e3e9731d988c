import { and, eq, max, sql } from "drizzle-orm";
import { incidentLinks, incidents, timelineEvents } from "#db/schema/index.ts";
import { moveGroups } from "#server/alerting/alerts/groups/change-group.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { type Incident, IncidentRoles } from "../contract.ts";
import { findIncident, type StoredIncident, thisIncident } from "../incident-rows.ts";
import { addLink } from "../links/add-link.ts";
import { loadIncident } from "../load-incident.ts";
import { enterState } from "../move-incident.ts";
import { notifySeverityEnded } from "../notify-severity-ended.ts";
import { notifySeverityRaised } from "../notify-severity-raised.ts";
import { refuseStale } from "../refuse-stale.ts";
import { isRaised, timesOf } from "../states/decide-move.ts";
import { addTimelineEvent } from "../timeline/add-timeline-event.ts";
import { MergeIncident, type Merger } from "./contract.ts";
import { decideMerge, openStates } from "./decide-merge.ts";
import { lockIncidents } from "./lock-incidents.ts";
import { shapeOf } from "./undo-merge.ts";

/**
 * Makes an open incident a part of another one: that one gets its alerts, so that what they do later belongs there, and its links. The part
 * is kept with its own timeline. Nothing is paged again and no escalation ends: both follow the alerts. `splitIncident` undoes it. Repeated
 * calls change nothing.
 * @returns the incident that goes on
 * @throws DomainError "not-found"; "invalid" for the same one; "conflict" when one of them is not open, or has changed
 */
export async function mergeIncident(ctx: Context, input: MergeIncident): Promise<Incident> {
  permit(ctx, "mergeIncident");
  const { number, into, reason, revision } = MergeIncident.parse(input);
  if (number === into) {
    throw new DomainError("invalid", "An incident cannot be merged into itself. Select another one.", {
      field: "into",
    });
  }
  await transact(ctx, async (ctx) => {
    const { incidents: locked, groups } = await lockIncidents(ctx, [number, into], number);
    const [part, whole] = [locked.get(number), locked.get(into)];
    if (!part || !whole) throw new Error("The incidents were not locked.");
    if (part.state === "merged" && part.merger?.into === into) return;
    refuseStale(part, revision);
    refuseClosed(part, "number");
    refuseClosed(whole, "into");
    await merge(ctx, { part, whole, reason, groupIds: groups.map(({ id }) => id) });
  });
  return loadIncident(ctx, await findIncident(ctx, into));
}

function refuseClosed({ number, state }: StoredIncident, field: string): void {
  if (openStates.includes(state)) return;
  throw new DomainError("conflict", `INC-${number} is ${state}. Only open incidents can be merged.`, { field });
}

interface Merged {
  part: StoredIncident;
  whole: StoredIncident;
  reason: string;
  groupIds: string[];
}

async function merge(ctx: Context, { part, whole, reason, groupIds }: Merged): Promise<void> {
  const at = new Date(await databaseNow(ctx.db));
  const { facts, becomesActive } = decideMerge(part, whole);
  const roles = rolesOf(part, whole);
  await moveGroups(ctx, { groupIds, from: part.id, to: whole.id });
  const links = await copyLinks(ctx, part, whole);
  const [changed] = await ctx.db
    .update(incidents)
    .set({
      ...facts,
      ...stageOf(part, whole, at),
      roles,
      factsDue: sql`coalesce(${incidents.factsDue}, 'facts')`,
      revision: sql`${incidents.revision} + 1`,
    })
    .where(thisIncident(ctx, whole.id))
    .returning();
  if (!changed) throw new Error("The incident no longer exists.");
  const next: StoredIncident = { ...changed, endpoint: whole.endpoint ?? part.endpoint };
  await note(ctx, { part, whole, reason, groupIds });
  if (becomesActive) await enterState(ctx, next, "active", { at, reason: `INC-${part.number} was merged into it` });
  const merger: Merger = {
    into: whole.number,
    at: at.getTime(),
    eventId: await newestEvent(ctx, whole.id),
    state: part.state,
    links,
    factsDue: part.factsDue,
    before: shapeOf(whole),
    after: shapeOf({ ...changed, ...(becomesActive && { state: "active", ...timesOf("active", at, changed) }) }),
  };
  await ctx.db
    .update(incidents)
    .set({
      state: "merged",
      mitigatedAt: part.mitigatedAt ?? at,
      resolvedAt: at,
      factsDue: null,
      merger,
      revision: sql`${incidents.revision} + 1`,
    })
    .where(thisIncident(ctx, part.id));
  if (isRaised(whole.severity, facts.severity)) await notifySeverityRaised(ctx, next, whole.severity);
  await notifySeverityEnded(ctx, part, `merged into INC-${whole.number}`);
  await publish(ctx, "incident", part.id);
  await publish(ctx, "incident", whole.id);
}

async function newestEvent(ctx: Context, incidentId: string): Promise<number> {
  const ofIncident = and(
    eq(timelineEvents.incidentId, incidentId),
    eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
  );
  const [row] = await ctx.db
    .select({ id: max(timelineEvents.id) })
    .from(timelineEvents)
    .where(ofIncident);
  return row?.id ?? 0;
}

/** Returns the stage: there is something to do again if there is about the part. Whoever merged them knows, so the lead is not paged. */
function stageOf(part: StoredIncident, whole: StoredIncident, at: Date) {
  if (part.state === "mitigated" || part.stage !== "act" || whole.stage === "act") return {};
  const reason = `INC-${part.number} was merged into it`;
  return {
    stage: "act" as const,
    stageAt: at,
    recovery: { ...whole.recovery, calmSince: null, check: null, reason },
  };
}

/** Writes both timelines and the audit log. */
async function note(ctx: Context, { part, whole, reason, groupIds }: Merged): Promise<void> {
  const groups = groupIds.length === 1 ? "1 alert group" : `${groupIds.length} alert groups`;
  await addTimelineEvent(ctx, part.id, {
    kind: "state",
    title: `Merged into INC-${whole.number}: ${reason}`,
    links: [{ rel: "incident", href: `/incidents/${whole.number}`, text: `INC-${whole.number}` }],
  });
  await addTimelineEvent(ctx, whole.id, {
    kind: "edit",
    title: `INC-${part.number} merged into this incident: ${reason}`,
    body: `“${part.title}”, with ${groups}.`,
    links: [{ rel: "incident", href: `/incidents/${part.number}`, text: `INC-${part.number}` }],
  });
  await record(ctx, "incident.merged", {
    subject: `incident/${part.number}`,
    before: { state: part.state },
    after: { into: `INC-${whole.number}`, title: part.title, alertGroups: groupIds.length },
    reason,
  });
  const severity = decideMerge(part, whole).facts.severity;
  await record(ctx, "incident.extended", {
    subject: `incident/${whole.number}`,
    before: { severity: whole.severity },
    after: { severity, by: `INC-${part.number}`, title: whole.title },
    reason,
  });
}

/** The people of the incident that goes on; where it has none, those of the other. */
function rolesOf(part: StoredIncident, whole: StoredIncident): IncidentRoles {
  const [own, other] = [IncidentRoles.parse(whole.roles), IncidentRoles.parse(part.roles)];
  return { lead: own.lead ?? other.lead, scribe: own.scribe ?? other.scribe };
}

/** Copies the links of an incident to another one. @returns those that it did not have */
async function copyLinks(ctx: Context, part: StoredIncident, whole: StoredIncident): Promise<Merger["links"]> {
  const ofPart = and(eq(incidentLinks.incidentId, part.id), eq(incidentLinks.workspaceId, ctx.actor.workspaceId));
  const added: Merger["links"] = [];
  for (const { kind, ref, title } of await ctx.db.select().from(incidentLinks).where(ofPart)) {
    if (await addLink(ctx, whole.id, { kind, ref, title })) added.push({ kind, ref });
  }
  return added;
}
