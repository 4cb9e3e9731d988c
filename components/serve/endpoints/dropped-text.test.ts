import { expect, test } from "vitest";
import { droppedSentence } from "./dropped-text.ts";

test("nothing is said while nothing was lost, also by gateways that do not tell", () => {
  expect(droppedSentence([])).toBeUndefined();
  expect(droppedSentence([{ dropped: undefined }, { dropped: { requests: 0, predictions: 0 } }])).toBeUndefined();
});

test("losses of several gateways add up, each kind by its name", () => {
  const one = { dropped: { requests: 1, predictions: 0 } };
  expect(droppedSentence([one])).toMatch(/^Gateways have lost the counts of 1.request across all endpoints/);
  const two = { dropped: { requests: 0, predictions: 12 } };
  expect(droppedSentence([one, two, two])).toMatch(
    /lost the counts of 1.request and 24 prediction log records across all endpoints/,
  );
});
