import { expect, test } from "vitest";
import { jobProgress, totalSteps } from "./job-progress.ts";
import { describeAttempts, describeCost, describeJob, jobDuration } from "./job-text.ts";

const job = {
  state: "running",
  waiting: null,
  cause: null,
  message: null,
  stopRequest: null,
  lastStep: null,
  parameters: {},
} as const;

const stopRequest = {
  cause: "cancelled",
  reason: "loss is rising",
  byName: "Priya",
  at: "2026-06-03T10:00:00Z",
} as const;

test.each([
  [
    { state: "waiting", waiting: { code: "x", words: "1 of 1 running on local.", since: "" } },
    "1 of 1 running on local.",
  ],
  [{}, "No step logged yet."],
  [{ lastStep: 1200 }, "step 1,200"],
  [{ lastStep: 1200, parameters: { max_steps: 40_320 } }, "step 1,200 of 40,320"],
  [{ stopRequest }, "Stopping: asked by Priya: loss is rising."],
  [{ stopRequest: { ...stopRequest, cause: "preempted", reason: "" } }, "Preempted by Priya."],
  [
    { stopRequest: { ...stopRequest, cause: "failed", byName: "Leeway", reason: "loss has been NaN since step 5." } },
    "Stopping: asked by Leeway: loss has been NaN since step 5.",
  ],
  [{ state: "stopped", cause: "cancelled", stopRequest, message: "It was stopped." }, "By Priya: loss is rising"],
  [{ state: "failed", cause: "failed", message: "Exit code 3." }, "Exit code 3."],
  [{ state: "finished", cause: "finished" }, "Finished"],
] as const)("says what a job waits for, does or did: %#", (changes, words) => {
  expect(describeJob({ ...job, ...changes } as Parameters<typeof describeJob>[0])).toBe(words);
});

test("counts attempts by how they ended", () => {
  expect(describeAttempts([])).toBe("–");
  expect(describeAttempts([{ cause: "failed" }])).toBe("1");
  const causes = ["preempted", "preempted", "lost", null] as const;
  expect(describeAttempts(causes.map((cause) => ({ cause })))).toBe("4, preempted 2×, lost 1×");
});

test("says what a job costs, and may cost", () => {
  const cost = { cost: 1.47, costCurrency: "EUR", estimate: 2.88, currency: "EUR" };
  expect(describeCost({ ...cost, state: "running" })).toBe("€1.47 of €2.88");
  expect(describeCost({ ...cost, state: "finished" })).toBe("€1.47");
  expect(describeCost({ ...cost, state: "waiting", cost: null })).toBe("up to €2.88");
  expect(describeCost({ ...cost, state: "waiting", cost: null, currency: null })).toBe("–");
  expect(describeCost({ ...cost, state: "running", currency: "USD" })).toBe("€1.47");
  expect(describeCost({ ...cost, state: "running", cost: null, costCurrency: null })).toBe("–");
});

test("counts time from the submit while queued, else from the first start", () => {
  const [submittedAt, startedAt] = [new Date(0), new Date(600_000)];
  expect(jobDuration({ state: "waiting", submittedAt, startedAt: null, endedAt: null }, 60_000)).toBe("1\u00a0min");
  expect(jobDuration({ state: "running", submittedAt, startedAt, endedAt: null }, 660_000)).toBe("1\u00a0min");
  expect(jobDuration({ state: "failed", submittedAt, startedAt, endedAt: new Date(720_000) }, 9e9)).toBe("2\u00a0min");
});

test("computes the rest from the speed of the present attempt", () => {
  const present = { parameters: { max_steps: 1000 }, lastStep: 600, fromStep: 500, startedAt: 0, heartbeatAt: 50_000 };
  expect(jobProgress(present)).toEqual({ step: 600, total: 1000, stepsPerSecond: 2, leftMs: 200_000 });
  expect(jobProgress({ ...present, parameters: {} })).toMatchObject({ total: null, leftMs: null });
  expect(jobProgress({ ...present, fromStep: 600 })).toMatchObject({ stepsPerSecond: null, leftMs: null });
  expect(jobProgress({ ...present, lastStep: null })).toBeNull();
  expect(jobProgress({ ...present, lastStep: 1200 })).toMatchObject({ total: 1200, leftMs: 0 });
  expect(totalSteps({ max_steps: "many", steps: 5 })).toBe(5);
});
