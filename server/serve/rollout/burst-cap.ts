import { minuteMs } from "#server/base/durations.ts";

/**
 * Maximum number of events that one client may add to one metric in one minute, in both arms together. Otherwise an outage or a faulty
 * client would outweigh all others (docs/spec/sequential-analysis.md section 2, A8). The limit is this high because evidence is
 * complete long before: a doubled rate at a weight of 10% shows after a hundred events. A lower limit would hide from the floors how
 * badly the only client of a busy endpoint is served.
 */
export const maxEventsPerMinute = 10_000;

/** Holds events to a number per client, metric and minute. Whether one counts never depends on its arm. */
export class BurstCap {
  private minute = 0;
  private readonly counts = new Map<string, number>();

  /** Counts an event. @param now in milliseconds, on any monotonic clock. @returns whether the event still counts */
  takes(client: string, metric: string, now: number): boolean {
    const minute = Math.floor(now / minuteMs);
    if (minute !== this.minute) {
      this.minute = minute;
      this.counts.clear();
    }
    const key = `${metric} ${client}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return count <= maxEventsPerMinute;
  }
}
