import { expect, test } from "vitest";
import { rankConfusions } from "./confusions.ts";

test("lists confusions by their share of the label, without what is correct", () => {
  const counts = [
    [90, 10, 0],
    [3, 7, 0],
    [0, 0, 0],
  ];
  expect(rankConfusions(["a", "b", "c"], counts)).toEqual([
    { label: "b", prediction: "a", rows: 3, of: 10, share: 0.3 },
    { label: "a", prediction: "b", rows: 10, of: 100, share: 0.1 },
  ]);
});
