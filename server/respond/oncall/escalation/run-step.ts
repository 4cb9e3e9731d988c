import { and, eq, isNull, lte } from "drizzle-orm";
import { escalations } from "#db/schema/index.ts";
import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { callMessage } from "./call-message.ts";
import { EscalationStep } from "./contract.ts";
import { stepAfter } from "./decide-step.ts";
import { endEscalation } from "./end-escalation.ts";
import { findAdmins } from "./find-admins.ts";
import { type CalledGroup, findGroup } from "./find-group.ts";
import { type CallTargets, findTargets } from "./find-targets.ts";
import { noteCall } from "./note-call.ts";

/**
 * Executes the due step of an escalation: adds the pages to the outbox, records them in the log and the incident, and schedules the next
 * step, all in one transaction, so that a worker that dies leaves a step executed or not started. Of two workers one executes it.
 * Where a complete round notified no one, the workspace's admins are notified, since a page must not go unnoticed.
 * @returns whether a step was executed
 */
export async function runEscalationStep(ctx: Context, escalationId: string, now = new Date()): Promise<boolean> {
  permit(ctx, "runEscalationStep");
  return transact(ctx, async (ctx) => {
    const [row] = await ctx.db
      .select()
      .from(escalations)
      .where(
        and(
          eq(escalations.id, escalationId),
          eq(escalations.workspaceId, ctx.actor.workspaceId),
          isNull(escalations.endedAt),
          lte(escalations.nextAt, now),
        ),
      )
      .for("update", { skipLocked: true });
    if (!row) return false;
    const group = await findGroup(ctx, row.groupId, now);
    if (group.isResolved || group.acknowledgedBy !== null) {
      return endEscalation(ctx, group.id, group.isResolved ? "resolved" : "acknowledged", now);
    }
    const steps = EscalationStep.array().parse(row.steps);
    const step = steps[row.step];
    if (!step || !row.nextAt) return endEscalation(ctx, group.id, "at its end", now);
    const found = await findTargets(ctx, step.notify, row, now);
    const hasNoTarget = found.people.length + found.receivers.length === 0;
    const course = { ...row, steps, nextAt: row.nextAt.getTime() };
    const next = stepAfter(course, now.getTime(), !hasNoTarget);
    const isRoundOver = next === null || next.round > row.round;
    const isLost = hasNoTarget && isRoundOver && row.notifiedCount === 0;
    const targets = isLost ? await instead(ctx, found) : found;
    const following = next && steps[next.step];
    const coming = following && {
      ...(await findTargets(ctx, following.notify, row, new Date(next.at))),
      at: new Date(next.at),
    };
    await call(ctx, { row, group, targets, now, next: isLost ? null : (coming ?? null) });
    const isEnd = isLost || next === null;
    await ctx.db
      .update(escalations)
      .set({
        notifiedCount: row.notifiedCount + targets.people.length + targets.receivers.length,
        ...(isEnd
          ? { endedAt: now, ended: isLost ? "nobody to call" : "at its end", nextAt: null }
          : { step: next.step, round: next.round, nextAt: new Date(next.at) }),
      })
      .where(eq(escalations.id, row.id));
    await noteCall(ctx, {
      group,
      ref: row.id,
      at: now,
      deduplicationKey: keyOf(row),
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

async function call(ctx: Context, { row, group, targets, now, next }: Calling): Promise<void> {
  const { severity, startedAt } = row;
  const notification = { kind: "escalation", severity, groupId: group.id } as const;
  const incident = group.incidentId ? { incidentId: group.incidentId } : {};
  const key = keyOf(row);
  const about = { group, severity, startedAt, now, next };
  for (const { userId } of targets.people) {
    const message = callMessage({ ...about, why: `You are being paged: ${targets.words.join("; ")}.` });
    await enqueueNotification(ctx, {
      ...notification,
      ...incident,
      to: { userId },
      message,
      deduplicationKey: `${key}:${userId}`,
    });
  }
  for (const { id: receiverId } of targets.receivers) {
    const message = callMessage({ ...about, why: "The escalation has reached this receiver." });
    await enqueueNotification(ctx, {
      ...notification,
      ...incident,
      to: { receiverId },
      message,
      deduplicationKey: `${key}:${receiverId}`,
    });
  }
}

/** Returns the key of one step of one round, which makes its notifications idempotent. */
function keyOf({ id, round, step }: typeof escalations.$inferSelect): string {
  return `escalation:${id}:${round}:${step}`;
}
