import { formatSignificant } from "#server/base/format-number.ts";
import { errorShareOf, type LoadTest, queueShareOf, type StepMeasurement } from "#server/serve/load-test/contract.ts";
import { isSaturated } from "#server/serve/load-test/findings.ts";
import type { GateResult } from "../../develop/registry/gates/contract.ts";
import { formatValue } from "../../develop/registry/gates/format.ts";
import type { LatencyGate } from "../../develop/registry/policy/contract.ts";

const noNumber: GateResult["evidence"] = { better: null, scale: "number", interval: null, method: null, facts: [] };

/**
 * Evaluates whether a version responds fast enough at a rate, with its newest load test that went up to it: with the step of the lowest
 * rate that is at least the gate's. A step that could not be sustained, or of which too many requests failed, does not pass, however
 * fast the other responses were. With "interval", the full interval of the quantile has to be below the limit; when the limit lies
 * inside it, the verdict is pending.
 * @param tests of the version that are recent enough, newest first
 */
export function evaluateLatencyGate(gate: LatencyGate, tests: readonly LoadTest[]): GateResult {
  const { limitMs, requestsPerSecond, quantile, maxErrorRate, maxAgeDays, judge: decisionBasis } = gate;
  const limit = { limit: limitMs };
  for (const test of tests) {
    const step = test.steps.find((each) => each.requestsPerSecond >= requestsPerSecond);
    if (!step) continue;
    const estimate = step.latencyMs?.[quantile];
    const errors = errorShareOf(step) ?? 1;
    const evidence = {
      better: "lower" as const,
      scale: "number" as const,
      interval: estimate ? { low: estimate.low, high: estimate.high } : null,
      method: estimate ? "Woodruff's interval of a quantile, with the spread over 20 batches in time" : null,
      facts: factsOf(test, step, gate),
    };
    const result = (verdict: GateResult["verdict"], words: string) => ({
      verdict,
      words,
      measured: estimate?.value ?? null,
      ...limit,
      evidence,
    });
    const rate = `${formatValue(step.requestsPerSecond, "number")} requests/s`;
    if (!estimate) return result("failed", `no successful requests at ${rate}`);
    if (isSaturated(step)) {
      const achieved = formatValue(step.achievedPerSecond, "number");
      return result("failed", `saturated at ${rate}: ${achieved}/s were served`);
    }
    if (errors > maxErrorRate) {
      return result("failed", `${formatValue(errors, "proportion")} of requests failed at ${rate}`);
    }
    const words = `${quantile} ${formatMs(estimate.value, limitMs)} at ${rate}, limit ${limitMs}\u00a0ms`;
    const [low, high] = decisionBasis === "interval" ? [estimate.low, estimate.high] : [estimate.value, estimate.value];
    if (high <= limitMs) return result("passed", words);
    if (low > limitMs) return result("failed", words);
    return result("pending", `${words}, insufficient data`);
  }
  const rate = `${formatValue(requestsPerSecond, "number")} requests/s`;
  const words =
    tests.length > 0
      ? `no load test in the last ${maxAgeDays} days reached ${rate}`
      : `no load test in the last ${maxAgeDays} days. Start one from an endpoint's page`;
  return { verdict: "pending", words, measured: null, ...limit, evidence: noNumber };
}

function factsOf(test: LoadTest, step: StepMeasurement, { quantile }: LatencyGate): GateResult["evidence"]["facts"] {
  const estimate = step.latencyMs?.[quantile];
  const queue = queueShareOf(step);
  return [
    { label: "Load test", value: `${test.id} through ${test.endpoint}, by ${test.startedBy}` },
    { label: "Ended", value: test.endedAt?.toISOString() ?? "" },
    {
      label: "Step",
      value: `${formatValue(step.requestsPerSecond, "number")} requests/s for ${formatValue(step.measuredSeconds, "number")}\u00a0s, ${step.due} requests`,
    },
    ...(estimate
      ? [
          {
            label: quantile,
            value: `${formatMs(estimate.value)}, 95% interval ${formatMs(estimate.low)} to ${formatMs(estimate.high)}`,
          },
        ]
      : []),
    { label: "Failed or not sent", value: formatValue(errorShareOf(step) ?? 1, "proportion") },
    ...(queue === null ? [] : [{ label: "Queue time share", value: formatValue(queue, "proportion") }]),
    { label: "Inputs", value: test.settings.inputs },
  ];
}

/** Formats three significant figures as everywhere; more if a value beyond the limit would otherwise read like the limit. */
function formatMs(value: number, limit?: number): string {
  const most = [3, 4, 5].find((each) => value === limit || Number(formatSignificant(value, each)) !== limit) ?? 6;
  return `${formatSignificant(value, most)}\u00a0ms`;
}
