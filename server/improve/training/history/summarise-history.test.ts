import { expect, test } from "vitest";
import { minuteMs } from "#server/base/durations.ts";
import { summariseHistory } from "./summarise-history.ts";

const start = Date.UTC(2026, 5, 3, 8);
const at = (minutes: number) => new Date(start + minutes * minuteMs);
const spot = { kind: "", gpuKind: "a10g", isSpot: true };

function attempt(number: number, from: number, to: number | null, changes = {}) {
  return {
    number,
    startedAt: at(from),
    endedAt: to === null ? null : at(to),
    heartbeatAt: at(to ?? from),
    resumedFrom: null as string | null,
    lastStep: null as number | null,
    machine: spot,
    cause: to === null ? null : "preempted",
    ...changes,
  };
}

const checkpoint = (id: string, attempt: number, minutes: number, step: number) => ({
  id,
  attempt,
  step,
  createdAt: at(minutes),
  savedSeconds: 6,
});

/** Two hours on a spot machine cost 2, on demand 6. */
const rateOf = (_: unknown, isSpot: boolean) => ({ amount: isSpot ? 1 : 3, currency: "€" });

test("sums lost work, waiting, and what spot machines saved", () => {
  const history = summariseHistory(
    {
      submittedAt: at(0),
      attempts: [
        attempt(1, 10, 70, { lastStep: 700 }),
        attempt(2, 80, 140, { resumedFrom: "b", lastStep: 900, cause: "finished" }),
      ],
      checkpoints: [checkpoint("b", 1, 60, 600), checkpoint("a", 1, 30, 300)],
    },
    rateOf,
  );
  expect(history.losses).toEqual([{ attempt: 1, steps: 100, seconds: 600, waitedSeconds: 600 }]);
  expect(history).toMatchObject({ lostSeconds: 600, lostSteps: 100, queuedSeconds: 1200, intervalSeconds: 1800 });
  // 2 hours · (3 − 1) less a sixth of an hour, done twice, at 1.
  expect(history.spotSaved?.amount).toBeCloseTo(4 - 1 / 6);
  expect(history.advice?.message).toContain("now it saves every 30\u00a0min");
});

test("says nothing of steps that were not logged, of unknown prices, and of jobs that were not interrupted", () => {
  const attempts = [attempt(1, 0, 10), attempt(2, 11, null)];
  const unknown = summariseHistory({ submittedAt: at(0), attempts, checkpoints: [] }, () => null);
  expect(unknown).toMatchObject({
    lostSeconds: 600,
    lostSteps: null,
    spotSaved: null,
    intervalSeconds: null,
    advice: null,
  });
  const steady = summariseHistory(
    { submittedAt: at(0), attempts: [attempt(1, 0, null, { machine: null })], checkpoints: [] },
    rateOf,
  );
  expect(steady).toMatchObject({ losses: [], lostSteps: 0, queuedSeconds: 0, spotSaved: null, advice: null });
});

test("does not count an attempt that never started", () => {
  const attempts = [attempt(1, 5, 10, { startedAt: null }), attempt(2, 20, null)];
  const { losses, queuedSeconds } = summariseHistory({ submittedAt: at(0), attempts, checkpoints: [] }, rateOf);
  expect([losses, queuedSeconds]).toEqual([[], 1200]);
});

test("counts the time in which a job waits now", () => {
  const waiting = (attempts: ReturnType<typeof attempt>[]) =>
    summariseHistory({ submittedAt: at(0), attempts, checkpoints: [], waitsAt: at(100) }, rateOf).queuedSeconds / 60;
  expect(waiting([])).toBe(100);
  expect(waiting([attempt(1, 10, 40)])).toBe(70);
});
