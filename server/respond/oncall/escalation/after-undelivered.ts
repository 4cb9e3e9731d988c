import { and, eq, gt, inArray, isNull, like, sql } from "drizzle-orm";
import { escalations, type notifications, notifications as outbox, users } from "#db/schema/index.ts";
import { enqueueEmail, enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { isArriving } from "#server/alerting/notifications/outbox/failing.ts";
import type { Context } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { publish } from "#server/platform/events/publish.ts";
import { readMessage } from "../../../alerting/notifications/stored-message.ts";
import { findAdmins } from "./find-admins.ts";

type Row = typeof notifications.$inferSelect;

/** Pause before an escalation that reached nobody begins again. */
const againMs = 5 * minuteMs;

/**
 * Tries the next way after a page of an escalation has failed, permanently or repeatedly, in the transaction that records it: the person's
 * account address, if none of the chosen contact methods is left; then the next step at once, if the step reached no one; and the admins,
 * if the last step did not. Then it begins again after five minutes, until someone is reached or acknowledges the page.
 * @param isAgain whether the page has failed before: then it only matters if no page of the escalation has arrived, or may
 */
export async function afterUndelivered(ctx: Context, row: Row, { isAgain = false } = {}): Promise<void> {
  const key = stepKeyOf(row.deduplicationKey);
  if (row.kind !== "escalation" || !key) return;
  const [, id = "", round = ""] = key.split(":");
  if (isAgain && (await isAnyLeft(ctx, `escalation:${id}:%`))) return;
  if (row.userId && (await tryAccountAddress(ctx, row, row.userId))) return;
  if (await isAnyLeft(ctx, `${key}:%`)) return;
  const ofWorkspace = and(eq(escalations.id, id), eq(escalations.workspaceId, ctx.actor.workspaceId));
  const hurried = await ctx.db
    .update(escalations)
    .set({ nextAt: sql`now()` })
    .where(
      and(
        ofWorkspace,
        isNull(escalations.endedAt),
        // A page of an earlier round hurries none of this one.
        eq(escalations.round, Number(round)),
        gt(escalations.nextAt, sql`now()`),
      ),
    )
    .returning({ id: escalations.id });
  if (hurried.length > 0) return publish(ctx, "oncall", id);
  const ends = ["at its end", "no one to page"];
  const isAtEnd = and(ofWorkspace, inArray(escalations.ended, ends), isNull(escalations.lapsedAt));
  if ((await ctx.db.$count(escalations, isAtEnd)) === 0 || (await isAnyLeft(ctx, `escalation:${id}:%`))) return;
  await beginAgain(ctx, id);
  for (const { userId } of await findAdmins(ctx)) {
    const message = { ...readMessage(row.message), lines: ["Could not notify anyone in the escalation policy."] };
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

/** Continues an escalation that executed all its steps and reached nobody, unless another one of its group is in progress. */
async function beginAgain(ctx: Context, id: string): Promise<void> {
  const again = await ctx.db
    .update(escalations)
    .set({
      endedAt: null,
      ended: null,
      step: 0,
      round: sql`${escalations.round} + 1`,
      nextAt: sql`now() + make_interval(secs => ${againMs / 1000})`,
    })
    .where(
      and(
        eq(escalations.id, id),
        eq(escalations.workspaceId, ctx.actor.workspaceId),
        sql`not exists (select from escalations as other where other.group_id = ${escalations.groupId} and other.ended_at is null)`,
      ),
    )
    .returning({ id: escalations.id });
  if (again.length > 0) await publish(ctx, "oncall", id);
}

/** Returns the key of the step that a page is of: "escalation:<id>:<round>:<step>"; undefined for a page by a person. */
function stepKeyOf(deduplicationKey: string): string | undefined {
  const parts = deduplicationKey.split(":");
  return parts[0] === "escalation" && parts.length > 4 ? parts.slice(0, 4).join(":") : undefined;
}

/** Whether a notification of these keys was delivered, or may be at its next attempt. */
async function isAnyLeft(ctx: Context, keys: string): Promise<boolean> {
  const ofKeys = and(eq(outbox.workspaceId, ctx.actor.workspaceId), like(outbox.deduplicationKey, keys));
  return (await ctx.db.$count(outbox, and(ofKeys, isArriving()))) > 0;
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
