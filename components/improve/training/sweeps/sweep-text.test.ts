import { expect, test } from "vitest";
import type { Sweep, SweepTrial } from "#server/improve/training/sweeps/contract.ts";
import {
  describeBest,
  describeCounts,
  describeKind,
  describeProgress,
  describeShare,
  describeSweep,
  describeTrialEnd,
  formatParameter,
  orderTrials,
  trialDuration,
} from "./sweep-text.ts";

const trial = (number: number, metric: number | null, more: Partial<SweepTrial> = {}): SweepTrial => ({
  trial: number,
  jobId: `tj-${number}`,
  runId: "r",
  state: "finished",
  cause: "finished",
  parameters: {},
  metric,
  endedAtStep: null,
  comparison: null,
  startedAt: null,
  endedAt: null,
  ...more,
});
const none = { open: 0, finished: 0, endedEarly: 0, failed: 0, stopped: 0 };
const sweep = (more: Partial<Sweep>): Omit<Sweep, "id" | "name"> => ({
  spec: {
    kind: "random",
    space: {},
    seed: 0,
    trials: 8,
    maxParallel: 2,
    halving: null,
    metric: "accuracy",
    goal: "max",
  },
  state: "running",
  message: null,
  runId: null,
  engine: null,
  template: null,
  trials: 8,
  counts: none,
  best: null,
  createdBy: "Priya",
  createdAt: new Date(0),
  endedAt: null,
  ...more,
});
/** Non-breaking spaces as plain ones. */
const plain = (text: string) => text.replaceAll("\u00a0", " ");

test("says which trial is the best, and how many are left", () => {
  expect(plain(describeSweep(sweep({})))).toBe(
    "No trial has finished with a value of accuracy yet. 8 trials left, 2 at a time.",
  );
  const counts = { ...none, open: 2, finished: 3, endedEarly: 2 };
  expect(plain(describeSweep(sweep({ counts, best: trial(3, 0.97) })))).toBe(
    "accuracy 0.97 by trial 3 is the best so far. 3 trials left, 2 at a time.",
  );
  const done = { ...none, finished: 5, endedEarly: 2, failed: 1 };
  expect(describeSweep(sweep({ state: "ended", counts: done, best: trial(3, 0.97) }))).toBe(
    "accuracy 0.97 by trial 3 is the best. All done: 5 finished, 2 ended early, 1 failed.",
  );
  expect(describeSweep(sweep({ state: "stopped", counts: none }))).toBe(
    "No trial finished with a value of accuracy. Stopped after no trial.",
  );
  const message = "Its engine was removed.";
  expect(describeSweep(sweep({ state: "stopped", message, counts: { ...none, stopped: 2 } }))).toBe(
    "No trial finished with a value of accuracy. Stopped after 2 stopped. Reason: Its engine was removed.",
  );
  expect(describeCounts({ ...none, open: 1_000 })).toBe("1,000 open");
  const some = { ...none, open: 2, finished: 1, endedEarly: 1, failed: 1 };
  expect(describeProgress(sweep({ trials: 1_000, counts: some }))).toBe("3 of 1,000 done");
  expect(describeProgress(sweep({ trials: 8, counts: some, best: trial(3, 0.125) }))).toBe(
    "3 of 8 done, best accuracy 0.125",
  );
  expect(describeKind({ kind: "grid", goal: "min", metric: "loss" })).toBe("Grid, minimise loss");
});

test("orders trials by the metric, in its direction, those without one last", () => {
  const trials = [trial(0, 0.5), trial(1, null), trial(2, 0.9), trial(3, 0.9), trial(4, null)];
  expect(orderTrials(trials, "max").map((each) => each.trial)).toEqual([2, 3, 0, 1, 4]);
  expect(orderTrials(trials, "min").map((each) => each.trial)).toEqual([0, 2, 3, 1, 4]);
});

test("says why a trial ended", () => {
  const comparison = { step: 4, value: 0.61, place: 7, among: 9, kept: 3 };
  const early = { state: "stopped" as const, cause: "cancelled" as const };
  expect(describeTrialEnd({ ...early, comparison })).toBe("Place 7 of 9 at step 4; the best 3 continue");
  expect(describeTrialEnd({ ...early, comparison: { ...comparison, kept: 1 } })).toMatch("; the best continues");
  expect(describeTrialEnd({ ...early, comparison: { ...comparison, value: null } })).toBe("No finite number at step 4");
  expect(describeTrialEnd({ ...early, comparison: null })).toBe("stopped");
  expect(describeTrialEnd(trial(0, 1))).toBe("–");
  expect(describeTrialEnd({ state: "failed", cause: "out-of-memory", comparison: null })).toBe("out of memory");
});

test("says how much a parameter explains, and where the metric is best", () => {
  expect(describeShare({ share: 0.41, error: 0.062 })).toBe("41% ± 6");
  expect(describeShare({ share: 0.41, error: null })).toBe("41%");
  expect(describeShare({ share: null, error: null })).toBe("–");
  const found = { share: 0.4, p: 0.001 };
  expect(describeBest({ ...found, best: { near: 0.000412 } })).toBe("best near 4.12e−4");
  expect(describeBest({ ...found, best: { towards: "larger" } })).toBe("larger is better");
  expect(describeBest({ ...found, best: { at: "convnext-nano" } })).toBe("best with convnext-nano");
  expect(describeBest({ share: 0.09, p: 0.344, best: null })).toBe("may be chance (p 0.34)");
  expect(describeBest({ share: null, p: null, best: null })).toMatch("too few");
});

test("formats parameters and durations", () => {
  expect([0.000372918, 64, true, "nano", undefined].map(formatParameter)).toEqual([
    "3.73e−4",
    "64",
    "true",
    "nano",
    "–",
  ]);
  const startedAt = new Date(1_000);
  expect(plain(trialDuration({ startedAt, endedAt: new Date(62_000) }, 0))).toBe("1 min 1 s");
  expect(plain(trialDuration({ startedAt, endedAt: null }, 3_000))).toBe("2 s");
  expect(trialDuration({ startedAt: null, endedAt: null }, 3_000)).toBe("–");
});
