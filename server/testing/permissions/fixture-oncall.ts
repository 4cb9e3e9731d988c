import { eq } from "drizzle-orm";
import { escalations } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { createPolicy } from "#server/respond/oncall/escalation/create-policy.ts";
import { startEscalation } from "#server/respond/oncall/escalation/start-escalation.ts";
import { saveHandover } from "#server/respond/oncall/handover/save-handover.ts";
import { addOverride } from "#server/respond/oncall/schedules/add-override.ts";
import { createSchedule } from "#server/respond/oncall/schedules/create-schedule.ts";
import { newGroup } from "../fixtures/oncall/testing.ts";

/** Creates a team with an overridden schedule, a policy, and a group with a pending escalation. */
export async function putOnCall(ctx: Context, people: { userId: string; otherId: string }, secret: string) {
  const policy = await createPolicy(ctx, {
    name: "a-policy",
    steps: [{ waitMinutes: 0, notify: [{ kind: "team", who: "on-call" }] }],
  });
  const policyId = policy.id ?? "";
  const members = [{ userId: people.userId, part: "lead" as const }];
  const { id: teamId } = await createTeam(ctx, {
    name: "a-team",
    description: secret,
    escalationPolicyId: policyId,
    members,
  });
  const { id: scheduleId } = await createSchedule(ctx, {
    name: "a-schedule",
    timeZone: "Europe/Lisbon",
    teamId,
    layers: [
      {
        name: secret,
        userIds: [people.userId, people.otherId],
        start: "2026-01-05T09:00",
        every: { unit: "week", count: 1 },
        hours: [],
      },
    ],
  });
  const at = Date.now();
  const { id: overrideId } = await addOverride(ctx, {
    scheduleId,
    userId: people.userId,
    from: new Date(at + hourMs),
    to: new Date(at + 2 * hourMs),
    reason: secret,
  });
  await saveHandover(ctx, { scheduleId, shiftFrom: new Date(at - hourMs), shiftTo: new Date(at), body: secret });
  const calledGroupId = await newGroup(ctx, { name: "Called", teamId, title: secret, service: "a-service" });
  const escalationId = await startEscalation(ctx, { groupId: calledGroupId, teamId, severity: "page" });
  await ctx.db
    .update(escalations)
    .set({ nextAt: new Date(at) })
    .where(eq(escalations.groupId, calledGroupId));
  return { teamId, scheduleId, overrideId, policyId, calledGroupId, escalationId: escalationId ?? "" };
}
