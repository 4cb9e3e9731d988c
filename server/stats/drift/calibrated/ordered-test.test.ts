import { expect, test } from "vitest";
import { normalFrom, seededRandom } from "../../random.ts";
import { histogramDrawer } from "../drawn-histograms.ts";
import { nullSources } from "../null-sources.ts";
import { multinomial } from "../quiet-weeks.ts";
import { histogramTest } from "./histogram-test.ts";
import { componentsOf, orderedTest } from "./ordered-test.ts";
import { quantileEdges, tally } from "./quantile-edges.ts";

test("has uncorrelated components with variance 1, whatever the ties", () => {
  const random = seededRandom(1);
  const shares = [0.5, 0.02, 0.08, 0.2, 0.15, 0.05];
  const sums = Array.from({ length: 5 }, () => new Array<number>(5).fill(0));
  const runs = 4000;
  for (let run = 0; run < runs; run += 1) {
    const scores = componentsOf(multinomial(shares, 800, random), multinomial(shares, 300, random));
    expect(scores).toHaveLength(5);
    for (const [i, a] of scores.entries())
      for (const [j, b] of scores.entries()) (sums[i] as number[])[j] = ((sums[i] as number[])[j] as number) + a * b;
  }
  for (const [i, row] of sums.entries())
    for (const [j, sum] of row.entries()) expect(Math.abs(sum / runs - (i === j ? 1 : 0))).toBeLessThan(0.09);
});

test("tells larger values from smaller ones, and has no test for a single cell", () => {
  const up = orderedTest([100, 100, 100, 100], [10, 20, 30, 40]);
  expect(up?.shift).toBeGreaterThan(3);
  expect(orderedTest([100, 100, 100, 100], [40, 30, 20, 10])?.shift).toBeCloseTo(-(up?.shift ?? 0), 9);
  expect(orderedTest([100, 0], [50, 0])).toBeUndefined();
});

test.each(["normal", "whole numbers", "half zeros"])("keeps α with PSI, %s", (name) => {
  const source = nullSources.find((each) => each.name === name);
  if (source?.kind !== "numeric") throw new Error("no source");
  const random = seededRandom(2);
  const draw = histogramDrawer(source, { reference: 5000, current: 300 });
  const runs = 1800;
  let alarms = 0;
  for (let run = 0; run < runs; run += 1)
    if (histogramTest({ ...draw(random), alpha: 0.01, seed: String(run) }).isDrift) alarms += 1;
  expect(alarms / runs / 0.01).toBeGreaterThan(0.5);
  expect(alarms / runs / 0.01).toBeLessThan(1.5);
});

test("finds twice as many shifts of 0.2 standard deviations as PSI alone, at 3,000 and 300 rows", () => {
  const random = seededRandom(3);
  const runs = 250;
  let [together, psiOnly] = [0, 0];
  for (let run = 0; run < runs; run += 1) {
    const sorted = Float64Array.from({ length: 3000 }, () => normalFrom(random)).sort();
    const edges = quantileEdges(sorted, 512);
    const current = Float64Array.from({ length: 300 }, () => normalFrom(random) + 0.2);
    const found = histogramTest({ reference: tally(sorted, edges), current: tally(current, edges), alpha: 0.01 });
    if (found.isDrift) together += 1;
    // χ²₉ at 1%.
    if (found.statistic / (1 / 3000 + 1 / 300) > 21.666) psiOnly += 1;
  }
  // scipy: KS 58%, Cramér–von Mises 72%, PSI 33%.
  expect(together / runs).toBeGreaterThan(0.62);
  expect(psiOnly / runs).toBeLessThan(0.42);
});
