import { expect, test } from "vitest";
import { type Promised, runAgainst, versionAgainst } from "./against-objectives.ts";

const fast: Promised = { kind: "latency", name: "churn-fast", withinMs: 100, target: 0.99 };
const right: Promised = { kind: "quality", name: "churn-right", target: 0.9 };
const measured = { accuracy: { labelled: 200, right: 190 }, latencyMsP95: 80 };

test("reports no violation for a version that meets every objective, and names unknowns to check first", () => {
  expect(versionAgainst([fast, right], measured)).toBeNull();
  expect(versionAgainst([], { accuracy: undefined })).toBeNull();
  expect(versionAgainst([fast], { ...measured, latencyMsP95: null })).toMatchObject({ breaks: false });
  expect(versionAgainst([right], { ...measured, accuracy: { labelled: 29, right: 29 } })?.words).toBe(
    "Check churn-right first: not enough labels to determine its accuracy.",
  );
});

test("reports a violation for a slower or less accurate version, before any unknowns", () => {
  expect(versionAgainst([fast], { ...measured, latencyMsP95: 130 })).toEqual({
    breaks: true,
    words: "Would violate churn-fast: its p95 is 130\u00a0ms, the objective is 100\u00a0ms.",
  });
  const wrong = { accuracy: { labelled: 200, right: 160 }, latencyMsP95: null };
  expect(versionAgainst([fast, right], wrong)?.words.replace("\u00a0", " ").replace("\u00a0", " ")).toBe(
    "Would violate churn-right: its accuracy was 80%, the objective is 90%.",
  );
  // To half of the requests nothing is promised that a p95 could break.
  expect(versionAgainst([{ ...fast, target: 0.5 }], { ...measured, latencyMsP95: 130 })).toBeNull();
});

test("reports a violation for batches that run longer than the objective, or else the remaining delay", () => {
  expect(runAgainst([right], 500)).toBeNull();
  expect(runAgainst([fast], 120)?.breaks).toBe(true);
  expect(runAgainst([fast], 40)?.words).toBe("Check churn-fast first: keep the batching delay below 60\u00a0ms.");
});
