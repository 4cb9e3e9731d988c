import { expect, test } from "vitest";
import { agedFeature } from "./aged-feature.ts";

test("makes rows older, and those too old that pass the limit of their view", () => {
  const view = {
    viewId: "",
    view: "v",
    number: 1,
    version: 1,
    ttlUs: 100,
    eventAt: [900, 980, null],
    createdAt: [null, null, null],
    ageUs: [100, 20, null],
    keys: [undefined, undefined, undefined],
    sources: ["asked" as const, "asked" as const, undefined],
  };
  const aged = agedFeature({ values: [1, 2, null], statuses: ["PRESENT", "PRESENT", "NOT_FOUND"], view }, 50);
  expect(aged.statuses).toEqual(["OUTSIDE_MAX_AGE", "PRESENT", "NOT_FOUND"]);
  expect(aged.view.ageUs).toEqual([150, 70, null]);
  expect(view.ageUs).toEqual([100, 20, null]);
});
