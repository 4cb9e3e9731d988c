import { and, asc, eq, gt, inArray, isNull, lt, type SQL } from "drizzle-orm";
import { scheduleOverrides, schedules, teams } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { Override, ScheduleLayer } from "./contract.ts";

/** Schedule as stored, with its overrides from a given time on. */
export interface StoredSchedule {
  id: string;
  name: string;
  timeZone: string;
  layers: ScheduleLayer[];
  team: { id: string; name: string } | null;
  /** Overrides by creation time: later ones take precedence over earlier ones. */
  overrides: Override[];
  hasCalendarAddress: boolean;
}

interface Wanted {
  where?: SQL | undefined;
  /** Time range of the overrides: those that end before or start after it are left out. */
  from: Date;
  to?: Date;
}

/** Schedules of the workspace that are not archived, by name. */
export async function loadSchedules(ctx: Context, { where, from, to }: Wanted): Promise<StoredSchedule[]> {
  const { workspaceId } = ctx.actor;
  const rows = await ctx.db
    .select({ schedule: schedules, teamName: teams.name })
    .from(schedules)
    .leftJoin(teams, eq(teams.id, schedules.teamId))
    .where(and(eq(schedules.workspaceId, workspaceId), isNull(schedules.archivedAt), where))
    .orderBy(asc(schedules.name));
  const ids = rows.map(({ schedule }) => schedule.id);
  const hasSameName =
    ids.length === 0
      ? []
      : await ctx.db
          .select()
          .from(scheduleOverrides)
          .where(
            and(
              inArray(scheduleOverrides.scheduleId, ids),
              isNull(scheduleOverrides.cancelledAt),
              gt(scheduleOverrides.to, from),
              to && lt(scheduleOverrides.from, to),
            ),
          )
          .orderBy(asc(scheduleOverrides.createdAt), asc(scheduleOverrides.id));
  return rows.map(({ schedule, teamName }) => ({
    id: schedule.id,
    name: schedule.name,
    timeZone: schedule.timeZone,
    layers: ScheduleLayer.array().parse(schedule.layers),
    team: schedule.teamId && teamName !== null ? { id: schedule.teamId, name: teamName } : null,
    overrides: hasSameName.filter(({ scheduleId }) => scheduleId === schedule.id).map((row) => Override.parse(row)),
    hasCalendarAddress: schedule.calendarHash !== null,
  }));
}

/** Loads one schedule. @throws DomainError "not-found" */
export async function loadSchedule(
  ctx: Context,
  scheduleId: string,
  span: Omit<Wanted, "where">,
): Promise<StoredSchedule> {
  const [schedule] = await loadSchedules(ctx, { ...span, where: eq(schedules.id, scheduleId) });
  if (!schedule) throw noSchedule();
  return schedule;
}

/** Returns the condition that limits changes to this schedule in this workspace, unless it is archived. */
export function liveSchedule(ctx: Context, scheduleId: string) {
  return and(
    eq(schedules.id, scheduleId),
    eq(schedules.workspaceId, ctx.actor.workspaceId),
    isNull(schedules.archivedAt),
  );
}

export function noSchedule(): DomainError {
  return new DomainError("not-found", "Schedule not found. See On call, Schedules for a list.");
}
