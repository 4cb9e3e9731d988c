import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { anomalyMetrics, anomalyRanking, countAnomalies } from "./anomaly.ts";
import { calibrationOf, multiclassCalibration } from "./calibration-metrics.ts";
import { classificationMetrics, countConfusion } from "./classification.ts";
import { clickThrough } from "./click-through.ts";
import { forecastMetrics } from "./forecast.ts";
import { groupBootstrap } from "./group-bootstrap.ts";
import { type GroupGap, type GroupShare, groupShares } from "./groups.ts";
import { normaliseTranscript } from "./normalise-transcript.ts";
import { mcNemarPValue, type PairedCells, pairedMeans, pairedShares } from "./paired.ts";
import { type ListMetrics, rankedList, rankingMetrics } from "./ranking.ts";
import { robustnessMetrics } from "./robustness.ts";
import { compareTranscripts, transcriptionMetrics } from "./transcription.ts";

interface Family<Input, Expected> {
  tolerance: number;
  cases: { name: string; input: Input; expected: Expected; library?: unknown; leeway?: unknown }[];
}

/** Reads a family of the golden vectors of labelling and evaluation. */
function goldenFamily<Input, Expected>(name: string): Family<Input, Expected> {
  const file = new URL("../labelling/golden-labelling.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { families: Record<string, Family<Input, Expected>> }).families[
    name
  ] as Family<Input, Expected>;
}

/**
 * Returns the greatest distance between numbers of two structures, by the keys of the expected one. Infinite where a number meets null,
 * a list has another length, or texts differ. @param path where it is, for the message
 */
function worstError(actual: unknown, expected: unknown, path = ""): { error: number; path: string } {
  if (typeof expected === "number" && typeof actual === "number") return { error: Math.abs(actual - expected), path };
  if (expected === null || typeof expected !== "object") {
    return { error: actual === expected ? 0 : Number.POSITIVE_INFINITY, path: `${path}: ${actual}, not ${expected}` };
  }
  if (actual === null || typeof actual !== "object") return { error: Number.POSITIVE_INFINITY, path };
  if (Array.isArray(expected) && (actual as unknown[]).length !== expected.length) {
    return { error: Number.POSITIVE_INFINITY, path: `${path}.length` };
  }
  let worst = { error: 0, path };
  for (const [key, value] of Object.entries(expected)) {
    const found = worstError((actual as Record<string, unknown>)[key], value, `${path}.${key}`);
    if (found.error > worst.error) worst = found;
  }
  return worst;
}

/** Compares every case of a family with what a function returns, and returns the worst one. */
function worstOfFamily<Input, Expected>(
  family: string,
  answer: (input: Input, expected: Expected) => unknown,
): { error: number; path: string; cases: number; tolerance: number } {
  const { cases, tolerance } = goldenFamily<Input, Expected>(family);
  let worst = { error: 0, path: "" };
  for (const { name, input, expected } of cases) {
    const found = worstError(answer(input, expected), expected, name);
    if (found.error > worst.error) worst = found;
  }
  return { ...worst, cases: cases.length, tolerance };
}

interface ClassInput {
  truth: number[];
  said: number[];
  classes: number;
  weights: number[] | null;
}

