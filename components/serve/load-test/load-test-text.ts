import { formatNumber, formatPercent, formatUnit, nbsp, noValue, plural } from "#components/ui/format.ts";
import { formatDuration } from "#components/ui/format-time.ts";
import type { State } from "#components/ui/status-shape.tsx";
import type { LoadTest, LoadTestState, StepMeasurement } from "#server/serve/load-test/contract.ts";

/** Icon and label of each load test state. */
export const stateLabels: Record<LoadTestState, { state: State; word: string }> = {
  waiting: { state: "not-started", word: "Waiting" },
  running: { state: "running", word: "Running" },
  done: { state: "finished", word: "Done" },
  stopped: { state: "watch", word: "Stopped" },
  cancelled: { state: "rolled-back", word: "Cancelled" },
  failed: { state: "missed", word: "Failed" },
};

/** Describes the result of a load test in one sentence. */
export function describeFinding({ steps, findings, state }: Pick<LoadTest, "steps" | "findings" | "state">): string {
  const { knee, saturation } = findings;
  if (steps.length === 0) return state === "failed" ? "No data available." : "No measurements yet.";
  const highest = steps.at(-1) as StepMeasurement;
  const kept = saturation
    ? `Saturated at ${formatRate(saturation.requestsPerSecond)}: ${describeCapacity(saturation, steps)} were served.`
    : `Sustains ${formatRate(highest.requestsPerSecond)}, the highest rate tested.`;
  return knee ? `${kept} Latency starts to rise at ${formatRate(knee.requestsPerSecond)}.` : kept;
}

/** Formats "at most 96 /s"; if random arrivals exceeded the planned rate, the achieved and the due rate: "15.8 of 17.2 /s". */
function describeCapacity(
  { position, requestsPerSecond, maxPerSecond }: NonNullable<LoadTest["findings"]["saturation"]>,
  steps: LoadTest["steps"],
): string {
  const step = steps[position];
  if (!step || maxPerSecond < requestsPerSecond) return `at most ${formatNumber(maxPerSecond)}${nbsp}/s`;
  return `${formatNumber(step.achievedPerSecond)} of ${formatNumber(step.due / step.measuredSeconds)}${nbsp}/s`;
}

/** Describes the progress of a test: "step 3 of 8, about 2 min left". */
export function describeProgress({ state, steps, settings }: Pick<LoadTest, "state" | "steps" | "settings">): string {
  const { rates, stepSeconds } = settings;
  if (state === "waiting")
    return `${plural(rates.length, "step")} of ${stepSeconds}${nbsp}s each, once the version is loaded`;
  const left = (rates.length - steps.length) * stepSeconds * 1000;
  return `step ${Math.min(rates.length, steps.length + 1)} of ${rates.length}, at most ${formatDuration(left)} left`;
}

/** Formats a rate as "80 requests/s". */
function formatRate(requestsPerSecond: number): string {
  return `${formatNumber(requestsPerSecond)}${nbsp}requests/s`;
}

/** Formats a quantile with its interval, with the decimals of its column: "12.3 ms (11.8 to 13.1)". */
export function describeQuantile(
  quantile: { value: number; low: number; high: number } | undefined,
  decimals: number,
): string {
  if (!quantile) return noValue;
  const { value, low, high } = quantile;
  const as = { decimals };
  return `${formatUnit(value, "ms", as)} (${formatNumber(low, as)} to ${formatNumber(high, as)})`;
}

/** Describes why requests of a step failed: "503: 12, timeout: 3, not sent: 40"; empty if none did. */
export function describeFailure({ failures, notSent }: Pick<StepMeasurement, "failures" | "notSent">): string {
  const counts = Object.entries(failures).map(([why, count]) => `${why}: ${count}`);
  return [...counts, ...(notSent > 0 ? [`not sent: ${notSent}`] : [])].join(", ");
}

/** Returns whether the sender was late by more than a fifth of the latency: it then distorts the measurement. */
export function isSenderLate({ lagMsP99, latencyMs }: Pick<StepMeasurement, "lagMsP99" | "latencyMs">): boolean {
  return lagMsP99 !== null && latencyMs !== null && lagMsP99 > 5 && lagMsP99 > latencyMs.p99.value / 5;
}

/** Describes the generated load in words. */
export function describeLoad({ settings }: Pick<LoadTest, "settings">): string {
  const { rates, stepSeconds, arrivals, inputs, rows } = settings;
  const [first = 0, last = 0] = [rates[0], rates.at(-1)];
  const range =
    rates.length > 1 ? `${formatNumber(first)} to ${formatRate(last)} in ${rates.length} steps` : formatRate(first);
  const moments = arrivals === "poisson" ? "at random intervals" : "evenly";
  const what = inputs === "recorded" ? "recorded inputs" : `synthetic inputs${rows > 1 ? ` of ${rows} rows` : ""}`;
  return `${range} of ${stepSeconds}${nbsp}s, ${moments}, ${what}`;
}

/** Formats an error share as "0.5%" or "none". */
export function formatErrorShare(share: number | null): string {
  return share === 0 ? "none" : formatPercent(share);
}
