import { seededRandom } from "../random.ts";
import type { RolloutPolicy } from "./decide.ts";
import type { Dispersion } from "./dispersion.ts";
import { type RunOutcome, simulateRun } from "./simulate-run.ts";
import { plannedSeconds, simulateMinutes } from "./simulate-traffic.ts";
import { thresholdPeers } from "./threshold-peers.ts";

export interface SimulatedGuardrail {
  name: string;
  /** Share of α; the shares of all guardrails sum to 1. */
  share: number;
  /** The baseline's share of bad requests, 0 to 1. */
  baseRate: number;
  margin: number;
  /** Undefined where nothing is to be proved. */
  safeMargin: number | undefined;
  /** Rate of the canary by that of the baseline once the regression is there: 1 for none. */
  ratio: number;
  /** Dispersion of its bad requests; without it they are independent. */
  dispersion?: Dispersion | undefined;
  /** Standard deviation of the logarithm of an arm's own rate, which its gateways have, and the factor that is tolerated for it. */
  armDeviation?: number;
  armFactor?: number;
}

/** A rollout as planned, with the traffic it would meet. */
export interface RolloutPlan {
  /** At least one; weights are the canary's share, 0 to 1. */
  steps: readonly { weight: number; seconds: number }[];
  /** Requests per second to both arms in each minute since the start; the last value continues. At least one. */
  requestsPerSecond: readonly number[];
  /** At least one. The compared tools evaluate only the first. */
  guardrails: readonly SimulatedGuardrail[];
  /** Seconds from the start until the candidate regresses; 0 for a regression from the start. No effect where all ratios are 1. */
  regressionSecond: number;
  policy: Omit<RolloutPolicy, "alphaSampleRatio" | "deadlineSeconds" | "staleSeconds">;
}

interface Spread {
  median: number;
  p90: number;
}

interface SimulatedRollouts {
  name: string;
  /** Share of runs rolled back while the candidate was healthy. */
  falseRollbackShare: number;
  /** Share of runs rolled back after it had become worse. */
  detectedShare: number;
  /** From the regression to the rollback, of the runs that detected it; undefined when none did. */
  detectionSeconds: Spread | undefined;
  /** Canary requests from the regression to the rollback, of the same runs. */
  exposedRequests: Spread | undefined;
}

export interface RolloutForecast extends SimulatedRollouts {
  /** Share of runs that passed all steps, and of those that did so before the planned time. */
  promotedShare: number;
  promotedEarlyShare: number;
  /** Share of runs that waited for a user in a step whose time was over. */
  heldShare: number;
  /** Results of common fixed settings on the same kind of traffic, at the planned times. */
  peers: SimulatedRollouts[];
}

/**
 * Runs a planned rollout many times, with the gates and the decision logic of real rollouts, on Poisson traffic whose bad requests
 * come in the bursts of the endpoint's record: how often a healthy candidate would be rolled back, and how soon a bad one. The same seed
 * gives the same result. The evaluator runs once a second, less often in rollouts of more than an hour.
 */
export function simulateRollout(plan: RolloutPlan, { runs, seed }: { runs: number; seed: number }): RolloutForecast {
  const random = seededRandom(seed);
  return forecastOf(
    plan,
    seed,
    Array.from({ length: runs }, () => simulateRun(plan, random)),
  );
}

/**
 * Runs the same simulation with `pause` awaited after every run, for callers that must let other work proceed: a run takes up to about
 * 20 ms.
 */
export async function simulateRolloutInTurns(
  plan: RolloutPlan,
  { runs, seed }: { runs: number; seed: number },
  pause: () => Promise<unknown>,
): Promise<RolloutForecast> {
  const random = seededRandom(seed);
  const outcomes: RunOutcome[] = [];
  while (outcomes.length < runs) {
    outcomes.push(simulateRun(plan, random));
    await pause();
  }
  return forecastOf(plan, seed, outcomes);
}

function forecastOf(plan: RolloutPlan, seed: number, outcomes: readonly RunOutcome[]): RolloutForecast {
  const runs = outcomes.length;
  const share = (holds: (outcome: RunOutcome) => boolean) => outcomes.filter(holds).length / runs;
  const planned = plannedSeconds(plan);
  const traffic = seededRandom(seed + 1);
  const minutes = Array.from({ length: runs }, () => simulateMinutes(plan, traffic));
  return {
    ...summary("Leeway", plan, outcomes),
    promotedShare: share(({ kind }) => kind === "promoted"),
    promotedEarlyShare: share(({ kind, second }) => kind === "promoted" && second < planned),
    heldShare: share(({ kind }) => kind === "held"),
    peers: thresholdPeers.map(({ name, rollsBackAt }) =>
      summary(
        name,
        plan,
        minutes.map((course) => peerOutcome(plan, course, rollsBackAt(course.map(({ counts }) => counts)))),
      ),
    ),
  };
}

function peerOutcome(
  plan: RolloutPlan,
  course: ReturnType<typeof simulateMinutes>,
  minute: number | undefined,
): RunOutcome {
  if (minute === undefined) return { kind: "promoted", second: plannedSeconds(plan), exposedRequests: 0 };
  const exposedRequests = course.slice(0, minute).reduce((sum, { exposedRequests }) => sum + exposedRequests, 0);
  return { kind: "rolled-back", second: minute * 60, exposedRequests };
}

function summary(name: string, plan: RolloutPlan, outcomes: readonly RunOutcome[]): SimulatedRollouts {
  const isWorse = plan.guardrails.some(({ ratio }) => ratio > 1);
  const rolledBack = outcomes.filter(({ kind }) => kind === "rolled-back");
  const detected = rolledBack.filter(({ second }) => isWorse && second > plan.regressionSecond);
  return {
    name,
    falseRollbackShare: (rolledBack.length - detected.length) / outcomes.length,
    detectedShare: detected.length / outcomes.length,
    detectionSeconds: spread(detected.map(({ second }) => second - plan.regressionSecond)),
    exposedRequests: spread(detected.map(({ exposedRequests }) => exposedRequests)),
  };
}

function spread(values: number[]): Spread | undefined {
  if (values.length === 0) return undefined;
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] as number;
  return { median: at(0.5), p90: at(0.9) };
}
