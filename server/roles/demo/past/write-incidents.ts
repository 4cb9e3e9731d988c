import { and, eq, inArray } from "drizzle-orm";
import {
  incidentActions,
  incidentLinks,
  incidents,
  postMortemRevisions,
  postMortems,
  runbooks,
  slos,
  teams,
  timelineEvents,
} from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { lockNumbers, nextNumber } from "#server/respond/incidents/incident-rows.ts";
import { dueOn } from "#server/respond/incidents/post-mortems/due-on.ts";
import { SloDefinition } from "#server/watch/objectives/contract.ts";
import { availabilitySlo, type Past, type PastIncident, type PastRelease, periodDays, source } from "./contract.ts";
import { endpointIn, type Place } from "./place.ts";

/** Callers of each endpoint in the past. */
const callers = 3;
const teamName = "Vision";
const runbookName = "Service outage";
/** The newest follow-up is still to be done, some days from now. */
const openDays = 10;

interface Objective {
  id: string;
  name: string;
  target: number;
}

/**
 * Writes the incidents of the past, closed, with what responders left: timeline, links, follow-ups and post-mortems. No alert and no
 * notification belongs to them, so no watcher looks at them. @param deployed ids of the deployments of the past
 */
export async function writeIncidents(
  ctx: Context,
  place: Place,
  past: Past,
  deployed: ReadonlyMap<PastRelease, number>,
): Promise<void> {
  await lockNumbers(ctx);
  const first = await nextNumber(ctx);
  const objectives = await readObjectives(ctx);
  const [team] = await ctx.db
    .select({ id: teams.id })
    .from(teams)
    .where(and(eq(teams.workspaceId, place.workspaceId), eq(teams.name, teamName)));
  const [runbook] = await ctx.db
    .select({ id: runbooks.id })
    .from(runbooks)
    .where(and(eq(runbooks.workspaceId, place.workspaceId), eq(runbooks.name, runbookName)));
  for (const [index, incident] of past.incidents.entries()) {
    const objective = objectives.get(availabilitySlo[incident.endpoint]);
    const budgets = objective
      ? [{ sloId: objective.id, name: objective.name, spent: spentBy(past, incident, objective) }]
      : [];
    const [row] = await ctx.db
      .insert(incidents)
      .values({
        ...rowOf(place, incident),
        number: first + index,
        teamId: team?.id ?? null,
        runbookId: runbook?.id ?? null,
        impact: {
          ...incident.impact,
          customerMinutes: (callers * (incident.mitigatedAt - incident.startedAt)) / minuteMs,
          budgets,
        },
      })
      .returning({ id: incidents.id });
    if (!row) throw new Error("The incident was not inserted.");
    await writeTimeline(ctx, row.id, incident);
    await writeLinks(ctx, row.id, { incident, objective, deployed });
    await writeFollowUps(ctx, place, row.id, { incident, isOpen: index === past.incidents.length - 1, past });
  }
}

function rowOf(place: Place, incident: PastIncident) {
  const { endpoint, title, severity, cause, isFoundByMachine, by, startedAt, detectedAt } = incident;
  const lead = place.people.get(by) ?? null;
  return {
    workspaceId: place.workspaceId,
    title,
    severity,
    state: "closed" as const,
    endpointId: endpointIn(place, endpoint).id,
    roles: { lead, scribe: null },
    isFoundByMachine,
    cause,
    startedAt: new Date(startedAt),
    detectedAt: new Date(detectedAt),
    pagedAt: isFoundByMachine ? new Date(detectedAt) : null,
    acknowledgedAt: new Date(incident.acknowledgedAt),
    mitigatedAt: new Date(incident.mitigatedAt),
    resolvedAt: new Date(incident.resolvedAt),
    closedAt: new Date(incident.closedAt),
    declaredBy: isFoundByMachine ? "Leeway" : by,
    createdAt: new Date(detectedAt),
    stage: "resolve" as const,
    stageAt: new Date(incident.mitigatedAt),
    factsDue: null,
  };
}

async function readObjectives({ db, actor }: Context): Promise<Map<string, Objective>> {
  const rows = await db
    .select({ id: slos.id, name: slos.name, definition: slos.definition })
    .from(slos)
    .where(and(eq(slos.workspaceId, actor.workspaceId), inArray(slos.name, Object.values(availabilitySlo))));
  return new Map(
    rows.map(({ id, name, definition }) => [
      name,
      { id, name, target: SloDefinition.pick({ target: true }).parse(definition).target },
    ]),
  );
}

/** Returns the share of the budget of its period that an incident took, by the requests of the days before its end. */
function spentBy({ hours }: Past, { endpoint, mitigatedAt, impact }: PastIncident, { target }: Objective): number {
  const since = mitigatedAt - periodDays[endpoint] * dayMs;
  const requests = hours
    .filter((hour) => hour.endpoint === endpoint && hour.at >= since && hour.at < mitigatedAt)
    .flatMap(({ windows }) => windows)
    .reduce((sum, { requests, callerErrors }) => sum + requests - callerErrors, 0);
  return requests > 0 ? impact.badEvents / ((1 - target) * requests) : 0;
}

