import { dayMs } from "#server/base/durations.ts";

const dayFormat = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" });

/** Formats when labels are due: "14:05 UTC" within a day, else "5 June". Milliseconds since 1970. */
export function formatWhen(at: number, now: number): string {
  const date = new Date(at);
  if (at - now < dayMs) return `${date.toISOString().slice(11, 16)} UTC`;
  return dayFormat.format(date);
}
