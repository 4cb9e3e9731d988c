import { expect, test } from "vitest";
import { ArgumentError } from "../argument-error.ts";
import { seededRandom } from "../random.ts";
import { lostWork, type Saved, type Stretch } from "./lost-work.ts";
import { spotSaving } from "./spot-saving.ts";
import { youngInterval } from "./young-interval.ts";

test.each([
  [30, 4 * 3600, 930],
  [9, 2.1 * 3600, 369],
])("advises an interval for %s s of saving and %s s between interruptions", (save, between, seconds) => {
  expect(Math.round(youngInterval(save, between))).toBeCloseTo(seconds, -0.5);
  expect(() => youngInterval(0, between)).toThrow(ArgumentError);
});

test("the interval is where a simulated job loses least", () => {
  const [save, between, length] = [9, 2.1 * 3600, 400 * 3600];
  /** Seconds until a job is done that saves every `interval` seconds of work, and is killed at random moments. */
  const run = (interval: number) => {
    const random = seededRandom(7);
    let [done, clock] = [0, 0];
    let killedAt = -Math.log(1 - random()) * between;
    while (done < length) {
      const end = clock + interval + save;
      if (end <= killedAt) {
        done += interval;
        clock = end;
      } else {
        clock = killedAt;
        killedAt += -Math.log(1 - random()) * between;
      }
    }
    return clock;
  };
  const advised = run(youngInterval(save, between));
  for (const factor of [0.25, 0.4, 2.5, 5]) {
    expect(run(youngInterval(save, between) * factor)).toBeGreaterThan(advised);
  }
});

const stretch = (changes: Partial<Stretch>): Stretch => ({
  startedAt: 0,
  endedAt: null,
  resumedFrom: null,
  lastStep: null,
  ...changes,
});

test("counts steps, seconds and the wait between two attempts", () => {
  const stretches = [
    stretch({ endedAt: 119, lastStep: 119 }),
    stretch({ startedAt: 253, resumedFrom: "a", lastStep: 140 }),
  ];
  const saved = [{ id: "a", stretch: 0, savedAt: 78, step: 100 }];
  expect(lostWork(stretches, saved)).toEqual([{ steps: 19, seconds: 41, waitedSeconds: 134 }]);
});

test("counts all of it when there is no checkpoint, and no steps where none were logged", () => {
  const stretches = [stretch({ endedAt: 50, lastStep: 40 }), stretch({ startedAt: 60, endedAt: 90 }), stretch({})];
  expect(lostWork(stretches, [])).toEqual([
    { steps: 40, seconds: 50, waitedSeconds: 10 },
    { steps: null, seconds: 30, waitedSeconds: 0 },
  ]);
});

test("counts what an earlier attempt loses when its newest checkpoint is damaged", () => {
  const saved = [
    { id: "a", stretch: 0, savedAt: 60, step: 60 },
    { id: "b", stretch: 0, savedAt: 80, step: 80 },
  ];
  const stretches = [
    stretch({ endedAt: 90, lastStep: 90 }),
    stretch({ startedAt: 100, endedAt: 105, resumedFrom: "b", lastStep: 85 }),
    stretch({ startedAt: 110, resumedFrom: "a" }),
  ];
  expect(lostWork(stretches, saved).map(({ steps, seconds }) => [steps, seconds])).toEqual([
    [10, 10],
    [25, 25],
  ]);
});

test("what was lost and what the last attempt stands on add up to all time that ran", () => {
  const random = seededRandom(3);
  for (let round = 0; round < 200; round += 1) {
    const stretches: Stretch[] = [];
    const saved: Saved[] = [];
    const whole: string[] = [];
    let clock = 0;
    let ran = 0;
    for (let at = 0; at < 6; at += 1) {
      const startedAt = clock + random() * 10;
      const endedAt = startedAt + random() * 100;
      // Damaged ones are skipped for good: an attempt begins with the newest of the others.
      while (whole.length > 0 && random() < 0.3) whole.pop();
      const resumedFrom = whole.at(-1) ?? null;
      stretches.push(stretch({ startedAt, endedAt, resumedFrom }));
      for (let n = Math.floor(random() * 3); n > 0; n -= 1) {
        const savedAt = startedAt + ((endedAt - startedAt) * (3 - n - random())) / 3;
        whole.push(`${at}-${n}`);
        saved.push({ id: `${at}-${n}`, stretch: at, savedAt, step: null });
      }
      ran += endedAt - startedAt;
      clock = endedAt;
    }
    const last = stretches.at(-1) as Stretch;
    const lost = lostWork(stretches, saved).reduce((sum, { seconds }) => sum + seconds, 0);
    // The work below the last attempt, reckoned once more from its own chain of checkpoints.
    let kept = (last.endedAt as number) - last.startedAt;
    for (let id = last.resumedFrom; id !== null; ) {
      const from = saved.find((each) => each.id === id) as Saved;
      const by = stretches[from.stretch] as Stretch;
      kept += from.savedAt - by.startedAt;
      id = by.resumedFrom;
    }
    expect(lost).toBeCloseTo(ran - kept, 6);
  }
});

test("spot machines saved the difference in price, less what was done twice", () => {
  const one = { hours: 10, spotPrice: 1, onDemandPrice: 3, lostHours: 2 };
  expect(spotSaving([one])).toBe(18);
  expect(spotSaving([one, { ...one, hours: 1, lostHours: 4 }])).toBe(18 + 2 - 4);
  expect(spotSaving([])).toBe(0);
});
