import { enqueueNotification } from "#server/alerting/notifications/enqueue-notification.ts";
import { type Context, transact } from "#server/base/context.ts";
import { minuteMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { record } from "#server/platform/audit/record.ts";
import { publish } from "#server/platform/events/publish.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findPeople, requirePeople } from "../../../platform/teams/people/find-people.ts";
import { callMessage } from "./call-message.ts";
import { CallPerson } from "./contract.ts";
import { findGroup } from "./find-group.ts";
import { noteCall } from "./note-call.ts";

/**
 * Pages one person about a group, independently of the policy. Two requests within a minute are one page.
 * @throws DomainError "not-found", "conflict" where the group is resolved
 */
export async function callPerson(ctx: Context, input: CallPerson): Promise<void> {
  permit(ctx, "callPerson");
  const { groupId, userId, note } = CallPerson.parse(input);
  await transact(ctx, async (ctx) => {
    const now = new Date();
    const group = await findGroup(ctx, groupId);
    if (group.isResolved)
      throw new DomainError("conflict", "This group is resolved, so there is nothing to page anyone about.");
    await requirePeople(ctx, [userId], "userId");
    const person = (await findPeople(ctx, [userId])).get(userId);
    const { severity } = group.summary;
    const why = `${ctx.actor.name} asks you to join${note ? `: ${note}` : "."}`;
    const message = callMessage({ group, severity, why, startedAt: now, now, next: null });
    const deduplicationKey = `call:${groupId}:${userId}:${Math.floor(now.getTime() / minuteMs)}`;
    const added = await enqueueNotification(ctx, {
      to: { userId },
      kind: "escalation",
      severity,
      message,
      groupId,
      ...(group.incidentId && { incidentId: group.incidentId }),
      deduplicationKey,
    });
    if (added.length === 0) return;
    const name = person?.name ?? "";
    await noteCall(ctx, {
      group,
      ref: userId,
      at: now,
      deduplicationKey,
      actor: ctx.actor.name,
      ...(note && { note }),
      targets: {
        people: [{ userId, name, email: "", until: null }],
        receivers: [],
        words: [`${name}, paged by ${ctx.actor.name}`],
      },
    });
    await record(ctx, "person.paged", {
      subject: `alert-group/${groupId}`,
      after: { name },
      ...(note && { reason: note }),
    });
    await publish(ctx, "alert", groupId);
  });
}
