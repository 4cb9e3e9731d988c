import { and, desc, eq, gte, inArray } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { attachFacts } from "./attach-facts.ts";
import type { IncidentSeverity } from "./contract.ts";
import { lockNumbers, nextNumber } from "./incident-rows.ts";
import { addLink } from "./links/add-link.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

export interface OpenIncident {
  groupId: string;
  title: string;
  /** Defaults to SEV2: part of the users, until someone who has investigated changes it. */
  severity?: IncidentSeverity | undefined;
  endpointId?: string | null | undefined;
  startedAt: Date;
  teamId?: string | null | undefined;
  runbookId?: string | null | undefined;
  /** Time of the first notification; now when omitted. */
  detectedAt?: Date | undefined;
}

/**
 * Opens an incident in triage for a page. A group that has one keeps it, and an open one of the same endpoint that is less than an hour
 * old includes the group. In the caller's transaction, which may hold the group's row; attaches the changes just before it, and the
 * burning objective. For other domains: requires no permission.
 */
export async function openIncident(ctx: Context, input: OpenIncident): Promise<{ id: string; number: number }> {
  return transact(ctx, async (ctx) => {
    await lockNumbers(ctx);
    const now = input.detectedAt ?? new Date();
    const known = (await ofGroup(ctx, input.groupId)) ?? (await openNearby(ctx, input.endpointId, now));
    const incident = known ?? (await insert(ctx, input, now));
    await linkGroup(ctx, input.groupId, incident.id);
    await addLink(ctx, incident.id, { kind: "alert-group", ref: input.groupId, title: input.title });
    await addTimelineEvent(ctx, incident.id, {
      at: now,
      kind: "alert",
      title: `Paged: ${input.title}`,
      links: [{ rel: "alert", href: `/on-call?group=${input.groupId}`, text: "alert" }],
      deduplicationKey: `paged:${input.groupId}`,
    });
    await attachFacts(ctx, incident.id, { findsStart: known === undefined });
    await publish(ctx, "incident", incident.id);
    return { id: incident.id, number: incident.number };
  });
}

async function ofGroup(ctx: Context, groupId: string) {
  const [row] = await ctx.db
    .select({ id: incidents.id, number: incidents.number })
    .from(incidents)
    .innerJoin(alertGroups, eq(alertGroups.incidentId, incidents.id))
    .where(and(eq(alertGroups.id, groupId), eq(incidents.workspaceId, ctx.actor.workspaceId)));
  return row;
}

async function openNearby(ctx: Context, endpointId: string | null | undefined, now: Date) {
  if (!endpointId) return undefined;
  const [row] = await ctx.db
    .select({ id: incidents.id, number: incidents.number })
    .from(incidents)
    .where(
      and(
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        eq(incidents.endpointId, endpointId),
        inArray(incidents.state, ["triage", "active", "mitigated"]),
        gte(incidents.createdAt, new Date(now.getTime() - hourMs)),
      ),
    )
    .orderBy(desc(incidents.number))
    .limit(1);
  return row;
}

async function insert(ctx: Context, input: OpenIncident, now: Date): Promise<{ id: string; number: number }> {
  const { title, severity = "SEV2", endpointId = null, teamId = null, runbookId = null } = input;
  const { workspaceId, name: declaredBy } = ctx.actor;
  const number = await nextNumber(ctx);
  const startedAt = input.startedAt < now ? input.startedAt : now;
  const [row] = await ctx.db
    .insert(incidents)
    .values({
      workspaceId,
      number,
      title,
      severity,
      endpointId,
      teamId,
      runbookId,
      declaredBy,
      startedAt,
      state: "triage",
      isFoundByMachine: true,
      detectedAt: now,
      pagedAt: now,
      createdAt: now,
    })
    .returning({ id: incidents.id });
  if (!row) throw new Error("The incident was not inserted.");
  await record(ctx, "incident.opened", { subject: `incident/${number}`, after: { title, severity, startedAt } });
  return { id: row.id, number };
}
