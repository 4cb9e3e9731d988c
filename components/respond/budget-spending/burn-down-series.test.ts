import { expect, test } from "vitest";
import { burnDownMarkers, burnDownSeries } from "./burn-down-series.ts";

const points = [
  { at: 0, remaining: 1, errorRate: 0 },
  { at: 50, remaining: null, errorRate: null },
  { at: 100, remaining: 0.5, errorRate: 0.1 },
];

test("draws the remaining percentage with gaps, and a forecast from now to the end of the period", () => {
  const budget = { remaining: 0.5, exhaustedAt: 200 };
  const [left, forecast, pace] = burnDownSeries({ points, from: 0, to: 100, periodEnd: 150 }, budget);
  expect(left?.points.map(({ value }) => value)).toEqual([100, null, 50]);
  expect(forecast).toMatchObject({
    kind: "forecast",
    points: [
      { at: 100, value: 50 },
      { at: 150, value: 25 },
    ],
  });
  expect(pace?.points).toEqual([
    { at: 0, value: 100 },
    { at: 150, value: 0 },
  ]);
});

test("draws no pace for a rolling period, and no forecast for an exhausted budget", () => {
  const past = { points, from: 0, to: 100, periodEnd: null };
  expect(burnDownSeries(past, { remaining: -0.1, exhaustedAt: null })).toHaveLength(1);
  expect(burnDownSeries(past, null)).toHaveLength(1);
});

test("cuts a budget off that is overspent more than ten times, so that the rest stays visible", () => {
  const points = [1, -2, -120].map((remaining, at) => ({ at, remaining, errorRate: null }));
  const series = burnDownSeries({ points, from: 0, to: 3, periodEnd: null }, null);
  expect(series[0]?.points.map(({ value }) => value)).toEqual([100, -200, -900]);
});

test("marks changes and incidents", () => {
  const change = {
    id: "deployment:1",
    kind: "rollback" as const,
    title: "v12 again",
    at: new Date(5),
    actor: "Ines",
    href: null,
    before: null,
    after: null,
    endpointId: null,
  };
  const incident = {
    id: "",
    number: 7,
    title: "",
    severity: "SEV2",
    from: new Date(9),
    to: null,
    href: "/incidents/7",
  };
  expect(burnDownMarkers({ changes: [change], incidents: [incident] })).toEqual([
    { at: 5, label: "v12 again", kind: "deploy" },
    { at: 9, label: "INC-7", kind: "incident", href: "/incidents/7" },
  ]);
});
