import { describe, expect, test } from "vitest";
import { seededRandom } from "#server/stats/random.ts";
import { countNotAboveZero, pictureOf, thinBand, valueExtent } from "./picture.ts";
import type { BandPoint, Point, Series } from "./prepare.ts";

/** Generates a realistic run: long or short, with spikes, gaps, NaN and uneven steps, with or without a band. */
function anySeries(seed: number): Series {
  const random = seededRandom(seed);
  const points: Point[] = [];
  const band: BandPoint[] = [];
  const length = Math.floor(random() * 3000);
  const withBand = random() < 0.5;
  let at = 0;
  for (let index = 0; index < length; index += 1) {
    at += 1 + Math.floor(random() * 5);
    const spike = random() < 0.002 ? (random() - 0.5) * 1e4 : 0;
    const value = random() < 0.02 ? (random() < 0.5 ? null : Number.NaN) : random() * 2 - 0.5 + spike;
    points.push({ at, value });
    if (withBand && value !== null && Number.isFinite(value))
      band.push({ at, low: value - random(), high: value + random() * 3 });
  }
  return { id: "loss", label: "loss", points, band: withBand ? band : undefined };
}

function dataExtent({ points, band = [] }: Series, log: boolean): { low: number; high: number } | undefined {
  const values = [...points.map(({ value }) => value), ...band.flatMap(({ low, high }) => [low, high])].filter(
    (value): value is number => value !== null && Number.isFinite(value) && (!log || value > 0),
  );
  return values.length === 0 ? undefined : { low: Math.min(...values), high: Math.max(...values) };
}

describe("extremes of the picture and of the data", () => {
  for (const [name, options] of Object.entries({
    plain: { width: 340 },
    "very narrow": { width: 20 },
    smoothed: { width: 340, smoothing: 0.9 },
    logarithmic: { width: 340, log: true },
  })) {
    test(`in 300 random runs, ${name}`, () => {
      for (let seed = 1; seed <= 300; seed += 1) {
        const series = anySeries(seed);
        expect(valueExtent([pictureOf(series, options)]), `seed ${seed}`).toEqual(dataExtent(series, "log" in options));
      }
    });
  }
});

test("draws at most two points per pixel, and breaks the band at a gap in the line", () => {
  const points = Array.from({ length: 50_000 }, (_, at): Point => ({ at, value: at % 7 }));
  expect(pictureOf({ id: "a", label: "a", points }, { width: 300 }).points.length).toBeLessThanOrEqual(600);
  const broken = {
    id: "a",
    label: "a",
    points: [0, 1, 2].map((at) => ({ at, value: at === 1 ? null : 1 })),
    band: [0, 2].map((at) => ({ at, low: 0, high: 2 })),
  };
  expect(pictureOf(broken, { width: 300 }).bands.map((piece) => piece.map(({ at }) => at))).toEqual([[0], [2]]);
});

test("keeps the raw line behind a smoothed one", () => {
  const points = [0, 10, 0].map((value, at) => ({ at, value }));
  const { raw, points: line } = pictureOf({ id: "a", label: "a", points }, { width: 300, smoothing: 0.6 });
  expect(raw).toEqual(points);
  expect(line[1]?.value).toBeCloseTo(6.25);
});

test("keeps every spike in a thinned band", () => {
  const band = Array.from({ length: 1000 }, (_, at) => ({ at, low: at === 501 ? -9 : 0, high: at === 502 ? 9 : 1 }));
  const thinned = thinBand(band, 10);
  expect(thinned).toHaveLength(10);
  expect([Math.min(...thinned.map(({ low }) => low)), Math.max(...thinned.map(({ high }) => high))]).toEqual([-9, 9]);
});

test("counts values that a logarithmic axis cannot show", () => {
  const points = [1, 0, -2, null, Number.NaN].map((value, at) => ({ at, value }));
  expect(countNotAboveZero([{ id: "a", label: "a", points }])).toBe(2);
});
