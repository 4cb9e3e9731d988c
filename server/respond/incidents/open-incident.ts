import { and, eq, gte, inArray, or, sql } from "drizzle-orm";
import { alertGroups, incidents } from "#db/schema/index.ts";
import { ticketPath } from "#server/alerting/alerts/constants.ts";
import { linkGroup } from "#server/alerting/alerts/groups/change-group.ts";
import { shortTitle } from "#server/alerting/alerts/incident-title.ts";
import { type Context, transact } from "#server/base/context.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import type { IncidentSeverity } from "./contract.ts";
import { existing } from "./existing.ts";
import { decideFold, type Fold } from "./folding/decide-fold.ts";
import { describeFold } from "./folding/describe-fold.ts";
import { findFoldCandidates } from "./folding/find-candidates.ts";
import { pageSeverity } from "./folding/undo-merge.ts";
import { lockIncident, lockNumbers, nextNumber, renewFacts, thisIncident } from "./incident-rows.ts";
import { addLink } from "./links/add-link.ts";
import { enterState } from "./move-incident.ts";
import { reopenMs } from "./stages/constants.ts";
import { isRaised } from "./states/decide-move.ts";
import { addTimelineEvent } from "./timeline/add-timeline-event.ts";

/** Incidents that one group may belong to: those of its endpoint and its cause. */
const maxCandidates = 100;

export interface OpenIncident {
  groupId: string;
  title: string;
  /** Defaults to SEV2. */
  severity?: IncidentSeverity | undefined;
  endpointId?: string | null | undefined;
  startedAt: Date;
  teamId?: string | null | undefined;
  runbookId?: string | null | undefined;
  /** Time of the first notification; now when omitted. */
  detectedAt?: Date | undefined;
  /** Causes that other endpoints may share (server/respond/cause/shared-causes.ts). */
  sharedCauses?: readonly string[] | undefined;
}

/**
 * Opens an incident in triage for a page. A group that has one keeps it, and an open one to which it belongs includes it (decide-fold.ts):
 * of its endpoint and less than an hour old, of a composite SLO and one of its parts, or with the same cause. A page makes a mitigated
 * incident active again, and one of the same group or endpoint that was resolved in the last 30 minutes; one that is over is left, and
 * another one opened. Whatever the incident, the page was notified and escalates on its own. In the caller's transaction, which may hold
 * the group's row. Its facts are due afterwards (attach-due-facts.ts). For other domains: requires no permission.
 */
export async function openIncident(ctx: Context, input: OpenIncident): Promise<{ id: string; number: number }> {
  return transact(ctx, async (ctx) => {
    await lockNumbers(ctx);
    const now = input.detectedAt ?? new Date();
    const own = await findOwnIncident(ctx, input.groupId);
    const fold = own ? null : await findFold(ctx, input, now.getTime());
    const known = own ?? fold?.incident;
    const incident = known ?? (await insert(ctx, input, now));
    await linkGroup(ctx, input.groupId, incident.id);
    await addLink(ctx, incident.id, { kind: "alert-group", ref: input.groupId, title: input.title });
    const noted = await addTimelineEvent(ctx, incident.id, {
      at: now,
      kind: "alert",
      title: `Paged: ${input.title}`,
      ...(fold && { body: describeFold(fold) }),
      links: [{ rel: "alert", href: ticketPath(input.groupId), text: "alert" }],
      deduplicationKey: `paged:${input.groupId}`,
    });
    if (known) {
      await reactivate(ctx, known.number);
      if (noted !== undefined) await riseForPage(ctx, known.number, input);
      await renewFacts(ctx, known.id);
    }
    await publish(ctx, "incident", incident.id);
    return { id: incident.id, number: incident.number };
  });
}

/** Finds the incident of which the page of a group without one is a part. */
async function findFold(ctx: Context, { groupId, sharedCauses = [] }: OpenIncident, now: number): Promise<Fold | null> {
  const candidates = await findFoldCandidates(ctx.db, {
    groups: sql`one.id = ${groupId} and one.workspace_id = ${ctx.actor.workspaceId}`,
    incidents: sql`incident.workspace_id = ${ctx.actor.workspaceId}`,
    sharedCauses,
    now,
    limit: maxCandidates,
  });
  return decideFold({ severity: "page", at: now, sharedCauses }, candidates);
}

/**
 * Raises the severity of an incident that a page joins: a page is SEV2 until someone has investigated it. It notifies nobody, since the page
 * does. An incident without an endpoint gets that of the page: its facts are found there.
 */
async function riseForPage(ctx: Context, number: number, { endpointId }: OpenIncident): Promise<void> {
  const incident = await lockIncident(ctx, number);
  const { id, severity } = incident;
  const isMinor = isRaised(severity, pageSeverity);
  const found = incident.endpointId === null ? (await existing(ctx, { endpointId })).endpointId : null;
  if (!isMinor && found === null) return;
  await ctx.db
    .update(incidents)
    .set({
      ...(isMinor && { severity: pageSeverity }),
      ...(found !== null && { endpointId: found }),
      revision: sql`${incidents.revision} + 1`,
    })
    .where(thisIncident(ctx, id));
  if (!isMinor) return;
  const title = `Raised from ${severity} to ${pageSeverity}: a page joined it`;
  await addTimelineEvent(ctx, id, { kind: "severity", title });
  const change = { before: { severity }, after: { severity: pageSeverity, title: incident.title } };
  await record(ctx, "incident.severity-set", { subject: `incident/${number}`, ...change });
}

/** Makes an incident active again whose impact seemed over: a new page says that it is not. */
async function reactivate(ctx: Context, number: number): Promise<void> {
  const incident = await lockIncident(ctx, number);
  if (incident.state !== "mitigated" && incident.state !== "resolved") return;
  await enterState(ctx, incident, "active", { reason: "a new page fired" });
}

/** Finds the incident that a group has, while it is open or a page may reopen it; undefined where a new page needs another one. */
export async function findOwnIncident(
  ctx: Context,
  groupId: string,
): Promise<{ id: string; number: number } | undefined> {
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

async function insert(ctx: Context, input: OpenIncident, now: Date): Promise<{ id: string; number: number }> {
  const { severity = pageSeverity } = input;
  const title = shortTitle(input.title);
  const { endpointId, teamId, runbookId } = await existing(ctx, input);
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
