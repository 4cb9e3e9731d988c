import { expect, test } from "vitest";
import { emptyDraft } from "./draft.ts";
import { describeObjective } from "./objective-sentence.ts";

test("describes the objective of the form in a sentence", () => {
  const draft = { ...emptyDraft, kind: "latency" as const, limit: 120 };
  expect(describeObjective(draft, "churn")).toBe("99.5% of requests to churn served within 120 ms, over 30 days.");
  expect(describeObjective({ ...draft, method: "timeslices", period: "month" }, undefined)).toBe(
    "99.5% of slices of 5 min with at least 95% of requests served within 120 ms, over each month (UTC).",
  );
  expect(describeObjective({ ...emptyDraft, kind: "realised-quality", limit: 24 }, "churn")).toBe(
    "99.5% of labelled predictions of churn correct, evaluated after 24 h, over 30 days.",
  );
  const drawn = { ...emptyDraft, kind: "label-timeliness" as const, limit: 168, labelsOf: "audit" as const };
  expect(describeObjective(drawn, "churn")).toBe(
    "99.5% of predictions of churn drawn at random labelled within 168 h, over 30 days.",
  );
  const lookedUp = { ...emptyDraft, kind: "feature-freshness" as const, limit: 30 };
  expect(describeObjective(lookedUp, "churn", "driver_stats")).toBe(
    "99.5% of look-ups of driver_stats by churn at most 30\u00a0min old, over 30 days.",
  );
  expect(describeObjective({ ...emptyDraft, kind: "view-lag", limit: 30 }, undefined, "driver_stats")).toBe(
    "99.5% of minutes in which the newest event of driver_stats is at most 30\u00a0min old, over 30 days.",
  );
  expect(describeObjective({ ...lookedUp, limit: 10 / 60 }, undefined, "driver_stats")).toBe(
    "99.5% of look-ups of driver_stats at most 10\u00a0s old, over 30 days.",
  );
  expect(describeObjective({ ...lookedUp, limit: "" }, undefined)).toContain("at most … min old");
  expect(describeObjective({ ...emptyDraft, kind: "data-quality" }, "churn")).toBe(
    "99.5% of rows to churn that satisfy its data rules, limits and contracts, over 30 days.",
  );
});
