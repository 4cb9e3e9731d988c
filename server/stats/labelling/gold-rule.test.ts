import { expect, test } from "vitest";
import { seededRandom } from "../random.ts";
import { evaluateGold, pauseChance } from "./gold-rule.ts";

const rule = { golds: 60, floor: 0.8 };

test("pauses few good annotators and nearly all bad ones within 60 gold answers", () => {
  // As a second implementation with scipy's Beta distribution has them.
  expect(pauseChance(0.9, rule).share).toBeCloseTo(0.0023, 4);
  expect(pauseChance(0.8, rule).share).toBeCloseTo(0.0774, 4);
  expect(pauseChance(0.6, rule).share).toBeCloseTo(0.94, 4);
  expect(pauseChance(0.6, rule).median).toBe(17);
});

test("has the chance that simulated annotators are paused with", () => {
  const random = seededRandom(12);
  for (const accuracy of [0.9, 0.8, 0.7]) {
    let paused = 0;
    for (let run = 0; run < 4000; run += 1) {
      let correct = 0;
      for (let seen = 1; seen <= rule.golds; seen += 1) {
        correct += random() < accuracy ? 1 : 0;
        if (evaluateGold({ correct, seen }, rule.floor).action !== "pause") continue;
        paused += 1;
        break;
      }
    }
    const { share } = pauseChance(accuracy, rule);
    expect(Math.abs(paused / 4000 - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / 4000));
  }
});

test("never pauses someone who is always correct, or anyone before five gold answers", () => {
  expect(pauseChance(1, rule)).toEqual({ share: 0, median: null });
  expect(pauseChance(0, { golds: 4, floor: 0.8 }).share).toBe(0);
  expect(pauseChance(0, { golds: 5, floor: 0.8 })).toEqual({ share: 1, median: 5 });
});

test("rejects more correct answers than seen ones", () => {
  expect(() => evaluateGold({ correct: 3, seen: 2 }, 0.8)).toThrow("at most");
});
