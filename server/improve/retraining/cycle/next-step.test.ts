import { expect, test } from "vitest";
import { hourMs } from "#server/base/durations.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { RetrainingPolicy } from "../contract.ts";
import { type CycleAction, type CycleCircumstances, type CycleParts, type CycleStep, nextStep } from "./next-step.ts";

const { limits } = RetrainingPolicy.parse({ triggers: [] });
const nothing: CycleParts = {
  data: null,
  job: null,
  candidate: null,
  comparison: null,
  gates: null,
  approval: null,
  rollout: null,
};
const accepted: CycleParts["comparison"] = { state: "done", verdict: "accept", reasons: [] };
/** Parts of a cycle up to its candidate. */
const trained: CycleParts = {
  ...nothing,
  data: { state: "ready" },
  job: { state: "finished" },
  candidate: { version: 4 },
};
const calm: CycleCircumstances = { startedAt: 0, needsApproval: false, cancelled: null, otherVersion: null };
const step = (parts: Partial<CycleParts>, changes: Partial<CycleCircumstances> = {}, now = hourMs): CycleStep =>
  nextStep(limits, { ...nothing, ...parts }, { ...calm, ...changes }, now);
const failed = (problem: string) => ({ state: "failed", problem }) as const;

test("goes from data to the rollout, one part after the other", () => {
  const course: [Partial<CycleParts>, string, CycleAction][] = [
    [{}, "checking-data", "make-data"],
    [{ data: { state: "making" } }, "checking-data", "wait"],
    [{ data: { state: "ready" } }, "training", "submit-job"],
    [{ data: { state: "ready" }, job: { state: "open" } }, "training", "wait"],
    [trained, "evaluating", "compare"],
    [{ ...trained, comparison: { state: "running" } }, "evaluating", "wait"],
    [{ ...trained, comparison: accepted }, "gating", "run-gates"],
    [{ ...trained, comparison: accepted, gates: { state: "passed" } }, "rolling-out", "start-rollout"],
    [
      { ...trained, comparison: accepted, gates: { state: "passed" }, rollout: { state: "running" } },
      "rolling-out",
      "wait",
    ],
    [
      { ...trained, comparison: accepted, gates: { state: "passed" }, rollout: { state: "promoted" } },
      "adopted",
      "end",
    ],
  ];
  for (const [parts, state, action] of course) expect(step(parts)).toMatchObject({ state, action });
});

test("asks a person where the policy wants that", () => {
  const passed = { ...trained, comparison: accepted, gates: { state: "passed" } } as const;
  const asking = { needsApproval: true };
  expect(step(passed, asking)).toMatchObject({ state: "approving", action: "ask-approval" });
  expect(step({ ...passed, approval: { state: "asked" } }, asking).action).toBe("wait");
  expect(step({ ...passed, approval: { state: "given" } }, asking).action).toBe("start-rollout");
  expect(step({ ...passed, approval: failed("Not before the sale.") }, asking)).toEqual({
    state: "rejected",
    action: "end",
    words: "Not before the sale.",
  });
});

test("ends with the reason of the part that failed", () => {
  const reasons = [{ code: "too-few" as const, words: "Too few to tell." }];
  const ends: [Partial<CycleParts>, string][] = [
    [{ data: failed("41 rows are in the frozen set.") }, "41 rows are in the frozen set."],
    [{ data: { state: "ready" }, job: failed("It was lost three times.") }, "It was lost three times."],
    [{ ...trained, candidate: null }, "The job registered no version."],
    [{ ...trained, comparison: { state: "done", verdict: "reject", reasons } }, "Too few to tell."],
    [{ ...trained, comparison: accepted, gates: failed("Latency: 41 ms.") }, "Latency: 41 ms."],
    [{ ...trained, rollout: failed("5xx rose.") }, "Rolled back: 5xx rose."],
  ];
  for (const [parts, words] of ends) expect(step(parts)).toEqual({ state: "rejected", action: "end", words });
});

test("stops what runs before it ends for a person, another version or its age", () => {
  const cancelled = { cancelled: { by: "Ada", reason: "not this week" } };
  expect(step({ data: { state: "ready" }, job: { state: "open" } }, cancelled)).toEqual({
    state: "cancelled",
    action: "stop",
    words: "Ended by Ada: not this week",
  });
  expect(step({ data: { state: "ready" }, job: failed("Stopped.") }, cancelled)).toMatchObject({
    state: "cancelled",
    action: "end",
  });
  expect(step({ data: { state: "ready" } }, { otherVersion: 9 })).toMatchObject({ state: "superseded", action: "end" });
  const late = limits.maxAgeHours * hourMs + 1;
  expect(step({ data: { state: "making" } }, {}, late)).toMatchObject({ state: "expired", action: "stop" });
  expect(step({}, {}, late - 1)).toMatchObject({ action: "make-data" });
  // A rollout goes on: its own version is the other one, and it ends by evidence.
  const rolling = { ...trained, rollout: { state: "running" } } as const;
  expect(step(rolling, { otherVersion: 4 }, late)).toMatchObject({ state: "rolling-out", action: "wait" });
  expect(step(rolling, cancelled).action).toBe("stop");
  expect(step({ ...trained, rollout: failed("Stopped by Ada.") }, cancelled)).toMatchObject({
    state: "cancelled",
    action: "end",
  });
  expect(step({ ...trained, rollout: { state: "promoted" } }, cancelled).state).toBe("adopted");
});

