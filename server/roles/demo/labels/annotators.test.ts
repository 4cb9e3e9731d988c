import { expect, test } from "vitest";
import { annotators, spentMs } from "./annotators.ts";

const shown = Array.from({ length: 4_000 }, (_, at) => ({ item: `item ${at}`, digit: String(at % 10) }));
const [mei, jan] = annotators;

test("one annotator takes every third 4 for a 9 and back, and is correct otherwise", () => {
  const wrong = shown.filter((each) => mei?.answer(each) !== each.digit);
  expect(new Set(wrong.map((each) => `${each.digit}${mei?.answer(each)}`))).toEqual(new Set(["49", "94"]));
  expect(wrong.length / shown.filter(({ digit }) => digit === "4" || digit === "9").length).toBeCloseTo(0.3, 1);
});

test("the other is wrong at one task in eight, in any way", () => {
  const wrong = shown.filter((each) => jan?.answer(each) !== each.digit);
  expect(wrong.length / shown.length).toBeGreaterThan(0.11);
  expect(wrong.length / shown.length).toBeLessThan(0.15);
  expect(new Set(wrong.map((each) => `${each.digit}${jan?.answer(each)}`)).size).toBe(90);
});

test("gives the same answer in the same time at every start", () => {
  for (const annotator of annotators) {
    const [first = { item: "", digit: "" }] = shown;
    expect(annotator.answer(first)).toBe(annotator.answer({ ...first }));
    expect(spentMs(annotator, first.item)).toBe(spentMs(annotator, first.item));
    const times = shown.map(({ item }) => spentMs(annotator, item));
    expect([Math.min(...times) >= annotator.paceMs[0], Math.max(...times) <= annotator.paceMs[1]]).toEqual([
      true,
      true,
    ]);
  }
});
