import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { RecentSkew, SkewCounts, ViewSkew } from "#server/watch/features/skew/contract.ts";
import { SkewPanel } from "./skew-panel.tsx";

const counts = (changes: Partial<SkewCounts> = {}): SkewCounts => ({
  compared: 1000,
  mismatched: 0,
  byRequest: 0,
  share: 0,
  interval: { low: 0, high: 0.01 },
  missing: 0,
  extra: 0,
  smape: null,
  causes: [],
  ...changes,
});

const recent: RecentSkew = {
  feature: "trips",
  endpoint: "eta",
  hours: 6,
  compared: 400,
  mismatched: 1,
  share: 0.0025,
  isAboveLimit: false,
};

function markupOf(changes: Partial<ViewSkew>): string {
  const limits = { known: 0.001, true: 0.01 };
  const span = { from: "2026-03-01", to: "2026-03-14", knownUntil: null, trueUntil: null, keyShare: 1 };
  const both = { known: counts(), true: counts(), recent: { known: null, true: null } };
  return renderToStaticMarkup(
    <SkewPanel skew={{ view: "drivers", ...span, limits, ...both, features: [], ...changes }} />,
  );
}

test.each([
  ["no-data", null, "≠ known –"],
  // Above 0.1%, but one of 400 may be chance: no alert says so.
  ["on-target", recent, "≠ known 0.25%"],
  ["missed", { ...recent, mismatched: 12, share: 0.03, isAboveLimit: true }, "≠ known 3%"],
])("is %s by what alerts go by", (state, known, words) => {
  const markup = markupOf({ known: counts({ mismatched: 500, share: 0.5 }), recent: { known, true: null } });
  expect(markup).toContain(`data-state="${state}"`);
  expect(markup).toContain(words);
});

test("counts what requests brought apart", () => {
  expect(markupOf({ true: counts({ byRequest: 7 }) })).toContain(
    "Requests brought 7\u00a0other values, which no share counts.",
  );
  expect(markupOf({})).not.toContain("Requests");
});
