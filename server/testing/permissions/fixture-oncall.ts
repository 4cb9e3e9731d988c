import { eq } from "drizzle-orm";
import { alertGroups, escalations } from "#db/schema/index.ts";
import type { GroupSummary } from "#server/alerting/alerts/contract.ts";
import type { Context } from "#server/base/context.ts";
import { hourMs } from "#server/base/durations.ts";
import { createTeam } from "#server/platform/teams/create-team.ts";
import { createPolicy } from "#server/respond/oncall/escalation/create-policy.ts";
import { startEscalation } from "#server/respond/oncall/escalation/start-escalation.ts";
import { saveHandover } from "#server/respond/oncall/handover/save-handover.ts";
import { addOverride } from "#server/respond/oncall/schedules/add-override.ts";
import { createSchedule } from "#server/respond/oncall/schedules/create-schedule.ts";

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
  const calledGroupId = await openGroup(ctx, { teamId, title: secret });
  const escalationId = await startEscalation(ctx, { groupId: calledGroupId, teamId, severity: "page" });
  await ctx.db
    .update(escalations)
    .set({ nextAt: new Date(at) })
    .where(eq(escalations.groupId, calledGroupId));
  return { teamId, scheduleId, overrideId, policyId, calledGroupId, escalationId: escalationId ?? "" };
}

async function openGroup(ctx: Context, { teamId, title }: { teamId: string; title: string }): Promise<string> {
  const none = { endpointId: null, runbookId: null, sloId: null, burn: null, reach: null };
  const counts = { firing: 1, resolved: 0, muted: 0, startsAt: Date.now() };
  const summary: GroupSummary = {
    ...none,
    ...counts,
    teamId,
    title,
    severity: "page",
    service: "a-service",
    ruleKey: "external:Called",
  };
  const [row] = await ctx.db
    .insert(alertGroups)
    .values({
      workspaceId: ctx.actor.workspaceId,
      groupKey: '{}:{alertname="Called"}',
      routePath: "called",
      receiver: "on-call",
      labels: { alertname: "Called" },
      summary,
    })
    .returning({ id: alertGroups.id });
  return row?.id ?? "";
}
