import { kneeOf } from "#server/stats/kneedle.ts";
import type { LoadTestFindings, StepMeasurement } from "./contract.ts";

/** Minimum ratio of the response rate to the rate of a step; below it, the step is saturated. */
const sustainedShare = 0.95;

/**
 * Finds where a version saturates and where its latency starts to climb. The saturated step is the first with less than 95% of the
 * due requests answered in time; the knee is Kneedle's, of the p95 by rate, up to that step.
 */
export function findingsOf(steps: readonly StepMeasurement[]): LoadTestFindings {
  const saturated = steps.findIndex(isSaturated);
  const upTo = saturated < 0 ? steps : steps.slice(0, saturated + 1);
  const curve = upTo.flatMap(({ requestsPerSecond, latencyMs }, position) =>
    latencyMs ? [{ position, x: requestsPerSecond, y: latencyMs.p95.value }] : [],
  );
  const knee = curve[kneeOf(curve) ?? -1];
  return {
    knee: knee ? { position: knee.position, requestsPerSecond: knee.x } : null,
    saturation:
      saturated < 0
        ? null
        : {
            position: saturated,
            requestsPerSecond: (steps[saturated] as StepMeasurement).requestsPerSecond,
            maxPerSecond: Math.max(...steps.map(({ achievedPerSecond }) => achievedPerSecond)),
          },
  };
}

/**
 * Whether less than 95% of the due requests of a step were answered at its rate. The comparison uses due requests, not the plan: few
 * random arrivals may be off by more. It also tolerates requests that may by chance be in flight when the step ends: the rate times the
 * p99 are expected (Little's law), with three standard deviations of a Poisson number. An overload's backlog exceeds its own root.
 */
export function isSaturated({ due, measuredSeconds, achievedPerSecond, latencyMs }: StepMeasurement): boolean {
  const missing = due - achievedPerSecond * measuredSeconds;
  const onTheirWay = ((due / measuredSeconds) * (latencyMs?.p99.value ?? 0)) / 1000;
  return missing > (1 - sustainedShare) * due && missing > 3 * Math.sqrt(onTheirWay);
}
