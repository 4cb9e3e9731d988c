import { sql } from "drizzle-orm";
import { notifications } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { type Addressee, addresseesOf, byEmail, changeAddressees, type To } from "./addressees.ts";
import { Message, type NotificationKind } from "./contract.ts";

/** Reason of a message that reports nothing but ends (docs/spec/alerting.md section 5, row 7). */
const onlyResolved = "some alerts resolved";

export interface NewNotification {
  to: To;
  kind: NotificationKind;
  /** "page" or "ticket": pages are sent first and are never held back by a cap. */
  severity: string;
  message: Message;
  /** Key of the decision that it reports: a notification is enqueued once per key. */
  deduplicationKey: string;
  groupId?: string | undefined;
  incidentId?: string | undefined;
}

/**
 * Adds a message to the outbox, in the caller's transaction: it is sent if and only if the decision it reports is committed. One row for
 * each channel of a receiver, or for each contact method of a person.
 * @returns IDs of the added rows: none if it was enqueued already, the receiver has no channel, or nothing is left to notify
 */
export async function enqueueNotification(ctx: Context, { to, ...notification }: NewNotification): Promise<string[]> {
  return add(ctx, await addresseesOf(ctx, to), notification);
}

/** Enqueues by email only, regardless of the user's contact methods for pages. @returns ids of the added notifications */
export async function enqueueEmail(
  ctx: Context,
  { userId, address }: { userId: string; address: string },
  notification: Omit<NewNotification, "to">,
): Promise<string[]> {
  return add(ctx, [byEmail(userId, address)], notification);
}

/** Notifies all channels that accept changes of a change, such as a step of a rollout. @returns IDs of the added rows */
export async function enqueueChange(
  ctx: Context,
  notification: Pick<NewNotification, "message" | "deduplicationKey">,
): Promise<string[]> {
  return add(ctx, await changeAddressees(ctx), { ...notification, kind: "change", severity: "ticket" });
}

async function add(
  ctx: Context,
  to: readonly Addressee[],
  notification: Omit<NewNotification, "to">,
): Promise<string[]> {
  const { workspaceId } = ctx.actor;
  const { kind, severity, deduplicationKey, groupId = null, incidentId = null } = notification;
  const message = Message.parse(notification.message);
  const rows = to.flatMap(({ settings, ...addressee }) => {
    const adapted = messageFor(settings ?? { sendsResolved: true }, { kind, message });
    if (!adapted) return [];
    const once = `${deduplicationKey}@${addressee.turn}`;
    const lane = laneOf({ groupKey: message.groupKey, groupId, incidentId }) ?? once;
    const row = {
      ...addressee,
      workspaceId,
      groupId,
      incidentId,
      kind,
      severity,
      lane,
      message: adapted,
      deduplicationKey: once,
    };
    return [{ ...row, nextAttemptAt: sql`now()` }];
  });
  if (rows.length === 0) return [];
  const added = await ctx.db
    .insert(notifications)
    .values(rows)
    .onConflictDoNothing({ target: [notifications.workspaceId, notifications.deduplicationKey] })
    .returning({ id: notifications.id });
  if (added.length > 0) await publish(ctx, "notification", workspaceId);
  return added.map(({ id }) => id);
}

/**
 * Returns the lane of notifications that are sent in order: by the key of the group rather than its ID, since PagerDuty knows no other,
 * and the end of one group must be sent before the start of the next with the same key.
 */
function laneOf(of: { groupKey: string; groupId: string | null; incidentId: string | null }): string | undefined {
  if (of.groupKey) return `group:${of.groupKey}`;
  if (of.groupId) return `group:${of.groupId}`;
  return of.incidentId ? `incident:${of.incidentId}` : undefined;
}

/**
 * Returns the message for a channel: complete, or without resolved alerts if the channel disables these (docs/spec/alerting.md section
 * 5).
 * @returns undefined when nothing is left to notify
 */
function messageFor(
  channel: { sendsResolved: boolean },
  { kind, message }: { kind: NotificationKind; message: Message },
): Message | undefined {
  if (channel.sendsResolved) return message;
  if (kind === "incident" && message.status === "resolved") return undefined;
  if (kind !== "group") return message;
  if (message.status === "resolved" || message.reason === onlyResolved) return undefined;
  return { ...message, alerts: message.alerts.filter(({ status }) => status === "firing") };
}
