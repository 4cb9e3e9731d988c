import { expect, test } from "vitest";
import { forecastBacklog, labelPace, withBacklog } from "./label-pace.ts";

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

test("computes what was open at the end of each day from what is open now", () => {
  const days = [
    { day: "1", added: 10, closed: 2 },
    { day: "2", added: 0, closed: 5 },
    { day: "3", added: 4, closed: 1 },
  ];
  expect(withBacklog(days, 6)).toEqual([
    { day: "1", open: 8 },
    { day: "2", open: 3 },
    { day: "3", open: 6 },
  ]);
  expect(withBacklog([...days, { day: "4", added: 9, closed: 0 }], 5).map(({ open }) => open)).toEqual([5, 0, 0, 5]);
});
