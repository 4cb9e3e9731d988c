import { type Labels, TallyMetric } from "./tally-metric.ts";

/** How many values lie in each bucket, and their sum. */
export class HistogramTally {
  sum = 0;
  /** Per bucket, not cumulative; the last one is above all bounds. */
  readonly counts: Float64Array;
  private readonly bounds: readonly number[];

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /** Counts a value; one that equals a bound is in the bucket below it, as Prometheus has it. */
  observe(value: number): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sum += value;
  }
}

/** A histogram for Prometheus: `histogram.of(labels)` once, then `tally.observe(value)`. */
export class TallyHistogram extends TallyMetric<HistogramTally> {
  readonly type = "histogram";
  private readonly bounds: readonly number[];

  /** @param options.buckets upper bounds, rising, without +Inf */
  constructor({ buckets, ...options }: ConstructorParameters<typeof TallyMetric>[0] & { buckets: readonly number[] }) {
    super(options);
    this.bounds = buckets;
  }

  protected empty(): HistogramTally {
    return new HistogramTally(this.bounds);
  }

  protected values(labels: Labels, { counts, sum }: HistogramTally) {
    let total = 0;
    const buckets = Array.from(counts, (count, index) => {
      total += count;
      const le = this.bounds[index] ?? "+Inf";
      return { metricName: `${this.name}_bucket`, labels: { le, ...labels }, value: total };
    });
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: total },
    ];
  }
}
