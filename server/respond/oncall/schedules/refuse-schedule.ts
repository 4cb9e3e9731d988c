import { and, eq, isNull } from "drizzle-orm";
import { Temporal } from "temporal-polyfill";
import { schedules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { requirePeople } from "../../../platform/teams/people/find-people.ts";
import { noTeam } from "../../../platform/teams/queries.ts";
import { findTeam } from "../../../platform/teams/team-of.ts";
import type { ScheduleLayer } from "./contract.ts";
import type { StoredSchedule } from "./load-schedule.ts";

interface Input {
  name?: string | undefined;
  teamId?: string | null | undefined;
  layers?: ScheduleLayer[] | undefined;
}

/**
 * Refuses what cannot be a schedule: a name that another has, a team or people that are not there, a day that does not exist.
 * @throws DomainError "conflict", "not-found", "invalid"
 */
export async function refuseSchedule(ctx: Context, input: Input, scheduleId?: string): Promise<void> {
  const { workspaceId } = ctx.actor;
  if (input.teamId && !(await findTeam(ctx, input.teamId))) throw noTeam("teamId");
  for (const [index, layer] of (input.layers ?? []).entries()) {
    await requirePeople(ctx, layer.userIds, `layers.${index}.userIds`);
    refuseDay(layer.start, `layers.${index}.start`);
  }
  if (input.name === undefined) return;
  const [other] = await ctx.db
    .select({ id: schedules.id })
    .from(schedules)
    .where(and(eq(schedules.workspaceId, workspaceId), eq(schedules.name, input.name), isNull(schedules.archivedAt)));
  if (!other || other.id === scheduleId) return;
  const message = `A schedule named "${input.name}" already exists. Choose another name.`;
  throw new DomainError("conflict", message, { field: "name" });
}

function refuseDay(start: string, field: string): void {
  try {
    Temporal.PlainDateTime.from(start, { overflow: "reject" });
  } catch (cause) {
    throw new DomainError("invalid", `${start.slice(0, 10)} is not a valid date.`, { field, cause });
  }
}

/** Returns the fields of a schedule that the audit log stores. */
export function shownSchedule({ name, timeZone, team, layers }: StoredSchedule) {
  return { name, timeZone, team: team?.name ?? null, layers };
}
