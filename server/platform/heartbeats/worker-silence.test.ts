import { expect, test } from "vitest";
import type { RoleProcess, Roles } from "./list-roles.ts";
import { workerSilence, workingCount } from "./worker-silence.ts";

const now = Date.UTC(2026, 4, 6, 12);
const second = 1_000;
const minute = 60 * second;

const worker = (seenAgo: number, more: Partial<RoleProcess> = {}): RoleProcess => ({
  instance: `w${seenAgo}`,
  role: "worker",
  startedAt: now - 60 * minute,
  seenAt: now - seenAgo,
  stoppedAt: null,
  standingStill: [],
  ...more,
});
const stopped = (ago: number) => worker(ago, { stoppedAt: now - ago });
const silence = (processes: RoleProcess[], more: { roundAt?: number; watchingFor?: number } = {}) => {
  const roles: Roles = { now, processes, roundAt: more.roundAt ?? null };
  return workerSilence(roles, now - (more.watchingFor ?? 60 * minute))?.words;
};

test("a worker without a heartbeat for more than 30 s is silent", () => {
  expect(silence([worker(30 * second)])).toBeUndefined();
  expect(silence([worker(31 * second)])).toBe("No worker has responded since 2026-05-06 11:59:29 UTC.");
});

test("one worker that works is enough", () => {
  expect(silence([worker(2 * minute), worker(4 * second)])).toBeUndefined();
  expect(workingCount({ now, processes: [worker(2 * minute), worker(4 * second)], roundAt: null })).toBe(1);
});

test("other roles are no workers", () => {
  expect(silence([worker(31 * second), worker(0, { role: "web" })])).toMatch(/^No worker has responded/);
});

test("a worker that was requested to stop may be missing for 5 minutes, as in an upgrade", () => {
  expect(silence([stopped(5 * minute)])).toBeUndefined();
  expect(silence([stopped(5 * minute + 1)])).toMatch(/^No worker has run since/);
  expect(silence([stopped(31 * second), worker(2 * minute)])).toBeUndefined();
  expect(silence([stopped(2 * minute), worker(31 * second)])).toMatch(/^No worker has responded/);
});

test("a worker whose paging loops stand still does not work; other loops do not matter", () => {
  expect(silence([worker(0, { standingStill: ["drift", "alerts", "notifications"] })])).toBe(
    "A worker is running, but its loops have stopped: alerts, notifications.",
  );
  expect(silence([worker(0, { standingStill: ["drift"] })])).toBeUndefined();
});

test("silence before the observer could see heartbeats proves nothing", () => {
  expect(silence([worker(10 * minute)], { watchingFor: 30 * second })).toBeUndefined();
  expect(silence([worker(10 * minute)], { watchingFor: 31 * second })).toBeDefined();
});

test("without any worker ever, waits 5 minutes, and accepts rounds of a version without heartbeats", () => {
  expect(silence([], { watchingFor: 5 * minute })).toBeUndefined();
  expect(silence([], { watchingFor: 6 * minute })).toBe("No worker has started.");
  expect(silence([], { watchingFor: 6 * minute, roundAt: now - 20 * second })).toBeUndefined();
});
