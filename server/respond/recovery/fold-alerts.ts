import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#db/client.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { findGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import { type Context, systemContext, transact } from "#server/base/context.ts";
import { rowsOf } from "#server/base/rows-of.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { Attempt } from "#server/platform/jobs/watcher.ts";
import { lockIncident } from "#server/respond/incidents/incident-rows.ts";
import { addLink } from "#server/respond/incidents/links/add-link.ts";
import { addTimelineEvent } from "#server/respond/incidents/timeline/add-timeline-event.ts";

const Foldable = z.object({ workspaceId: z.string(), groupId: z.string(), number: z.number() });
type Foldable = z.infer<typeof Foldable>;

/** Minutes around the start and the detection of an incident in which an alert of its endpoint is part of it. */
const nearMinutes = 15;
const maxPerRound = 500;

/**
 * Adds alerts that do not page to the open incident of their endpoint, in every workspace: those that began within 15 minutes of it, and
 * those of an SLO that it is about already, whenever they begin. A page has its own way (open-incident.ts). What a person took off an
 * incident stays off it.
 */
export async function foldAlerts(db: Database, attempt: Attempt): Promise<void> {
  const near = sql`make_interval(mins => ${nearMinutes})`;
  const found = await db.execute(sql`
    select distinct on (one.id) one.workspace_id as "workspaceId", one.id as "groupId", incident.number
    from incidents as incident
    join alert_groups as one on one.workspace_id = incident.workspace_id and one.incident_id is null and one.ended_at is null
      and one.summary->>'endpointId' = incident.endpoint_id::text
    where incident.state in ('triage', 'active', 'mitigated') and one.response_due_at is null
      and (one.summary->>'firing')::int > 0 and one.created_at >= incident.started_at - ${near}
      and (one.created_at <= incident.detected_at + ${near} or exists (
        select from alert_groups as other
        where other.incident_id = incident.id and other.summary->>'sloId' = one.summary->>'sloId'
      ))
      and not exists (
        select from timeline_events as event
        where event.incident_id = incident.id and event.deduplication_key = 'folded:' || one.id
      )
    order by one.id, incident.number desc limit ${maxPerRound}`);
  for (const item of rowsOf(Foldable, found)) {
    const { workspaceId, groupId } = item;
    await attempt({ id: `fold ${groupId}`, workspaceId }, () =>
      fold(systemContext(db, workspaceId, "fold-alerts"), item),
    );
  }
}

async function fold(ctx: Context, { groupId, number }: Foldable): Promise<void> {
  await transact(ctx, async (ctx) => {
    const group = await findGroup(ctx, groupId, true);
    if (group.incidentId !== null || group.endedAt !== null) return;
    const { id, state } = await lockIncident(ctx, number);
    if (state !== "triage" && state !== "active" && state !== "mitigated") return;
    const { title } = group.summary;
    const added = await addTimelineEvent(ctx, id, {
      at: group.createdAt,
      kind: "alert",
      title: `Also firing: ${title}`,
      links: [{ rel: "alert", href: `/alerts/groups/${groupId}`, text: "alert" }],
      deduplicationKey: `folded:${groupId}`,
    });
    if (added === undefined) return;
    await linkGroup(ctx, groupId, id);
    await addLink(ctx, id, { kind: "alert-group", ref: groupId, title });
    await publish(ctx, "alert", groupId);
  });
}
