import { and, eq, inArray, sql } from "drizzle-orm";
import { alertGroups, incidents, slos, timelineEvents } from "#db/schema/index.ts";
import { GroupSummary } from "#server/alerting/alerts/contract.ts";
import { type Context, systemContext } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { concludeCause } from "#server/respond/cause/conclude-cause.ts";
import { effectOf } from "#server/respond/cause/possible-causes.ts";
import { readSegments } from "#server/respond/cause/segments/read-segments.ts";
import { withoutTried } from "#server/respond/cause/tried-changes.ts";
import type { Change } from "#server/respond/changes/contract.ts";
import { listChanges } from "#server/respond/changes/queries.ts";
import { currentDeployments } from "#server/serve/endpoints/deployment-rows.ts";
import { findEndpointById } from "#server/serve/endpoints/lookups.ts";
import type { Watcher } from "#server/watch/monitoring/contract.ts";
import { findingsAround } from "#server/watch/monitoring/findings/findings-around.ts";
import { findSloOfWatch, watchOf } from "#server/watch/monitoring/findings/slo-of-watch.ts";
import type { Indicator } from "#server/watch/objectives/indicators/contract.ts";
import { selectSlos } from "#server/watch/objectives/stored-slos.ts";
import { attachFinding } from "./attach-finding.ts";
import { locateStart } from "./impact/locate-start.ts";
import { addLink } from "./links/add-link.ts";
import { Recovery } from "./stages/contract.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

const lookbackMs = 2 * hourMs;
const maxChanges = 20;
const rel = { deploy: "deploy", rollout: "rollout", rollback: "rollout" } as const;

/**
 * Attaches the known facts about the start of an incident (docs/spec/alerting.md section 17): the objectives of its alerts, and the changes
 * of the two hours before, with the likeliest marked as the probable cause; if predictions are incorrect and their inputs changed, that is
 * the cause. Existing facts stay.
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
  const summaries = await summariesOf(ctx, incidentId);
  await linkSlos(ctx, incidentId, summaries);
  const { endpointId, detectedAt } = incident;
  const startedAt = findsStart ? await locateStart(ctx, incident) : incident.startedAt;
  if (!endpointId) return;
  const from = new Date(startedAt.getTime() - lookbackMs);
  const changes = await listChanges(ctx, { endpointId, from, to: detectedAt, limit: maxChanges });
  const isKnown = await hasCause(ctx, incidentId);
  const span = { startedAt: startedAt.getTime(), until: detectedAt.getTime() };
  const findings = await findingsAround(ctx, { endpointId, ...span });
  const indicator = await indicatorOf(ctx, summaries);
  const effect = effectOf({ indicator: indicator?.kind ?? null, watcher: watcherOf(summaries) });
  const { name: endpoint } = await findEndpointById(ctx, endpointId);
  const asked = { endpointId, endpoint, indicator, startedAt: span.startedAt, to: span.until };
  const { segments, versions } = await readSegments(ctx, asked);
  const current = (await currentDeployments(ctx, [endpointId])).get(endpointId);
  const { failed } = Recovery.parse(incident.recovery);
  const known = {
    effect,
    changes: withoutTried(changes, { failed, current }),
    findings,
    versions,
    segments: segments.rows,
  };
  const cause = concludeCause({ ...known, startedAt: span.startedAt });
  const inData = findings.find(({ id }) => id === cause.findingId);
  if (inData) await attachFinding(ctx, incidentId, inData, { isCause: !isKnown });
  const likeliest = isKnown || cause.evidence === "none" ? undefined : cause.change?.id;
  for (const change of changes.toReversed()) await attach(ctx, incidentId, change, change.id === likeliest);
}

async function hasCause(ctx: Context, incidentId: string): Promise<boolean> {
  const ofIt = and(eq(timelineEvents.incidentId, incidentId), eq(timelineEvents.isProbableCause, true));
  return (await ctx.db.$count(timelineEvents, ofIt)) > 0;
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

async function summariesOf(ctx: Context, incidentId: string): Promise<Partial<GroupSummary>[]> {
  const { workspaceId } = ctx.actor;
  const groups = await ctx.db
    .select({ summary: alertGroups.summary })
    .from(alertGroups)
    .where(and(eq(alertGroups.incidentId, incidentId), eq(alertGroups.workspaceId, workspaceId)));
  return groups.flatMap(({ summary }) => GroupSummary.partial().safeParse(summary).data ?? []);
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

async function sloIdsOf(ctx: Context, summaries: readonly Partial<GroupSummary>[]): Promise<string[]> {
  const ids = summaries.flatMap(({ sloId }) => sloId ?? []);
  for (const { ruleKey } of summaries) {
    const counting = ruleKey && (await findSloOfWatch(ctx, ruleKey));
    if (counting) ids.push(counting.id);
  }
  return ids;
}

/** Returns what the first of an incident's objectives measures; null without objectives, and for a composite. */
async function indicatorOf(ctx: Context, summaries: readonly Partial<GroupSummary>[]): Promise<Indicator | null> {
  const [id] = await sloIdsOf(ctx, summaries);
  if (!id) return null;
  const [slo] = await selectSlos(ctx, eq(slos.id, id));
  return slo?.definition.indicator ?? null;
}

function watcherOf(summaries: readonly Partial<GroupSummary>[]): Watcher | null {
  return summaries.flatMap(({ ruleKey }) => watchOf(ruleKey ?? "")?.watcher ?? [])[0] ?? null;
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
