import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { alphaInterval } from "./alpha-interval.ts";
import { boxAgreement } from "./box-agreement.ts";
import { type ChanceCorrected, fleissKappa, gwetAgreement } from "./chance-corrected.ts";
import { cohenKappa, type KappaWeights } from "./cohen-kappa.ts";
import { annotatorAccuracy, consensusStep } from "./consensus-step.ts";
import { dawidSkene } from "./dawid-skene.ts";
import { evaluateGold } from "./gold-rule.ts";
import { krippendorffAlpha, type MeasurementLevel, type Ratings } from "./krippendorff-alpha.ts";
import { mace } from "./mace.ts";
import { majorityVote } from "./majority-vote.ts";
import { pairwiseAgreement } from "./pairwise-agreement.ts";
import { spanAgreement } from "./span-agreement.ts";
import { classCounts } from "./votes.ts";
import { votesOf } from "./votes-testing.ts";

interface Case {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: every family has inputs of its own.
  input: any;
  // biome-ignore lint/suspicious/noExplicitAny: and results.
  expected: any;
}
type Input = Case["input"];

const { families } = JSON.parse(readFileSync(new URL("./golden-labelling.json", import.meta.url), "utf8")) as {
  families: Record<string, { tolerance: number; cases: Case[] }>;
};

/** The generator of the golden vectors: x ← 48271 x mod 2147483647, the first 20 numbers discarded. */
function goldenUniform(seed: number): () => number {
  let x = seed;
  const next = () => {
    x = (48271 * x) % 2147483647;
    return x / 2147483647;
  };
  for (let draw = 0; draw < 20; draw += 1) next();
  return next;
}

function ratingsOf(table: (number | null)[][]): Ratings {
  const rows = table.flatMap((line) => line.flatMap((value, item) => (value === null ? [] : [{ item, value }])));
  return {
    item: Int32Array.from(rows, ({ item }) => item),
    value: Float64Array.from(rows, ({ value }) => value),
    items: Math.max(0, ...table.map((line) => line.length)),
  };
}

const rowsOf = (values: Float64Array, width: number) =>
  Array.from({ length: values.length / width }, (_, row) =>
    Array.from(values.subarray(row * width, (row + 1) * width)),
  );

/** A row of zeros belongs to an item without votes. */
const posteriorOf = (values: Float64Array, width: number) =>
  rowsOf(values, width).map((row) => (row.every((one) => one === 0) ? null : row));

const boxesOf = (rows: [number, number, number, number, string][]) =>
  rows.map(([x, y, width, height, label]) => ({ x, y, width, height, label }));
const spansOf = (rows: [number, number, string][]) => rows.map(([start, end, label]) => ({ start, end, label }));

/** irrCAC calls an error of 0 1e-15, and cuts intervals at 1 only. */
function chanceOf(found: ChanceCorrected | null): object | null {
  if (!found) return null;
  const { value, se, low, high, observed, expected } = found;
  return { value, se, low, high, observed, expected_by_chance: expected };
}
const cut = (expected: { low: number } | null) => expected && { ...expected, low: Math.max(-1, expected.low) };

