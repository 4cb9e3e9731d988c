import { expect, test } from "vitest";
import { addTo, countOf, type Histogram } from "#server/stats/histogram.ts";
import { bandsOf, countByBand, endsOf } from "./latency-bands.ts";

const histogramOf = (values: readonly number[]): Histogram => {
  const histogram: Histogram = {};
  for (const value of values) addTo(histogram, value);
  return histogram;
};

test("puts each value into the band that contains it, and loses none", () => {
  const values = [0.4, 3, 3.1, 12, 47, 48, 900, 12_000];
  const bands = bandsOf(values.map((value) => histogramOf([value])));
  for (const value of values) {
    const counts = countByBand(histogramOf([value]), bands);
    const { fromMs, toMs } = endsOf(bands, counts.indexOf(1));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1);
    expect(value).toBeGreaterThan(fromMs * 0.999);
    expect(value).toBeLessThanOrEqual(toMs * 1.001);
  }
  const all = histogramOf(values);
  expect(countByBand(all, bands).reduce((sum, count) => sum + count, 0)).toBe(countOf(all));
});

test("builds at most 48 adjacent bands for any range", () => {
  const bands = bandsOf([histogramOf([0.001, 1e9])]);
  expect(bands.count).toBeLessThanOrEqual(49);
  for (let band = 1; band < bands.count; band += 1) {
    expect(endsOf(bands, band).fromMs).toBeCloseTo(endsOf(bands, band - 1).toMs, 12);
  }
  expect(bandsOf([]).count).toBe(0);
});