/** The world around a cycle: parts are made once, some fail, and a worker may be killed around each of its calls. */
class World {
  parts: CycleParts = { ...nothing };
  made = new Map<keyof CycleParts, number>();
  circumstances: CycleCircumstances;
  private readonly random: Random;

  constructor(random: Random) {
    this.random = random;
    this.circumstances = { ...calm, needsApproval: random() < 0.5 };
  }

  /** Does an action as a worker does: it may be killed before it, or after it and before it knows. @throws when it is killed */
  perform(action: CycleAction): void {
    this.mayBeKilled();
    const name = partOf[action];
    // A unique index: the second of two finds the first.
    if (name && this.parts[name] === null) {
      this.made.set(name, (this.made.get(name) ?? 0) + 1);
      Object.assign(this.parts, { [name]: { state: inProgress[name] } });
    }
    if (action === "stop") this.stopAll();
    this.mayBeKilled();
  }

  /** Time passes: what runs goes on by itself, people do something, somebody deploys. */
  pass(): void {
    const { parts, random } = this;
    for (const name of Object.keys(inProgress) as (keyof typeof inProgress)[]) {
      if (parts[name]?.state !== inProgress[name] || random() < 0.5) continue;
      Object.assign(parts, { [name]: random() < 0.1 ? failed("It failed.") : done[name] });
      if (name === "job" && parts.job?.state === "finished" && random() < 0.95) parts.candidate = { version: 4 };
    }
    if (random() < 0.01) this.circumstances.cancelled = { by: "Ada", reason: "no" };
    if (random() < 0.01 && !parts.rollout) this.circumstances.otherVersion = 9;
  }

  private stopAll(): void {
    for (const name of Object.keys(inProgress) as (keyof typeof inProgress)[]) {
      if (this.parts[name]?.state === inProgress[name] && this.random() < 0.7) {
        Object.assign(this.parts, { [name]: failed("Stopped.") });
      }
    }
  }

  private mayBeKilled(): void {
    if (this.random() < 0.2) throw new Error("killed");
  }
}

const partOf: Partial<Record<CycleAction, keyof typeof inProgress>> = {
  "make-data": "data",
  "submit-job": "job",
  compare: "comparison",
  "run-gates": "gates",
  "ask-approval": "approval",
  "start-rollout": "rollout",
};
const inProgress = {
  data: "making",
  job: "open",
  comparison: "running",
  gates: "running",
  approval: "asked",
  rollout: "running",
} as const;
const done = {
  data: { state: "ready" },
  job: { state: "finished" },
  comparison: accepted,
  gates: { state: "passed" },
  approval: { state: "given" },
  rollout: { state: "promoted" },
};

test("a cycle whose worker is killed at any point ends, once, with each part made once and nothing running", () => {
  const random = seededRandom(15);
  const outcomes = new Map<string, number>();
  for (let round = 0; round < 3_000; round += 1) {
    const world = new World(random);
    let last: CycleStep | undefined;
    for (let turn = 0; last?.action !== "end"; turn += 1) {
      expect(turn).toBeLessThan(500);
      last = nextStep(limits, world.parts, world.circumstances, turn * 0.1 * hourMs);
      try {
        world.perform(last.action);
      } catch {
        // The next worker looks again.
      }
      if (last.action !== "end") world.pass();
    }
    expect([...world.made.values()].every((count) => count === 1)).toBe(true);
    const running = Object.entries(inProgress).filter(
      ([name, state]) => name !== "approval" && world.parts[name as keyof typeof inProgress]?.state === state,
    );
    expect(running).toEqual([]);
    if (last.state === "adopted") expect(world.parts.rollout?.state).toBe("promoted");
    else expect(world.parts.rollout?.state).not.toBe("promoted");
    outcomes.set(last.state, (outcomes.get(last.state) ?? 0) + 1);
  }
  expect([...outcomes.keys()].toSorted()).toEqual(["adopted", "cancelled", "rejected", "superseded"]);
});
