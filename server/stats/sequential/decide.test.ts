import { describe, expect, test } from "vitest";
import { decide, type GuardrailState, type RolloutPolicy, type StepState, type Verdict } from "./decide.ts";

const policy: RolloutPolicy = {
  alpha: 0.05,
  beta: 0.05,
  alphaSampleRatio: 0.001,
  minUnitsCanary: 100,
  minUnitsBaseline: 100,
  minSeconds: 300,
  deadlineSeconds: 600,
  staleSeconds: 120,
  advanceWhen: "proved-safe",
};
const errors: GuardrailState = {
  name: "errors",
  share: 0.5,
  maxLogEWorse: 0,
  maxLogESafe: 0,
  requiresVerdict: true,
  unitsCanary: 500,
  unitsBaseline: 4500,
};
const slow: GuardrailState = { ...errors, name: "slow", requiresVerdict: false };
const running: StepState = {
  guardrails: [errors, slow],
  maxCombinedLogE: 0,
  maxLogESampleRatio: 0,
  floorBreached: { canary: false, baseline: false, isOwn: false },
  secondsInStep: 400,
  secondsSinceLastData: 1,
  isPaused: false,
};
const over = { secondsInStep: 601 };
const proved = { guardrails: [{ ...errors, maxLogESafe: Math.log(20) }, slow] };
const regression = { maxCombinedLogE: Math.log(20) };
const mismatch = { maxLogESampleRatio: Math.log(1000) };
const few = { guardrails: [{ ...errors, unitsCanary: 50 }, slow] };
const none = { guardrails: [errors, { ...slow, unitsCanary: 0 }] };
const lenient: Partial<RolloutPolicy> = { advanceWhen: "no-harm-found" };
const hold = (reason: (Verdict & { kind: "hold" })["reason"]): Verdict => ({ kind: "hold", reason });
const abort = (...violatedMetrics: string[]): Verdict => ({ kind: "abort", reason: "guardrail", violatedMetrics });
const onFloor: Verdict = { kind: "abort", reason: "floor", violatedMetrics: [] };
const withheld: Verdict = { kind: "withheld", reason: "sample-ratio-mismatch" };
const provedSafe: Verdict = { kind: "promote", reason: "proved-safe" };
const below = (canary: boolean, baseline: boolean, isOwn = canary) => ({ floorBreached: { canary, baseline, isOwn } });

const table: [string, Partial<StepState>, Verdict, Partial<RolloutPolicy>?][] = [
  ["nothing was crossed and time is left", {}, { kind: "continue" }],
  ["nothing was crossed and the deadline is over", over, hold("inconclusive")],
  ["the same when the policy promotes without harm", over, { kind: "promote", reason: "no-harm-found" }, lenient],
  ["the same without units of the canary in one guardrail", { ...over, ...none }, hold("no-data"), lenient],
  ["the same after a year", { secondsInStep: 3.2e7, ...none }, hold("no-data"), lenient],
  ["the same without guardrails", { ...over, guardrails: [] }, hold("no-data"), lenient],
  ["the same with half the units asked for", { ...over, ...few }, hold("too-little-data"), lenient],
  ["the same with old data", { ...over, secondsSinceLastData: 500 }, hold("stale-data"), lenient],
  ["safety is proved", proved, provedSafe],
  ["safety is proved before the least time", { ...proved, secondsInStep: 200 }, { kind: "continue" }],
  [
    "one of two that must be proved is",
    { guardrails: [...proved.guardrails.slice(0, 1), errors] },
    { kind: "continue" },
  ],
  ["nothing has to be proved", { guardrails: [slow] }, { kind: "continue" }],
  ["the combined evidence shows harm", regression, abort()],
  [
    "one guardrail alone shows harm",
    { guardrails: [{ ...errors, maxLogEWorse: Math.log(40) }, slow], ...regression },
    abort("errors"),
  ],
  [
    "one is just short of it",
    { guardrails: [{ ...errors, maxLogEWorse: Math.log(39.9) }, slow] },
    { kind: "continue" },
  ],
  ["the split is wrong, whatever the gates say", { ...mismatch, ...regression, ...proved }, withheld],
  ["the candidate is below the floor and the baseline is not", below(true, false), onFloor],
  ["the same while the split is wrong", { ...below(true, false), ...mismatch }, onFloor],
  [
    "the candidate is below the floor and nothing shows that the baseline is not",
    { ...below(true, false, false), ...proved },
    hold("floor-unattributed"),
  ],
  ["the same and the candidate is worse", { ...below(true, false, false), ...regression }, abort()],
  ["both are below the floor", { ...below(true, true), ...proved }, hold("floor-breached-by-both")],
  ["both are below the floor and the candidate is worse", { ...below(true, true), ...regression }, abort()],
  ["only the baseline is below the floor", { ...below(false, true), ...proved }, provedSafe],
  ["paused, and harm is shown", { isPaused: true, ...regression }, abort()],
  ["paused, and safety is proved", { isPaused: true, ...proved }, hold("paused")],
];

describe("decision table", () => {
  test.each(table)("%s", (_, state, verdict, changed) => {
    expect(decide({ ...running, ...state }, { ...policy, ...changed })).toEqual(verdict);
  });
});

test("never promotes without enough data, whatever the other conditions", () => {
  const flags = [false, true];
  const verdicts = flags.flatMap((isPaused) =>
    [0, 1, 99].flatMap((unitsCanary) =>
      [0, 99, 1e6].flatMap((unitsBaseline) =>
        [0, 3, 50].flatMap((maxLogESafe) =>
          [10, 601, 1e9].flatMap((secondsInStep) =>
            [0, 1e4].flatMap((secondsSinceLastData) =>
              flags.flatMap((canary) =>
                flags.flatMap((baseline) =>
                  (["proved-safe", "no-harm-found"] as const).map((advanceWhen) => {
                    const guardrails = [{ ...errors, unitsCanary, unitsBaseline, maxLogESafe }];
                    const floorBreached = { canary, baseline, isOwn: canary };
                    const state = {
                      ...running,
                      isPaused,
                      guardrails,
                      secondsInStep,
                      secondsSinceLastData,
                      floorBreached,
                    };
                    return decide(state, { ...policy, advanceWhen }).kind;
                  }),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
  expect(new Set(verdicts)).toEqual(new Set(["hold", "abort"]));
});
