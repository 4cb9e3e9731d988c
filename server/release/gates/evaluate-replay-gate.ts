import { formatCount, formatSignificant } from "#server/base/format-number.ts";
import { wilsonInterval } from "#server/stats/proportion.ts";
import { quantileRatio, type RatioEstimate } from "#server/stats/quantile-ratio.ts";
import type { GateResult, GateVerdict, Interval } from "../../develop/registry/gates/contract.ts";
import { formatValue } from "../../develop/registry/gates/format.ts";
import type { ReplayGate } from "../../develop/registry/policy/contract.ts";
import type { ReplayTally, Slice } from "../../serve/model-runs/replay-tally.ts";

/** Minimum number of requests for a verdict. */
export const minRequests = 20;
const worstSlices = 3;

/** Versions and endpoint of a comparison. */
export interface ReplaySubject {
  endpoint: string;
  champion: string;
  /** Execution provider of the version: "cpu". */
  provider: string;
  /** Reason why the champion did not run beside it; undefined when it did, or is the version itself. */
  whyAlone: string | undefined;
  isItself: boolean;
}

interface Part {
  verdict: GateVerdict;
  words: string;
}

/**
 * Evaluates a version's responses to recorded requests: neither rejected nor NaN, equal to the champion's, and about as fast. With
 * "interval", the full interval of the measurement has to be within its limit; when the limit lies inside, the verdict is pending.
 */
export function evaluateReplayGate(gate: ReplayGate, tally: ReplayTally, subject: ReplaySubject): GateResult {
  const { requestCount, compared, other } = tally;
  const share = compared === 0 ? null : other / compared;
  const interval = share === null ? null : wilsonInterval({ share, count: compared });
  const ratio = subject.isItself ? undefined : quantileRatio(tally.times, 0.95);
  const parts = [
    badPart(gate, tally),
    otherPart(gate, tally, subject, interval),
    latencyPart(gate, tally, subject, ratio),
  ];
  const verdict = worst(parts.flatMap((part) => part?.verdict ?? []));
  const isTooFew = requestCount < minRequests && verdict !== "failed";
  return {
    verdict: isTooFew ? "pending" : verdict,
    words: isTooFew ? describeTooFew(tally, subject) : parts.flatMap((part) => part?.words ?? []).join("; "),
    measured: share,
    limit: gate.maxDisagreement,
    evidence: {
      better: "lower",
      scale: "proportion",
      interval,
      method: "Wilson's interval of a proportion; of the ratio of p95s, the bootstrap over requests",
      facts: factsOf(tally, subject, { interval, ratio }),
    },
  };
}

function describeTooFew({ requestCount, skipped, ended }: ReplayTally, { endpoint }: ReplaySubject): string {
  const found = `${requestCount} recorded requests of ${endpoint} could be run, ${minRequests} are required`;
  const why = skipped > 0 ? `; ${formatCount(skipped)} have redacted or incomplete inputs` : "";
  return `${found}${why}${ended ? `; ${ended}` : ". Increase the sampling rate, or wait for more requests"}`;
}

/** Fails when bad requests exceed the limit's share of all planned requests, however few of those were run. */
function badPart(
  { maxInvalidShare, requests }: ReplayGate,
  { requestCount, badCount, problem, ended }: ReplayTally,
): Part {
  const early = ended ? `, ${ended}` : "";
  const of = `${formatCount(badCount)} of ${formatCount(requestCount)} rejected, failed or invalid`;
  if (badCount > maxInvalidShare * (ended ? requests : requestCount)) {
    return { verdict: "failed", words: `${of}${early}: ${problem?.replace(/\.$/, "")}` };
  }
  return {
    verdict: "passed",
    words: badCount === 0 ? `none of ${formatCount(requestCount)} rejected or invalid${early}` : of,
  };
}

function otherPart(
  { maxDisagreement, judge: decisionBasis }: ReplayGate,
  { compared, other }: ReplayTally,
  { champion, whyAlone }: ReplaySubject,
  interval: Interval | null,
): Part {
  if (!interval || compared < minRequests) {
    const why = whyAlone ? `, which cannot run here: ${whyAlone}` : "";
    return { verdict: "pending", words: `only ${compared} predictions to compare with ${champion}${why}` };
  }
  const share = other / compared;
  const words = `${formatValue(share, "proportion")} different predictions than ${champion}, at most ${formatValue(maxDisagreement, "proportion")} allowed`;
  const [low, high] = decisionBasis === "interval" ? [interval.low, interval.high] : [share, share];
  return within(low, high, maxDisagreement, words);
}

