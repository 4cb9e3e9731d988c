import { expect, test } from "vitest";
import { wilsonInterval } from "../proportion.ts";
import { seededRandom } from "../random.ts";
import { binomialFrom, poissonFrom } from "../random-counts.ts";
import { bootstrapOfCounts, bootstrapOfSums, percentileInterval } from "./bootstrap.ts";
import { clickThrough } from "./click-through.ts";
import { poissonTables } from "./poisson-tables.ts";

test("draws Poisson counts with their mean and variance, from tables and beyond", () => {
  const means = [0, 1, 7, 300, 1_999, 5_000];
  const draw = poissonTables(means);
  const random = seededRandom(3);
  const draws = 20_000;
  means.forEach((mean, cell) => {
    const values = Float64Array.from({ length: draws }, () => draw(cell, random));
    const own = values.reduce((sum, value) => sum + value, 0) / draws;
    const variance = values.reduce((sum, value) => sum + (value - own) ** 2, 0) / draws;
    expect(Math.abs(own - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean / draws));
    expect(Math.abs(variance - mean)).toBeLessThanOrEqual(0.06 * mean);
  });
  const chances = new Float64Array(4);
  for (let at = 0; at < draws; at += 1) {
    const count = draw(1, random);
    if (count < 4) chances[count] = (chances[count] as number) + 1 / draws;
  }
  // e⁻¹, e⁻¹, e⁻¹/2 and e⁻¹/6.
  [0.3679, 0.3679, 0.1839, 0.0613].forEach((chance, at) => {
    expect(chances[at]).toBeCloseTo(chance, 1.8);
  });
});

test("gives a share the same interval from counts, from sums and by Wilson", () => {
  for (const rows of [1_500, 60_000]) {
    const hits = Math.round(0.3 * rows);
    const [counted] = bootstrapOfCounts([hits, rows - hits], 1, ([a, b], into) => {
      into[0] = (a as number) / ((a as number) + (b as number));
    });
    const marks = Float64Array.from({ length: rows }, (_, row) => (row < hits ? 1 : 0));
    const [summed] = bootstrapOfSums([marks, new Float64Array(rows).fill(1)], 1, ([a, b], into) => {
      into[0] = (a as number) / (b as number);
    });
    const wilson = wilsonInterval({ share: hits / rows, count: rows });
    const width = wilson.high - wilson.low;
    for (const band of [counted, summed]) {
      expect(Math.abs((band?.low ?? 0) - wilson.low)).toBeLessThan(0.1 * width);
      expect(Math.abs((band?.high ?? 0) - wilson.high)).toBeLessThan(0.1 * width);
    }
  }
});

test("repeats an interval by its seed, and has none without rows or where the metric is mostly undefined", () => {
  const of = (seed: number) =>
    bootstrapOfCounts(
      [40, 60],
      1,
      ([a, b], into) => {
        into[0] = (a as number) / (b as number);
      },
      { seed },
    );
  expect(of(4)).toEqual(of(4));
  expect(of(4)).not.toEqual(of(5));
  expect(bootstrapOfCounts([0, 0], 2, () => {})).toEqual([null, null]);
  expect(bootstrapOfSums([[1]], 1, () => {})).toEqual([null]);
  expect(percentileInterval(Float64Array.of(1, Number.NaN), 0.95)).toBeNull();
  expect(
    percentileInterval(
      Float64Array.from({ length: 100 }, (_, at) => (at < 5 ? Number.NaN : at)),
      0.9,
    ),
  ).toEqual({
    low: 9,
    high: 95,
  });
  expect(() => bootstrapOfCounts([Number.NaN], 1, () => {})).toThrow("Rows of cells must be counts");
  expect(() => bootstrapOfCounts([0.5], 1, () => {})).toThrow("whole numbers");
  expect(() => bootstrapOfSums([[1, Number.NaN]], 1, () => {})).toThrow("Sums must be finite numbers.");
});

test("covers the rate of clumped rows by clusters, where Wilson's interval of rows does not", () => {
  const random = seededRandom(17);
  const rounds = 400;
  const people = 150;
  const rate = 0.2;
  const covered = { wilson: 0, clustered: 0, bootstrap: 0 };
  for (let round = 0; round < rounds; round += 1) {
    // A person clicks half of the time or never; the numbers of impressions differ.
    const lists = Array.from({ length: people }, () => {
      const impressions = 1 + poissonFrom(9, random);
      const clicks = random() < 0.4 ? binomialFrom(impressions, 0.5, random) : 0;
      return { clicks, impressions };
    });
    const { interval, clustered } = clickThrough(lists);
    const [bootstrap] = bootstrapOfSums(
      [lists.map(({ clicks }) => clicks), lists.map(({ impressions }) => impressions)],
      1,
      ([clicks, impressions], into) => {
        into[0] = (clicks as number) / (impressions as number);
      },
      { resamples: 400, seed: round },
    );
    const holds = (band: { low: number; high: number } | null | undefined) =>
      band && band.low <= rate && rate <= band.high ? 1 / rounds : 0;
    covered.wilson += holds(interval);
    covered.clustered += holds(clustered?.interval);
    covered.bootstrap += holds(bootstrap);
  }
  expect(covered.wilson).toBeLessThan(0.8);
  for (const share of [covered.clustered, covered.bootstrap]) {
    expect(share).toBeGreaterThan(0.915);
    expect(share).toBeLessThan(0.98);
  }
});
