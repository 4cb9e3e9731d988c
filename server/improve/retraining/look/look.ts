import type { RetrainingPolicy } from "../contract.ts";
import { type Evidence, findEvidence, type Signals } from "./evidence.ts";
import { type Circumstances, type EndedCycle, findHolds, findLabelHolds, type Hold } from "./holds.ts";

/** What a policy decides at one look. */
export type Look =
  /** Nothing speaks for a training, or not everything that has to. */
  | { kind: "quiet" }
  /** Something speaks for it, and something against it. */
  | { kind: "held"; evidence: Evidence[]; holds: Hold[] }
  | { kind: "fired"; evidence: Evidence[] };

/** Candidates that may be rejected for the same evidence: with the cooldown that is a month of labels, from which another one would learn no more. */
const maxTries = 6;

/**
 * Decides whether a policy starts a cycle now. Evidence starts one cycle; it counts again if that cycle was rejected or expired, since what it said
 * is still true then, but not for ever. Of several things that speak for a training, it starts from those after which enough labels have come; the others start the
 * next. docs/spec/retraining.md.
 */
export function look(policy: RetrainingPolicy, signals: Signals, circumstances: Circumstances, now: number): Look {
  const spent = spentEvidence(circumstances.cycles);
  const found = findEvidence(policy.triggers, signals, now).map((each) => each.filter(({ key }) => !spent.has(key)));
  if (!isEnough(policy, found)) return { kind: "quiet" };
  const labelHolds = (one: Evidence) => findLabelHolds(policy.labels, circumstances.labelsFrom(one.labelsFrom), now);
  const ripe = found.map((each) => each.filter((one) => labelHolds(one).length === 0));
  const isRipe = isEnough(policy, ripe);
  const evidence = (isRipe ? ripe : found).flat();
  const holds = findHolds(policy, evidence, circumstances, now);
  if (!isRipe) holds.push(...labelHolds(closestToRipe(policy, found, ripe)));
  return holds.length > 0 ? { kind: "held", evidence, holds } : { kind: "fired", evidence };
}

/** Whether what the triggers found starts a cycle: of one trigger, or of each. */
function isEnough({ combine }: RetrainingPolicy, found: readonly (readonly Evidence[])[]): boolean {
  const isSome = (evidence: readonly Evidence[]) => evidence.length > 0;
  return combine === "all" ? found.length > 0 && found.every(isSome) : found.some(isSome);
}

/** Evidence whose labels it waits for: the oldest, which has most, of a trigger that still lacks them. */
function closestToRipe(
  { combine }: RetrainingPolicy,
  found: readonly (readonly Evidence[])[],
  ripe: readonly (readonly Evidence[])[],
): Evidence {
  const lacking = combine === "all" ? found.filter((_, at) => ripe[at]?.length === 0) : found;
  return lacking.flat().reduce((oldest, one) => (one.labelsFrom < oldest.labelsFrom ? one : oldest));
}

/** Keys of evidence that a cycle has answered, by a new champion or by a person who decided otherwise, and of evidence that was tried in vain. */
function spentEvidence(cycles: readonly EndedCycle[]): Set<string> {
  const spent = new Set<string>();
  const tries = new Map<string, number>();
  for (const { outcome, evidence } of cycles) {
    for (const key of evidence) {
      tries.set(key, (tries.get(key) ?? 0) + 1);
      const isAnswered = outcome !== "rejected" && outcome !== "expired";
      if (isAnswered || tries.get(key) === maxTries) spent.add(key);
    }
  }
  return spent;
}
