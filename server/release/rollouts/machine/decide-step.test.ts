import { expect, test } from "vitest";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import {
  arms,
  decideAt,
  type Moment,
  newPlan,
  newState,
  startedAt,
} from "../../../testing/fixtures/rollouts/machine/testing.ts";

const hour = 3600;
/** Creates equal counts for both metrics; nine times as many units in the stable arm, as at a weight of 10%. */
const both = (events: [canary: number, stable: number], units = 1000): RolloutCount[] => [
  ...arms({ canary: [units, events[0]], stable: [9 * units, events[1]] }),
  ...arms({ canary: [units, 4], stable: [9 * units, 36] }, { metric: "slow" }),
];
const quiet = both([5, 45]);
const proved = both([5, 450]);
const harmful = both([60, 45]);
const floors = newPlan({ guardrails: [{ metric: "errors", floor: 0.01, requiresVerdict: true }, { metric: "slow" }] });
const noHarmFound = newPlan({ advanceWhen: "no-harm-found" });

/** Describes a decision: its state's hold, or the last line of the log. */
function verdict(moment: Moment): string {
  const { state, decisions } = decideAt(moment);
  if (state.hold) return `hold ${state.hold.code}`;
  const last = decisions.at(-1);
  return last && last.code !== "proved" ? `${last.kind} ${last.code}` : "continue";
}

test.each<[string, Moment, string]>([
  ["nothing crossed, time left", { counts: quiet }, "continue"],
  ["nothing crossed, time over, proofs wanted", { counts: quiet, seconds: hour }, "hold inconclusive"],
  ["the same where no harm is enough", { counts: quiet, seconds: hour, plan: noHarmFound }, "advance no-harm-found"],
  [
    "the same without anything of the canary",
    {
      counts: [
        ...arms({ canary: [0, 0], stable: [20, 0] }),
        ...arms({ canary: [0, 0], stable: [20, 0] }, { metric: "slow" }),
      ],
      seconds: hour,
      plan: noHarmFound,
    },
    "hold no-data",
  ],
  ["the same without any counts, for ever", { seconds: 1000 * hour, plan: noHarmFound }, "hold no-data"],
  [
    "the same with 50 of 100 units",
    { counts: both([0, 2], 50), seconds: hour, plan: noHarmFound },
    "hold too-little-data",
  ],
  [
    "the same with nothing new for 500 s",
    {
      counts: quiet,
      seconds: hour,
      plan: noHarmFound,
      state: newState({ lastUnits: 20_000, lastDataAt: startedAt + (hour - 500) * 1000 }),
    },
    "hold stale-data",
  ],
  ["proved, after the shortest time", { counts: proved, seconds: 300 }, "advance proved-safe"],
  ["proved, before it", { counts: proved, seconds: 299 }, "continue"],
  [
    "no data, while counts are on their way",
    { plan: newPlan({ steps: [{ weight: 0.1, minSeconds: 0 }] }), seconds: 29 },
    "continue",
  ],
  ["little data, before the shortest time", { counts: both([0, 0], 5), seconds: 100 }, "continue"],
  ["harm", { counts: harmful, seconds: 10 }, "roll-back guardrail"],
  [
    "a sample ratio that is not the one that was set, whatever the gates say",
    {
      counts: [...arms({ canary: [2000, 200], stable: [9000, 45] })],
    },
    "hold withheld",
  ],
  ["the canary beyond its floor, the stable one not", { plan: floors, counts: both([60, 45]) }, "roll-back floor"],
  [
    "the same with a wrong sample ratio",
    {
      plan: floors,
      counts: arms({ canary: [2000, 200], stable: [9000, 45] }),
    },
    "roll-back floor",
  ],
  ["both beyond it", { plan: floors, counts: both([60, 540]) }, "hold floor-breached-by-both"],
  ["paused, harm", { counts: harmful, state: newState({ isPaused: true }) }, "roll-back guardrail"],
  ["paused, proved", { counts: proved, state: newState({ isPaused: true }) }, "hold paused"],
  ["proved, no gateway", { counts: proved, facts: { gateways: [] } }, "hold no-gateway"],
  ["harm, no gateway", { counts: harmful, facts: { gateways: [] } }, "roll-back guardrail"],
  [
    "proved, budget exhausted",
    {
      counts: proved,
      facts: { budget: { allow: false, band: "exhausted", reason: "It is used up." } },
    },
    "hold budget-exhausted",
  ],
  [
    "proved, a quarter of the budget left",
    {
      counts: proved,
      facts: { budget: { allow: false, band: "unhealthy", reason: "Little is left." } },
    },
    "hold budget-low",
  ],
  [
    "proved, little of the budget left, but let through",
    {
      counts: proved,
      facts: { budget: { allow: true, band: "unhealthy", reason: "A fix goes on." } },
    },
    "advance proved-safe",
  ],
  [
    "the same, overridden",
    {
      counts: proved,
      facts: { budget: { allow: false, band: "exhausted", reason: "" } },
      state: newState({ overridesBudget: true }),
    },
    "advance proved-safe",
  ],
])("decides a step: %s", (_situation, moment, expected) => {
  expect(verdict(moment)).toBe(expected);
});

