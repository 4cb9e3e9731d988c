import { AggregatorRegistry, Counter, Histogram, Registry } from "prom-client";
import { expect, test } from "vitest";
import { TallyCounter } from "./tally-counter.ts";
import { TallyHistogram } from "./tally-histogram.ts";

const buckets = [0.001, 0.01, 0.1];
const help = "Times.";
const values = [0.0005, 0.001, 0.0011, 0.05, 0.1, 7];

test("exposes the same text as the classes of prom-client", async () => {
  const [ours, theirs] = [new Registry(), new Registry()];
  const seconds = new TallyHistogram({ name: "seconds", help, buckets, registry: ours });
  const total = new TallyCounter({ name: "total", help, registry: ours });
  const options = { help, registers: [theirs] };
  const theirSeconds = new Histogram({ ...options, name: "seconds", labelNames: ["model"], buckets });
  const theirTotal = new Counter({ ...options, name: "total", labelNames: ["model", "code"] });
  for (const model of ["a", 'b "quoted"']) {
    for (const value of values) {
      seconds.of({ model }).observe(value);
      theirSeconds.observe({ model }, value);
      total.of({ model, code: 200 }).count += 1;
      theirTotal.inc({ model, code: 200 });
    }
  }
  expect(await ours.metrics()).toBe(await theirs.metrics());
});

test("sums the values of several processes", async () => {
  const registries = [new Registry(), new Registry()];
  for (const registry of registries) {
    const seconds = new TallyHistogram({ name: "seconds", help, buckets, registry }).of({ model: "a" });
    for (const value of values) seconds.observe(value);
  }
  const parts = await Promise.all(registries.map((registry) => registry.getMetricsAsJSON()));
  const text = await AggregatorRegistry.aggregate(parts).metrics();
  expect(text).toContain('seconds_bucket{le="0.01",model="a"} 6');
  expect(text).toContain('seconds_count{model="a"} 12');
});

test("returns the same counter for the same labels, until reset", async () => {
  const registry = new Registry();
  const total = new TallyCounter({ name: "total", help, registry });
  expect(total.of({ model: "a" })).toBe(total.of({ model: "a" }));
  registry.resetMetrics();
  expect(await registry.metrics()).not.toContain("model");
});
