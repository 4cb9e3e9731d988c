import { expect, test } from "vitest";
import { jobsAtOnce, sweepHours } from "./sweep-hours.ts";

test("counts rounds of trials, at their limit and as earlier jobs took", () => {
  expect(sweepHours({ trials: 30, parallel: 4, limit: 2, earlier: [] })).toEqual({ max: 16, usual: null });
  // 4 in 5 of the earlier jobs took at most 0.5 h.
  expect(sweepHours({ trials: 30, parallel: 4, limit: 2, earlier: [0.1, 0.5, 0.2, 0.4, 9] })).toEqual({
    max: 16,
    usual: 4,
  });
  // None takes longer than its limit, and one alone is a round.
  expect(sweepHours({ trials: 3, parallel: 8, limit: 2, earlier: [5] })).toEqual({ max: 2, usual: 2 });
});

test("counts how many trials this machine runs at once, by its limit and its cores", () => {
  const features = { gracefulStop: true, requeues: false, gangs: false, arrays: false };
  const description = { version: "1", capacity: { cores: { total: 4, free: 4 } }, queues: [], features };
  const settings = { kind: "local" as const, maxJobs: 3, cores: null, memoryBytes: null, hours: 24 };
  const local = { kind: "local" as const, settings, description };
  expect(jobsAtOnce(local, { cores: 1, nodes: 1 })).toBe(3);
  expect(jobsAtOnce(local, { cores: 2, nodes: 1 })).toBe(2);
  expect(jobsAtOnce(local, { cores: 3, nodes: 2 })).toBe(1);
  expect(jobsAtOnce({ ...local, description: null }, { cores: 3, nodes: 1 })).toBe(3);
  expect(jobsAtOnce({ ...local, kind: "slurm" }, { cores: 3, nodes: 1 })).toBe(3);
});
