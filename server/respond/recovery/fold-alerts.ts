import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { findGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { decideFold, type Fold, nearMs } from "#server/respond/incidents/folding/decide-fold.ts";
import { describeFold } from "#server/respond/incidents/folding/describe-fold.ts";
import { findFoldCandidates } from "#server/respond/incidents/folding/find-candidates.ts";
import { findSharedCauses } from "#server/respond/incidents/folding/find-shared-causes.ts";
import { lockIncident } from "#server/respond/incidents/incident-rows.ts";
import { addLink } from "#server/respond/incidents/links/add-link.ts";
import { enterState } from "#server/respond/incidents/move-incident.ts";
import { addTimelineEvent } from "#server/respond/incidents/timeline/add-timeline-event.ts";

/** Pairs of alerts and incidents in a round and workspace, so that one with many does not keep the others waiting. */
const maxPerRound = 500;
/** Alerts whose cause is read in a round: each takes a few queries, one of them over the prediction log. */
const maxConcluded = 20;
/** Alerts that are remembered as concluded. */
const maxRemembered = 10_000;

/** Firing alerts without an incident. A page has its own way (open-incident.ts). */
const isFree = sql`one.incident_id is null and one.ended_at is null and one.response_due_at is null
  and (one.summary->>'firing')::int > 0`;
const near = sql`make_interval(secs => ${nearMs / 1000})`;
/** Older alerts belong to no incident: they must not take the place of newer ones. */
const isTimely = sql`one.created_at >= incident.started_at - ${near}`;

/**
 * Adds alerts that do not page to the open incident to which they belong, in every workspace (decide-fold.ts): that of their endpoint, that
 * of a composite SLO and one of its parts, or one with the same cause. A new one reopens an incident of its endpoint that was resolved in the
 * last 30 minutes. What a person took off an incident stays off it.
 * @param concluded what was compared by cause in earlier rounds: it is compared again only once the causes of incidents have changed
 */
export async function foldAlerts(db: Database, attempt: Attempt, concluded = new Set<string>()): Promise<void> {
  const now = Date.now();
  const ofSubject = await findFoldCandidates(db, {
    groups: isFree,
    incidents: sql`true`,
    pairs: isTimely,
    now,
    limit: maxPerRound,
  });
  for (const [groupId, candidates] of Map.groupBy(ofSubject, (each) => each.groupId)) {
    const [{ workspaceId, groupAt } = { workspaceId: "", groupAt: 0 }] = candidates;
    const fold = decideFold({ severity: "ticket", at: groupAt, sharedCauses: [] }, candidates);
    if (!fold) continue;
    const ctx = systemContext(db, workspaceId, "fold-alerts");
    await attempt({ id: `fold ${groupId}`, workspaceId }, () => addToIncident(ctx, groupId, fold));
  }
  await foldByCause(db, attempt, concluded, now);
}

/** `causes` are those of the incidents near it, with their numbers. */
const Free = z.object({ workspaceId: z.string(), groupId: z.string(), groupAt: z.number(), causes: z.string() });

/** Folds the newest alerts that began around an open incident with a cause which they may share, those of all workspaces in turn. */
async function foldByCause(db: Database, attempt: Attempt, concluded: Set<string>, now: number): Promise<void> {
  const found = await db.execute(sql`
    select one.workspace_id as "workspaceId", one.id as "groupId",
      (extract(epoch from one.created_at) * 1000)::float8 as "groupAt", near.causes
    from alert_groups as one
    cross join lateral (
      select string_agg(incident.number || ' ' || array_to_string(incident.shared_causes, ' '), ';' order by incident.number) as causes
      from incidents as incident
      where incident.workspace_id = one.workspace_id and incident.state in ('triage', 'active', 'mitigated')
        and incident.shared_causes <> '{}' and one.created_at between incident.started_at - ${near} and incident.detected_at + ${near}
    ) as near
    where ${isFree} and one.created_at >= ${new Date(now - nearMs).toISOString()}::timestamptz and near.causes is not null
    order by one.created_at desc, one.id`);
  if (concluded.size > maxRemembered) concluded.clear();
  const keyOf = ({ groupId, causes }: z.output<typeof Free>) => `${groupId} ${causes}`;
  const placed = inTurn(rowsOf(Free, found).filter((item) => !concluded.has(keyOf(item))));
  let compared = 0;
  for (const item of placed) {
    if (compared >= maxConcluded) break;
    const { workspaceId, groupId } = item;
    const ctx = systemContext(db, workspaceId, "fold-alerts");
    await attempt({ id: `fold ${groupId} by cause`, workspaceId }, async () => {
      // One that is set aside after a failure takes no place.
      compared += 1;
      const fold = await findFoldByCause(ctx, item, now);
      if (fold) await addToIncident(ctx, groupId, fold);
      concluded.add(keyOf(item));
    });
  }
}

/** Orders items so that every workspace has its first before any has its second. */
function inTurn<Item extends { workspaceId: string }>(items: readonly Item[]): Item[] {
  const byWorkspace = [...Map.groupBy(items, ({ workspaceId }) => workspaceId).values()];
  return byWorkspace
    .flatMap((own) => own.map((item, place) => ({ item, place })))
    .toSorted((one, other) => one.place - other.place)
    .map(({ item }) => item);
}

async function findFoldByCause(ctx: Context, { groupId, groupAt }: z.output<typeof Free>, now: number) {
  const sharedCauses = await findSharedCauses(ctx, await findGroup(ctx, groupId), groupAt);
  if (sharedCauses.length === 0) return null;
  const candidates = await findFoldCandidates(ctx.db, {
    groups: sql`one.id = ${groupId} and ${isFree}`,
    incidents: sql`incident.workspace_id = ${ctx.actor.workspaceId}`,
    sharedCauses,
    pairs: isTimely,
    now,
    limit: maxPerRound,
  });
  return decideFold({ severity: "ticket", at: groupAt, sharedCauses }, candidates);
}

async function addToIncident(ctx: Context, groupId: string, fold: Fold): Promise<void> {
  await transact(ctx, async (ctx) => {
    const group = await findGroup(ctx, groupId, true);
    if (group.incidentId !== null || group.endedAt !== null) return;
    const incident = await lockIncident(ctx, fold.incident.number);
    const { id, state } = incident;
    const isOpen = state === "triage" || state === "active" || state === "mitigated";
    // What it was decided by has changed: the next round decides again.
    if (fold.incident.isOpen ? !isOpen : state !== "resolved") return;
    const { title } = group.summary;
    const added = await addTimelineEvent(ctx, id, {
      at: group.createdAt,
      kind: "alert",
      title: `Also firing: ${title}`,
      body: describeFold(fold),
      links: [{ rel: "alert", href: `/alerts/groups/${groupId}`, text: "alert" }],
      deduplicationKey: `folded:${groupId}`,
    });
    if (added === undefined) return;
    await linkGroup(ctx, groupId, id);
    await addLink(ctx, id, { kind: "alert-group", ref: groupId, title });
    if (state === "resolved") await enterState(ctx, incident, "active", { reason: "a new alert fired" });
    await publish(ctx, "alert", groupId);
  });
}
