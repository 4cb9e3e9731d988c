import { and, eq, inArray, isNull, lte } from "drizzle-orm";
import { escalations, notifications } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { isArriving } from "#server/alerting/notifications/outbox/failing.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { callMessage } from "./call-message.ts";
import { EscalationStep } from "./contract.ts";
import { stepAfter } from "./decide-step.ts";
import { findAdmins } from "./find-admins.ts";
import { type CalledGroup, findGroup } from "./find-group.ts";
import { type CallTargets, findTargets } from "./find-targets.ts";
import { noteCall } from "./note-call.ts";
import { lockGroupNow, reconcileEscalations } from "./reconcile-escalations.ts";

/**
 * Executes the due step of an escalation: adds the pages to the outbox, records them in the log and the incident, and schedules the next
 * step, all in one transaction, so that a worker that dies leaves a step executed or not started. Of two workers one executes it.
 * A step counts as executed for those whose page may arrive: a receiver without an enabled channel is nobody, and so is who cannot be
 * reached. Where a
 * complete round notified no one, the workspace's admins are notified, since a page must not go unnoticed.
 * @returns whether a step was executed
 */
export async function runEscalationStep(ctx: Context, escalationId: string, now = new Date()): Promise<boolean> {
  permit(ctx, "runEscalationStep");
  return transact(ctx, async (ctx) => {
    const isDue = and(
      eq(escalations.id, escalationId),
      eq(escalations.workspaceId, ctx.actor.workspaceId),
      isNull(escalations.endedAt),
      lte(escalations.nextAt, now),
    );
    const [due] = await ctx.db.select({ groupId: escalations.groupId }).from(escalations).where(isDue);
    // Whoever changes the group holds it: they reconcile its escalation, and the next round sees the result.
    if (!due || !(await lockGroupNow(ctx, due.groupId))) return false;
    if ((await reconcileEscalations(ctx, [due.groupId], now.getTime())) > 0) return false;
    const [row] = await ctx.db.select().from(escalations).where(isDue).for("update", { skipLocked: true });
    if (!row?.nextAt) return false;
    const group = await findGroup(ctx, row.groupId);
    const steps = EscalationStep.array().parse(row.steps);
    const step = steps[row.step];
    if (!step) {
      await complete(ctx, row.id, { ended: "at its end", endedAt: now });
      return false;
    }
    const course = { ...row, steps, nextAt: row.nextAt.getTime() };
    const next = stepAfter(course, now.getTime(), true);
    const following = next && steps[next.step];
    const coming = following && {
      ...(await findTargets(ctx, following.notify, row, new Date(next.at))),
      at: new Date(next.at),
    };
    const calling = { row, group, now, next: coming ?? null };
    const found = await call(ctx, { ...calling, targets: await findTargets(ctx, step.notify, row, now) });
    const after = stepAfter(course, now.getTime(), countOf(found) > 0);
    const isRoundOver = after === null || after.round > row.round;
    const isLost = countOf(found) === 0 && isRoundOver && row.notifiedCount === 0;
    const targets = isLost ? await call(ctx, { ...calling, targets: await instead(ctx, found), next: null }) : found;
    const notifiedCount = row.notifiedCount + countOf(targets);
    if (isLost || after === null) {
      await complete(ctx, row.id, { ended: isLost ? "no one to page" : "at its end", endedAt: now, notifiedCount });
    } else {
      await ctx.db
        .update(escalations)
        .set({ notifiedCount, step: after.step, round: after.round, nextAt: new Date(after.at) })
        .where(eq(escalations.id, row.id));
    }
    await noteCall(ctx, {
      group,
      ref: row.id,
      at: now,
      deduplicationKey: keyOfStep(row),
      step: row.step + 1,
      steps: steps.length,
      round: row.round,
      targets,
    });
    await publish(ctx, "oncall", row.id);
    await publish(ctx, "alert", group.id);
    return true;
  });
}

async function complete(
  ctx: Context,
  id: string,
  end: { ended: string; endedAt: Date; notifiedCount?: number },
): Promise<void> {
  await ctx.db
    .update(escalations)
    .set({ ...end, nextAt: null })
    .where(eq(escalations.id, id));
}

function countOf({ people, receivers }: CallTargets): number {
  return people.length + receivers.length;
}

async function instead(ctx: Context, found: CallTargets): Promise<CallTargets> {
  const people = await findAdmins(ctx);
  return { people, receivers: [], words: [...found.words, ...people.map(({ name }) => `${name}, as an admin`)] };
}

interface Calling {
  row: typeof escalations.$inferSelect;
  group: CalledGroup;
  targets: CallTargets;
  now: Date;
  next: { words: string[]; at: Date } | null;
}

/** Adds the pages of a step to the outbox. @returns the targets that this reaches, with words about the others */
async function call(ctx: Context, { row, group, targets, now, next }: Calling): Promise<CallTargets> {
  const { severity, startedAt } = row;
  const notification = { kind: "escalation", severity, groupId: group.id } as const;
  const incident = group.incidentId ? { incidentId: group.incidentId } : {};
  const key = keyOfStep(row);
  const about = { group, severity, startedAt, now, next };
  const reached: CallTargets = { people: [], receivers: [], words: [...targets.words] };
  for (const person of targets.people) {
    const message = callMessage({ ...about, why: `You are being paged: ${targets.words.join("; ")}.` });
    const to = { userId: person.userId };
    const deduplicationKey = `${key}:${person.userId}`;
    const added = await enqueueNotification(ctx, { ...notification, ...incident, to, message, deduplicationKey });
    if (await mayArrive(ctx, added)) reached.people.push(person);
    else reached.words.push(`${person.name} cannot be notified`);
  }
  for (const receiver of targets.receivers) {
    const message = callMessage({ ...about, why: "The escalation has reached this receiver." });
    const to = { receiverId: receiver.id };
    const deduplicationKey = `${key}:${receiver.id}`;
    const added = await enqueueNotification(ctx, { ...notification, ...incident, to, message, deduplicationKey });
    if (await mayArrive(ctx, added)) reached.receivers.push(receiver);
    else if (added.length > 0) reached.words.push(`receiver ${receiver.name} cannot be notified`);
    else reached.words.push(`receiver ${receiver.name} has no enabled channel`);
  }
  return reached;
}

/** Whether one of these pages may arrive soon: a person whose earlier page keeps failing is not reached by another one behind it. */
async function mayArrive(ctx: Context, ids: readonly string[]): Promise<boolean> {
  if (ids.length === 0) return false;
  const these = and(eq(notifications.workspaceId, ctx.actor.workspaceId), inArray(notifications.id, [...ids]));
  return (await ctx.db.$count(notifications, and(these, isArriving()))) > 0;
}

/** Returns the key of one step of one round, which makes its notifications idempotent. */
export function keyOfStep({ id, round, step }: { id: string; round: number; step: number }): string {
  return `escalation:${id}:${round}:${step}`;
}
