import type { RolloutForecast, RolloutPlan, SimulatedGuardrail } from "./simulate.ts";

/** For tests: a guardrail on errors at 0.5%, which does not change. */
export const errors: SimulatedGuardrail = {
  name: "errors",
  share: 1,
  baseRate: 0.005,
  margin: 0,
  safeMargin: undefined,
  ratio: 1,
};

/** For tests: three steps of ten minutes at ten requests per second. */
export const plan: RolloutPlan = {
  steps: [0.1, 0.25, 0.5].map((weight) => ({ weight, seconds: 600 })),
  requestsPerSecond: [10],
  guardrails: [errors],
  regressionSecond: 0,
  policy: {
    alpha: 0.05,
    beta: 0.05,
    minUnitsCanary: 100,
    minUnitsBaseline: 100,
    minSeconds: 300,
    advanceWhen: "no-harm-found",
  },
};

/** Returns the forecast of a threshold rule that is simulated beside ours, by the beginning of its name. */
export function peer(forecast: RolloutForecast, name: string) {
  return forecast.peers.find((each) => each.name.startsWith(name));
}
