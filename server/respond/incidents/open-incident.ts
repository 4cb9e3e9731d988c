import { and, desc, eq, gte, inArray, or, sql } from "drizzle-orm";
import { alertGroups, endpoints, incidents, runbooks, teams } from "#db/schema/index.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { type Context, transact } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { IncidentSeverity } from "./contract.ts";
import { lockIncident, lockNumbers, nextNumber, thisIncident } from "./incident-rows.ts";
import { addLink } from "./links/add-link.ts";
import { enterState } from "./move-incident.ts";
import { reopenMs } from "./stages/limits.ts";
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
 * old includes the group. A page makes a mitigated incident active again, and one of the same group or endpoint that was resolved in the
 * last 30 minutes; one that is over is left, and another one opened. In the caller's transaction, which may hold the group's row. Its facts are due afterwards
 * (attach-due-facts.ts). For other domains: requires no permission.
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
    if (known) {
      await reactivate(ctx, known.number);
      await ctx.db
        .update(incidents)
        .set({ factsDue: sql`coalesce(${incidents.factsDue}, 'facts')` })
        .where(thisIncident(ctx, known.id));
    }
    await publish(ctx, "incident", incident.id);
    return { id: incident.id, number: incident.number };
  });
}

/** Makes an incident active again whose impact seemed over: a new page says that it is not. */
async function reactivate(ctx: Context, number: number): Promise<void> {
  const incident = await lockIncident(ctx, number);
  if (incident.state !== "mitigated" && incident.state !== "resolved") return;
  await enterState(ctx, incident, "active", { reason: "a new page fired" });
}

async function ofGroup(ctx: Context, groupId: string) {
  const reopenableSince = new Date(Date.now() - reopenMs);
  const [row] = await ctx.db
    .select({ id: incidents.id, number: incidents.number })
    .from(incidents)
    .innerJoin(alertGroups, eq(alertGroups.incidentId, incidents.id))
    .where(
      and(
        eq(alertGroups.id, groupId),
        eq(incidents.workspaceId, ctx.actor.workspaceId),
        or(
          inArray(incidents.state, ["triage", "active", "mitigated"]),
          and(eq(incidents.state, "resolved"), gte(incidents.resolvedAt, reopenableSince)),
        ),
      ),
    );
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
        or(
          and(
            inArray(incidents.state, ["triage", "active", "mitigated"]),
            gte(incidents.createdAt, new Date(now.getTime() - hourMs)),
          ),
          and(eq(incidents.state, "resolved"), gte(incidents.resolvedAt, new Date(now.getTime() - reopenMs))),
        ),
      ),
    )
    .orderBy(desc(incidents.number))
    .limit(1);
  return row;
}

async function insert(ctx: Context, input: OpenIncident, now: Date): Promise<{ id: string; number: number }> {
  const { severity = "SEV2" } = input;
  const title = shortTitle(input.title);
  // They come from labels and annotations of alerts, which may name what does not exist, or no longer does.
  const endpointId = await known(ctx, endpoints, input.endpointId);
  const teamId = await known(ctx, teams, input.teamId);
  const runbookId = await known(ctx, runbooks, input.runbookId);
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
      factsDue: "facts-and-start",
    })
    .returning({ id: incidents.id });
  if (!row) throw new Error("The incident was not inserted.");
  await record(ctx, "incident.opened", { subject: `incident/${number}`, after: { title, severity, startedAt } });
  return { id: row.id, number };
}

/** Returns the id of something that exists in this workspace; null of anything else. */
async function known(
  ctx: Context,
  table: typeof endpoints | typeof teams | typeof runbooks,
  id: string | null | undefined,
): Promise<string | null> {
  if (!id) return null;
  const isIt = and(eq(table.id, id), eq(table.workspaceId, ctx.actor.workspaceId));
  const [row] = await ctx.db.select({ id: table.id }).from(table).where(isIt);
  return row?.id ?? null;
}
