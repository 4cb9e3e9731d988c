import { expect, test } from "vitest";
import { addTo, countOf, type Histogram } from "#server/stats/histogram.ts";
import { bandsOf, countByBand, endsOf } from "./latency-bands.ts";

const histogramOf = (values: readonly number[]): Histogram => {
  const histogram: Histogram = {};
  for (const value of values) addTo(histogram, value);
  return histogram;
};

test("each value is in the band whose ends it lies between, and none is lost", () => {
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

test("bands lie next to each other, and there are at most 48 of them whatever the spread", () => {
  const bands = bandsOf([histogramOf([0.001, 1e9])]);
  expect(bands.count).toBeLessThanOrEqual(49);
  for (let band = 1; band < bands.count; band += 1) {
    expect(endsOf(bands, band).fromMs).toBeCloseTo(endsOf(bands, band - 1).toMs, 12);
  }
  expect(bandsOf([]).count).toBe(0);
});
