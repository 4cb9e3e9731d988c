import { expect, test } from "vitest";
import { forecastBacklog, labelPace } from "./label-pace.ts";

test("takes the last 50 answers, and cuts idle time at five medians", () => {
  expect(labelPace([])).toBeNull();
  expect(labelPace([1000, 2000, 3000, 60_000])).toEqual({ medianMs: 2500, meanMs: (1000 + 2000 + 3000 + 12_500) / 4 });
  const recent = Array.from({ length: 50 }, () => 1000);
  expect(labelPace([...recent, ...recent.map(() => 9_000)])).toEqual({ medianMs: 1000, meanMs: 1000 });
});

test("forecasts hours from active people, and their range from quartiles of past hours", () => {
  const pace = { medianMs: 3_600, meanMs: 3_600 };
  const forecast = forecastBacklog({
    open: 1000,
    answersPerSettled: 2.5,
    given: 500,
    paces: [pace, pace],
    hourly: [100, 200, 300, 400],
  });
  expect(forecast).toEqual({ expectedAnswers: 2000, hours: 1, hoursLow: 2000 / 325, hoursHigh: 2000 / 175 });
});

test("expects an answer of each open task at least, and knows no time without anyone", () => {
  const none = { paces: [], hourly: [] };
  expect(forecastBacklog({ open: 10, answersPerSettled: 1, given: 8, ...none })).toEqual({
    expectedAnswers: 10,
    hours: null,
    hoursLow: null,
    hoursHigh: null,
  });
  expect(forecastBacklog({ open: 0, answersPerSettled: 2, given: 0, ...none }).expectedAnswers).toBe(0);
});
