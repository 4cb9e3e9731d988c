import { type RolloutForecast, simulateRolloutInTurns } from "#server/stats/sequential/simulate.ts";
import { thresholdPeers } from "#server/stats/sequential/threshold-peers.ts";
import type { Guardrail, RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { effectRatios } from "./constants.ts";
import type { PlanTraffic, RolloutSimulation } from "./contract.ts";
import { type BaseRate, baseRateOf } from "./estimate.ts";

const scenarioRatios = [1, ...effectRatios];
const seed = 1;
const letOthersWork = () => new Promise((resolve) => setImmediate(resolve));

/** Guardrails of which every request is a unit, with the rate they were seen to have: what can be simulated. */
function simulatedGuardrails(plan: RolloutPlan, traffic: PlanTraffic): { guardrail: Guardrail; base: BaseRate }[] {
  return plan.guardrails.flatMap((guardrail) => {
    if (guardrail.metric === "label-errors" || guardrail.metric === "conversions") return [];
    const base = baseRateOf(guardrail, traffic);
    return base ? [{ guardrail, base }] : [];
  });
}

/**
 * Simulates a plan many times on the traffic of the last seven days, with a good version and with one whose `metric` is worse, in comparison with
 * common fixed settings. Yields to other work after every run. Undefined without traffic or without a rate to worsen.
 */
export async function simulatePlan(
  plan: RolloutPlan,
  traffic: PlanTraffic,
  { runs, metric }: { runs: number; metric?: Guardrail["metric"] | undefined },
): Promise<RolloutSimulation | undefined> {
  const known = simulatedGuardrails(plan, traffic);
  const worse = known.find(({ guardrail }) => guardrail.metric === metric) ?? known[0];
  const steps = plan.steps.filter(({ weight }) => weight > 0);
  const perMinute = minutesOf(traffic);
  if (!worse || steps.length === 0 || perMinute.length === 0) return undefined;
  // The fixed settings evaluate the first guardrail.
  const ordered = [worse, ...known.filter((each) => each !== worse)];
  const forecasts: { ratio: number; forecast: RolloutForecast }[] = [];
  for (const ratio of scenarioRatios) {
    const simulated = simulatedPlan(plan, steps, ordered, perMinute, ratio);
    forecasts.push({ ratio, forecast: await simulateRolloutInTurns(simulated, { runs, seed }, letOthersWork) });
  }
  const good = forecasts[0]?.forecast;
  const peers = thresholdPeers.map(({ name, rule }) =>
    ruleOf(
      name,
      rule,
      forecasts.map(({ ratio, forecast }) => ({ ratio, of: forecast.peers.find((each) => each.name === name) })),
    ),
  );
  const own = ruleOf(
    "This plan",
    "Anytime-valid evidence, like the guardrails above.",
    forecasts.map(({ ratio, forecast }) => ({ ratio, of: forecast })),
  );
  return {
    runs,
    metric: worse.guardrail.metric,
    baseRate: worse.base.rate,
    requestsPerSecond: perMinute[0] ?? 0,
    good: {
      promotedShare: good?.promotedShare ?? 0,
      promotedEarlyShare: good?.promotedEarlyShare ?? 0,
      heldShare: good?.heldShare ?? 0,
    },
    rules: [own, ...peers],
  };
}

function simulatedPlan(
  plan: RolloutPlan,
  steps: RolloutPlan["steps"],
  guardrails: ReturnType<typeof simulatedGuardrails>,
  requestsPerSecond: number[],
  ratio: number,
): Parameters<typeof simulateRolloutInTurns>[0] {
  const { alpha, beta, advanceWhen } = plan;
  const minUnits = Math.max(...steps.map((step) => step.minUnits));
  return {
    steps: steps.map(({ weight, maxSeconds }) => ({ weight, seconds: maxSeconds })),
    requestsPerSecond,
    guardrails: guardrails.map(({ guardrail, base }, index) => ({
      name: guardrail.metric,
      share: guardrail.share ?? 1 / plan.guardrails.length,
      baseRate: base.rate,
      margin: guardrail.margin,
      safeMargin: guardrail.requiresVerdict ? guardrail.safeMargin : undefined,
      ratio: index === 0 ? ratio : 1,
      dispersion: base.dispersion,
      armDeviation: base.armDeviation,
      armFactor: base.armFactor,
    })),
    regressionSecond: 0,
    policy: {
      alpha,
      beta,
      advanceWhen,
      minUnitsCanary: minUnits,
      minUnitsBaseline: minUnits,
      minSeconds: Math.min(...steps.map((step) => step.minSeconds)),
    },
  };
}

/** Returns the requests per second of each minute of a week like the last one, from the same hour of the week on. */
function minutesOf({ profile, requestsPerSecond }: PlanTraffic): number[] {
  const known = profile.flatMap((hour) => Array<number>(60).fill(hour.requestsPerSecond));
  if (known.length > 0) return known;
  return requestsPerSecond === null ? [] : [requestsPerSecond];
}

function ruleOf(
  name: string,
  words: string,
  scenarios: { ratio: number; of: RolloutForecast["peers"][number] | undefined }[],
): RolloutSimulation["rules"][number] {
  return {
    name,
    words,
    scenarios: scenarios.flatMap(({ ratio, of }) =>
      of
        ? [
            {
              ratio,
              rolledBackShare: ratio === 1 ? of.falseRollbackShare : of.detectedShare,
              medianSeconds: of.detectionSeconds?.median ?? null,
              p90Seconds: of.detectionSeconds?.p90 ?? null,
              medianExposed: of.exposedRequests?.median ?? null,
            },
          ]
        : [],
    ),
  };
}