async function writeTimeline(ctx: Context, incidentId: string, incident: PastIncident): Promise<void> {
  const { title, isFoundByMachine, by, finding, fix, rollback, detectedAt, acknowledgedAt, mitigatedAt } = incident;
  const system = { actorKind: "system" as const, actorName: "Leeway" };
  const person = { actorKind: "person" as const, actorName: by };
  const opening = isFoundByMachine
    ? { ...system, kind: "alert", title: `Paged: ${title}` }
    : { ...person, kind: "state", title: `Declared: ${title}` };
  const events = [
    { ...opening, at: detectedAt, body: `${source}.` },
    {
      ...person,
      at: acknowledgedAt,
      kind: isFoundByMachine ? "ack" : "state",
      title: isFoundByMachine ? "Acknowledged" : "Active",
    },
    // Between the acknowledgement and the end of the failures.
    { ...person, at: (acknowledgedAt + mitigatedAt) / 2, kind: "note", title: finding, isProbableCause: true },
    { ...person, at: mitigatedAt, kind: rollback ? "rollback" : "action", title: fix },
    { ...person, at: mitigatedAt, kind: "state", title: `Mitigated: ${fix}` },
    { ...person, at: incident.resolvedAt, kind: "state", title: "Resolved" },
    { ...person, at: incident.closedAt, kind: "state", title: "Closed" },
  ];
  await ctx.db.insert(timelineEvents).values(
    events.map(({ at, ...event }) => ({
      ...event,
      workspaceId: ctx.actor.workspaceId,
      incidentId,
      at: new Date(at),
      recordedAt: new Date(at),
    })),
  );
}

async function writeLinks(
  ctx: Context,
  incidentId: string,
  {
    incident,
    objective,
    deployed,
  }: {
    incident: PastIncident;
    objective: Objective | undefined;
    deployed: ReadonlyMap<PastRelease, number>;
  },
): Promise<void> {
  const { release, endpoint, detectedAt } = incident;
  const deployment = release ? deployed.get(release) : undefined;
  const links = [
    ...(objective ? [{ kind: "slo" as const, ref: objective.id, title: objective.name }] : []),
    ...(deployment === undefined
      ? []
      : [{ kind: "deployment" as const, ref: String(deployment), title: `Deployment to ${endpoint}` }]),
  ];
  if (links.length === 0) return;
  const rest = { workspaceId: ctx.actor.workspaceId, incidentId, addedBy: "Leeway", at: new Date(detectedAt) };
  await ctx.db.insert(incidentLinks).values(links.map((link) => ({ ...link, ...rest })));
}

/** Writes a follow-up for each incident, and the post-mortems of severe ones, which could not be closed without. */
async function writeFollowUps(
  ctx: Context,
  place: Place,
  incidentId: string,
  { incident, isOpen, past }: { incident: PastIncident; isOpen: boolean; past: Past },
): Promise<void> {
  const { workspaceId } = place;
  const { action, by, severity, resolvedAt, closedAt } = incident;
  const ownerId = place.people.get(by) ?? null;
  await ctx.db.insert(incidentActions).values({
    workspaceId,
    incidentId,
    title: action,
    kind: "prevent",
    ownerId,
    dueOn: isOpen ? dayOf(past.to + openDays * dayMs) : dueOn(new Date(resolvedAt)),
    createdBy: by,
    createdAt: new Date(resolvedAt),
    doneAt: isOpen ? null : new Date(closedAt),
    doneBy: isOpen ? null : by,
  });
  if (severity !== "SEV2") return;
  const body = postMortemOf(incident);
  await ctx.db.insert(postMortems).values({
    incidentId,
    workspaceId,
    state: "done",
    body,
    dueOn: dueOn(new Date(resolvedAt)),
    updatedBy: by,
    updatedAt: new Date(closedAt),
  });
  await ctx.db
    .insert(postMortemRevisions)
    .values({ workspaceId, incidentId, revision: 1, body, changedBy: by, at: new Date(closedAt) });
}

function postMortemOf({ title, finding, fix, action, impact, startedAt, mitigatedAt }: PastIncident): string {
  const minutes = (mitigatedAt - startedAt) / minuteMs;
  const failed = impact.badEvents.toLocaleString("en");
  return [
    `${source}.`,
    `## What happened\n\n${title}: ${failed} of ${impact.events.toLocaleString("en")} requests failed within ${minutes} minutes.`,
    `## Cause\n\n${finding}`,
    `## What ended it\n\n${fix}.`,
    `## What follows\n\n- ${action}`,
  ].join("\n\n");
}

function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
