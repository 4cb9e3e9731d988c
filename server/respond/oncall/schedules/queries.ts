import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { personOf } from "#server/platform/identity/person-of.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { findPeople, type Person } from "../../../platform/teams/people/find-people.ts";
import {
  GetSchedule,
  type OnCallNow,
  type OwnShift,
  PreviewSchedule,
  type Schedule,
  type ScheduleSummary,
  type Timeline,
} from "./contract.ts";
import { currentShift } from "./current-shift.ts";
import { loadSchedule, loadSchedules, type StoredSchedule } from "./load-schedule.ts";
import { midnightOf } from "./local-time.ts";
import { readTimeline, spanOf } from "./read-timeline.ts";
import { scheduleWarnings } from "./schedule-warnings.ts";
import { shiftsOf } from "./shifts-of.ts";
import { gapsOf } from "./spans.ts";
import { type Turn, turnAt } from "./turn-at.ts";

/** Lists every schedule that is not archived, by name, with who is on call now and next, and the gaps of the next four weeks. */
export async function listSchedules(ctx: Context, now = new Date()): Promise<ScheduleSummary[]> {
  permit(ctx, "listSchedules");
  const stored = await loadSchedules(ctx, { from: now });
  const people = await peopleOf(ctx, stored);
  return stored.map((schedule) => summaryOf(schedule, people, now));
}

/** Returns a schedule with its shifts in a time range, two weeks from now by default. @throws DomainError "not-found" */
export async function getSchedule(ctx: Context, input: GetSchedule, now = new Date()): Promise<Schedule> {
  permit(ctx, "getSchedule");
  return readSchedule(ctx, input, now);
}

/** Reads a schedule for commands, which check their own permissions. @throws DomainError "not-found" */
export async function readSchedule(ctx: Context, input: GetSchedule, now = new Date()): Promise<Schedule> {
  const { scheduleId, ...query } = GetSchedule.parse(input);
  const span = spanOf(query, now);
  const stored = await loadSchedule(ctx, scheduleId, { from: span.from < now ? span.from : now });
  const summary = summaryOf(stored, await peopleOf(ctx, [stored]), now);
  const { layers, overrides, hasCalendarAddress } = stored;
  return { ...summary, layers, overrides, hasCalendarAddress, timeline: await readTimeline(ctx, stored, span, now) };
}

/** Previews a schedule with these layers, and with its existing overrides; saves nothing. @throws DomainError "not-found" */
export async function previewSchedule(ctx: Context, input: PreviewSchedule, now = new Date()): Promise<Timeline> {
  permit(ctx, "previewSchedule");
  const { scheduleId, timeZone, layers, from = midnightOf(now, timeZone), to } = PreviewSchedule.parse(input);
  const span = spanOf({ from, to }, now);
  const saved = scheduleId ? await loadSchedule(ctx, scheduleId, { from: span.from < now ? span.from : now }) : null;
  return readTimeline(ctx, { timeZone, layers, overrides: saved?.overrides ?? [] }, span, now);
}

/** Lists who is on call now in every schedule; visible to anyone who may read alerts. */
export async function listOnCallNow(ctx: Context, now = new Date()): Promise<OnCallNow[]> {
  permit(ctx, "listOnCallNow");
  const stored = await loadSchedules(ctx, { from: now });
  const people = await peopleOf(ctx, stored);
  return stored.map((schedule) => {
    const { id, name, team, ...turns } = summaryOf(schedule, people, now);
    return { scheduleId: id, schedule: name, team: team?.name ?? null, now: turns.now, next: turns.next };
  });
}

/** Returns the caller's current shift; null while they are not on call. */
export async function ownShift(ctx: Context, now = new Date()): Promise<OwnShift | null> {
  permit(ctx, "ownShift");
  const userId = await personOf(ctx);
  const shift = userId ? await currentShift(ctx, { userId }, now) : null;
  return shift && { schedule: shift.schedule, scheduleId: shift.scheduleId, until: shift.until };
}

function peopleOf(ctx: Context, stored: StoredSchedule[]): Promise<Map<string, Person>> {
  const ids = stored.flatMap(({ layers, overrides }) => [
    ...layers.flatMap(({ userIds }) => userIds),
    ...overrides.map(({ userId }) => userId),
  ]);
  return findPeople(ctx, ids);
}

function summaryOf(stored: StoredSchedule, people: Map<string, Person>, now: Date): ScheduleSummary {
  const { current, next } = turnAt(stored, stored.overrides, now);
  const ahead = { from: now, to: new Date(now.getTime() + 28 * dayMs) };
  const coming = shiftsOf(stored, stored.overrides, ahead);
  const absent = new Set(coming.map(({ userId }) => people.get(userId)).filter((person) => person?.isDisabled));
  const person = (turn: Turn | null) => {
    const found = turn && people.get(turn.userId);
    return found && !found.isDisabled
      ? { userId: found.userId, name: found.name, email: found.email, from: turn.from, until: turn.to }
      : null;
  };
  return {
    id: stored.id,
    name: stored.name,
    timeZone: stored.timeZone,
    team: stored.team,
    now: person(current),
    next: person(next),
    warnings: scheduleWarnings({
      timeZone: stored.timeZone,
      gaps: gapsOf(coming, ahead),
      disabled: [...absent].map((each) => each?.name ?? ""),
    }),
  };
}
