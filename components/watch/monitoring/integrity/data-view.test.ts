import { expect, test } from "vitest";
import { dataHref, integrityQuery, readIntegrityView } from "./data-view.ts";

test("round-trips a view through its URL", () => {
  const view = readIntegrityView({ range: "7d", segment: "carrier=UA", feature: "dep_delay", show: "wrong" });
  const href = dataHref("flight delay", view);
  expect(href).toBe("/endpoints/flight%20delay/data?range=7d&segment=carrier%3DUA&feature=dep_delay&show=wrong");
  expect(readIntegrityView(Object.fromEntries(new URL(href, "http://x").searchParams))).toEqual(view);
});

test("replaces unknown parameters with defaults, and omits them from the URL", () => {
  expect(dataHref("f", readIntegrityView({ range: "wide", show: "some" }))).toBe("/endpoints/f/data");
});

test("keeps a range between two moments, and asks for it", () => {
  const view = readIntegrityView({ from: "2026-05-20T00:00:00Z", to: "2026-05-21T00:00:00Z", back: "1h" });
  expect(dataHref("f", view)).toBe(
    "/endpoints/f/data?from=2026-05-20T00%3A00%3A00Z&to=2026-05-21T00%3A00%3A00Z&back=1h",
  );
  expect(integrityQuery(view)).toEqual({ from: new Date("2026-05-20"), to: new Date("2026-05-21") });
  expect(integrityQuery(readIntegrityView({}))).toEqual({ range: "24h" });
});
