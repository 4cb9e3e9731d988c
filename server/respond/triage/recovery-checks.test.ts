import { expect, test } from "vitest";
import { type RecoveryFacts, recoveryChecks } from "./recovery-checks.ts";

const now = 1_800_000_000_000;
const minute = 60_000;
const at = (before: number) => now - before * minute;
const v32 = "0d9a7bb4-3cf6-4a2b-8c71-2f4c9f1f0a32";

/** An endpoint that failed 15% of requests for three minutes, and was rolled back from v32 six minutes ago. */
const facts: RecoveryFacts = {
  stage: {
    stage: "watch",
    since: at(6),
    burn: 0.2,
    calmAt: at(-4),
    action: null,
    failed: [],
    words: "Recovering: burn rate 0.2×, 4\u00a0min to go.",
  },
  numbers: {
    noun: "failing",
    allowed: 0.005,
    minutes: [10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0].map((each) => ({
      at: at(each),
      bad: each >= 7 && each <= 9 ? 150 : 1,
      total: 1000,
    })),
    versions: [
      {
        id: v32,
        model: "fraud",
        version: 32,
        minutes: [9, 8, 7].map((each) => ({ at: at(each), bad: 150, total: 1000 })),
      },
    ],
  },
  tiers: [
    {
      tier: { severity: "page", longMinutes: 14, shortMinutes: 1, budgetShare: 0.02 } as never,
      factor: 14.4,
      isCapped: false,
      long: 20,
      short: 0.2,
      bad: 450,
      total: 14_000,
      chance: null,
      passesGate: true,
      isFiring: true,
    },
  ],
  firing: 1,
  left: { id: v32, version: 32 },
  now,
};

test("lists what must hold with its value, and since when", () => {
  expect(recoveryChecks(facts)).toEqual([
    {
      name: "Requests failing",
      value: "0.1%",
      goal: "at most 0.5%",
      state: "holds",
      since: at(6),
      progress: "",
    },
    {
      name: "Burn rate, short window",
      value: "0.2×",
      goal: "below 1× for 10\u00a0min",
      state: "waiting",
      since: at(6),
      progress: "6 of 10\u00a0min",
    },
    {
      name: "Burn rate, 14\u00a0min",
      value: "20×",
      goal: "below 14×",
      state: "broken",
      since: null,
      progress: "page is firing",
    },
    { name: "Traffic on v32", value: "0%", goal: "0%", state: "holds", since: at(6), progress: "" },
  ]);
});

test("counts firing alerts where there is no burn rate", () => {
  const stage = facts.stage && { ...facts.stage, burn: null, calmAt: null };
  expect(recoveryChecks({ ...facts, stage, numbers: null, tiers: [], left: undefined })).toEqual([
    { name: "Firing alerts", value: "1", goal: "none for 10\u00a0min", state: "broken", since: null, progress: "" },
  ]);
});

test("says that the target was never missed, and that the version left still serves", () => {
  const numbers = facts.numbers && {
    ...facts.numbers,
    minutes: facts.numbers.minutes.map((each) => ({ ...each, bad: 1 })),
    versions: [{ id: v32, model: "fraud", version: 32, minutes: [{ at: at(1), bad: 0, total: 100 }] }],
  };
  const [share, , , left] = recoveryChecks({ ...facts, numbers });
  expect(share).toMatchObject({ state: "holds", since: null, progress: "never above" });
  expect(left).toMatchObject({ value: "10%", state: "broken", since: null });
});

test("lists nothing while there is something to do", () => {
  const stage = facts.stage && { ...facts.stage, stage: "act" as const };
  expect(recoveryChecks({ ...facts, stage })).toEqual([]);
  expect(recoveryChecks({ ...facts, stage: null })).toEqual([]);
});
