import { and, eq, gt, isNull, like, notInArray, sql } from "drizzle-orm";
import { escalations, type notifications, notifications as outbox, users } from "#db/schema/index.ts";
import { enqueueEmail, enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import type { Context } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { readMessage } from "../../../alerting/notifications/stored-message.ts";
import { findAdmins } from "./find-admins.ts";

type Row = typeof notifications.$inferSelect;

/**
 * Tries the next way after a page of an escalation has failed permanently, in the transaction that records it: the person's account
 * address, if none of the chosen contact methods is left; then the next step at once, if the step reached no one; and the admins, if the
 * last step did not.
 */
export async function afterUndelivered(ctx: Context, row: Row): Promise<void> {
  const key = stepKeyOf(row.deduplicationKey);
  if (row.kind !== "escalation" || !key) return;
  if (row.userId && (await tryAccountAddress(ctx, row, row.userId))) return;
  if (await isAnyLeft(ctx, `${key}:%`)) return;
  const [, id = ""] = key.split(":");
  const ofWorkspace = and(eq(escalations.id, id), eq(escalations.workspaceId, ctx.actor.workspaceId));
  const hurried = await ctx.db
    .update(escalations)
    .set({ nextAt: sql`now()` })
    .where(and(ofWorkspace, isNull(escalations.endedAt), gt(escalations.nextAt, sql`now()`)))
    .returning({ id: escalations.id });
  if (hurried.length > 0) return publish(ctx, "oncall", id);
  const isAtEnd = and(ofWorkspace, eq(escalations.ended, "at its end"), isNull(escalations.lapsedAt));
  if ((await ctx.db.$count(escalations, isAtEnd)) === 0 || (await isAnyLeft(ctx, `escalation:${id}:%`))) return;
  for (const { userId } of await findAdmins(ctx)) {
    const message = { ...readMessage(row.message), lines: ["Nobody of the escalation policy could be notified."] };
    const { severity, groupId, incidentId } = row;
    await enqueueNotification(ctx, {
      to: { userId },
      kind: "escalation",
      severity,
      message,
      ...(groupId && { groupId }),
      ...(incidentId && { incidentId }),
      deduplicationKey: `admins:${id}:${userId}`,
    });
  }
}

/** Returns the key of the step that a page is of: "escalation:<id>:<round>:<step>"; undefined for a page by a person. */
function stepKeyOf(deduplicationKey: string): string | undefined {
  const parts = deduplicationKey.split(":");
  return parts[0] === "escalation" && parts.length > 4 ? parts.slice(0, 4).join(":") : undefined;
}

/** Whether a notification of these keys was delivered, or may still be. */
async function isAnyLeft(ctx: Context, keys: string): Promise<boolean> {
  const ofKeys = and(eq(outbox.workspaceId, ctx.actor.workspaceId), like(outbox.deduplicationKey, keys));
  return (await ctx.db.$count(outbox, and(ofKeys, notInArray(outbox.state, ["dead", "cancelled"])))) > 0;
}

/** Sends the page to the address of the person's account. @returns whether that is a way that was not tried */
async function tryAccountAddress(ctx: Context, row: Row, userId: string): Promise<boolean> {
  const { message, severity, groupId, incidentId, deduplicationKey } = row;
  const key = deduplicationKey.split("@")[0] ?? "";
  if (await isAnyLeft(ctx, `${key}@%`)) return true;
  const [person] = await ctx.db.select({ email: users.email }).from(users).where(eq(users.id, userId));
  if (!person) return false;
  const added = await enqueueEmail(
    ctx,
    { userId, address: person.email },
    {
      kind: "escalation",
      severity,
      message: readMessage(message),
      ...(groupId && { groupId }),
      ...(incidentId && { incidentId }),
      deduplicationKey: key,
    },
  );
  return added.length > 0;
}
