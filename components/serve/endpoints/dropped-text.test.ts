import { expect, test } from "vitest";
import { droppedSentence } from "./dropped-text.ts";

test("returns nothing without losses, or from gateways that do not report them", () => {
  expect(droppedSentence([])).toBeUndefined();
  expect(droppedSentence([{ dropped: undefined }, { dropped: { requests: 0, predictions: 0 } }])).toBeUndefined();
});

test("sums losses of several gateways per kind", () => {
  const one = { dropped: { requests: 1, predictions: 0 } };
  expect(droppedSentence([one])).toMatch(/^Gateways have lost the counts of 1.request across all endpoints/);
  const two = { dropped: { requests: 0, predictions: 12 } };
  expect(droppedSentence([one, two, two])).toMatch(
    /lost the counts of 1.request and 24 prediction log records across all endpoints/,
  );
});
