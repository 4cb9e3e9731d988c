import { kneeOf } from "#server/stats/kneedle.ts";
import type { LoadTestFindings, StepMeasurement } from "./contract.ts";

/** A step whose answers come at less than this share of its rate is not kept up with. */
const sustainedShare = 0.95;

/**
 * Where a version saturates and where its latency begins to climb. Saturated is the first step of which less than 95% of what
 * was due was answered in time; the knee is Kneedle's, of the p95 by rate, up to that step.
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
 * Whether less than 95% of what was due in a step was answered at its rate. Compared with what was due, not with the plan: few random
 * arrivals may be off by more. Nor do as many count as may by chance be on their way when the step ends: of a rate times the p99 that are
 * expected (Little's law), three standard deviations of a Poisson number. What piles up in an overload grows beyond its own root.
 */
export function isSaturated({ due, measuredSeconds, achievedPerSecond, latencyMs }: StepMeasurement): boolean {
  const missing = due - achievedPerSecond * measuredSeconds;
  const onTheirWay = ((due / measuredSeconds) * (latencyMs?.p99.value ?? 0)) / 1000;
  return missing > (1 - sustainedShare) * due && missing > 3 * Math.sqrt(onTheirWay);
}
