import { Temporal } from "temporal-polyfill";
import type { Period } from "../../objectives/contract.ts";

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Returns the time zone for an SLO's times: that of its calendar, else UTC. */
export function zoneOf(period: Period): string {
  return period.kind === "calendar" ? period.timeZone : "UTC";
}

/** Formats "9 May". */
export function formatDay(at: number, timeZone: string): string {
  const { day, month } = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);
  return `${day} ${months[month - 1]}`;
}

/** Formats "17:40". */
export function formatClock(at: number, timeZone: string): string {
  const { hour, minute } = Temporal.Instant.fromEpochMilliseconds(Math.floor(at)).toZonedDateTimeISO(timeZone);
  return `${String(hour).padStart(2, "0")}:${String(minute).padStart(2, "0")}`;
}

/** Formats "today 17:40 UTC", "tomorrow 03:12 UTC", "9 May 03:12 UTC"; the zone is shown only for UTC. */
export function formatMoment(at: number, now: number, timeZone: string): string {
  const date = (of: number) =>
    Temporal.Instant.fromEpochMilliseconds(Math.floor(of)).toZonedDateTimeISO(timeZone).toPlainDate();
  const days = date(now).until(date(at), { largestUnit: "days" }).days;
  const day = days === 0 ? "today" : days === 1 ? "tomorrow" : formatDay(at, timeZone);
  return `${day} ${formatClock(at, timeZone)}${timeZone === "UTC" ? " UTC" : ""}`;
}
