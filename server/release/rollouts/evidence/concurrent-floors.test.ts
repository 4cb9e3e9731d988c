import { describe, expect, test } from "vitest";
import { hourMs, minuteMs } from "#server/base/durations.ts";
import { type Random, seededRandom } from "#server/stats/random.ts";
import { binomialFrom } from "#server/stats/random-counts.ts";
import type { FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { arms, frozenFacts, newPlan, newState, startedAt } from "../../../testing/fixtures/rollouts/machine/testing.ts";
import { decideStep } from "../machine/decide-step.ts";
import { evaluate } from "./evaluate.ts";
import { hourlyBounds, hourOfWeek } from "./record-limits.ts";

type Cell = { units: number; events: number };

function look(plan: RolloutPlan, frozen: FrozenFacts, state: RolloutState, counts: RolloutCount[], now: number) {
  const { evidence, units } = evaluate({ plan, frozen, state, counts });
  const budget = { allow: true, band: "healthy" as const, reason: "" };
  const gateways = [{ name: "gw-1", canary: "ready" as const, message: null }];
  const facts = { gateways, budget, endpoint: "digits", stable: "v12", canary: "v14" };
  return decideStep({ plan, frozen, state, evidence, units, now, facts });
}

/** Adds a draw of units, each bad with a probability of `rate`. */
function draw(cell: Cell, units: number, rate: number, random: Random): void {
  cell.units += units;
  cell.events += binomialFrom(units, rate, random);
}

describe("a floor at 2% and a step at 50% of 20 rps", () => {
  const plan = newPlan({
    steps: [{ weight: 0.5, minSeconds: 86_400, maxSeconds: 86_400 }],
    guardrails: [{ metric: "errors", floor: 0.02, margin: 0.2 }],
    watch: { seconds: 0, shadowShare: 0 },
  });

  /** Runs twenty healthy minutes, then twenty in which each arm has its rate of errors; returns how it ends and after how many seconds. */
  function ending(seed: number, rates: { canary: number; stable: number }): { ends: string; seconds: number } {
    const random = seededRandom(seed);
    const [canary, stable] = [
      { units: 0, events: 0 },
      { units: 0, events: 0 },
    ];
    let state = newState({ weight: 0.5 });
    for (let seconds = 0; seconds <= 2400; seconds += 20) {
      const isOut = seconds > 1200;
      draw(canary, 200, isOut ? rates.canary : 0.005, random);
      draw(stable, 200, isOut ? rates.stable : 0.005, random);
      if (!isOut) continue;
      const counts = arms(
        { canary: [canary.units, canary.events], stable: [stable.units, stable.events] },
        { weight: 0.5 },
      );
      const decided = look(plan, frozenFacts, state, counts, startedAt + seconds * 1000);
      state = decided.state;
      if (state.phase === "rolled-back") return { ends: decided.decisions.at(-1)?.code ?? "", seconds: seconds - 1200 };
    }
    return { ends: state.hold?.code ?? "continue", seconds: 1200 };
  }
  const endings = (count: number, rates: { canary: number; stable: number }) =>
    Array.from({ length: count }, (_, run) => ending(run + 1, rates));

  test("holds in a shared outage, and rolls back at most one of twenty healthy candidates", () => {
    const all = endings(60, { canary: 0.1, stable: 0.1 });
    const rolledBack = all.filter(({ ends }) => ends === "floor" || ends === "guardrail");
    expect(rolledBack.length).toBeLessThanOrEqual(3);
    expect(all.filter(({ ends }) => ends === "floor-breached-by-both").length).toBeGreaterThan(54);
  });

  test("rolls back a candidate that alone fails, as soon as its floor is breached", () => {
    const all = endings(20, { canary: 0.1, stable: 0.005 });
    expect(all.every(({ ends }) => ends === "floor" || ends === "guardrail")).toBe(true);
    expect(all.map(({ seconds }) => seconds).sort((a, b) => a - b)[10]).toBeLessThanOrEqual(180);
  });

  test("rolls back a candidate within its margin only if the version before is within the floor", () => {
    const alike = endings(10, { canary: 0.045, stable: 0.04 });
    expect(alike.filter(({ ends }) => ends === "floor")).toHaveLength(0);
    const wide = newPlan({
      ...plan,
      guardrails: [{ metric: "errors", floor: 0.02, margin: 5 }],
    });
    const counts = arms({ canary: [20_000, 600], stable: [20_000, 120] }, { weight: 0.5 });
    const decided = look(wide, frozenFacts, newState({ weight: 0.5 }), counts, startedAt + 600_000);
    expect(decided.decisions.at(-1)).toMatchObject({ kind: "roll-back", code: "floor" });
  });
});

test("compares no rates for a floor while the split is broken, but still what one arm alone shows", () => {
  const plan = newPlan({
    steps: [{ weight: 0.1, minSeconds: 86_400, maxSeconds: 86_400 }],
    guardrails: [{ metric: "errors", floor: 0.02 }],
  });
  const outcome = (canary: [number, number], stable: [number, number]) => {
    const { state } = look(plan, frozenFacts, newState(), arms({ canary, stable }), startedAt + 600_000);
    return state.hold?.code ?? state.phase;
  };
  // Three times as many units as intended, and as many more errors.
  expect(outcome([3000, 150], [7000, 160])).toBe("withheld");
  expect(outcome([3000, 150], [7000, 20])).toBe("rolled-back");
});

describe("an hour of monitoring at 20 rps", () => {
  const guardrails = [{ metric: "errors" as const }, { metric: "slow" as const }];
  const planWith = (shadowShare: number) =>
    newPlan({ steps: [{ weight: 0.5 }], guardrails, watch: { seconds: 3600, shadowShare } });
  const perMinute = 1200;
  /** Share of slow responses at a time: 5% on average, with a daily wave of this height. */
  const shareAt = (at: number, wave: number) => 0.05 * (1 + wave * Math.sin((2 * Math.PI * at) / (24 * hourMs)));

  /** Returns what was recorded on the day before. */
  function recordOf(wave: number, random: Random): FrozenFacts {
    const hours = Array.from({ length: 24 }, (_, before) => {
      const at = startedAt - (before + 1) * hourMs;
      const units = perMinute * 60;
      return { at, units, events: binomialFrom(units, shareAt(at + hourMs / 2, wave), random) };
    });
    const sum = (of: (hour: Cell) => number) => hours.reduce((total, hour) => total + of(hour), 0);
    const slow = { units: sum(({ units }) => units), events: sum(({ events }) => events) };
    const bounds = hourlyBounds(hours, 0.005) as number[];
    return { ...frozenFacts, record: { ...frozenFacts.record, slow }, recordByHour: { slow: bounds } };
  }

  const records = new Map<number, FrozenFacts>();

  interface Watched {
    seed: number;
    wave: number;
    shadowShare: number;
    /** Factor on the shares of both versions, and on that of the new one alone. */
    shared?: number;
    own?: number;
    hasRecordByHour?: boolean;
  }

  function isRolledBack({ seed, wave, shadowShare, shared = 1, own = 1, hasRecordByHour = true }: Watched): boolean {
    const random = seededRandom(seed);
    const plan = planWith(shadowShare);
    const recorded = records.get(wave) ?? recordOf(wave, seededRandom(1));
    records.set(wave, recorded);
    const { recordByHour: _, ...daily } = recorded;
    const frozen = hasRecordByHour ? recorded : daily;
    const watchStartsAt = startedAt + random() * 24 * hourMs;
    const live = { units: 0, events: 0 };
    const pairs = { units: 0, events: 0, misses: 0, sum: 0 };
    let state = newState({
      phase: "watching",
      step: 1,
      weight: 1,
      stepStartedAt: watchStartsAt,
      lastDataAt: watchStartsAt,
    });
    for (let minute = 2; minute < 60; minute += 2) {
      const now = watchStartsAt + minute * minuteMs;
      const share = shareAt(now, wave) * shared;
      draw(live, 2 * perMinute, share * own, random);
      for (let pair = 0; pair < 2 * perMinute * shadowShare; pair += 1) {
        const [before, after] = [random() < share, random() < share * own];
        pairs.units += 1;
        pairs.events += Number(after && !before);
        pairs.misses += Number(before && !after);
        pairs.sum += Number(!before);
      }
      const at = { step: 1, weight: 1 };
      const [slow] = arms({ canary: [live.units, live.events], stable: [0, 0] }, { ...at, metric: "slow" });
      const [errors] = arms({ canary: [live.units, 0], stable: [0, 0] }, at);
      const both = { ...(slow as RolloutCount), arm: "pair" as const, ...pairs };
      const counts = [slow, errors, both].filter((row) => row !== undefined);
      const decided = look(plan, frozen, state, counts, now);
      state = decided.state;
      if (state.phase === "rolled-back") return true;
    }
    return false;
  }
  const rolledBack = (count: number, watched: Omit<Watched, "seed">) =>
    Array.from({ length: count }, (_, run) => isRolledBack({ ...watched, seed: run + 1 })).filter(Boolean).length;

  test.each([0, 0.2, 0.4])(
    "keeps a healthy version with a daily wave of %d, by copies or by the record of the hour",
    (wave) => {
      expect(rolledBack(40, { wave, shadowShare: 0.05 })).toBeLessThanOrEqual(2);
      expect(rolledBack(40, { wave, shadowShare: 0 })).toBeLessThanOrEqual(2);
    },
  );

  test("rolls back against the mean of a day where the wave is all that changed, which is why no mean decides", () => {
    expect(rolledBack(20, { wave: 0.4, shadowShare: 0, hasRecordByHour: false })).toBeGreaterThan(5);
  });

  test("keeps a healthy version when both are slower than ever, by copies", () => {
    expect(rolledBack(20, { wave: 0.2, shadowShare: 0.05, shared: 2 })).toBeLessThanOrEqual(1);
  });

  test("rolls back a version that is slower than the one before, by copies or by the record", () => {
    expect(rolledBack(20, { wave: 0.2, shadowShare: 0.05, own: 2 })).toBe(20);
    expect(rolledBack(20, { wave: 0.2, shadowShare: 0, own: 2 })).toBe(20);
  });

  test("rolls back what no season explains without waiting for copies", () => {
    const plan = planWith(0.05);
    const state = newState({ phase: "watching", step: 1, weight: 1 });
    const failing = arms({ canary: [100, 60], stable: [0, 0] }, { step: 1, weight: 1 });
    const copies = (good: number) => ({
      ...(failing[0] as RolloutCount),
      arm: "pair" as const,
      units: 5,
      events: 0,
      sum: good,
    });
    const kinds = (counts: RolloutCount[]) =>
      look(plan, frozenFacts, state, counts, startedAt + 5000).decisions.map(({ kind }) => kind);
    expect(kinds(failing)).toContain("roll-back");
    expect(kinds([...failing, copies(5)])).toContain("roll-back");
    // The version before fails on the same requests.
    expect(kinds([...failing, copies(1)])).not.toContain("roll-back");
  });

  test("attributes errors to the version that alone has them when copies run beside it", () => {
    const plan = newPlan({
      steps: [{ weight: 0.5 }],
      guardrails: [{ metric: "errors", floor: 0.05 }],
      watch: { seconds: 3600, shadowShare: 0.05 },
    });
    const state = newState({ phase: "watching", step: 1, weight: 1 });
    const failing = arms({ canary: [10_000, 2000], stable: [0, 0] }, { step: 1, weight: 1 });
    const copies = (good: number) => ({
      ...(failing[0] as RolloutCount),
      arm: "pair" as const,
      units: 400,
      events: 0,
      sum: good,
    });
    const outcome = (good: number) => {
      const { decisions, state: next } = look(
        plan,
        frozenFacts,
        state,
        [...failing, copies(good)],
        startedAt + 600_000,
      );
      return next.hold?.code ?? decisions.at(-1)?.kind;
    };
    expect(outcome(400)).toBe("roll-back");
    expect(outcome(320)).toBe("floor-unattributed");
  });
});

describe("the record by hour of the week", () => {
  const monday = Date.UTC(2026, 4, 11);

  test("starts weeks on Monday", () => {
    expect([monday, monday + 23 * hourMs, monday - hourMs].map(hourOfWeek)).toEqual([0, 23, 167]);
  });

  test("uses the same hour of the week, else the worst same hour of a day, else the worst hour", () => {
    const of = (at: number, events: number) => ({ at, units: 10_000, events });
    const bounds = hourlyBounds([of(monday, 100), of(monday + 24 * hourMs, 300), of(monday + 5 * hourMs, 900)], 0.005);
    const at = (hour: number) => Math.round((bounds?.[hour] ?? 0) * 100);
    expect([at(0), at(24), at(48), at(5), at(29), at(7)]).toEqual([1, 4, 4, 10, 10, 10]);
    expect(hourlyBounds([{ at: monday, units: 99, events: 0 }], 0.005)).toBeUndefined();
  });
});
