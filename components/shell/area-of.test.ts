import { expect, test } from "vitest";
import { areaOf } from "./area-of.ts";

test.each([
  ["/experiments/7/runs/abc", "/experiments"],
  ["/models/digits/v9", "/models"],
  ["/datasets/no%20such", "/datasets"],
  ["/endpoints/gone/settings", "/endpoints"],
  ["/settings/webhooks/1", "/settings/webhooks"],
  ["/settings/transfer/imports/1", "/settings/transfer"],
  ["/settings/colours", "/settings"],
  ["/experiments", undefined],
  ["/experimentsx/1", undefined],
  ["/nowhere/at/all", undefined],
])("links back from %s to %s", (path, href) => {
  expect(areaOf(path)?.href).toBe(href);
});
