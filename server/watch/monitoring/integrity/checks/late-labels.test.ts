import { expect, test } from "vitest";
import { dayMs } from "#server/base/durations.ts";
import { seededRandom } from "#server/stats/random.ts";
import { checkLateLabels } from "./late-labels.ts";

const windowsOf = (shares: readonly number[], predictions = 1000) => ({
  withinMs: 2 * dayMs,
  stepMs: dayMs,
  windows: shares.map((late, day) => ({
    start: day * dayMs,
    predictions,
    inTime: Math.round(predictions * (1 - late)),
  })),
});
/** Shares of days on which a file arrived slightly early or late: they vary ten times as much as independent rows would. */
const usual = [0.2, 0.24, 0.17, 0.22, 0.19, 0.26, 0.18, 0.21, 0.23, 0.16, 0.2, 0.22];

test("opens a ticket for labels later than on previous days, with the usual share", () => {
  const found = checkLateLabels(windowsOf([...usual, 0.6]));
  expect(found).toMatchObject({ state: "broken", severity: "ticket", share: 0.6, rows: 1000 });
  expect(found.words).toBe(
    "60% of the predictions from 1970-01-13 had no label after 2\u00a0d (600 of 1,000), 20.7% in the previous 12 days.",
  );
});

test("passes a day within daily variation that would be significant for independent rows", () => {
  expect(checkLateLabels(windowsOf([...usual, 0.27]))).toMatchObject({ state: "whole" });
  expect(checkLateLabels(windowsOf([...usual.map(() => 0.2), 0.27]))).toMatchObject({ state: "broken" });
});

test("passes earlier labels, and reports a small significant increase as too small to matter", () => {
  expect(checkLateLabels(windowsOf([...usual, 0.01]))).toMatchObject({ state: "whole" });
  expect(checkLateLabels(windowsOf([...usual.map(() => 0.2), 0.24], 100_000))).toMatchObject({ state: "small" });
});

test("returns unknown for fewer than ten earlier windows or no labels", () => {
  expect(checkLateLabels(windowsOf([...usual.slice(0, 9), 0.9]))).toMatchObject({ state: "unknown" });
  expect(checkLateLabels({ withinMs: null, stepMs: dayMs, windows: [] })).toMatchObject({ state: "unknown" });
});

test("raises at most the expected one false alarm in a thousand evaluations for random file arrivals", () => {
  const random = seededRandom(5);
  let alarms = 0;
  for (let evaluation = 0; evaluation < 2000; evaluation++) {
    const found = checkLateLabels(
      windowsOf(
        Array.from({ length: 31 }, () => 0.1 + 0.2 * random()),
        400,
      ),
    );
    if (found.state === "broken") alarms += 1;
  }
  expect(alarms).toBeLessThanOrEqual(6);
});
