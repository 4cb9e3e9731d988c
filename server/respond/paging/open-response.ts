import { and, asc, eq, gte, or, sql } from "drizzle-orm";
import { z } from "zod";
import { alertEvents, channels, notifications } from "#db/schema/index.ts";
import { Acknowledgement } from "#server/alerting/alerts/contract.ts";
import { setResponded } from "#server/alerting/alerts/groups/change-group.ts";
import { findGroup, type StoredGroup } from "#server/alerting/alerts/groups/group-rows.ts";
import { recordAlertEvents } from "#server/alerting/alerts/history/record-alert-events.ts";
import { isFailing } from "#server/alerting/notifications/outbox/failing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { log } from "#server/base/log.ts";
import { teamOf } from "#server/platform/teams/team-of.ts";
import { deliveryNote, failureNote, recipientOf } from "#server/respond/delivery/outbox/record-history.ts";
import { findSharedCauses } from "#server/respond/incidents/folding/find-shared-causes.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import { findOwnIncident, openIncident } from "#server/respond/incidents/open-incident.ts";
import { callNote } from "#server/respond/oncall/escalation/note-call.ts";
import { keyOfStep } from "#server/respond/oncall/escalation/run-step.ts";

/** Maximum number of pages and deliveries noted: an incident opens within seconds of its page. */
const maxNoted = 100;

/** What the history of alerts stores of a step of an escalation. */
const Call = z.object({
  step: z.number(),
  round: z.number(),
  people: z.array(z.object({ name: z.string() })),
  receivers: z.array(z.string()),
  words: z.array(z.string()),
});

/**
 * Opens the incident of a group whose page was notified, or adds the group to an open one: after the page, in a transaction of its own. A
 * failure leaves it due, and delays neither the page nor its escalation. What happened meanwhile is noted with its time. Its cause is read
 * before, outside that transaction, which holds the numbers of all incidents.
 * @returns whether it was due
 */
export async function openResponse(ctx: Context, groupId: string): Promise<boolean> {
  const pending = await findGroup(ctx, groupId);
  if (!pending.responseDueAt) return false;
  const sharedCauses = await causesOf(ctx, pending, pending.responseDueAt.getTime());
  return transact(ctx, async (ctx) => {
    const group = await findGroup(ctx, groupId, true);
    const pagedAt = group.responseDueAt;
    if (!pagedAt) return false;
    const { title, endpointId, teamId, runbookId, ruleKey, startsAt } = group.summary;
    const { id: ref, number } = await openIncident(ctx, {
      groupId,
      title,
      endpointId,
      teamId: teamId ?? (endpointId ? ((await teamOf(ctx, { endpointId }))?.id ?? null) : null),
      runbookId,
      startedAt: new Date(Math.min(startsAt, pagedAt.getTime())),
      detectedAt: pagedAt,
      sharedCauses,
    });
    await setResponded(ctx, groupId);
    if (ref !== group.incidentId) {
      const data = { words: `linked to INC-${number}` };
      const { groupKey } = group;
      await recordAlertEvents(ctx, [{ kind: "linked", groupId, groupKey, ruleKey, ref, data }], pagedAt);
    }
    await catchUp(ctx, group);
    return true;
  });
}

/** Returns the causes of a group that needs an incident. A failure leaves it without: it opens one of its own, rather than none. */
async function causesOf(ctx: Context, group: StoredGroup, at: number): Promise<string[]> {
  try {
    const own = group.incidentId === null ? undefined : await findOwnIncident(ctx, group.id);
    return own ? [] : await findSharedCauses(ctx, group, at);
  } catch (cause) {
    log.warn("incident.cause_failed", { groupId: group.id, cause });
    return [];
  }
}

/** Notes what happened between the page and its incident: who was paged, what was delivered, and who acknowledged it. */
async function catchUp(ctx: Context, group: StoredGroup): Promise<void> {
  const { id: groupId, pagedAt, createdAt, summary, acknowledgement } = group;
  const ofGroup = and(eq(alertEvents.workspaceId, ctx.actor.workspaceId), eq(alertEvents.groupId, groupId));
  const since = gte(alertEvents.at, pagedAt ?? createdAt);
  const calls = await ctx.db
    .select()
    .from(alertEvents)
    .where(and(ofGroup, eq(alertEvents.kind, "escalated"), since))
    .orderBy(asc(alertEvents.id))
    .limit(maxNoted);
  for (const { at, ref, data } of calls) {
    const call = Call.safeParse(data).data;
    if (!call || !ref) continue;
    const { round, step, ...called } = call;
    const receivers = called.receivers.map((name) => ({ name }));
    const note = callNote({ ...called, groupId, title: summary.title, receivers });
    await noteForGroup(ctx, groupId, { ...note, at, deduplicationKey: keyOfStep({ id: ref, round, step: step - 1 }) });
  }
  const sent = await ctx.db
    .select({ row: notifications, kind: channels.kind, failing: sql<boolean>`${isFailing()}` })
    .from(notifications)
    .leftJoin(channels, eq(channels.id, notifications.channelId))
    .where(
      and(
        eq(notifications.workspaceId, ctx.actor.workspaceId),
        eq(notifications.groupId, groupId),
        eq(notifications.severity, "page"),
        or(
          eq(notifications.kind, "escalation"),
          and(eq(notifications.kind, "group"), sql`${notifications.message}->>'reason' = 'first notification'`),
        ),
      ),
    )
    .limit(maxNoted);
  for (const { row, kind, failing } of sent) {
    const about = { to: await recipientOf(ctx, row), by: kind ?? "email" };
    const failure = { ...about, note: row.note || "It is retried.", at: row.diedAt ?? new Date() };
    const note = row.deliveredAt
      ? deliveryNote(row, { ...about, at: row.deliveredAt })
      : failing
        ? failureNote(row, failure)
        : undefined;
    if (note) await noteForGroup(ctx, groupId, note);
  }
  const held = Acknowledgement.safeParse(acknowledgement).data;
  if (!held) return;
  await noteForGroup(ctx, groupId, {
    at: new Date(held.at),
    kind: "ack",
    title: `Acknowledged: ${summary.title}`,
    links: [{ rel: "alert", href: `/alerts/groups/${groupId}`, text: "alert" }],
    ...(held.note !== "" && { body: held.note }),
    deduplicationKey: `ack:${groupId}:${held.at}`,
  });
}
