const clock = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  hourCycle: "h23",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});
const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });

/** Formats the time of day of a row in UTC: "22:40:51". @param us microseconds since 1970 */
export function clockOf(us: number): string {
  return clock.format(us / 1000);
}

/** Formats the day of a row in UTC: "2 May". */
export function dayOf(us: number): string {
  return day.format(us / 1000);
}

/** Formats the time of a row in UTC: "2 May 22:41:07". */
export function momentOf(us: number): string {
  return `${dayOf(us)} ${clockOf(us)}`;
}
