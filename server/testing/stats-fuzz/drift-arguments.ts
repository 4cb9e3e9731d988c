import { minuteSums } from "#server/stats/burn-rate/minute-sums.ts";
import { fitSeasons } from "#server/stats/drift/seasons/fit-seasons.ts";
import { fitShareSeasons } from "#server/stats/drift/seasons/share-seasons.ts";
import { fitWeekEffects } from "#server/stats/drift/seasons/week-effects.ts";
import { addTo } from "#server/stats/histogram.ts";

type Random = () => number;

const hourMs = 3_600_000;
const monday = Date.UTC(2026, 0, 5);
const cells = 4;

const oneOf = <T>(random: Random, ...of: T[]): T => of[Math.floor(random() * of.length)] as T;
const listOf = <T>(length: number, make: (at: number) => T): T[] => Array.from({ length }, (_, at) => make(at));

/** Starts of windows in time order: hours, days or weeks in a row, or all at once. */
function drawnTimes(random: Random, length: number): number[] {
  const step = oneOf(random, 0, hourMs, 24 * hourMs, 168 * hourMs);
  return listOf(length, (at) => monday + at * step);
}

/** Counts by cell: nothing, everything in one cell, few or many. */
function drawnCounts(random: Random, most = 1e9): number[] {
  const scale = oneOf(random, 0, 1, 50, 5000, most);
  const only = random() < 0.3 ? 0 : undefined;
  return listOf(cells, (cell) => (only === undefined || cell === only ? Math.floor(random() * (scale + 1)) : 0));
}

function drawnWindows(random: Random) {
  const same = random() < 0.2 ? [5, 0, 5, 0] : undefined;
  return drawnTimes(random, oneOf(random, 0, 9, 10, 40)).map((at) => ({ at, counts: same ?? drawnCounts(random) }));
}

function drawnShares(random: Random) {
  const share = oneOf(random, 0, 1e-9, random(), 1);
  return drawnTimes(random, oneOf(random, 0, 9, 10, 200)).map((at) => {
    const rows = oneOf(random, 0, 1, 300, 1e9);
    return { at, rows, hits: Math.round(share * rows) };
  });
}

function fittedSeasons(random: Random) {
  const times = drawnTimes(random, 40);
  const idle = random() < 0.3;
  const counts = () => (idle ? [7, 0, 0, 0] : drawnCounts(random));
  const windows = times.map((at) => ({ at, counts: counts().map((count) => count + (idle ? 0 : 1)) }));
  const seasons = fitSeasons(windows, random() < 0.5);
  if (!seasons) throw new Error("40 windows with rows are enough.");
  return seasons;
}

/** Shares of cells, above 0, that add up to 1. */
function positiveShares(random: Random, length: number): Float64Array {
  const shares = listOf(length, () => oneOf(random, 1e-9, random(), 1));
  const all = shares.reduce((sum, share) => sum + share, 0);
  return Float64Array.from(shares, (share) => share / all);
}

function observedShares(random: Random, length: number): Float64Array {
  const only = Math.floor(random() * length);
  return random() < 0.5
    ? positiveShares(random, length)
    : Float64Array.from({ length }, (_, cell) => (cell === only ? 1 : 0));
}

const drawnTime = (random: Random) => oneOf(random, null, 0, -1, monday + Math.floor(random() * 1e6) * hourMs);
const drawnAlpha = (random: Random) => oneOf(random, 1e-9, 1e-4, 0.05);

function drawnHistogram(random: Random) {
  const histogram = {};
  const values = oneOf(random, 0, 1, 20, 2000);
  for (let value = 0; value < values; value += 1) addTo(histogram, oneOf(random, 0, 1e12, random() * 100));
  return histogram;
}

/** Rows of a window and a reference, both enough for a verdict; a single value of the window may have all of its rows. */
function drawnUnseen(random: Random) {
  const [rows, referenceRows] = [oneOf(random, 50, 5000, 1e6), oneOf(random, 50, 5000, 1e6)];
  const once = Math.floor(random() * oneOf(random, 1, 10, 1000));
  return {
    unseen: oneOf(random, 0, 1, rows),
    rows,
    once: Math.min(referenceRows, once),
    twice: Math.floor((random() * (referenceRows - Math.min(referenceRows, once))) / oneOf(random, 2, 1e3, 1e9)),
    referenceRows,
    reference: [3, 40, 0],
    current: [0, 5, rows],
    alpha: drawnAlpha(random),
  };
}

