import { expect, test } from "vitest";
import { digamma } from "../digamma.ts";
import { seededRandom } from "../random.ts";
import { bestMace, isGuessing, mace } from "./mace.ts";
import { constantTable, evenTable, makeVotes, shareCorrect } from "./made-votes.ts";
import { votesOf } from "./votes-testing.ts";

test("finds who answers without looking", () => {
  const tables = [
    ...Array.from({ length: 6 }, () => evenTable(0.9, 4)),
    evenTable(0.25, 4),
    constantTable(2, 4),
    evenTable(0.6, 4),
  ];
  const of = makeVotes(tables, { items: 800, perItem: 4, prior: [0.25, 0.25, 0.25, 0.25] }, seededRandom(2));
  const { competence, posterior } = bestMace(of.votes, { random: seededRandom(1), restarts: 3 });
  const votes = (800 * 4) / tables.length;
  expect(Array.from(competence, (one) => isGuessing(one, votes))).toEqual(
    tables.map((_, who) => who === 6 || who === 7),
  );
  // Who is correct in 90% of four classes knows in 87% and guesses the rest: 0.87 + 0.13 / 4.
  for (const good of competence.subarray(0, 6)) expect(Math.abs(good - 0.867)).toBeLessThan(0.1);
  expect(shareCorrect(posterior, of.actual, 4)).toBeGreaterThan(0.95);
});

test("calls nobody a guesser before 50 votes", () => {
  expect(isGuessing(0.1, 49)).toBe(false);
  expect(isGuessing(0.1, 50)).toBe(true);
  expect(isGuessing(0.3, 500)).toBe(false);
});

test("starts from different numbers each time and keeps the likeliest fit", () => {
  // Four who guess most of the time: the likelihood has several maxima.
  const tables = Array.from({ length: 4 }, () => evenTable(0.3, 3));
  const { votes } = makeVotes(tables, { items: 30, perItem: 4, prior: [1 / 3, 1 / 3, 1 / 3] }, seededRandom(5));
  const random = seededRandom(9);
  const single = Array.from({ length: 20 }, () => bestMace(votes, { random, restarts: 1 }).logLikelihood);
  expect(new Set(single.map((one) => one.toFixed(3))).size).toBeGreaterThan(1);
  expect(bestMace(votes, { random: seededRandom(9), restarts: 20 }).logLikelihood).toBe(Math.max(...single));
});

test("does not underflow with a thousand votes on one item", () => {
  const votes = votesOf(Array.from({ length: 1000 }, (_, who) => [who % 3 === 0 ? 1 : 0, 1]));
  const { posterior, logLikelihood } = bestMace(votes, { random: seededRandom(1), restarts: 1, steps: 5 });
  expect(posterior.every((one) => one >= 0 && one <= 1)).toBe(true);
  expect(posterior[0]).toBeGreaterThan(0.99);
  expect(Number.isFinite(logLikelihood)).toBe(true);
});

test("knows the likelihood of the votes at the start", () => {
  const start = { spamming: Float64Array.of(0.4, 0.6, 0.7, 0.3), strategy: Float64Array.of(0.2, 0.8, 0.5, 0.5) };
  const { logLikelihood } = mace(votesOf([[0], [1]]), start, 0);
  // Both classes are equally likely; the first gives 0, the second 1.
  const ifZero = (0.4 * 0.2 + 0.6) * (0.7 * 0.5);
  const ifOne = 0.4 * 0.2 * (0.7 * 0.5 + 0.3);
  expect(logLikelihood).toBeCloseTo(Math.log((ifZero + ifOne) / 2), 12);
});

test("rejects a start that does not fit", () => {
  const votes = votesOf([[0, 1]]);
  const spamming = Float64Array.of(0.5, 0.5);
  expect(() => mace(votes, { spamming, strategy: Float64Array.of(1) })).toThrow("A start must have");
  expect(() => mace(votes, { spamming, strategy: Float64Array.of(1, 0) })).toThrow("above 0");
});

test.each([
  [0.5, -1.9635100260214235],
  [1, -0.5772156649015329],
  [2, 0.4227843350984671],
  [10.5, 2.303001034297686],
  [1e6, 13.8155100579642],
])("computes digamma of %f", (x, value) => {
  expect(digamma(x)).toBeCloseTo(value, 12);
});
