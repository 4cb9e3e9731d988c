import type { Metric, Registry } from "prom-client";

export type Labels = Readonly<Record<string, string | number>>;

interface Value {
  metricName: string;
  labels: Labels;
  value: number;
  exemplar?: object;
}

interface MetricOptions {
  name: string;
  help: string;
  registry: Registry;
}

/**
 * A metric of prom-client whose numbers are stored in plain objects, one for each set of labels. The caller stores the object,
 * so that counting is an addition: prom-client sorts and joins the labels each time, which costs a microsecond.
 */
export abstract class TallyMetric<Tally extends object> {
  readonly name: string;
  readonly help: string;
  readonly aggregator = "sum";
  abstract readonly type: "counter" | "histogram";
  private readonly tallies = new Map<string, { labels: Labels; tally: Tally }>();

  constructor({ name, help, registry }: MetricOptions) {
    this.name = name;
    this.help = help;
    // The registry calls get() and reset().
    registry.registerMetric(this as unknown as Metric);
  }

  /** Returns the tally for these labels; callers should store it, because the lookup is slow. */
  of(labels: Labels): Tally {
    const key = JSON.stringify(labels);
    const known = this.tallies.get(key)?.tally ?? this.empty();
    this.tallies.set(key, { labels, tally: known });
    return known;
  }

  /** Returns the metric to prom-client. */
  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.tallies.values()].flatMap(({ labels, tally }) => this.values(labels, tally));
    return { name, help, type, aggregator, values };
  }

  /** Removes the tallies whose labels match; further counts in a removed tally are lost. */
  deleteExpired(isGone: (labels: Labels) => boolean): void {
    for (const [key, { labels }] of this.tallies) if (isGone(labels)) this.tallies.delete(key);
  }

  reset(): void {
    this.tallies.clear();
  }

  protected abstract empty(): Tally;
  protected abstract values(labels: Labels, tally: Tally): Value[];
}
