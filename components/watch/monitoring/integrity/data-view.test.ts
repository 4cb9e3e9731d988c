import { expect, test } from "vitest";
import { dataHref, readIntegrityView } from "./data-view.ts";

test("round-trips a view through its URL", () => {
  const view = readIntegrityView({ range: "7d", segment: "carrier=UA", feature: "dep_delay", show: "wrong" });
  const href = dataHref("flight delay", view);
  expect(href).toBe("/endpoints/flight%20delay/data?range=7d&segment=carrier%3DUA&feature=dep_delay&show=wrong");
  expect(readIntegrityView(Object.fromEntries(new URL(href, "http://x").searchParams))).toEqual(view);
});

test("replaces unknown parameters with defaults, and omits them from the URL", () => {
  expect(dataHref("f", readIntegrityView({ range: "wide", show: "some" }))).toBe("/endpoints/f/data");
});