function latencyPart(
  { maxLatencyRatio, judge: decisionBasis }: ReplayGate,
  { times }: ReplayTally,
  { champion, whyAlone, isItself }: ReplaySubject,
  ratio: RatioEstimate | undefined,
): Part | undefined {
  if (maxLatencyRatio === null || isItself) return undefined;
  if (!ratio || times.length < minRequests) {
    const why = whyAlone ? ` cannot run here: ${whyAlone}` : " completed too few requests alongside it";
    return { verdict: "pending", words: `no latency to compare with: ${champion}${why}` };
  }
  const words = `p95 ${formatSignificant(ratio.value, 3)}× that of ${champion}, limit ${formatSignificant(maxLatencyRatio, 3)}×`;
  const [low, high] = decisionBasis === "interval" ? [ratio.low, ratio.high] : [ratio.value, ratio.value];
  return within(low, high, maxLatencyRatio, words);
}

function within(low: number, high: number, limit: number, words: string): Part {
  if (high <= limit) return { verdict: "passed", words };
  if (low > limit) return { verdict: "failed", words };
  return { verdict: "pending", words: `${words}, insufficient data` };
}

function worst(verdicts: readonly GateVerdict[]): GateVerdict {
  return (["failed", "pending"] as const).find((verdict) => verdicts.includes(verdict)) ?? "passed";
}

interface Measured {
  interval: Interval | null;
  ratio: RatioEstimate | undefined;
}

type Facts = GateResult["evidence"]["facts"];

function factsOf(tally: ReplayTally, subject: ReplaySubject, { interval, ratio }: Measured): Facts {
  const { requestCount, skipped, bad, problem, compared, fromLog, other, from, to, examples, ended } = tally;
  const period = from && to ? `, ${from.toISOString()} to ${to.toISOString()}` : "";
  const facts: [string, string | false | undefined][] = [
    ["Requests", `${formatCount(requestCount)} of ${subject.endpoint}${period}`],
    ["Stopped early", ended],
    ["Skipped", skipped > 0 && `${formatCount(skipped)}, redacted or not fully stored`],
    [
      "Compared with",
      `${subject.champion}: ${formatCount(fromLog)} predictions from the log, ${formatCount(compared - fromLog)} replayed`,
    ],
    ["Champion failed", subject.whyAlone],
    ["Refused", bad.refused > 0 && formatCount(bad.refused)],
    ["Failed, timed out or crashed", bad.failed + bad.lost > 0 && formatCount(bad.failed + bad.lost)],
    ["NaN, infinity or missing output", bad.invalid > 0 && formatCount(bad.invalid)],
    ["First problem", problem],
    [
      "Different predictions",
      interval !== null && `${formatCount(other)} of ${formatCount(compared)}, ${said(interval)}`,
    ],
    ["Most affected predictions", describeWorst(tally.byPrediction)],
    ["Most affected callers", describeWorst(tally.byCaller)],
    ["Affected requests", examples.join(", ")],
    [
      "p95 relative to champion",
      ratio &&
        `${formatSignificant(ratio.value, 3)}×, 95% interval ${formatSignificant(ratio.low, 3)} to ${formatSignificant(ratio.high, 3)}, ${formatCount(tally.times.length)} alternating requests`,
    ],
    ["Ran on", subject.provider],
  ];
  return facts.flatMap(([label, value]) => (value ? [{ label, value }] : []));
}

function said({ low, high }: Interval): string {
  return `95% interval ${formatValue(low, "proportion")} to ${formatValue(high, "proportion")}`;
}

/** Describes the segments with the largest share of different predictions, by the lower end of the interval: "8: 5 of 20, 3: 1 of 19". */
function describeWorst(slices: ReadonlyMap<string, Slice>): string {
  return [...slices]
    .filter(([, { other }]) => other > 0)
    .map(([name, { requestCount, other }]) => ({
      words: `${name}: ${formatCount(other)} of ${formatCount(requestCount)}`,
      surely: wilsonInterval({ share: other / requestCount, count: requestCount }).low,
    }))
    .sort((a, b) => b.surely - a.surely)
    .slice(0, worstSlices)
    .map(({ words }) => words)
    .join(", ");
}
