import { expect, test } from "vitest";
import type { BoxValue, LabelValue } from "../contract.ts";
import { keepMergedLabel } from "./keep-merged-label.ts";

const box = (changes: Partial<BoxValue> = {}): BoxValue => ({
  label: "dent",
  x: 10,
  y: 10,
  width: 20,
  height: 20,
  ...changes,
});
const boxes = (...drawn: BoxValue[]): LabelValue => ({ kind: "boxes", boxes: drawn });
const merged = (value: LabelValue) => ({ value, method: "merge" });

test("keeps merged boxes that hardly moved, in the order of before", () => {
  const earlier = boxes(box(), box({ x: 50 }));
  const next = boxes(box({ x: 50.02, width: 19.97 }), box({ y: 10.04 }));
  expect(keepMergedLabel({ label: next, method: "merge" }, merged(earlier))).toBe(earlier);
});

test("takes the new boxes where one moved, came, went or has another class, and what is not merged", () => {
  const earlier = boxes(box());
  const others = [boxes(box({ x: 12 })), boxes(box(), box({ x: 50 })), boxes(), boxes(box({ label: "tear" }))];
  for (const label of others) expect(keepMergedLabel({ label, method: "merge" }, merged(earlier))).toBe(label);
  const near = boxes(box({ x: 10.01 }));
  expect(keepMergedLabel({ label: near, method: "majority" }, merged(earlier))).toBe(near);
  expect(keepMergedLabel({ label: near, method: "merge" }, { value: earlier, method: "majority" })).toBe(near);
  expect(keepMergedLabel({ label: near, method: "merge" }, null)).toBe(near);
});
