import { eq, isNull } from "drizzle-orm";
import { schedules } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { OnCallPerson } from "../../../platform/teams/people/contract.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import { teamOf } from "../../../platform/teams/team-of.ts";
import { loadSchedules, type StoredSchedule } from "./load-schedule.ts";
import { type Turn, turnAt } from "./turn-at.ts";

/** What somebody is looked for: one schedule, the schedules of a team (null: those of no team), or what answers for an endpoint. */
export type OnCallOf = { scheduleId: string } | { teamId: string | null } | { endpointId: string };

/**
 * Who is on call at a moment, or who comes after them. A team is its schedules; what has no team, or a team without schedules, has those
 * that belong to no team. People who may not sign in any more are left out.
 * @returns nobody where nobody is; each person once
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

/** The schedules that answer for something, without those that are archived. */
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
