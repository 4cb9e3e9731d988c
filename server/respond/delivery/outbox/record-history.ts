import type { notifications } from "#db/schema/index.ts";
import { recordAlertEvents } from "#server/alerting/alerts/history/record-alert-events.ts";
import type { Context } from "#server/base/context.ts";
import { formatDuration } from "#server/base/format-number.ts";
import { noteForGroup } from "#server/respond/incidents/note-for-group.ts";
import type { NewTimelineEvent } from "#server/respond/incidents/timeline/contract.ts";
import { readMessage } from "../../../alerting/notifications/stored-message.ts";

type Row = typeof notifications.$inferSelect;

/** Notes in the group's incident that its first page was delivered, in the same transaction. @param by in words: "slack-bot" */
export async function recordDelivery(ctx: Context, row: Row, by: string): Promise<void> {
  const { groupId, kind, severity } = row;
  if (groupId === null || kind !== "group" || severity !== "page") return;
  if (readMessage(row.message).reason !== "first notification") return;
  await noteForGroup(ctx, groupId, deliveryNote(row, by, new Date()));
}

/** Returns the event of the delivery of a page for the timeline of an incident. */
export function deliveryNote(
  { id, message, createdAt }: Pick<Row, "id" | "message" | "createdAt">,
  by: string,
  at: Date,
): NewTimelineEvent {
  const took = formatDuration(at.getTime() - createdAt.getTime());
  const title = `Page delivered to ${readMessage(message).receiver || "its receiver"} via ${by} after ${took}`;
  return { at, kind: "message", title, deduplicationKey: `notification:${id}` };
}

/** Notes in the history of the alert, and in the incident, that a message failed, in the same transaction. */
export async function recordDeadLetter(
  ctx: Context,
  row: Row,
  { by, note }: { by: string; note: string },
): Promise<void> {
  const { id, groupId, severity } = row;
  if (groupId === null) return;
  const { groupKey, receiver, alerts } = readMessage(row.message);
  const fingerprints = alerts.slice(0, 100).map(({ fingerprint }) => fingerprint);
  const data = { channel: by, receiver, words: note, fingerprints };
  await recordAlertEvents(ctx, [{ kind: "notify_failed", groupId, groupKey, ref: id, data }]);
  if (severity !== "page") return;
  const title = `Page could not be delivered to ${receiver || "a person"} via ${by}`;
  await noteForGroup(ctx, groupId, { kind: "message", title, body: note, deduplicationKey: `notification:${id}:dead` });
}
