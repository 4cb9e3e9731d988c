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
 * A metric of prom-client whose numbers are kept by plain objects, one for each set of labels. Whoever counts keeps the object,
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
    // What the registry calls is get() and reset().
    registry.registerMetric(this as unknown as Metric);
  }

  /** What counts for these labels, to be kept: finding it is slow. */
  of(labels: Labels): Tally {
    const key = JSON.stringify(labels);
    const known = this.tallies.get(key)?.tally ?? this.empty();
    this.tallies.set(key, { labels, tally: known });
    return known;
  }

  /** What prom-client asks for. */
  async get(): Promise<object> {
    const { name, help, type, aggregator } = this;
    const values = [...this.tallies.values()].flatMap(({ labels, tally }) => this.values(labels, tally));
    return { name, help, type, aggregator, values };
  }

  /** Leaves out, from now on, what was counted for labels of which this is true; who still counts there counts for nobody. */
  deleteExpired(isGone: (labels: Labels) => boolean): void {
    for (const [key, { labels }] of this.tallies) if (isGone(labels)) this.tallies.delete(key);
  }

  reset(): void {
    this.tallies.clear();
  }

  protected abstract empty(): Tally;
  protected abstract values(labels: Labels, tally: Tally): Value[];
}