/** What each family computes; `expected` may hold less than is computed. */
const functions: Record<string, (input: Input, expected: Case["expected"]) => [found: unknown, expected: unknown]> = {
  krippendorff_alpha: ({ ratings }, expected) => [
    Object.fromEntries(
      Object.keys(expected).map((level) => [level, krippendorffAlpha(ratingsOf(ratings), level as MeasurementLevel)]),
    ),
    expected,
  ],
  krippendorff_bootstrap: ({ ratings, level, seed, resamples }, expected) => [
    alphaInterval(ratingsOf(ratings), level, { random: goldenUniform(seed), resamples }),
    expected,
  ],
  cohen_kappa: ({ table }, expected) => [
    Object.fromEntries(Object.keys(expected).map((weights) => [weights, cohenKappa(table, weights as KappaWeights)])),
    expected,
  ],
  fleiss_kappa: ({ counts }, expected) => {
    const classes = counts[0].length;
    const found = fleissKappa({ counts: Float64Array.from(counts.flat()), items: counts.length, classes });
    // irrCAC has no value of a single item; statsmodels has none of unequal numbers of votes.
    const isGeneral = expected.general !== null;
    return [
      { general: isGeneral ? chanceOf(found) : null, kappa: expected.kappa === null ? null : (found?.value ?? null) },
      { general: cut(expected.general), kappa: expected.kappa },
    ];
  },
  gwet_ac1: ({ ratings, classes }, expected) => {
    const votes = votesOf(ratings, { isByItem: true, classes });
    const counts = { counts: classCounts(votes), items: votes.items, classes };
    const found: Record<string, unknown> = { ac1: chanceOf(gwetAgreement(counts)) };
    if ("ac2_quadratic" in expected) found.ac2_quadratic = chanceOf(gwetAgreement(counts, { weights: "quadratic" }));
    return [
      found,
      Object.fromEntries(Object.entries(expected).map(([key, one]) => [key, cut(one as { low: number })])),
    ];
  },
  pairwise_agreement: ({ ratings, classes }, expected) => {
    const { pairs, mean } = pairwiseAgreement(votesOf(ratings, { classes }));
    // Pairs without shared items are left out.
    return [
      { pairs, mean },
      { ...expected, pairs: expected.pairs.filter((pair: { shared: number }) => pair.shared > 0) },
    ];
  },
  majority_vote: ({ ratings, probabilities }, expected) => {
    const classes = probabilities?.[0].length;
    const { label, undecided } = majorityVote(
      votesOf(ratings, { isByItem: true, classes }),
      probabilities && Float64Array.from(probabilities.flat()),
    );
    // The library draws undecided items at random, or ends with an error if all are tied.
    const decided = Array.from(label, (one, item) => (undecided.includes(item) ? null : one));
    if (expected.labels === null) return [Array.from(label), [0, 0]];
    return [{ labels: decided, random: undecided }, expected];
  },
  dawid_skene: ({ ratings, classes, iterations, tolerance, gold }, expected) => {
    const places = ratings.map((line: (number | null)[]) =>
      line.map((one) => (one === null ? null : classes.indexOf(one))),
    );
    const votes = votesOf(places, { classes: classes.length });
    const known = gold && Int32Array.from({ length: votes.items }, (_, item) => gold[item] ?? -1);
    const found = dawidSkene(votes, { maxSteps: iterations, tolerance, gold: known });
    const width = classes.length;
    return [
      {
        posterior: posteriorOf(found.posterior, width),
        prior: Array.from(found.prior),
        confusion: ratings.map((_: unknown, who: number) =>
          rowsOf(found.confusion.subarray(who * width * width, (who + 1) * width * width), width),
        ),
        steps: found.steps,
        bound: found.bound,
      },
      expected,
    ];
  },
  mace: ({ ratings, classes, iterations, start }, expected) => {
    const places = ratings.map((line: (number | null)[]) =>
      line.map((one) => (one === null ? null : classes.indexOf(one))),
    );
    const found = mace(
      votesOf(places, { classes: classes.length }),
      { spamming: Float64Array.from(start.spamming.flat()), strategy: Float64Array.from(start.strategy.flat()) },
      iterations,
    );
    return [
      {
        posterior: posteriorOf(found.posterior, classes.length),
        spamming: rowsOf(found.spamming, 2),
        strategy: rowsOf(found.strategy, classes.length),
        competence: Array.from(found.competence),
      },
      expected,
    ];
  },
  box_agreement: ({ a, b, threshold }, expected) => [boxAgreement(boxesOf(a), boxesOf(b), threshold), expected],
  span_agreement: ({ a, b }, expected) => {
    const { type, ...rest } = spanAgreement(spansOf(a), spansOf(b));
    return [{ ...rest, ent_type: type }, expected];
  },
  consensus_step: ({ votes, annotators, classes, prior, pool, stop, least, most, model }, expected) => {
    const accuracy = annotators.map(({ right, seen }: { right: number; seen: number }) =>
      annotatorAccuracy({ correct: right, seen }, pool, classes),
    );
    const { posterior, decision } = consensusStep(
      { votes: votes.map(([who, given]: number[]) => ({ accuracy: accuracy[who as number], given })), prior, model },
      { stop, minAnswers: least, maxAnswers: most },
    );
    return [{ accuracy, posterior, decision }, expected];
  },
  gold_judgement: ({ right, seen, floor }, expected) => [evaluateGold({ correct: right, seen }, floor), expected],
};

/** Returns the largest absolute difference of all numbers, infinity if anything else differs. */
function largestError(found: unknown, expected: unknown): number {
  if (typeof expected === "number" && typeof found === "number") return Math.abs(found - expected);
  if (typeof expected !== "object" || expected === null) return found === expected ? 0 : Number.POSITIVE_INFINITY;
  if (typeof found !== "object" || found === null) return Number.POSITIVE_INFINITY;
  if (Array.isArray(expected) && expected.length !== (found as unknown[]).length) return Number.POSITIVE_INFINITY;
  const parts = Object.entries(expected).map(([key, one]) =>
    largestError((found as Record<string, unknown>)[key], one),
  );
  return Math.max(0, ...parts);
}

test.each(Object.keys(functions))("agrees with the libraries: %s", (family) => {
  const { cases = [], tolerance = 0 } = families[family] ?? {};
  expect(cases.length).toBeGreaterThanOrEqual(12);
  const errors = cases.map(({ name, input, expected }) => ({
    name,
    error: largestError(...compute(family, input, expected)),
  }));
  expect(errors.filter(({ error }) => error > tolerance)).toEqual([]);
});

test("reports the worst error of all families", async ({ annotate }) => {
  const worst = Object.keys(functions)
    .flatMap((family) =>
      (families[family]?.cases ?? []).map((one) => largestError(...compute(family, one.input, one.expected))),
    )
    .reduce((all, one) => Math.max(all, one), 0);
  await annotate(`worst error ${worst.toExponential(1)}`);
  expect(worst).toBeLessThan(1e-9);
});

function compute(family: string, input: Input, expected: Case["expected"]): [unknown, unknown] {
  return functions[family]?.(input, expected) ?? [null, expected];
}
