import { type Labels, TallyMetric } from "./tally-metric.ts";

/** An example request of a bucket: its trace shows where the time went. */
export interface Exemplar {
  labelSet: { trace_id: string };
  value: number;
  /** Seconds since 1970. */
  timestamp: number;
}

/** Number of values in each bucket, and their sum. */
export class HistogramTally {
  sum = 0;
  /** Per bucket, not cumulative; the last one is above all bounds. */
  readonly counts: Float64Array;
  readonly bounds: readonly number[];
  /** The latest of each bucket that has one. */
  readonly exemplars: (Exemplar | undefined)[] = [];

  constructor(bounds: readonly number[]) {
    this.bounds = bounds;
    this.counts = new Float64Array(bounds.length + 1);
  }

  /**
   * Counts a value; one that equals a bound falls into the bucket below it, as in Prometheus.
   * @param traceId of a trace that is stored
   */
  observe(value: number, traceId?: string): void {
    const { bounds, counts } = this;
    let bucket = 0;
    while (bucket < bounds.length && value > (bounds[bucket] as number)) bucket += 1;
    counts[bucket] = (counts[bucket] as number) + 1;
    this.sum += value;
    if (traceId) this.exemplars[bucket] = { labelSet: { trace_id: traceId }, value, timestamp: Date.now() / 1000 };
  }
}

/** A histogram for Prometheus: `histogram.of(labels)` once, then `tally.observe(value)`. */
export class TallyHistogram extends TallyMetric<HistogramTally> {
  readonly type = "histogram";
  private readonly bounds: readonly number[];

  /** @param options.buckets upper bounds, ascending, without +Inf */
  constructor({ buckets, ...options }: ConstructorParameters<typeof TallyMetric>[0] & { buckets: readonly number[] }) {
    super(options);
    this.bounds = buckets;
  }

  protected empty(): HistogramTally {
    return new HistogramTally(this.bounds);
  }

  protected values(labels: Labels, tally: HistogramTally) {
    return histogramLines(this.name, labels, tally);
  }
}

/** Returns the lines of one histogram for Prometheus: cumulative buckets, the sum and the count. */
export function histogramLines(name: string, labels: Labels, { bounds, counts, sum, exemplars }: HistogramTally) {
  let total = 0;
  const buckets = Array.from(counts, (count, index) => {
    total += count;
    const exemplar = exemplars[index];
    const line = { metricName: `${name}_bucket`, labels: { le: bounds[index] ?? "+Inf", ...labels }, value: total };
    return exemplar ? { ...line, exemplar } : line;
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: total },
  ];
}
