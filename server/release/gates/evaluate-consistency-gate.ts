import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import type { GateResult, GateVerdict, Interval } from "../../develop/registry/gates/contract.ts";
import { formatValue } from "../../develop/registry/gates/format.ts";
import type { ConsistencyGate } from "../../develop/registry/policy/contract.ts";
import type { ConsistencyTally } from "../../serve/model-runs/run-consistency.ts";
import { minRequests } from "./evaluate-replay-gate.ts";

/** Subjects of a comparison. */
export interface ConsistencySubject {
  /** "webgpu". */
  provider: string;
  /** "v2, the champion, on cpu". */
  reference: string;
  /** "recorded requests of digits". */
  inputs: string;
}

/** Evaluates whether two computations return the same numbers, up to a difference, and the same classes, up to a share. */
export function evaluateConsistencyGate(
  gate: ConsistencyGate,
  tally: ConsistencyTally,
  subject: ConsistencySubject,
): GateResult {
  const { compared, bad, problem, flips, differences, ended } = tally;
  const largest = differences.reduce((most, each) => Math.max(most, each), 0);
  const share = compared === 0 ? null : flips / compared;
  const interval = share === null ? null : wilsonInterval({ share, count: compared });
  const result = (verdict: GateVerdict, words: string): GateResult => ({
    verdict,
    words,
    measured: compared === 0 ? null : largest,
    limit: gate.maxAbsoluteDifference,
    evidence: {
      better: "lower",
      scale: "number",
      interval: null,
      method: "Wilson interval for the proportion of changed classes",
      facts: factsOf(tally, subject, interval),
    },
  });
  if (bad > 0)
    return result(
      "failed",
      `${formatCount(bad)} requests have no valid prediction, although the reference has one: ${problem}`,
    );
  const numbers = `maximum difference ${formatSignificant(largest, 3)}, allowed ${formatSignificant(gate.maxAbsoluteDifference, 3)}`;
  if (largest > gate.maxAbsoluteDifference) return result("failed", `${numbers}, against ${subject.reference}`);
  if (!interval || compared < minRequests) {
    const why = ended ? `: ${ended}` : "";
    return result("pending", `${compared} requests could be compared, ${minRequests} are required${why}`);
  }
  const words = `${numbers}; ${formatValue(share ?? 0, "proportion")} of ${formatCount(compared)} changed class, at most ${formatValue(gate.maxClassChangeShare, "proportion")} allowed`;
  const [low, high] = gate.judge === "interval" ? [interval.low, interval.high] : [share ?? 0, share ?? 0];
  if (high <= gate.maxClassChangeShare) return result("passed", words);
  if (low > gate.maxClassChangeShare) return result("failed", words);
  return result("pending", `${words}, insufficient data`);
}

function factsOf(
  { compared, skipped, withoutReference, flips, differences, ended, problem }: ConsistencyTally,
  { provider, reference, inputs }: ConsistencySubject,
  interval: Interval | null,
): GateResult["evidence"]["facts"] {
  const sorted = differences.toSorted((a, b) => a - b);
  const at = (share: number) => formatSignificant(sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0, 3);
  const facts: [string, string | false | undefined][] = [
    ["Ran on", provider],
    ["Reference", reference],
    ["Inputs", `${formatCount(compared)} ${inputs}`],
    ["Stopped early", ended],
    ["Skipped", skipped > 0 && `${formatCount(skipped)}, redacted or not fully stored`],
    ["Failed on the reference", withoutReference > 0 && formatCount(withoutReference)],
    ["First problem", problem],
    [
      "Max difference per request",
      sorted.length > 0 && `median ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, max ${at(1)}`,
    ],
    [
      "Changed class",
      interval !== null &&
        `${formatCount(flips)} of ${formatCount(compared)}, 95% interval ${formatValue(interval.low, "proportion")} to ${formatValue(interval.high, "proportion")}`,
    ],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}
