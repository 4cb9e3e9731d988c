import { dayMs, hourMs, minuteMs } from "#server/base/durations.ts";

/**
 * Describes when a scheduled job runs: every few minutes, once an hour, or once a day.
 * @param cron five fields in UTC, of which the last three are stars
 */
export function describeCron(cron: string): { text: string; everyMs: number } {
  const [minute = "*", hour = "*"] = cron.split(" ");
  if (minute === "*") return { text: "every minute", everyMs: minuteMs };
  if (minute.startsWith("*/")) {
    const minutes = Number(minute.slice(2));
    return { text: `every ${minutes} minutes`, everyMs: minutes * minuteMs };
  }
  const at = minute.padStart(2, "0");
  if (hour === "*") return { text: `hourly at :${at}`, everyMs: hourMs };
  return { text: `daily at ${hour.padStart(2, "0")}:${at} UTC`, everyMs: dayMs };
}
