import type { WindowSum } from "#server/serve/series/window-sums.ts";
import { noTraffic } from "../metrics/traffic-values.ts";

/** Rolling sums over a window of one-minute sums: new minutes are added, expired ones subtracted. */
export class RollingSums {
  private readonly length: number;
  private readonly minutes: (WindowSum<number> | undefined)[] = [];
  private total: WindowSum<null> = { ...noTraffic, failures: {}, latencies: {} };

  constructor(length: number) {
    this.length = length;
  }

  /** Adds a minute and returns the sum of the window that ends with it. */
  push(minute: WindowSum<number> | undefined): WindowSum<null> {
    this.minutes.push(minute);
    if (minute) this.change(minute, 1);
    const expired = this.minutes.length > this.length ? this.minutes.shift() : undefined;
    if (expired) this.change(expired, -1);
    return this.total;
  }

  private change(minute: WindowSum<number>, sign: 1 | -1): void {
    const { total } = this;
    for (const name of ["windows", "requests", "queueSumMs", "computeSumMs", "cacheHits", "coalesced"] as const) {
      total[name] += sign * minute[name];
    }
    for (const name of ["failures", "latencies"] as const) {
      for (const [key, count] of Object.entries(minute[name])) {
        const left = (total[name][key] ?? 0) + sign * count;
        if (left === 0) delete total[name][key];
        else total[name][key] = left;
      }
    }
  }
}
