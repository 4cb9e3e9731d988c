import { eq } from "drizzle-orm";
import { channels, type notifications, receivers, users } from "#db/schema/index.ts";
import { recordAlertEvents } from "#server/alerting/alerts/history/record-alert-events.ts";
import type { Context } from "#server/base/context.ts";
import { formatDuration } from "#server/base/format-number.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import type { NewTimelineEvent } from "#server/respond/incidents/timeline/contract.ts";
import { readMessage } from "../../../alerting/notifications/stored-message.ts";

type Row = typeof notifications.$inferSelect;

/** Notes in the group's incident that a page was delivered, in the same transaction. @param by in words: "slack-bot" */
export async function recordDelivery(ctx: Context, row: Row, by: string): Promise<void> {
  const { groupId, kind, severity } = row;
  if (groupId === null || severity !== "page") return;
  const isFirst = kind === "group" && readMessage(row.message).reason === "first notification";
  if (!isFirst && kind !== "escalation") return;
  await noteForGroup(ctx, groupId, deliveryNote(row, { to: await recipientOf(ctx, row), by, at: new Date() }));
}

/** Returns the event of the delivery of a page for the timeline of an incident. */
export function deliveryNote(
  { id, createdAt }: Pick<Row, "id" | "createdAt">,
  { to, by, at }: { to: string; by: string; at: Date },
): NewTimelineEvent {
  const took = formatDuration(at.getTime() - createdAt.getTime());
  const title = `Page delivered to ${to} via ${by} after ${took}`;
  return { at, kind: "message", title, deduplicationKey: `notification:${id}` };
}

/** Returns the name of the person or receiver that a message is for. */
export async function recipientOf(
  ctx: Context,
  { userId, channelId, message }: Pick<Row, "userId" | "channelId" | "message">,
): Promise<string> {
  const [person] = userId ? await ctx.db.select({ name: users.name }).from(users).where(eq(users.id, userId)) : [];
  if (person) return person.name;
  const named = readMessage(message).receiver;
  if (named || channelId === null) return named || "a removed user";
  const [channel] = await ctx.db
    .select({ name: receivers.name })
    .from(channels)
    .innerJoin(receivers, eq(receivers.id, channels.receiverId))
    .where(eq(channels.id, channelId));
  return channel?.name ?? "a removed receiver";
}

interface Failed {
  by: string;
  note: string;
}

/** Notes in the history of the alert, and in the incident, that a message failed, in the same transaction. */
export async function recordDeadLetter(ctx: Context, row: Row, { by, note }: Failed): Promise<void> {
  const { id, groupId, severity } = row;
  if (groupId === null) return;
  const { groupKey, receiver, alerts } = readMessage(row.message);
  const fingerprints = alerts.slice(0, 100).map(({ fingerprint }) => fingerprint);
  const data = { channel: by, receiver, words: note, fingerprints };
  await recordAlertEvents(ctx, [{ kind: "notify_failed", groupId, groupKey, ref: id, data }]);
  if (severity === "page") await recordFailing(ctx, row, { by, note });
}

/** Notes in the incident that a page has not arrived, once, while it is retried or for good. */
export async function recordFailing(ctx: Context, row: Row, { by, note }: Failed): Promise<void> {
  if (row.groupId === null) return;
  await noteForGroup(ctx, row.groupId, failureNote(row, { to: await recipientOf(ctx, row), by, note, at: new Date() }));
}

/** Returns the event of a page that has not arrived, for the timeline of an incident. */
export function failureNote(
  { id }: Pick<Row, "id">,
  { to, by, note, at }: Failed & { to: string; at: Date },
): NewTimelineEvent {
  const title = `Page to ${to} via ${by} failed`;
  return { at, kind: "message", title, body: note, deduplicationKey: `notification:${id}:failed` };
}