test("agrees with scikit-learn on classification", () => {
  const worst = worstOfFamily<ClassInput, unknown>("classification", ({ truth, said, classes, weights }) => {
    const confusion = countConfusion(truth, said, classes, { weights });
    const { classes: perClass, ...metrics } = classificationMetrics(confusion);
    const rows = Array.from({ length: classes }, (_, label) => [
      ...confusion.counts.subarray(label * classes, (label + 1) * classes),
    ]);
    return { ...metrics, confusion: rows, perClass };
  });
  expect(worst).toMatchObject({ cases: 13 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

type PairedCase = PairedCells | { first: number[]; second: number[] };

test("agrees with statsmodels and scipy on two versions on the same rows", () => {
  const worst = worstOfFamily<PairedCase, object>("paired", (input) => {
    const result = "first" in input ? pairedMeans(input.first, input.second) : pairedShares(input);
    const { difference, interval } = result;
    const p = "first" in input ? undefined : mcNemarPValue(input);
    return { difference, low: interval?.low ?? null, high: interval?.high ?? null, p };
  });
  expect(worst).toMatchObject({ cases: 14 });
  expect(worst.error, worst.path).toBeLessThan(1e-9);
});

type CalibrationCase = { truth: number[]; bins: number } & ({ scores: number[] } | { probabilities: number[][] });

test("agrees with TorchMetrics and scikit-learn on calibration", () => {
  const worst = worstOfFamily<CalibrationCase, unknown>("calibration", (input) => {
    if ("scores" in input) return calibrationOf(input.scores, input.truth, input.bins);
    const classes = input.probabilities[0]?.length ?? 0;
    return multiclassCalibration(input.probabilities.flat(), input.truth, classes, input.bins);
  });
  expect(worst).toMatchObject({ cases: 14 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

test("agrees with scikit-learn and trec_eval on ranking", () => {
  const named = (one: Record<keyof ListMetrics, number | null>) => ({
    ...one,
    ndcg: one.ndcgLinear,
    ndcgExponential: one.ndcgTied,
    ndcgOrder: one.ndcg,
  });
  const worst = worstOfFamily<{ lists: [number, number][][]; k: number }, unknown>("ranking", ({ lists, k }) => {
    const items = lists.map((list) => list.map(([relevance, score]) => ({ relevance, score })));
    const { mean } = rankingMetrics(items, k);
    const values = Object.fromEntries(Object.entries(mean).map(([name, { value }]) => [name, value]));
    return {
      lists: items.map((list) => named(rankedList(list, k))),
      mean: named(values as Record<keyof ListMetrics, number | null>),
    };
  });
  expect(worst).toMatchObject({ cases: 12 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

test("agrees with statsmodels and the ratio estimator on click-through", () => {
  const worst = worstOfFamily<{ lists: [number, number][] }, unknown>("click_through", ({ lists }) => {
    const { rate, interval, clustered } = clickThrough(lists.map(([clicks, impressions]) => ({ clicks, impressions })));
    return {
      rate,
      low: interval?.low ?? null,
      high: interval?.high ?? null,
      se: clustered?.standardError ?? null,
      clusteredLow: clustered?.interval.low ?? null,
      clusteredHigh: clustered?.interval.high ?? null,
      designEffect: clustered?.designEffect ?? null,
    };
  });
  expect(worst).toMatchObject({ cases: 12 });
  expect(worst.error, worst.path).toBeLessThan(1e-9);
});

test("agrees with jiwer on transcription, raw and normalised", () => {
  const worst = worstOfFamily<{ pairs: [string, string][] }, unknown>("transcription", ({ pairs }) => {
    const of = (isNormalised: boolean) => {
      const counts = pairs.map(([actual, predicted]) => compareTranscripts(actual, predicted, { isNormalised }));
      const { wer, mer, wil, wip, cer, silentInsertions, ...rest } = transcriptionMetrics(counts, { resamples: 1 });
      return {
        ...rest,
        wer: wer.value,
        mer: mer.value,
        wil: wil.value,
        wip: wip.value,
        cer: cer.value,
        wordsInEmptyReferences: silentInsertions,
      };
    };
    const normalisedTexts = pairs.map((pair) => pair.map(normaliseTranscript));
    return { raw: of(false), normalised: of(true), normalisedTexts };
  });
  expect(worst).toMatchObject({ cases: 14 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

interface RobustnessCase {
  clean: number;
  corrupted: Record<string, number[]>;
  referenceClean: number;
  referenceCorrupted: Record<string, number[]>;
}

test("agrees with plain arithmetic on robustness", () => {
  const worst = worstOfFamily<RobustnessCase, unknown>("robustness", (input) =>
    robustnessMetrics(input, { clean: input.referenceClean, corrupted: input.referenceCorrupted }),
  );
  expect(worst).toMatchObject({ cases: 12 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

interface ForecastCase {
  truth: number[];
  said: number[];
  history?: number[];
  season?: number;
  weights?: number[];
  quantiles?: Record<string, number[]>;
  interval?: [number[], number[], number];
}

test("agrees with scikit-learn and plain arithmetic on forecasts", () => {
  const worst = worstOfFamily<ForecastCase, Record<string, unknown>>("forecast", (input, expected) => {
    const { interval } = input;
    const { coverage, ...metrics } = forecastMetrics({
      actual: input.truth,
      predicted: input.said,
      weights: input.weights ?? null,
      history: input.history ?? null,
      season: input.season ?? 1,
      quantiles: input.quantiles ?? null,
      interval: interval ? { low: interval[0], high: interval[1], level: interval[2] } : null,
    });
    return {
      ...metrics,
      // What scikit-learn says where actual values are 0, which Leeway does not.
      mapeSklearn: expected.mapeSklearn,
      coverage: coverage && { ...coverage, low: coverage.interval.low, high: coverage.interval.high },
    };
  });
  expect(worst).toMatchObject({ cases: 16 });
  expect(worst.error, worst.path).toBeLessThan(1e-9);
});

interface AnomalyCase {
  truth: number[];
  score: number[];
  threshold: number;
  before: number;
}

test("agrees with scikit-learn and plain counting on anomalies", () => {
  const worst = worstOfFamily<AnomalyCase, unknown>("anomaly", (input) => ({
    ...anomalyMetrics([countAnomalies(input, input)]),
    ...anomalyRanking([input]),
  }));
  expect(worst).toMatchObject({ cases: 14 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});

const ends = (interval: { low: number; high: number } | null) => ({
  low: interval?.low ?? null,
  high: interval?.high ?? null,
});

test("agrees with Fairlearn and statsmodels on groups", () => {
  const shares = ["accuracy", "selectionRate", "truePositiveRate", "falsePositiveRate"] as const;
  const worst = worstOfFamily<{ truth: number[]; said: number[]; group: string[] }, unknown>("groups", (input) => {
    const names = [...new Set(input.group)].sort();
    const index = input.group.map((name) => names.indexOf(name));
    const found = groupShares(input.truth, input.said, index, names);
    const shown = ({ value, of, interval }: GroupShare) => ({ value, of, ...ends(interval) });
    const gap = (one: GroupGap | null) => one && { ...one, ...ends(one.interval) };
    const isComplete = found.equalizedOddsDifference !== null;
    return {
      byGroup: Object.fromEntries(
        found.groups.map((group) => [
          group.name,
          { rows: group.rows, ...Object.fromEntries(shares.map((share) => [share, shown(group[share])])) },
        ]),
      ),
      between: Object.fromEntries(shares.map((share) => [share, gap(found.between[share])])),
      fairlearn: isComplete ? found : null,
    };
  });
  expect(worst).toMatchObject({ cases: 12 });
  expect(worst.error, worst.path).toBeLessThan(1e-9);
});

/** Creates the generator of the golden data: x ← 48271·x mod (2³¹ − 1), twenty values discarded. */
function goldenRandom(seed: number): () => number {
  let state = seed;
  const next = () => {
    state = (48271 * state) % 2147483647;
    return state / 2147483647;
  };
  for (let discarded = 0; discarded < 20; discarded += 1) next();
  return next;
}

interface GroupCase {
  hits: Record<string, number[]>;
  seed: number;
  resamples: number;
}

test("draws the bootstrap within groups as the golden cases do", () => {
  const worst = worstOfFamily<GroupCase, unknown>("group_bootstrap", ({ hits, seed, resamples }) => {
    const groups = Object.keys(hits)
      .sort()
      .map((name) => hits[name] as number[]);
    const { difference, interval } = groupBootstrap(groups, { resamples, random: goldenRandom(seed) });
    return { difference, ...ends(interval) };
  });
  expect(worst).toMatchObject({ cases: 12 });
  expect(worst.error, worst.path).toBeLessThan(1e-12);
});
