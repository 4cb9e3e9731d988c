import { formatUnit, nbsp, noValue } from "./format.ts";

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const fields = {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZoneName: "short",
} as const;

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Formats a duration in milliseconds with at most two units: `41 µs`, `83 ms`, `2.4 s`, `7 h 28 min`, `2 d 2 h`. */
export function formatDuration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined || !Number.isFinite(ms)) return noValue;
  if (ms === 0) return `0${nbsp}ms`;
  if (ms < 0.1) return ms < 0.001 ? `< 1${nbsp}µs` : formatUnit(ms * 1000, "µs");
  if (ms < 999.5) return formatUnit(ms, "ms");
  if (ms < minute - 50) return formatUnit(Math.round(ms / 100) / 10, "s");
  if (ms < hour) return twoUnits(Math.round(ms / second), 60, "min", "s");
  if (ms < day) return twoUnits(Math.round(ms / minute), 60, "h", "min");
  return twoUnits(Math.round(ms / hour), 24, "d", "h");
}

function twoUnits(smallCount: number, perBig: number, big: string, small: string): string {
  const integer = Math.floor(smallCount / perBig);
  const rest = smallCount % perBig;
  return rest === 0 ? `${integer}${nbsp}${big}` : `${integer}${nbsp}${big} ${rest}${nbsp}${small}`;
}

function oneUnit(ms: number): string {
  if (ms < minute) return `${Math.floor(ms / second)}${nbsp}s`;
  if (ms < hour) return `${Math.floor(ms / minute)}${nbsp}min`;
  if (ms < day) return `${Math.floor(ms / hour)}${nbsp}h`;
  return `${Math.floor(ms / day)}${nbsp}d`;
}

/** Formats "26 min ago", "in 12 min"; after 7 days the date (in `timeZone`, by default the user's own). */
export function formatRelative(at: Date | number, now: Date | number, timeZone?: string): string {
  const difference = Number(now) - Number(at);
  const distance = Math.abs(difference);
  if (distance >= 7 * day) return formatDate(at, timeZone);
  if (distance < second) return "now";
  return difference > 0 ? `${oneUnit(distance)} ago` : `in ${oneUnit(distance)}`;
}

const formats = new Map<string | undefined, Intl.DateTimeFormat>();

function parts(at: Date | number, timeZone?: string) {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-GB", { ...fields, ...(timeZone ? { timeZone } : {}) });
    formats.set(timeZone, format);
  }
  const found = Object.fromEntries(format.formatToParts(at).map((part) => [part.type, part.value]));
  return { ...found, day: String(Number(found.day)), monthName: months[Number(found.month) - 1] } as Record<
    string,
    string
  >;
}

/** Formats a date as "6 May 2026". */
export function formatDate(at: Date | number, timeZone?: string): string {
  const { day, monthName, year } = parts(at, timeZone);
  return `${day} ${monthName} ${year}`;
}

/** Formats a time as "14:20", or "14:20:07" with seconds. */
export function formatClock(at: Date | number, options: { seconds?: boolean; timeZone?: string } = {}): string {
  const { hour, minute, second } = parts(at, options.timeZone);
  return options.seconds ? `${hour}:${minute}:${second}` : `${hour}:${minute}`;
}

/** Formats an end or next occurrence: "14:20", and "9 May, 14:20" on another day than `now`. */
export function formatUntil(at: Date | number, now: Date | number, timeZone?: string): string {
  const clock = formatClock(at, timeZone ? { timeZone } : {});
  if (formatDate(at, timeZone) === formatDate(now, timeZone)) return clock;
  const { day, monthName } = parts(at, timeZone);
  return `${day} ${monthName}, ${clock}`;
}

/** Formats an absolute time with its zone, for hover, copies and exports: "6 May 2026, 14:20:07 CEST". */
export function formatAbsolute(at: Date | number, timeZone?: string): string {
  const { day, monthName, year, hour, minute, second, timeZoneName } = parts(at, timeZone);
  return `${day} ${monthName} ${year}, ${hour}:${minute}:${second} ${timeZoneName}`;
}
