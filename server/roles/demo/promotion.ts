import type { PolicyInForce } from "#server/develop/registry/policy/contract.ts";
import { type DemoTarget, send } from "./client.ts";
import { asColleague, type Colleague } from "./colleague.ts";

export const digitsModel = "digits";
/** The int8 copy of the champion: as good, and a third of its size. */
const candidate = 3;
const colleague: Colleague = { email: "priya@leeway.example", name: "Priya Raman", role: "member" };

/** By this reason the demo knows a policy that nobody has changed. */
const policyReason = "Customer-facing changes need two people";
const policy = {
  protectedAliases: ["champion"],
  required: {
    items: ["owner", "description", "source-run", "dataset-digest", "signature", "licence"],
    metrics: ["test_accuracy"],
  },
  gates: [
    { kind: "metadata" },
    { kind: "signature" },
    {
      kind: "metric",
      metric: "test_accuracy",
      scale: "proportion",
      bound: 0.95,
      margin: 0.02,
      rows: { from: "number", count: 500 },
    },
    { kind: "latency", requestsPerSecond: 40, limitMs: 50 },
  ],
};

/**
 * Gives the digits model a policy with gates, and has a colleague request that its int8 version become champion, for the viewer of the
 * demo to decide. Existing policies and requests stay unchanged.
 */
export async function ensurePromotion(target: DemoTarget): Promise<void> {
  const api = `${target.url}/api/v1`;
  await ensurePolicy(target, digitsModel, { policy, reason: policyReason });
  const found = await send<{ promotions: unknown[] }>(target, "GET", `${api}/promotions?model=${digitsModel}`);
  if (found.promotions.length > 0) return;
  await send(await asColleague(target, colleague), "POST", `${api}/models/${digitsModel}/promotions`, {
    version: candidate,
    alias: "champion",
    reason: "Same predictions at a third of the file size",
  });
}

/** Gives the model of flights a gate on a metric that its runs log epoch by epoch, so that their charts show its threshold. */
export async function ensureFlightPolicy(target: DemoTarget): Promise<void> {
  const gates = [{ kind: "metric", metric: "val_auc", bound: 0.9, judge: "point" }];
  await ensurePolicy(target, "flight-delay", { policy: { gates }, reason: "A version must rank flights well" });
}

/** Gives a model a policy of its own, unless it has one. */
async function ensurePolicy(
  target: DemoTarget,
  model: string,
  change: { policy: object; reason: string },
): Promise<void> {
  const url = `${target.url}/api/v1/models/${model}/policy`;
  const { origin } = await send<{ origin: string }>(target, "GET", url);
  if (origin !== "model") await send(target, "PUT", url, change);
}

/** Adds a gate on an evaluation set to the policy, unless someone has changed the policy: no fewer correct digits than the champion. */
export async function ensureEvaluationGate(
  target: DemoTarget,
  { name, digest }: { name: string; digest: string },
): Promise<void> {
  const url = `${target.url}/api/v1/models/${digitsModel}/policy`;
  const { reason, policy: current } = await send<PolicyInForce>(target, "GET", url);
  if (reason !== policyReason) return;
  const gate = { kind: "evaluation", set: { name, digest }, metric: "accuracy", bound: 0.95, margin: 0.02 };
  await send(target, "PUT", url, {
    policy: { ...current, gates: [...current.gates, gate] },
    reason: `Versions are compared with the champion on ${name}`,
  });
}
