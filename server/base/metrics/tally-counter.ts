import { type Labels, TallyMetric } from "./tally-metric.ts";

/** A count that only grows. */
export interface CountTally {
  count: number;
}

/** A counter for Prometheus: `counter.of(labels)` once, then `tally.count += 1`. */
export class TallyCounter extends TallyMetric<CountTally> {
  readonly type = "counter";

  protected empty(): CountTally {
    return { count: 0 };
  }

  protected values(labels: Labels, { count }: CountTally) {
    return [{ metricName: this.name, labels, value: count }];
  }
}
