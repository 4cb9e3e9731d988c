import { quantileIntervals } from "#server/stats/quantile-interval.ts";
import type { Quantile, StepMeasurement } from "./contract.ts";

/** Result of one request. Times are milliseconds from the start of the step. */
export interface SentRequest {
  dueMs: number;
  /** Null when it was not sent. */
  sentMs: number | null;
  endedMs: number;
  /** The HTTP status, "timeout" or "connection"; "not-sent". */
  outcome: string;
  /** Queue time that the gateway reports; null when it does not. */
  queueMs: number | null;
  computeMs: number | null;
}

interface Step {
  requestsPerSecond: number;
  stepSeconds: number;
  warmUpMs: number;
}

/**
 * Computes the measurements of a step's requests. Latency counts from the time a request was due, so that a request that waited behind
 * others does not count as a quick one (coordinated omission: Tene, "How NOT to measure latency", 2013). The achieved rate is
 * that of the successful responses within the measured time, whenever their requests were due.
 */
export function measureStep(requests: readonly SentRequest[], step: Step): StepMeasurement {
  const { requestsPerSecond, stepSeconds, warmUpMs } = step;
  const endMs = stepSeconds * 1000;
  const measuredSeconds = (endMs - warmUpMs) / 1000;
  const due = requests.filter(({ dueMs }) => dueMs >= warmUpMs);
  const succeeded = due.filter(({ outcome }) => outcome === "200");
  const failures: Record<string, number> = {};
  for (const { outcome } of due) {
    if (outcome !== "200" && outcome !== "not-sent") failures[outcome] = (failures[outcome] ?? 0) + 1;
  }
  const responses = requests.filter(
    ({ outcome, endedMs }) => outcome === "200" && endedMs >= warmUpMs && endedMs < endMs,
  );
  const latencies = succeeded.map(({ dueMs, endedMs }) => endedMs - dueMs);
  const lags = due.flatMap(({ dueMs, sentMs }) => (sentMs === null ? [] : [sentMs - dueMs]));
  const [p50, p95, p99] = quantileIntervals(latencies, [0.5, 0.95, 0.99]);
  return {
    requestsPerSecond,
    measuredSeconds,
    due: due.length,
    notSent: due.filter(({ outcome }) => outcome === "not-sent").length,
    succeeded: succeeded.length,
    failures,
    achievedPerSecond: responses.length / measuredSeconds,
    latencyMs:
      p50 && p95 && p99
        ? { mean: mean(latencies) as number, p50: rounded(p50), p95: rounded(p95), p99: rounded(p99) }
        : null,
    queueMsMean: mean(succeeded.flatMap(({ queueMs }) => queueMs ?? [])),
    computeMsMean: mean(succeeded.flatMap(({ computeMs }) => computeMs ?? [])),
    lagMsP99: quantileIntervals(lags, [0.99])[0]?.value ?? null,
  };
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function rounded({ value, low, high }: Quantile): Quantile {
  const toMicros = (ms: number) => Math.round(ms * 1000) / 1000;
  return { value: toMicros(value), low: toMicros(low), high: toMicros(high) };
}
