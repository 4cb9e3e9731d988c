import { breaksAlone, floorLogE } from "#server/stats/sequential/floor-gate.ts";
import { RestartGate } from "#server/stats/sequential/restart-gate.ts";
import type { FrozenFacts, RolloutState } from "../../../serve/rollout/contract.ts";
import type { RolloutCount } from "../../../serve/rollout/evidence/contract.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { type RecordBounds, recordBounds } from "./record-limits.ts";
import { type ArmSum, sumOf } from "./sums.ts";
import { currentStart, watchedHour, watchStarts } from "./watch-starts.ts";

interface FloorEvidence {
  /** ln E that the arm has more bad units than it may have. */
  canary: number;
  /** Null while watching: nothing is split, and the version before runs copies only. */
  stable: number | null;
  logThreshold: number;
  /** Whether concurrent evidence attributes a breach to the new version. */
  isOwn: boolean;
}

interface FloorInput {
  guardrail: Guardrail;
  plan: RolloutPlan;
  frozen: FrozenFacts;
  state: RolloutState;
  /** Counts of the guardrail's metric, with monitoring split at its starts. */
  rows: readonly RolloutCount[];
  /** Highest ln E so far that the new version is worse than the other by more than the margin. */
  maxLogEWorse: number;
  /** Whether units are not split as intended, so that this evidence is void. */
  hasMismatch: boolean;
}

type Floored = Pick<FloorInput, "plan" | "frozen" | "state"> & { guardrail: Guardrail };

/** The largest share that a record times its margin may allow. */
const maxAllowed = 0.99;
/** Multiple of the worst recorded hour that no season explains. */
const grossFactor = 3;
/** Copies from which the comparison of pairs is relied on, and the copies due from which fewer of them mean that none can run. */
const minPairs = 100;
const duePairs = 200;

/** Returns what the record allows at one start of monitoring, with the margin; undefined outside of monitoring or without a record. */
function recordLimits(
  { guardrail: { metric, margin }, plan, frozen, state }: Floored,
  start: number,
): RecordBounds | undefined {
  if (metric === "disagreement" || state.step < plan.steps.length) return undefined;
  const bounds = recordBounds(frozen, metric, plan.alphaFloor, watchedHour(plan, state, start));
  const allowed = (bound: number) => Math.min(maxAllowed, bound * (1 + margin));
  return bounds && { sameHours: allowed(bounds.sameHours), ever: allowed(bounds.ever) };
}

function hasFloor(floored: Floored): boolean {
  const { metric, floor } = floored.guardrail;
  return metric !== "disagreement" && (floor !== null || recordLimits(floored, 0) !== undefined);
}

/** Returns ln E from which a version counts as worse than the other one for its floors, which share alpha for this. */
function logWorseThreshold({ plan }: Pick<FloorInput, "plan">, floors: number): number {
  return Math.log(floors / plan.alpha);
}

/**
 * Returns the evidence of a floor. Floors share `alphaFloor`. They restart with monitoring, on its own units, and again with each of its
 * starts. A breach is the new version's own only by concurrent evidence: it is worse than the other version, or it alone is beyond the
 * limit on the same traffic (docs/spec/sequential-analysis.md section 10).
 * @returns null for a guardrail without a floor
 */
export function floorEvidence(input: FloorInput): FloorEvidence | null {
  const { plan, state } = input;
  if (!hasFloor(input)) return null;
  const floors = plan.guardrails.filter((guardrail) => hasFloor({ ...input, guardrail })).length;
  const isWorse = !input.hasMismatch && input.maxLogEWorse >= logWorseThreshold(input, floors);
  if (state.step < plan.steps.length) return stepFloor(input, floors, isWorse);
  return watchFloor(input, floors, isWorse);
}

function stepFloor({ guardrail, plan, state, rows }: FloorInput, floors: number, isWorse: boolean): FloorEvidence {
  const limit = guardrail.floor as number;
  const logThreshold = Math.log(floors / plan.alphaFloor);
  const arms = {
    canary: badOf(sumOf(rows, "canary", state.step), guardrail),
    baseline: badOf(sumOf(rows, "stable", state.step), guardrail),
  };
  const thresholds = { logBeyond: logThreshold, logWithin: -Math.log(plan.beta) };
  const logEOf = (arm: "canary" | "stable") => floorLogE(badOf(sumOf(rows, arm), guardrail), limit);
  const isOwn = isWorse || breaksAlone(arms, limit, thresholds);
  return { canary: logEOf("canary"), stable: logEOf("stable"), logThreshold, isOwn };
}

/**
 * Returns the evidence of monitoring. Nothing is split then, so that a limit is compared with all live traffic, and copies on the version
 * before say whether a breach is the new version's own. Where no copies can run, the record of the same hours decides alone.
 */
function watchFloor(input: FloorInput, floors: number, isWorse: boolean): FloorEvidence {
  const { guardrail, plan, state, rows } = input;
  const { metric, floor } = guardrail;
  // A guardrail with two limits is violated by either, and therefore counts as two at most.
  const logThreshold = Math.log((floors * 2) / plan.alphaFloor);
  const start = currentStart(plan, state) - plan.steps.length;
  const live = badOf(sumOf(rows, "canary", plan.steps.length + start), guardrail);
  const pairs = sumOf(rows, "pair", plan.steps.length + start);
  const copies = { units: pairs.units, events: pairs.units - pairs.sum };
  const due = live.units * plan.watch.shadowShare;
  const isCompared = plan.watch.shadowShare > 0 && (pairs.units >= minPairs || due < duePairs);
  const thresholds = { logBeyond: logThreshold, logWithin: -Math.log(plan.beta) };
  // Copies run in quiet moments only, so their share of slow responses is lower than that of all traffic for any version.
  const isAlone = (limit: number) =>
    metric !== "slow" && breaksAlone({ canary: live, baseline: copies }, limit, thresholds);
  const isOwn = (limit: number) => isWorse || !isCompared || isAlone(limit);
  const record = recordLimits(input, start);
  const own: number[] = [];
  if (record) {
    const grossLimit = Math.min(maxAllowed, record.ever * grossFactor);
    const areCopiesFine = copies.events <= record.ever * copies.units;
    const isGross = areCopiesFine && watchLogE(input, () => grossLimit) >= logThreshold;
    // The record is no limit that someone has set: where it is exceeded by both, it is outdated.
    if (isOwn(record.sameHours) || isGross)
      own.push(watchLogE(input, (at) => (recordLimits(input, at) as RecordBounds).sameHours));
  }
  const ofFloor = floor === null ? [] : [watchLogE(input, () => floor)];
  return {
    canary: Math.max(0, ...ofFloor, ...own),
    stable: null,
    logThreshold,
    isOwn: (floor !== null && isOwn(floor)) || own.some((logE) => logE >= logThreshold),
  };
}

/** Computes the evidence of monitoring: a gate from its start, and one from each later start, since a regression may come after hours. */
function watchLogE({ rows, guardrail, plan }: FloorInput, limitAt: (start: number) => number): number {
  const gate = new RestartGate(Math.max(1, watchStarts(plan)));
  const first = plan.steps.length;
  const last = Math.max(first, ...rows.map(({ step }) => step));
  for (let step = first; step <= last; step += 1) {
    gate.startStep();
    const { units, events } = badOf(sumOf(rows, "canary", step), guardrail);
    gate.add(events, units - events, limitAt(step - first));
  }
  return gate.logE();
}

function badOf({ units, events }: ArmSum, { metric }: Guardrail): { units: number; events: number } {
  return { units, events: metric === "conversions" ? units - events : events };
}
