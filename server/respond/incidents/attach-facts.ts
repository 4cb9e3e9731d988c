import { and, eq, inArray, sql } from "drizzle-orm";
import { alertGroups, incidents, slos, timelineEvents } from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { findMarkedCause } from "#server/respond/cause/find-marked-cause.ts";
import { readCause, sloIdsOf } from "#server/respond/cause/read-cause.ts";
import { readSharedCauses } from "#server/respond/cause/read-shared-causes.ts";
import type { Change } from "#server/respond/changes/contract.ts";
import { attachFinding } from "./attach-finding.ts";
import { attachGameDay } from "./attach-game-day.ts";
import { locateStart } from "./impact/locate-start.ts";
import { thisIncident } from "./incident-rows.ts";
import { addLink } from "./links/add-link.ts";
import { Recovery } from "./stages/contract.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

const rel = { deploy: "deploy", rollout: "rollout", rollback: "rollout" } as const;

/**
 * Attaches the known facts about the start of an incident (docs/spec/alerting.md section 17): the objectives of its alerts, and the changes
 * of the two hours before, with the likeliest marked as the probable cause; if predictions are incorrect and their inputs changed, that is
 * the cause. An announced game day at its endpoint is noted too. Existing facts stay.
 * @param findsStart whether to set the start too, from the counts of the objectives
 */
export async function attachFacts(
  caller: Context,
  incidentId: string,
  { findsStart = false }: { findsStart?: boolean } = {},
): Promise<void> {
  // The caller may be a token with a single scope; the attached facts are Leeway's own findings.
  const ctx = systemContext(caller.db, caller.actor.workspaceId, "attach-facts");
  const [incident] = await ctx.db
    .select()
    .from(incidents)
    .where(and(eq(incidents.id, incidentId), eq(incidents.workspaceId, ctx.actor.workspaceId)));
  if (!incident) return;
  const groups = await groupsOf(ctx, incidentId);
  const summaries = groups.map(({ summary }) => summary);
  await linkSlos(ctx, incidentId, summaries);
  const { endpointId, detectedAt } = incident;
  const startedAt = findsStart ? await locateStart(ctx, incident) : incident.startedAt;
  const groupIds = groups.map(({ id }) => id);
  if (!endpointId) {
    await setSharedCauses(ctx, incidentId, await readSharedCauses(ctx, { groupIds, at: null }));
    return;
  }
  await attachGameDay(ctx, incidentId, { endpointId, detectedAt: detectedAt.getTime() });
  const { failed } = Recovery.parse(incident.recovery);
  const marked = await findMarkedCause(ctx, incidentId);
  const isKnown = await hasCause(ctx, incidentId);
  const span = { endpointId, startedAt: startedAt.getTime(), until: detectedAt.getTime() };
  const found = await readCause(ctx, { ...span, alerts: summaries, failed, marked });
  // A person who withdrew the mark says that this change is not the cause.
  const shared = isKnown && !marked ? { ...found.cause, change: null } : found.cause;
  const sharedCauses = await readSharedCauses(ctx, { groupIds, at: { ...span, ...found, cause: shared } });
  await setSharedCauses(ctx, incidentId, sharedCauses);
  const { supposed: cause, changes, findings } = found;
  const inData = findings.find(({ id }) => id === cause.findingId);
  if (inData) await attachFinding(ctx, incidentId, inData, { isCause: !isKnown });
  const likeliest = isKnown || cause.evidence === "none" ? undefined : cause.change?.id;
  for (const change of changes.toReversed()) await attach(ctx, incidentId, change, change.id === likeliest);
}

async function hasCause(ctx: Context, incidentId: string): Promise<boolean> {
  const ofIt = and(eq(timelineEvents.incidentId, incidentId), eq(timelineEvents.isProbableCause, true));
  return (await ctx.db.$count(timelineEvents, ofIt)) > 0;
}

/** Stores what other endpoints can have as their cause too, so that their alerts join this incident. */
async function setSharedCauses(ctx: Context, incidentId: string, sharedCauses: string[]): Promise<void> {
  await ctx.db.update(incidents).set({ sharedCauses }).where(thisIncident(ctx, incidentId));
}

async function attach(ctx: Context, incidentId: string, change: Change, isProbableCause: boolean): Promise<void> {
  const { id, kind, title, at, actor, href, before, after } = change;
  const added = await addTimelineEvent(ctx, incidentId, {
    at,
    kind: kind === "rollback" ? "rollback" : "change",
    title,
    isProbableCause,
    body: [before && after ? `From ${before} to ${after}.` : "", `By ${actor}.`].filter(Boolean).join(" "),
    links: href ? [{ rel: rel[kind as keyof typeof rel] ?? "change", href, text: kind }] : [],
    deduplicationKey: `change:${id}`,
  });
  if (!isProbableCause) return;
  if (added === undefined) await mark(ctx, incidentId, `change:${id}`);
  const [source, ref = ""] = id.split(":");
  if (source === "deployment") await addLink(ctx, incidentId, { kind: "deployment", ref, title });
  const rollout = /^\/rollouts\/(?<id>[0-9a-f-]{36})$/.exec(href ?? "")?.groups?.id;
  if (rollout) await addLink(ctx, incidentId, { kind: "rollout", ref: rollout, title });
  if (source !== "deployment" && !rollout) await addLink(ctx, incidentId, { kind: "change", ref: id, title });
}

async function groupsOf(ctx: Context, incidentId: string) {
  const { workspaceId } = ctx.actor;
  const groups = await ctx.db
    .select({ id: alertGroups.id, summary: alertGroups.summary })
    .from(alertGroups)
    .where(and(eq(alertGroups.incidentId, incidentId), eq(alertGroups.workspaceId, workspaceId)));
  return groups.map(({ id, summary }) => ({ id, summary: GroupSummary.partial().safeParse(summary).data ?? {} }));
}

/** Links the objectives with alerts in the incident's groups, and those that count the findings of monitoring alerts. */
async function linkSlos(ctx: Context, incidentId: string, summaries: readonly Partial<GroupSummary>[]): Promise<void> {
  const ids = await sloIdsOf(ctx, summaries);
  if (ids.length === 0) return;
  const rows = await ctx.db
    .select({ id: slos.id, name: sql<string>`coalesce(nullif(${slos.definition}->>'displayName', ''), ${slos.name})` })
    .from(slos)
    .where(and(inArray(slos.id, ids), eq(slos.workspaceId, ctx.actor.workspaceId)));
  for (const { id, name } of rows) await addLink(ctx, incidentId, { kind: "slo", ref: id, title: name });
}

/** Marks an event that the timeline has already as the cause. */
async function mark(ctx: Context, incidentId: string, deduplicationKey: string): Promise<void> {
  await ctx.db
    .update(timelineEvents)
    .set({ isProbableCause: true })
    .where(
      and(
        eq(timelineEvents.workspaceId, ctx.actor.workspaceId),
        eq(timelineEvents.incidentId, incidentId),
        eq(timelineEvents.deduplicationKey, deduplicationKey),
      ),
    );
}
