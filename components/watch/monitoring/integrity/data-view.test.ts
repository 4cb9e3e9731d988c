import { expect, test } from "vitest";
import { dataHref, readIntegrityView } from "./data-view.ts";

test("an address says what was looked at, and says it again", () => {
  const view = readIntegrityView({ range: "7d", segment: "carrier=UA", feature: "dep_delay", show: "wrong" });
  const href = dataHref("flight delay", view);
  expect(href).toBe("/drift/flight%20delay/data?range=7d&segment=carrier%3DUA&feature=dep_delay&show=wrong");
  expect(readIntegrityView(Object.fromEntries(new URL(href, "http://x").searchParams))).toEqual(view);
});

test("what an address does not know is as usual, and is not written", () => {
  expect(dataHref("f", readIntegrityView({ range: "9y", show: "some" }))).toBe("/drift/f/data");
});
