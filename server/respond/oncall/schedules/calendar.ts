import { and, eq, isNull } from "drizzle-orm";
import ical, { ICalCalendarMethod } from "ical-generator";
import type { Database } from "#db/client.ts";
import { schedules } from "#db/schema/index.ts";
import { systemContext } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { DomainError } from "#server/base/errors.ts";
import { findPeople } from "../../../platform/teams/people/find-people.ts";
import type { Shift } from "./contract.ts";
import { loadSchedule } from "./load-schedule.ts";
import { calendarHash } from "./renew-calendar-address.ts";
import { shiftsOf } from "./shifts-of.ts";

const pastDays = 14;
const comingDays = 90;

/**
 * Returns a schedule as iCalendar (RFC 5545), from two weeks ago to three months ahead, for calendar clients that have its secret
 * instead of a session. Times are in UTC; a shift keeps its UID as long as its start and person stay the same.
 * @throws DomainError "not-found", whether the schedule or the secret is wrong
 */
export async function readCalendar(
  db: Database,
  { scheduleId, secret }: { scheduleId: string; secret: string },
  publicUrl: string,
  now = new Date(),
): Promise<string> {
  const [row] = await db
    .select({ workspaceId: schedules.workspaceId })
    .from(schedules)
    .where(
      and(eq(schedules.id, scheduleId), eq(schedules.calendarHash, calendarHash(secret)), isNull(schedules.archivedAt)),
    );
  if (!row) {
    const message = "This calendar URL has been revoked. Generate a new one under On call, Schedules.";
    throw new DomainError("not-found", message);
  }
  const ctx = systemContext(db, row.workspaceId, "read-calendar");
  const span = {
    from: new Date(now.getTime() - pastDays * dayMs),
    to: new Date(now.getTime() + comingDays * dayMs),
  };
  const schedule = await loadSchedule(ctx, scheduleId, span);
  const shifts = shiftsOf(schedule, schedule.overrides, span);
  const people = await findPeople(
    ctx,
    shifts.map(({ userId }) => userId),
  );
  const calendar = ical({
    name: `On call: ${schedule.name}`,
    prodId: { company: "Leeway", product: "Leeway", language: "EN" },
    method: ICalCalendarMethod.PUBLISH,
    ttl: 3600,
  });
  for (const shift of shifts) {
    const name = people.get(shift.userId)?.name ?? "someone";
    calendar.createEvent({
      id: `${scheduleId}-${identityOf(shift, span)}-${shift.userId}@leeway`,
      start: shift.from,
      end: shift.to,
      stamp: now,
      summary: `${name} is on call (${schedule.name})`,
      description: shift.overrideId ? "An override" : shift.layer,
      url: `${publicUrl}/on-call/schedules/${scheduleId}`,
    });
  }
  return calendar.toString();
}

/** Identifies a shift by its start, or by its end if the calendar's start cuts it off, because that start moves every hour. */
function identityOf({ from, to }: Shift, span: { from: Date }): string {
  return from.getTime() === span.from.getTime() ? `to-${to.getTime()}` : String(from.getTime());
}