test("waits for a required approval, and accepts one given before the step ended", () => {
  const plan = newPlan({ steps: [{ weight: 0.1, needsApproval: true }, { weight: 0.5 }] });
  expect(verdict({ plan, counts: proved })).toBe("hold needs-approval");
  expect(verdict({ plan, counts: proved, state: newState({ approvedSteps: [0] }) })).toBe("advance proved-safe");
});

test("checks the budget only when a step is about to end", () => {
  expect(decideAt({ counts: quiet, facts: { budget: undefined } }).needsBudget).toBe(false);
  const requesting = decideAt({ counts: proved, facts: { budget: undefined } });
  expect(requesting).toMatchObject({ needsBudget: true, decisions: [], state: { step: 0 } });
});

test("advances with duration and volume, changes the weight and restarts the safe verdicts", () => {
  const { state, decisions, deploys } = decideAt({ counts: proved, seconds: 48 * 60 });
  expect(decisions.map(({ words }) => words.replaceAll("\u00a0", " "))).toEqual([
    "Errors are no worse at 10%.",
    "Advanced to 50%: verified no worse in 48 min and 1,000 requests.",
  ]);
  expect(state).toMatchObject({ phase: "stepping", step: 1, weight: 0.5, hold: null });
  expect(state.maxima.safe).toEqual({});
  expect(deploys).toBeNull();
});

test("rolls back with guardrail, change and affected requests, at weight 0 and finally", () => {
  const { state, decisions } = decideAt({ counts: harmful });
  expect(decisions).toEqual([
    {
      kind: "roll-back",
      code: "guardrail",
      words: "Rolled back to v12 because errors rose 12×, from 0.5% to 6%; 60 requests were affected.",
    },
  ]);
  expect(state).toMatchObject({ phase: "rolled-back", weight: 0, violatedMetrics: ["errors"], step: 0 });
  expect(decideAt({ state, counts: proved, seconds: hour })).toMatchObject({ state, decisions: [] });
});

test("keeps evidence that once sufficed, even when later counts weaken it", () => {
  const state = newState({ maxima: { ...newState().maxima, worse: { errors: 4 } } });
  expect(verdict({ state, counts: quiet })).toBe("roll-back guardrail");
  const together = newState({ maxima: { ...newState().maxima, combined: 3.1 } });
  const { decisions } = decideAt({ state: together, counts: quiet });
  expect(decisions[0]?.words).toContain("the guardrails jointly show a regression");
});

test("describes where the rollout is paused", () => {
  const words = (state: Parameters<typeof newState>[0]) =>
    decideAt({ counts: proved, state: newState({ isPaused: true, ...state }) }).state.hold?.words;
  expect(words({})).toBe("Paused at 10%.");
  expect(words({ phase: "watching", weight: 1 })).toBe("Monitoring paused.");
});

test("logs the start and the end of a hold once, and keeps its counts current", () => {
  const first = decideAt({ counts: both([0, 2], 50) });
  expect(first.decisions).toHaveLength(1);
  const second = decideAt({ counts: both([0, 3], 60), state: first.state, seconds: 601 });
  expect(second.decisions).toEqual([]);
  expect(second.state.hold).toMatchObject({ since: first.state.hold?.since, code: "too-little-data" });
  expect(second.state.hold?.words).toContain("60 of 100 required requests");
  const third = decideAt({ counts: quiet, state: second.state, seconds: 602 });
  expect(third.decisions).toMatchObject([{ kind: "go-on", code: "too-little-data" }]);
  expect(third.state.hold).toBeNull();
});

const last = newState({ step: 1, weight: 0.5 });
const atHalf = (events: [number, number]) => [
  ...arms({ canary: [1000, events[0]], stable: [1000, events[1]] }, { step: 1, weight: 0.5 }),
  ...arms({ canary: [1000, 50], stable: [1000, 50] }, { metric: "slow", step: 1, weight: 0.5 }),
];

test("deploys the new version after the last step, and monitors it unless that is disabled", () => {
  const { state, decisions, deploys } = decideAt({ state: last, counts: atHalf([5, 60]) });
  expect(decisions.at(-1)).toMatchObject({ kind: "promote", code: "proved-safe" });
  expect(state).toMatchObject({ phase: "watching", step: 2, weight: 1 });
  expect(deploys).toBe("canary");
  const plan = newPlan({ watch: { seconds: 0, shadowShare: 0 } });
  expect(decideAt({ plan, state: last, counts: atHalf([5, 60]) })).toMatchObject({
    state: { phase: "promoted", weight: 1 },
    deploys: "canary",
  });
});

