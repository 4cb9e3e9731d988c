import { expect, test } from "vitest";
import { byRank, driftCorrelation, excessOf, rankOf } from "./rank-features.ts";

const still = { missing: null, unseen: null, outside: null };

test("ranks by how far a feature moved, importance and past correlation with quality", () => {
  const feature = { ...still, psiNet: 0.06, importance: 0.5, correlation: 0.8 };
  expect(rankOf(feature, 4)).toBeCloseTo(0.06 * 0.5 * 0.8, 12);
  expect(rankOf({ ...feature, correlation: null }, 4)).toBeCloseTo(0.06 * 0.5 * 0.1, 12);
  expect(rankOf({ ...feature, correlation: -0.9, importance: null }, 4)).toBeCloseTo(0.06 * 0.25 * 0.1, 12);
  const missing = { share: 0.3, referenceShare: 0.1, line: 0.12, pValue: 0, isAlarm: true };
  expect(rankOf({ ...feature, missing }, 4)).toBeCloseTo(0.2 * 0.5 * 0.8, 12);
  expect(rankOf({ ...feature, missing: { ...missing, isAlarm: false } }, 4)).toBeCloseTo(0.06 * 0.5 * 0.8, 12);
  expect(excessOf({ psi: 5, line: 0.02 })).toBe(10);
  expect(excessOf({ psi: null, line: null })).toBe(0);
});

test("lists a large move of a minor feature above a tiny one of the most important, and drift above all else", () => {
  // A week of traffic is many rows: both exceed their threshold ten times and more.
  const of = (name: string, psiNet: number, importance: number, more: object = {}) => {
    const rank = rankOf({ ...still, psiNet, importance, correlation: null }, 3);
    return { name, rank, excess: 10, state: "drift" as const, ...more };
  };
  const temperature = of("temperature", 2.5, 0.05);
  const delay = of("departure_delay", 0.01, 0.9);
  const minor = of("carrier", 5, 0.9, { state: "minor" });
  const slow = of("fuel", 0.001, 0.1, {
    state: "usual",
    slow: { since: "2026-05-01T00:00:00Z", shift: 0.3, level: null },
  });
  const few = of("gate", 0, 0.9, { state: "too-few" });
  const none = of("crew", 0, 0.9, { state: "no-data" });
  const listed = [none, few, slow, minor, delay, temperature].sort(byRank).map(({ name }) => name);
  expect(listed).toEqual(["temperature", "departure_delay", "fuel", "carrier", "gate", "crew"]);
});

test("requires eight windows with both values and some variation for a correlation", () => {
  const pairs = Array.from({ length: 8 }, (_, at): [number, number] => [at, 2 * at + 1]);
  expect(driftCorrelation(pairs)).toBeCloseTo(1, 12);
  expect(driftCorrelation(pairs.slice(1))).toBeNull();
  expect(driftCorrelation([...pairs.slice(1), [3, null]])).toBeNull();
  expect(driftCorrelation(pairs.map(([, b]) => [0, b]))).toBeNull();
});
