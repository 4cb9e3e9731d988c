import { expect, test } from "vitest";
import { viewState } from "./view-state.ts";

test.each([
  [null, 100, "No data", null],
  [5, null, "No limit", null],
  [70, 100, "Fresh", 0.7],
  [71, 100, "Close to limit", 0.71],
  [100, 100, "Close to limit", 1],
  [101, 100, "Late", 1.01],
])("an age of %s with the limit %s is: %s", (age, limit, word, ofLimit) => {
  expect(viewState(age, limit)).toMatchObject({ word, ofLimit });
});
