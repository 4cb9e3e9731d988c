import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import type { AlertEvent } from "../../alerting/alerts/contract.ts";
import { decideFlush, type FlushDecision } from "../../alerting/alerts/dispatch/decide-flush.ts";
import { flushTime } from "../../alerting/alerts/dispatch/flush-times.ts";
import { groupMessage } from "../../alerting/alerts/dispatch/group-message.ts";
import { leaveGroup, storeFlush } from "../../alerting/alerts/groups/change-group.ts";
import type { Muting } from "../../alerting/alerts/groups/muting.ts";
import { publishGroups } from "../../alerting/alerts/groups/publish-groups.ts";
import type { FreshGroup } from "../../alerting/alerts/groups/refresh-groups.ts";
import { recordAlertEvents } from "../../alerting/alerts/history/record-alert-events.ts";
import { routeDefaults } from "../../alerting/alerts/routing/contract.ts";

/** Flushes a due group, in the caller's transaction, which holds its row. */
export async function flushGroup(ctx: Context, { group, members }: FreshGroup, muting: Muting): Promise<void> {
  const { now } = muting;
  const route = muting.routes.get(group.routePath);
  const groupIntervalMs = route?.groupIntervalMs ?? routeDefaults.groupIntervalSeconds * 1000;
  const repeatIntervalMs = route?.repeatIntervalMs ?? routeDefaults.repeatIntervalSeconds * 1000;
  const at = flushTime({ dueAt: group.nextFlushAt?.getTime() ?? now, groupIntervalMs, now });
  const notified = new Set(group.entry?.firing);
  // The end of what was notified is notified even if a silence has begun since: otherwise the other side would never hear of it.
  const reported = members.filter(
    ({ muted, isFiring, fingerprint }) => muted === null || (!isFiring && notified.has(fingerprint)),
  );
  const firing = reported.filter(({ isFiring }) => isFiring);
  const decision = decideFlush({
    firing: firing.map(({ fingerprint }) => fingerprint),
    resolved: reported.filter(({ isFiring }) => !isFiring).map(({ fingerprint }) => fingerprint),
    entry: group.entry,
    sendsResolved: true,
    repeatIntervalMs,
    acknowledgement: group.acknowledgement,
    now: at,
  });
  const events: AlertEvent[] = [];
  const { id: groupId, groupKey, receiver } = group;
  const of = { groupId, groupKey, ruleKey: group.summary.ruleKey };
  const outcome = outcomeOf(decision, members.length - reported.length);
  if (decision.sends) {
    const status = firing.length > 0 ? ("firing" as const) : ("resolved" as const);
    const ids = await enqueueNotification(ctx, {
      to: { receiver },
      kind: "group",
      severity: group.summary.severity,
      groupId,
      deduplicationKey: `group:${groupId}:${at}`,
      message: groupMessage(group, reported, { reason: decision.words, status }),
    });
    const data = { reason: decision.words, receiver, status, channels: ids.length, severity: group.summary.severity };
    const fingerprints = firing.slice(0, 100).map(({ fingerprint }) => fingerprint);
    events.push({ kind: "notified", ...of, ref: ids[0], data: { ...data, fingerprints } });
  }
  // An unchanged outcome is not recorded again: it would be most of the history.
  if (decision.sends || outcome !== group.outcome) {
    events.push({ kind: "flushed", ...of, data: { row: decision.row, words: outcome, at: new Date(at) } });
  }
  const resolved = members.filter(({ isFiring }) => !isFiring).map(({ fingerprint }) => fingerprint);
  const hasEnded = resolved.length === members.length;
  await leaveGroup(ctx, groupId, resolved);
  if (hasEnded) events.push({ kind: "resolved", ...of, data: { words: "all alerts in the group are resolved" } });
  await recordAlertEvents(ctx, events, new Date(now));
  const nextAt = hasEnded ? null : Math.max(at + groupIntervalMs, now + 1);
  const hasNewPage =
    decision.sends && firing.some(({ severity, fingerprint }) => severity === "page" && !notified.has(fingerprint));
  await storeFlush(ctx, group, { at, nextAt, outcome, entry: decision.entry ?? undefined, hasNewPage, now });
  if (decision.sends || hasEnded || outcome !== group.outcome) await publishGroups(ctx, [groupId]);
}

function outcomeOf({ words, row }: FlushDecision, muted: number): string {
  if (muted === 0) return words;
  return row === 0 ? `all alerts are muted` : `${words}; ${muted} muted`;
}
