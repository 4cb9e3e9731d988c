import type { Random } from "../random.ts";
import { combinedLogE } from "./combine.ts";
import { decide, type RolloutPolicy, type StepState, type Verdict } from "./decide.ts";
import { spreadAt } from "./dispersion.ts";
import { boundary, GridGate, justBelow, safeGrid } from "./grid-gate.ts";
import { RestartGate } from "./restart-gate.ts";
import type { RolloutPlan, SimulatedGuardrail } from "./simulate.ts";
import { drawArmRates, drawTraffic, evaluationSeconds, type Traffic } from "./simulate-traffic.ts";

export interface RunOutcome {
  kind: "rolled-back" | "promoted" | "held";
  /** Since the start. */
  second: number;
  /** Canary requests since the regression. */
  exposedRequests: number;
}

/** Multiple of its planned length after which a step that waits for data is abandoned. */
const maxTimes = 10;

/** State of one guardrail during a run. */
interface RunningGuardrail extends SimulatedGuardrail {
  worse: RestartGate;
  safe: GridGate;
}

/** Simulates one rollout on drawn traffic, evaluated each time like a real one. Bounds of the split and floors are not simulated. */
export function simulateRun(plan: RolloutPlan, random: Random): RunOutcome {
  const { alpha, beta } = plan.policy;
  const running: RunningGuardrail[] = plan.guardrails.map((guardrail) => ({
    ...guardrail,
    worse: new RestartGate(plan.steps.length).onlyFrom(-Math.log(alpha)),
    safe: new GridGate(safeGrid),
  }));
  const seconds = evaluationSeconds(plan);
  const outcome: RunOutcome = { kind: "promoted", second: 0, exposedRequests: 0 };
  const rates = drawArmRates(running, random);
  let maxCombinedLogE = justBelow(-Math.log(alpha));
  for (const step of plan.steps) {
    for (const guardrail of running) {
      guardrail.worse.startStep();
      guardrail.safe = new GridGate(safeGrid).onlyFrom(-Math.log(beta));
    }
    const policy: RolloutPolicy = {
      ...plan.policy,
      alphaSampleRatio: 0,
      deadlineSeconds: step.seconds,
      staleSeconds: Number.POSITIVE_INFINITY,
    };
    const units = { canary: 0, baseline: 0 };
    for (let secondsInStep = seconds; ; secondsInStep += seconds) {
      const traffic = drawTraffic(
        plan,
        running,
        { second: outcome.second, seconds, weight: step.weight, rates },
        random,
      );
      const perMinute = unitsPerMinute(plan, outcome.second);
      if (outcome.second >= plan.regressionSecond) outcome.exposedRequests += traffic.canary;
      outcome.second += seconds;
      units.canary += traffic.canary;
      units.baseline += traffic.baseline;
      addEvents(running, traffic, step.weight, perMinute);
      // A mean is at most its largest part, so most evaluations need no exponentials.
      if (running.some(({ worse }) => worse.limit > maxCombinedLogE))
        maxCombinedLogE = Math.max(
          maxCombinedLogE,
          combinedLogE(running.map(({ share, worse }) => ({ share, logE: worse.logE() }))),
        );
      const verdict = decide(stateOf(running, units, maxCombinedLogE, secondsInStep), policy);
      if (verdict.kind === "abort") return { ...outcome, kind: "rolled-back" };
      if (verdict.kind === "promote") break;
      if (isLeftToPeople(verdict) || secondsInStep >= maxTimes * step.seconds) return { ...outcome, kind: "held" };
    }
  }
  return outcome;
}

/** Checks for a step that must wait for a user: its time is over without a verdict. One that lacks data waits for data. */
function isLeftToPeople(verdict: Verdict): boolean {
  return verdict.kind === "hold" && verdict.reason === "inconclusive";
}

/** Returns the expected units of the minute of a second. */
function unitsPerMinute({ requestsPerSecond }: RolloutPlan, second: number): number {
  return 60 * (requestsPerSecond[Math.min(Math.floor(second / 60), requestsPerSecond.length - 1)] as number);
}

function addEvents(running: readonly RunningGuardrail[], { bad }: Traffic, weight: number, perMinute: number): void {
  for (const [index, { worse, safe, margin, safeMargin, dispersion, armFactor = 1 }] of running.entries()) {
    const { canary, baseline } = bad[index] as Traffic["bad"][number];
    if (canary + baseline === 0) continue;
    const spread = dispersion && {
      hits: spreadAt(dispersion, perMinute * weight),
      misses: spreadAt(dispersion, perMinute * (1 - weight)),
    };
    worse.add(canary, baseline, boundary(weight, (1 + margin) * armFactor - 1), spread);
    if (safeMargin !== undefined) safe.add(canary, baseline, boundary(weight, safeMargin), spread);
  }
}

function stateOf(
  running: readonly RunningGuardrail[],
  units: { canary: number; baseline: number },
  maxCombinedLogE: number,
  secondsInStep: number,
): StepState {
  return {
    guardrails: running.map(({ name, share, worse, safe, safeMargin }) => ({
      name,
      share,
      maxLogEWorse: worse.maxLogE,
      maxLogESafe: safeMargin === undefined ? Number.NEGATIVE_INFINITY : safe.maxLogE,
      requiresVerdict: safeMargin !== undefined,
      unitsCanary: units.canary,
      unitsBaseline: units.baseline,
    })),
    maxCombinedLogE,
    maxLogESampleRatio: Number.NEGATIVE_INFINITY,
    floorBreached: { canary: false, baseline: false, isOwn: false },
    secondsInStep,
    secondsSinceLastData: 0,
    isPaused: false,
  };
}