const watching = newState({ phase: "watching", step: 2, weight: 1 });
const watched = (units: number, events: number): RolloutCount[] => [
  ...arms({ canary: [units, events], stable: [0, 0] }, { step: 2, weight: 1 }),
  ...arms({ canary: [units, 0], stable: [0, 0] }, { metric: "slow", step: 2, weight: 1 }),
];
const pairs = (units: number, events: number, misses: number): RolloutCount => ({
  metric: "errors",
  bin: 0,
  step: 2,
  arm: "pair",
  weight: 1,
  sum: 0,
  sumSquares: 0,
  units,
  events,
  misses,
});

test.each<[string, Moment, string, string | null]>([
  ["time is left", { counts: watched(5000, 20), seconds: 60 }, "continue", null],
  ["its time is over", { counts: watched(5000, 20), seconds: hour }, "complete watched", null],
  ["nothing came", { seconds: hour }, "hold no-data", null],
  ["paused", { counts: watched(5000, 20), seconds: hour, state: { ...watching, isPaused: true } }, "hold paused", null],
  [
    "worse than the record of the version before",
    { counts: watched(5000, 100), seconds: 60 },
    "roll-back floor",
    "stable",
  ],
  [
    "worse in pairs",
    { counts: [...watched(5000, 20), pairs(500, 14, 1)], seconds: 60 },
    "roll-back guardrail",
    "stable",
  ],
])("decides while monitoring: %s", (_situation, moment, expected, deploys) => {
  expect(verdict({ state: watching, ...moment })).toBe(expected);
  expect(decideAt({ state: watching, ...moment }).deploys).toBe(deploys);
});

test("reports a regression that only monitoring pairs show by those pairs", () => {
  const stepsBefore = arms({ canary: [1000, 5], stable: [9000, 60] });
  const { decisions } = decideAt({ state: watching, counts: [...stepsBefore, ...watched(500, 3), pairs(500, 14, 1)] });
  expect(decisions[0]?.words).toContain(
    "errors occurred in 14 of 500 pairs only for the new version, and in 1 only for the previous one",
  );
});

test("evaluates a shadow step by pairs, and waits for enough of them", () => {
  const plan = newPlan({
    steps: [{ weight: 0, shadowShare: 1 }, { weight: 0.5 }],
    guardrails: [
      { metric: "errors", requiresVerdict: true },
      { metric: "conversions", event: "bought" },
    ],
  });
  const state = newState({ weight: 0 });
  const inShadow = (units: number, events: number, misses: number) => [
    { ...pairs(units, events, misses), step: 0, weight: 0 },
  ];
  expect(verdict({ plan, state, counts: inShadow(50, 0, 40) })).toBe("hold too-little-data");
  expect(verdict({ plan, state, counts: inShadow(500, 20, 1) })).toBe("roll-back guardrail");
  expect(verdict({ plan, state, counts: inShadow(500, 0, 40) })).toBe("advance proved-safe");
});

test("waits before the first step for every gateway, and names those not ready and why", () => {
  const state = newState({ phase: "starting", weight: 0 });
  const ready = { name: "gw-1", canary: "ready" as const, message: null };
  const loading = decideAt({ state, facts: { gateways: [ready, { ...ready, name: "gw-2", canary: "loading" }] } });
  expect(loading).toMatchObject({ decisions: [], state: { hold: { words: "Waiting for gw-2 to load v14." } } });
  const failed = { name: "gw-2", canary: "failed" as const, message: "Out of memory." };
  expect(decideAt({ state, facts: { gateways: [ready, failed] } }).decisions).toMatchObject([
    { code: "load-failed", words: "On hold before the first step: v14 failed to load. gw-2: Out of memory." },
  ]);
  expect(verdict({ state, facts: { gateways: [] } })).toBe("hold no-gateway");
  const { state: started, decisions } = decideAt({ state: loading.state, facts: { gateways: [ready] } });
  expect(started).toMatchObject({ phase: "stepping", step: 0, weight: 0.1, hold: null });
  expect(decisions).toMatchObject([{ kind: "advance", code: "ready" }]);
});

test("reports a missing reference for the prediction distribution, and never advances", () => {
  const plan = newPlan({
    guardrails: [{ metric: "output-shift" }, { metric: "errors" }],
    advanceWhen: "no-harm-found",
  });
  const counts = arms({ canary: [500, 0], stable: [4500, 0] });
  const { state, decisions } = decideAt({ plan, counts, seconds: hour });
  expect(state.hold?.code).toBe("no-data");
  expect(decisions.at(-1)?.words).toContain("no predictions of v12 on record at the start");
});
