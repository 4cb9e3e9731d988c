import { and, eq, inArray, like, notInArray, sql } from "drizzle-orm";
import { alertGroups, incidentLinks, incidents, timelineEvents } from "#db/schema/index.ts";
import { ticketPath } from "#server/alerting/alerts/constants.ts";
import { Acknowledgement } from "#server/alerting/alerts/contract.ts";
import { moveGroups } from "#server/alerting/alerts/groups/change-group.ts";
import type { StoredGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { type Context, transact } from "#server/base/context.ts";
import { databaseNow } from "#server/base/database-now.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { once } from "#server/platform/idempotency/once.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import type { Incident, IncidentState } from "../contract.ts";
import { existing } from "../existing.ts";
import { findIncident, nextNumber, type StoredIncident, thisIncident } from "../incident-rows.ts";
import { loadIncident } from "../load-incident.ts";
import { addTimelineEvent } from "../timeline/add-timeline-event.ts";
import { chooseSplit, factsOfSplit, type SplitGroup } from "./choose-split.ts";
import { SplitIncident } from "./contract.ts";
import { openStates } from "./decide-merge.ts";
import { partsOf, rootOf } from "./family.ts";
import { lockIncidents } from "./lock-incidents.ts";
import { moveLinks } from "./move-links.ts";
import { firstAcknowledgement, groupIdsOf, undoInto } from "./undo-into.ts";

type Input = ReturnType<typeof SplitIncident.parse>;

/**
 * Splits groups of alerts off an open incident, or an incident that was merged into it. Groups that came with a merged incident are that
 * incident again; others become a new one. What later happens to the alerts belongs there. Nothing is paged again and no escalation ends:
 * both follow the alerts. Repeated calls return the same incident.
 * @returns the incident that was split off
 * @throws DomainError "not-found"; "invalid" unless exactly one of groups and merged incident is given; "conflict" when it is not open, the groups are not its own, or none would be left
 */
export async function splitIncident(ctx: Context, input: SplitIncident, idempotencyKey?: string): Promise<Incident> {
  permit(ctx, "splitIncident");
  const values = SplitIncident.parse(input);
  if (values.groupIds.length > 0 === (values.merged !== undefined)) {
    throw new DomainError("invalid", "Select alert groups, or else a merged incident.", { field: "groupIds" });
  }
  const { number } = await once(ctx, "splitIncident", idempotencyKey, values, (ctx) => split(ctx, values));
  return loadIncident(ctx, await findIncident(ctx, number));
}

function split(ctx: Context, input: Input): Promise<{ number: number }> {
  return transact(ctx, async (ctx) => {
    const named = input.merged ?? chooseSplit(input.groupIds, await partsOf(ctx, input.number));
    const number = await wholeOf(ctx, input);
    const numbers = named === null ? [number] : [number, named];
    const { incidents: locked, groups } = await lockIncidents(ctx, numbers, number);
    const whole = locked.get(number);
    const found = named === null ? undefined : locked.get(named);
    if (!whole) throw new Error("The incident was not locked.");
    const done = await splitBefore(ctx, input, { whole, part: found, groups });
    if (done !== null) return { number: done };
    if (!openStates.includes(whole.state)) {
      throw new DomainError("conflict", `INC-${whole.number} is ${whole.state}. Reopen it before you split it.`);
    }
    const part = found?.state === "merged" ? found : undefined;
    const groupIds = input.merged === undefined ? input.groupIds : part ? await groupIdsOf(ctx, part.id) : [];
    const chosen = groups.filter(({ id }) => groupIds.includes(id));
    const rest = groups.filter(({ id }) => !groupIds.includes(id));
    if (input.merged === undefined && chosen.length < new Set(groupIds).size) {
      await requireGroups(ctx, groupIds);
      throw new DomainError("conflict", `Some alerts are no longer part of INC-${whole.number}. Reload it.`, {
        field: "groupIds",
      });
    }
    if (!part && rest.length === 0) {
      throw new DomainError("conflict", `Leave at least one alert group in INC-${whole.number}.`, {
        field: "groupIds",
      });
    }
    const at = new Date(await databaseNow(ctx.db));
    const to = part ?? (await insertSplit(ctx, whole, chosen, at));
    await moveGroups(ctx, { groupIds: chosen.map(({ id }) => id), from: whole.id, to: to.id });
    await moveLinks(ctx, { whole, part, to: to.id, chosen, rest });
    const undone = part ? await undoInto(ctx, { whole, part, rest }) : {};
    await ctx.db
      .update(incidents)
      .set({
        ...undone,
        factsDue: sql`coalesce(${incidents.factsDue}, 'facts')`,
        revision: sql`${incidents.revision} + 1`,
      })
      .where(thisIncident(ctx, whole.id));
    if (part) await restore(ctx, part, chosen, at);
    await note(ctx, {
      whole,
      to,
      state: undone.state,
      isRestored: part !== undefined,
      chosen,
      reason: input.reason,
      at,
    });
    return { number: to.number };
  });
}

/** @throws DomainError "not-found" if a group is not one of this workspace */
async function requireGroups(ctx: Context, groupIds: readonly string[]): Promise<void> {
  const found = await ctx.db
    .select({ id: alertGroups.id })
    .from(alertGroups)
    .where(and(eq(alertGroups.workspaceId, ctx.actor.workspaceId), inArray(alertGroups.id, [...groupIds])));
  if (found.length === new Set(groupIds).size) return;
  throw new DomainError("not-found", "Alert group not found.", { field: "groupIds" });
}

/** Returns the number of the incident that has the alerts now: the named one may have been merged itself. */
async function wholeOf(ctx: Context, { number, merged }: Input): Promise<number> {
  if (merged === undefined) return number;
  await findIncident(ctx, merged);
  return rootOf(ctx, await findIncident(ctx, number));
}

interface Found {
  whole: StoredIncident;
  part: StoredIncident | undefined;
  groups: readonly StoredGroup[];
}

/**
 * Returns the number of the incident that the same call split off before; null where there is something to do.
 * @throws DomainError "conflict" for an incident that was not merged into this one
 */
async function splitBefore(ctx: Context, input: Input, { whole, part, groups }: Found): Promise<number | null> {
  if (input.merged !== undefined) {
    if (part?.state === "merged" && (await rootOf(ctx, part)) === whole.number) return null;
    const wasPart = part && openStates.includes(part.state) && (await wasSplitFrom(ctx, part, whole));
    if (wasPart) return part.number;
    throw new DomainError("conflict", `INC-${input.merged} is not a part of INC-${whole.number}.`, { field: "merged" });
  }
  if (groups.some(({ id }) => input.groupIds.includes(id))) return null;
  const rows = await ctx.db
    .select({ id: alertGroups.id, number: incidents.number })
    .from(alertGroups)
    .innerJoin(incidents, eq(incidents.id, alertGroups.incidentId))
    .where(
      and(
        eq(alertGroups.workspaceId, ctx.actor.workspaceId),
        inArray(alertGroups.id, input.groupIds),
        sql`exists (select from timeline_events as event where event.incident_id = ${whole.id}
          and starts_with(event.deduplication_key, 'split:' || ${alertGroups.id} || ':'))`,
      ),
    );
  const [first] = rows;
  const isSame = rows.length === new Set(input.groupIds).size && rows.every(({ number }) => number === first?.number);
  return first && isSame ? first.number : null;
}

/** Whether the timeline of an incident says that it was split off another one. */
async function wasSplitFrom(ctx: Context, part: StoredIncident, whole: StoredIncident): Promise<boolean> {
  const ofPart = and(eq(timelineEvents.incidentId, part.id), eq(timelineEvents.workspaceId, ctx.actor.workspaceId));
  const isSplit = like(timelineEvents.deduplicationKey, `split-off:${whole.id}:%`);
  return (await ctx.db.$count(timelineEvents, and(ofPart, isSplit))) > 0;
}

async function insertSplit(
  ctx: Context,
  whole: StoredIncident,
  groups: readonly StoredGroup[],
  at: Date,
): Promise<{ id: string; number: number }> {
  const facts = factsOfSplit(groups.map(splitGroupOf), whole.severity);
  const number = await nextNumber(ctx);
  const date = (ms: number | null) => (ms === null ? null : new Date(ms));
  const [row] = await ctx.db
    .insert(incidents)
    .values({
      workspaceId: ctx.actor.workspaceId,
      number,
      title: shortTitle(facts.title),
      severity: facts.severity,
      state: facts.state,
      // Labels of alerts may name what does not exist.
      ...(await existing(ctx, facts)),
      isFoundByMachine: whole.isFoundByMachine,
      startedAt: new Date(facts.startedAt),
      detectedAt: new Date(facts.detectedAt),
      pagedAt: date(facts.pagedAt),
      acknowledgedAt: date(facts.acknowledgedAt),
      declaredBy: ctx.actor.name,
      createdAt: at,
      factsDue: "facts-and-start",
    })
    .returning({ id: incidents.id });
  if (!row) throw new Error("The incident was not inserted.");
  const { title, severity } = facts;
  await record(ctx, "incident.opened", { subject: `incident/${number}`, after: { title, severity } });
  return { id: row.id, number };
}

function splitGroupOf({ summary, weight, createdAt, pagedAt, acknowledgement }: StoredGroup): SplitGroup {
  const { title, severity, endpointId, teamId, runbookId, startsAt } = summary;
  return {
    title,
    severity,
    weight,
    endpointId,
    teamId,
    runbookId,
    startsAt,
    createdAt: createdAt.getTime(),
    pagedAt: pagedAt?.getTime() ?? null,
    acknowledgedAt: Acknowledgement.safeParse(acknowledgement).data?.at ?? null,
  };
}

/**
 * Makes a merged incident one of its own again, in the state that it had; confirmed if somebody acknowledged it since, and active if its
 * impact seemed over and it paged since.
 */
async function restore(ctx: Context, part: StoredIncident, groups: readonly StoredGroup[], at: Date): Promise<void> {
  const { merger } = part;
  const before = merger?.state ?? "triage";
  const acknowledgedAt = firstAcknowledgement(groups);
  const isConfirmed = before === "triage" && acknowledgedAt !== null;
  const hasPaged = groups.some(({ pagedAt }) => merger && pagedAt && pagedAt.getTime() > merger.at);
  const isReactivated = before === "mitigated" && hasPaged;
  await ctx.db
    .update(incidents)
    .set({
      state: isConfirmed || isReactivated ? "active" : before,
      acknowledgedAt: part.acknowledgedAt ?? (acknowledgedAt === null ? null : new Date(acknowledgedAt)),
      ...(before === "mitigated" && !isReactivated ? {} : { mitigatedAt: null, reopenedAt: at }),
      resolvedAt: null,
      merger: null,
      stage: "act",
      stageAt: at,
      recovery: {},
      factsDue: merger?.factsDue ?? "facts",
      revision: sql`${incidents.revision} + 1`,
    })
    .where(thisIncident(ctx, part.id));
  // What stayed with the other incident is no longer its own.
  const ofPart = and(eq(incidentLinks.incidentId, part.id), eq(incidentLinks.workspaceId, ctx.actor.workspaceId));
  const ids = groups.map(({ id }) => id);
  const isOther = and(eq(incidentLinks.kind, "alert-group"), notInArray(incidentLinks.ref, ids));
  await ctx.db.delete(incidentLinks).where(and(ofPart, isOther));
}

interface Split {
  whole: StoredIncident;
  /** State to which it returns; undefined where it stays in its own. */
  state: IncidentState | undefined;
  to: { id: string; number: number };
  isRestored: boolean;
  chosen: readonly StoredGroup[];
  reason: string;
  at: Date;
}

/** Writes both timelines and the audit log. The keys of the events keep the groups from being folded again. */
async function note(ctx: Context, { whole, to, state, isRestored, chosen, reason, at }: Split): Promise<void> {
  const toOther = { rel: "incident" as const, href: `/incidents/${to.number}`, text: `INC-${to.number}` };
  await addTimelineEvent(ctx, whole.id, {
    at,
    kind: "edit",
    title: `INC-${to.number} split off: ${reason}`,
    ...(state && { body: `It is ${state === "triage" ? "in triage" : state} again.` }),
    links: [toOther],
  });
  for (const { id, summary } of chosen) {
    await addTimelineEvent(ctx, whole.id, {
      at,
      kind: "alert",
      title: `Split off to INC-${to.number}: ${summary.title}`,
      links: [{ rel: "alert", href: ticketPath(id), text: "alert" }],
      deduplicationKey: `split:${id}:${at.getTime()}`,
    });
  }
  await addTimelineEvent(ctx, to.id, {
    at,
    kind: "state",
    title: `Split off INC-${whole.number}: ${reason}`,
    links: [{ rel: "incident", href: `/incidents/${whole.number}`, text: `INC-${whole.number}` }],
    deduplicationKey: `split-off:${whole.id}:${at.getTime()}`,
  });
  await record(ctx, "incident.split", {
    subject: `incident/${whole.number}`,
    ...(state && { before: { state: whole.state } }),
    after: {
      into: `INC-${to.number}`,
      isRestored,
      alertGroups: chosen.length,
      title: whole.title,
      ...(state && { state }),
    },
    reason,
  });
  if (isRestored) {
    await record(ctx, "incident.reopened", {
      subject: `incident/${to.number}`,
      before: { state: "merged" },
      after: { from: `INC-${whole.number}` },
      reason,
    });
  }
  await publish(ctx, "incident", whole.id);
  await publish(ctx, "incident", to.id);
  for (const { id } of chosen) await publish(ctx, "alert", id);
}