/** Few different windows, whose draws are kept. */
const continuousWindow = (random: Random) =>
  oneOf(random, { referenceRows: 50, rows: 50, bins: 2 }, { referenceRows: 400, rows: 1e9, bins: 10 });

/** Minutes of some weeks: without events, with few, or with many and a silence at the end. */
function drawnMinutes(random: Random) {
  const length = Math.floor(random() * 3) * 10 * 1440;
  const most = oneOf(random, 0, 0.01, 2, 1e9);
  const silence = random() < 0.5 ? 300 : 0;
  const total = listOf(length, (at) => (at < length - silence ? Math.round(random() * most) : 0));
  return minuteSums({ good: total, total });
}

/** Arguments of functions of drift, quantiles and absence: what fits, counts and sums of the library itself give. */
export const driftArguments: Record<string, (random: Random) => unknown[]> = {
  fitSeasons: (random) => [drawnWindows(random), random() < 0.5],
  seasonalTest: (random) => [
    fittedSeasons(random),
    {
      at: drawnTime(random),
      reference: drawnCounts(random),
      current: drawnCounts(random),
      alpha: drawnAlpha(random),
    },
  ],
  expectedShares: (random) => [fittedSeasons(random), drawnCounts(random), drawnTime(random)],
  fitShareSeasons: (random) => [drawnShares(random)],
  seasonalShareTest: (random) => {
    const rows = oneOf(random, 0, 1, 300, 1e9);
    return [
      fitShareSeasons(drawnShares(random)),
      {
        at: drawnTime(random),
        hits: Math.round(oneOf(random, 0, random(), 1) * rows),
        rows,
        referenceShare: oneOf(random, 0, random(), 1),
        referenceRows: oneOf(random, 0, 1, 300, 1e9),
        alpha: drawnAlpha(random),
      },
    ];
  },
  effectAt: (random) => {
    const times = drawnTimes(random, 20);
    const deviations = times.map(() => Float64Array.of(random() - 0.5, 0));
    return [fitWeekEffects(times, deviations).effects, drawnTime(random) ?? 0];
  },
  differenceOf: (random) => {
    const length = oneOf(random, 0, 1, 2, 10);
    return [positiveShares(random, length), observedShares(random, length), random() < 0.5];
  },
  orderedShift: (random) => {
    const length = oneOf(random, 0, 1, 2, 10);
    return [positiveShares(random, length), observedShares(random, length)];
  },
  eDetector: (random) => {
    const steps = oneOf(random, 0, 1, 30);
    const value = () => oneOf(random, 0, 3, -3, 1e70, -1e70, random() - 0.5);
    const channels = listOf(oneOf(random, 0, 1, 5), () => listOf(steps, value));
    return [channels, { allowance: random(), threshold: oneOf(random, 1, 1000, 1e15) }];
  },
  continuousLine: (random) => [continuousWindow(random), drawnAlpha(random)],
  continuousPValue: (random) => [continuousWindow(random), oneOf(random, 0, 10 * random(), 1e9)],
  unseenTest: (random) => [drawnUnseen(random)],
  weightedChiSquareTail: (random) => {
    const parts = listOf(1 + Math.floor(random() * 6), () => ({
      weight: oneOf(random, 1e-9, 1, random()),
      degrees: oneOf(random, 1, 5, 1000),
    }));
    return [oneOf(random, 0, 1e-300, 10 * random(), 1e9), parts];
  },
  quantileRanks: (random) => {
    const tuning = { values: oneOf(random, 1, 1000, 1e9), alpha: drawnAlpha(random) };
    return [oneOf(random, 0, 1, 100, 1e9), oneOf(random, 0.01, 0.5, 0.999), drawnAlpha(random), tuning];
  },
  quantileDifference: (random) => [
    drawnHistogram(random),
    drawnHistogram(random),
    oneOf(random, 0.01, 0.5, 0.999),
    drawnAlpha(random),
  ],
  absence: (random) => {
    const sums = drawnMinutes(random);
    const at = Math.max(0, sums.length + oneOf(random, 0, -100, 100, 10_000));
    const left = random() < 0.3 ? new Uint8Array(sums.length).fill(1, sums.length >> 1) : undefined;
    return [sums, at, { startMinute: Math.floor(random() * 3e7), minMinutes: oneOf(random, null, 1, 5000), left }];
  },
};
