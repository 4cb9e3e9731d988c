import { eq, sql } from "drizzle-orm";
import { alertGroupMembers, alertGroups, alerts } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import type { AlertEvent } from "../../alerting/alerts/contract.ts";
import { decideFlush, type FlushDecision } from "../../alerting/alerts/dispatch/decide-flush.ts";
import { flushTime } from "../../alerting/alerts/dispatch/flush-times.ts";
import { groupMessage } from "../../alerting/alerts/dispatch/group-message.ts";
import type { Muting } from "../../alerting/alerts/groups/muting.ts";
import { publishGroups } from "../../alerting/alerts/groups/publish-groups.ts";
import type { FreshGroup } from "../../alerting/alerts/groups/refresh-groups.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { routeDefaults } from "../../alerting/alerts/routing/contract.ts";
import { beginResponse } from "../paging/begin-response.ts";

/** One look at a group whose time has come, in the caller's transaction, which holds its row. */
export async function flushGroup(ctx: Context, { group, members }: FreshGroup, muting: Muting): Promise<void> {
  const { now } = muting;
  const route = muting.routes.get(group.routePath);
  const groupIntervalMs = route?.groupIntervalMs ?? routeDefaults.groupIntervalSeconds * 1000;
  const repeatIntervalMs = route?.repeatIntervalMs ?? routeDefaults.repeatIntervalSeconds * 1000;
  const at = flushTime({ dueAt: group.nextFlushAt?.getTime() ?? now, groupIntervalMs, now });
  const told = members.filter(({ muted }) => muted === null);
  const names = (isFiring: boolean) =>
    told.filter((member) => member.isFiring === isFiring).map(({ fingerprint }) => fingerprint);
  const decision = decideFlush({
    ...{ firing: names(true), resolved: names(false), entry: group.entry, sendsResolved: true, repeatIntervalMs },
    ...{ acknowledgement: group.acknowledgement, now: at },
  });
  const events: AlertEvent[] = [];
  const { id: groupId, groupKey, receiver } = group;
  const of = { groupId, groupKey, ruleKey: group.summary.ruleKey };
  const outcome = outcomeOf(decision, members.length - told.length);
  if (decision.sends) {
    const status = names(true).length > 0 ? ("firing" as const) : ("resolved" as const);
    const ids = await enqueueNotification(ctx, {
      to: { receiver },
      ...{ kind: "group", severity: group.summary.severity, groupId, onceKey: `group:${groupId}:${at}` },
      message: groupMessage(group, told, { reason: decision.words, status }),
    });
    const data = { reason: decision.words, receiver, status, channels: ids.length, severity: group.summary.severity };
    events.push({ kind: "notified", ...of, ref: ids[0], data: { ...data, fingerprints: names(true).slice(0, 100) } });
  }
  // What comes to the same as before is not written again: it would be most of the history.
  if (decision.sends || outcome !== group.outcome) {
    events.push({ kind: "flushed", ...of, data: { row: decision.row, words: outcome, at: new Date(at) } });
  }
  const gone = members.filter(({ isFiring }) => !isFiring).map(({ fingerprint }) => fingerprint);
  const isOver = gone.length === members.length;
  await leaveGroup(ctx, groupId, gone);
  if (isOver) events.push({ kind: "resolved", ...of, data: { words: "all alerts in the group are resolved" } });
  await recordAlertEvents(ctx, events, new Date(now));
  await ctx.db
    .update(alertGroups)
    .set({
      lastFlushAt: new Date(at),
      nextFlushAt: isOver ? null : new Date(Math.max(at + groupIntervalMs, now + 1)),
      outcome,
      ...(decision.entry && { entry: decision.entry }),
      ...(isOver && { endedAt: new Date(now), summary: { ...group.summary, firing: 0, muted: 0 } }),
    })
    .where(eq(alertGroups.id, groupId));
  if (decision.sends) await beginResponse(ctx, group, decision, now);
  if (decision.sends || isOver || outcome !== group.outcome) await publishGroups(ctx, [groupId]);
}

function outcomeOf({ words, row }: FlushDecision, muted: number): string {
  if (muted === 0) return words;
  return row === 0 ? `all alerts are muted` : `${words}; ${muted} muted`;
}

/** What is resolved leaves its group after a flush, told or not; one that is in no group any more is settled. */
async function leaveGroup(ctx: Context, groupId: string, fingerprints: readonly string[]): Promise<void> {
  if (fingerprints.length === 0) return;
  const these = sql`any(${sql.param([...fingerprints])}::text[])`;
  await ctx.db
    .delete(alertGroupMembers)
    .where(sql`${alertGroupMembers.groupId} = ${groupId} and ${alertGroupMembers.fingerprint} = ${these}`);
  await ctx.db.execute(sql`
    update ${alerts} set is_settled = true
    where workspace_id = ${ctx.actor.workspaceId} and fingerprint = ${these} and not exists (
      select from ${alertGroupMembers} as member
      where member.workspace_id = ${alerts}.workspace_id and member.fingerprint = ${alerts}.fingerprint)`);
}
