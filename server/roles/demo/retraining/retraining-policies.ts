import { minuteMs } from "#server/base/durations.ts";
import type { PolicyInForce } from "#server/develop/registry/policy/contract.ts";
import type { RetrainingTrigger } from "#server/improve/retraining/contract.ts";
import { type DemoTarget, RequestRefused, send } from "../client.ts";
import { ensureSlo } from "../night-shift/ensure-named.ts";
import { ticketsOnly } from "../night-shift/objectives.ts";
import { retrainingTemplate } from "./retraining-template.ts";
import { type Scanner, trainingDataset } from "./scanner-endpoint.ts";

/** Minutes instead of days: each step ends as soon as labels show that the candidate is right more often. */
const rolloutPlan = {
  steps: [
    { weight: 0.25, minSeconds: 20, maxSeconds: 300, minUnits: 40 },
    { weight: 0.5, minSeconds: 20, maxSeconds: 300, minUnits: 40 },
  ],
  guardrails: [
    { metric: "errors", floor: 0.02 },
    { metric: "label-errors", requiresVerdict: true },
    { metric: "invalid-outputs", floor: 0.01 },
  ],
  staleSeconds: 60,
  // What a rollout would mend is what has spent the budget.
  budget: "ignore",
  watch: { seconds: 30, shadowShare: 0.1 },
};

interface PolicyInput {
  scanner: Scanner;
  triggers: readonly RetrainingTrigger[];
  frozen: { id: string; name: string; digest: string };
  freshSet: string | null;
}

/**
 * Creates the retraining policy of a scanner's model, with a gate on the frozen set, unless it has one: the viewer of the demo may have changed it.
 * All triggers have to speak for a training.
 */
export async function ensureRetrainingPolicy(target: DemoTarget, policy: PolicyInput): Promise<void> {
  const { scanner, triggers, frozen, freshSet } = policy;
  const url = `${target.url}/api/v1/retraining-policies`;
  if (await exists(target, `${url}/${scanner.model}`)) return;
  await ensureGate(target, scanner.model, frozen);
  await send(target, "POST", url, {
    model: scanner.model,
    endpoint: scanner.endpoint,
    rules: {
      triggers,
      combine: "all",
      // Labels of the prediction log are counted by whole hours, for which the viewer of the demo does not wait. The SLO counts them by minutes.
      labels: { atLeast: 0, perClass: 0, completeness: 0 },
      limits: { cooldownHours: 1, maxPer30Days: 100, maxAgeHours: 2 },
      accept: { margin: 0.02 },
    },
    plan: {
      data: { kind: "dataset", name: trainingDataset },
      job: { template: retrainingTemplate, priority: "normal" },
      compare: { frozenSet: frozen.id, freshSet },
      release: { plan: rolloutPlan, needsApproval: false },
    },
  });
}

/** Creates the SLO of what a scanner's model gets right, which a policy looks at. @returns its id */
export async function ensureAccuracySlo(target: DemoTarget, { endpoint }: Scanner): Promise<string> {
  const url = `${target.url}/api/v1/endpoints/${endpoint}`;
  const { id: endpointId } = await send<{ id: string }>(target, "GET", url);
  const slo = await ensureSlo(target, {
    name: `${endpoint}-right`,
    definition: {
      displayName: "Scanned digit accuracy",
      target: 0.85,
      period: { kind: "rolling", days: 7 },
      rules: ticketsOnly,
      freezes: false,
      indicator: { kind: "realised-quality", endpointId, maturityMs: minuteMs },
    },
    reason: "Demo SLO",
  });
  return slo.id;
}

async function ensureGate(target: DemoTarget, model: string, set: PolicyInput["frozen"]): Promise<void> {
  const url = `${target.url}/api/v1/models/${model}/policy`;
  const { origin, policy } = await send<PolicyInForce>(target, "GET", url);
  if (origin === "model") return;
  const { name, digest } = set;
  const gate = { kind: "evaluation", set: { name, digest }, metric: "accuracy", bound: 0.9 };
  await send(target, "PUT", url, { policy: { ...policy, gates: [gate] }, reason: "No version reads fewer digits" });
}

async function exists(target: DemoTarget, url: string): Promise<boolean> {
  return send(target, "GET", url).then(
    () => true,
    (error: unknown) => {
      if (error instanceof RequestRefused && error.status === 404) return false;
      throw error;
    },
  );
}
