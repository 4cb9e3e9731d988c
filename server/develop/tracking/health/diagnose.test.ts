import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { course, steps } from "../../../testing/fixtures/tracking/health/made-courses.ts";
import type { LatestMetric } from "../metrics/contract.ts";
import { diagnose } from "./diagnose.ts";
import { defaultThresholds } from "./thresholds.ts";

const metric = (key: string, timestamp: number): LatestMetric => ({ key, timestamp, step: 7, value: 1 });
const running = { status: "RUNNING" as const, updatedAt: 100 * minuteMs, metrics: [] };
const look = { thresholds: defaultThresholds, open: [], now: 100 * minuteMs };

test("finds a running run stale after 15 min, and does not schedule it again", () => {
  expect(diagnose(running, [], { ...look, now: 114 * minuteMs })).toEqual({ findings: [], dueAt: 115 * minuteMs });
  const { findings, dueAt } = diagnose(running, [], { ...look, now: 115 * minuteMs });
  expect(findings).toMatchObject([{ kind: "silent", since: 100 * minuteMs }]);
  expect(dueAt).toBeNull();
});

test("allows an hour without updates for a run that logs every 20 min", () => {
  const points = [0, 20, 40].map((minutes, step) => ({ step, timestamp: minutes * minuteMs, value: 1 }));
  const slow = [{ key: "loss", points }];
  expect(diagnose(running, slow, { ...look, now: 159 * minuteMs })).toMatchObject({
    findings: [],
    dueAt: 160 * minuteMs,
  });
  expect(diagnose(running, slow, { ...look, now: 160 * minuteMs }).findings).toMatchObject([{ kind: "silent" }]);
});

test("reports neither stale nor plateau for an ended run", () => {
  const ended = { ...running, status: "FINISHED" as const };
  const flat = [
    course(
      "loss",
      steps(200, () => 1),
    ),
  ];
  expect(diagnose(running, flat, look).findings).toMatchObject([{ kind: "plateau" }]);
  expect(diagnose(ended, flat, { ...look, now: 1e12 })).toEqual({ findings: [], dueAt: null });
});

test("finds a run stalled when training stops while the machine still reports", () => {
  const metrics = [metric("loss", 10 * minuteMs), metric("system/gpu_0", 30 * minuteMs)];
  expect(diagnose({ ...running, metrics }, [], look).findings).toMatchObject([
    { kind: "stalled", metric: "loss", since: 10 * minuteMs },
  ]);
  const fine = [metric("loss", 20 * minuteMs), metric("system/gpu_0", 30 * minuteMs)];
  expect(diagnose({ ...running, metrics: fine }, [], look).findings).toEqual([]);
});

test("reports the same finding of several metrics once, by the first metric, worst kinds first", () => {
  const course1 = course("loss", [...steps(60, () => 1), Number.NaN]);
  const early = course("a_loss", [1, Number.NaN]);
  const norm = course("grad_norm", [...steps(60, () => 1), 1e4, 1e4, 1e4, 1e4, 1e4]);
  const { findings } = diagnose(running, [norm, course1, early], look);
  expect(findings.map(({ kind, metric }) => [kind, metric])).toEqual([
    ["nan", "a_loss"],
    ["exploding", "grad_norm"],
  ]);
});

test("does not report a disabled kind", () => {
  const thresholds = { ...defaultThresholds, off: new Set(["nan" as const]) };
  expect(diagnose(running, [course("loss", [Number.NaN])], { ...look, thresholds }).findings).toEqual([]);
});
