import { alertGroups, memberships, users } from "#db/schema/index.ts";
import type { GroupSummary } from "#server/alerting/alerts/contract.ts";
import type { Context, Role } from "#server/base/context.ts";
import type { Schedule, ScheduleLayer } from "../../../respond/oncall/schedules/contract.ts";
import { createSchedule } from "../../../respond/oncall/schedules/create-schedule.ts";

/** Another person of the workspace. @returns their id */
export async function newPerson(ctx: Context, name: string, role: Role = "member"): Promise<string> {
  const { workspaceId } = ctx.actor;
  const email = `${name.toLowerCase().replaceAll(" ", ".")}-${workspaceId.slice(0, 8)}@people.test`;
  const [user] = await ctx.db.insert(users).values({ email, name }).returning({ id: users.id });
  const userId = user?.id ?? "";
  await ctx.db.insert(memberships).values({ workspaceId, userId, role });
  return userId;
}

/** The context of a person of the workspace. */
export function asPerson(ctx: Context, id: string, name: string, role: Role = "member"): Context {
  return { ...ctx, actor: { ...ctx.actor, kind: "user", id, name, role } };
}

interface ScheduleInput {
  name?: string;
  teamId?: string | null;
  userIds: string[];
  layer?: Partial<ScheduleLayer>;
}

/** A schedule whose people change each Monday at 09:00 UTC, from 4 May 2026 on. */
export function newSchedule(
  ctx: Context,
  { name = "Primary", teamId = null, userIds, layer }: ScheduleInput,
): Promise<Schedule> {
  const weekly = { name: "Weeks", userIds, start: "2026-05-04T09:00", every: { unit: "week" as const, count: 1 } };
  return createSchedule(ctx, { name, timeZone: "UTC", teamId, layers: [{ ...weekly, ...layer }] });
}

/** A group of alerts that pages. @returns its id */
export async function newGroup(
  ctx: Context,
  wish: Partial<GroupSummary> & { name?: string; createdAt?: Date } = {},
): Promise<string> {
  const { name = "SLOBurn", createdAt = new Date(), ...more } = wish;
  const none = { endpointId: null, teamId: null, runbookId: null, sloId: null, burn: null, reach: null };
  const summary: GroupSummary = {
    ...none,
    severity: "page",
    title: "availability fails 16.7 times too fast",
    service: "churn",
    ruleKey: `external:${name}`,
    firing: 1,
    resolved: 0,
    muted: 0,
    startsAt: createdAt.getTime(),
    ...more,
  };
  const [row] = await ctx.db
    .insert(alertGroups)
    .values({
      workspaceId: ctx.actor.workspaceId,
      groupKey: `{}:{alertname="${name}"}`,
      routePath: name,
      receiver: "on-call",
      labels: { alertname: name },
      createdAt,
      summary,
    })
    .returning({ id: alertGroups.id });
  return row?.id ?? "";
}
