import { eq, isNull } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { OnCallPerson } from "../../../platform/teams/people/contract.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import { teamOf } from "../../../platform/teams/team-of.ts";
import { loadSchedules, type StoredSchedule } from "./load-schedule.ts";
import { type Turn, turnAt } from "./turn-at.ts";

/** Scope of a search for people on call: one schedule, the schedules of a team (null: those without one), or of an endpoint's owner. */
export type OnCallOf = { scheduleId: string } | { teamId: string | null } | { endpointId: string };

/**
 * Finds who is on call at a moment, or next on call. A team has its own schedules; without a team, or for a team without schedules, those
 * without a team apply. Excludes disabled users.
 * @returns an empty list where no one is on call; each person once
 */
export async function findOnCall(
  ctx: Context,
  of: OnCallOf,
  at: Date,
  who: "on-call" | "second" = "on-call",
): Promise<OnCallPerson[]> {
  const stored = await schedulesOf(ctx, of, at);
  const turns = stored.flatMap((schedule) => {
    const { current, next } = turnAt(schedule, schedule.overrides, at);
    const turn = who === "on-call" ? current : next;
    return turn ? [turn] : [];
  });
  return reachable(ctx, turns);
}

/** Returns the schedules responsible for a target, without archived ones. */
async function schedulesOf(ctx: Context, of: OnCallOf, at: Date): Promise<StoredSchedule[]> {
  if ("scheduleId" in of) return loadSchedules(ctx, { where: eq(schedules.id, of.scheduleId), from: at });
  const teamId = "teamId" in of ? of.teamId : ((await teamOf(ctx, of))?.id ?? null);
  const own = teamId ? await loadSchedules(ctx, { where: eq(schedules.teamId, teamId), from: at }) : [];
  return own.length > 0 ? own : loadSchedules(ctx, { where: isNull(schedules.teamId), from: at });
}

async function reachable(ctx: Context, turns: Turn[]): Promise<OnCallPerson[]> {
  const people = await findPeople(
    ctx,
    turns.map(({ userId }) => userId),
  );
  const found = new Map<string, OnCallPerson>();
  for (const { userId, to } of turns) {
    const person = people.get(userId);
    if (!person || person.isDisabled || found.has(userId)) continue;
    found.set(userId, { userId, name: person.name, email: person.email, until: to });
  }
  return [...found.values()];
}
