import { minuteMs } from "#server/base/durations.ts";

/** Fields of a time, by the name that CEL's methods have for them. Months, days of month and days of year count from 0, dates from 1. */
export const timeParts = {
  getFullYear: (local: Date) => local.getUTCFullYear(),
  getMonth: (local: Date) => local.getUTCMonth(),
  getDate: (local: Date) => local.getUTCDate(),
  getDayOfMonth: (local: Date) => local.getUTCDate() - 1,
  getDayOfWeek: (local: Date) => local.getUTCDay(),
  getDayOfYear: (local: Date) => Math.floor((local.getTime() - startOfYear(local)) / (24 * 60 * minuteMs)),
  getHours: (local: Date) => local.getUTCHours(),
  getMinutes: (local: Date) => local.getUTCMinutes(),
  getSeconds: (local: Date) => local.getUTCSeconds(),
  getMilliseconds: (local: Date) => local.getUTCMilliseconds(),
};

/**
 * The wall clock of a zone, as a date whose UTC fields are its fields. The fields of @bufbuild/cel 0.6.1 depend on the zone of the process:
 * where that skips an hour in spring, it returns the next.
 * @param zone an IANA name or a distance such as +02:00; UTC without one
 */
export function wallClock(at: Date, zone: string | undefined): Date {
  if (zone === undefined) return at;
  const distance = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (distance) {
    const [, sign, hours, minutes] = distance;
    const minutesAhead = (Number(hours) * 60 + Number(minutes)) * (sign === "-" ? -1 : 1);
    return new Date(at.getTime() + minutesAhead * minuteMs);
  }
  const fields = new Map(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const field = (type: Intl.DateTimeFormatPartTypes) => fields.get(type) ?? 0;
  const local = new Date(0);
  local.setUTCFullYear(field("year"), field("month") - 1, field("day"));
  local.setUTCHours(field("hour"), field("minute"), field("second"), at.getUTCMilliseconds());
  return local;
}

function startOfYear(local: Date): number {
  return new Date(0).setUTCFullYear(local.getUTCFullYear(), 0, 1);
}

/** There are some 600 zones, and a format takes 50 µs to make. */
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  formats.set(zone, format);
  return format;
}
