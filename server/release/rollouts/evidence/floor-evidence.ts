import { shareSequence } from "#server/stats/sequential/bernoulli-sequence.ts";
import { floorLogE } from "#server/stats/sequential/floor-gate.ts";
import { RestartGate } from "#server/stats/sequential/restart-gate.ts";
import type { FrozenFacts } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { type ArmSum, sumOf } from "./sums.ts";
import { watchStarts } from "./watch-starts.ts";

interface FloorEvidence {
  /** ln E that the arm has more bad units than it may have. */
  canary: number;
  /** Null while watching: nothing runs beside the new version. */
  stable: number | null;
  logThreshold: number;
}

/** The largest share that a record times its margin may allow. */
const maxAllowed = 0.99;

/** Returns the maximum shares of bad units for the new version: the plan's floor, and during monitoring also the limit from the record. */
function limitsOf(
  { metric, floor, margin }: Guardrail,
  plan: RolloutPlan,
  frozen: FrozenFacts,
  isWatched: boolean,
): number[] {
  if (metric === "disagreement") return [];
  const record = isWatched ? frozen.record[metric] : undefined;
  const limits = floor === null ? [] : [floor];
  if (!record || record.units < 1) return limits;
  const { high } = shareSequence(record, plan.alphaFloor);
  return [...limits, Math.min(maxAllowed, high * (1 + margin))];
}

/**
 * Returns the evidence of a floor. Floors apply independently of the other arm, and share `alphaFloor`. They restart with monitoring, on
 * its own units, and again with each of its starts.
 * @param rows with monitoring split at its starts. @returns null for a guardrail without a floor
 */
export function floorEvidence(
  rows: readonly RolloutCount[],
  guardrail: Guardrail,
  plan: RolloutPlan,
  frozen: FrozenFacts,
  isWatched: boolean,
): FloorEvidence | null {
  const limits = limitsOf(guardrail, plan, frozen, isWatched);
  if (limits.length === 0) return null;
  const floors = plan.guardrails.filter((each) => limitsOf(each, plan, frozen, isWatched).length > 0).length;
  // A guardrail with two limits is violated by either, and therefore counts as two at most.
  const logThreshold = Math.log((floors * (isWatched ? 2 : 1)) / plan.alphaFloor);
  const highest = (logEOf: (limit: number) => number) => Math.max(...limits.map(logEOf));
  if (isWatched)
    return { canary: highest((limit) => watchLogE(rows, guardrail, plan, limit)), stable: null, logThreshold };
  const logEOf = (arm: "canary" | "stable") => highest((limit) => floorLogE(badOf(sumOf(rows, arm), guardrail), limit));
  return { canary: logEOf("canary"), stable: logEOf("stable"), logThreshold };
}

/** Computes the evidence of monitoring: a gate from its start, and one from each later start, since a regression may come after hours. */
function watchLogE(rows: readonly RolloutCount[], guardrail: Guardrail, plan: RolloutPlan, limit: number): number {
  const gate = new RestartGate(Math.max(1, watchStarts(plan)));
  const last = Math.max(plan.steps.length, ...rows.map(({ step }) => step));
  for (let step = plan.steps.length; step <= last; step += 1) {
    gate.startStep();
    const { units, events } = badOf(sumOf(rows, "canary", step), guardrail);
    gate.add(events, units - events, limit);
  }
  return gate.logE();
}

function badOf({ units, events }: ArmSum, { metric }: Guardrail): { units: number; events: number } {
  return { units, events: metric === "conversions" ? units - events : events };
}
