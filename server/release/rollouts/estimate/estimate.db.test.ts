import { expect, test } from "vitest";
import { servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { addTo, type Histogram } from "#server/stats/histogram.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { RolloutPlan } from "../../../serve/rollout/plan/contract.ts";
import { planRollout, simulateRolloutPlan } from "./queries.ts";

const plan = RolloutPlan.parse({
  steps: [{ weight: 0.5, minSeconds: 60, maxSeconds: 600 }],
  guardrails: [{ metric: "errors", requiresVerdict: true }, { metric: "client-errors" }, { metric: "slow" }],
});

/** Adds ten windows of 10 s, an hour ago: 100 requests each, one of them failed and two rejected. */
async function addTraffic(ctx: Context, endpointId: string, change: Partial<typeof servingWindows.$inferInsert> = {}) {
  const latencyBuckets: Histogram = {};
  for (let value = 1; value <= 100; value += 1) addTo(latencyBuckets, value);
  const start = Date.now() - 3_600_000;
  const rows = Array.from({ length: 10 }, (_, index) => ({
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId: "5d5f5e1c-4f4c-4b6e-9a4f-0c8f7d4f7a11",
    arm: "stable" as const,
    gatewayId: "g",
    windowStart: new Date(start + index * 10_000),
    requests: 100,
    rows: 100,
    failures: { 500: 1, 400: 1, 422: 1, 429: 5 },
    latencySumMs: 5050,
    queueSumMs: 0,
    computeSumMs: 100,
    latencyBuckets,
    ...change,
  }));
  await ctx.db.insert(servingWindows).values(rows).onConflictDoNothing();
}

test(
  "computes rates from the last seven days without rate-limited requests and shadow traffic",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    await addTraffic(ctx, endpointId);
    await addTraffic(ctx, endpointId, { arm: "shadow", failures: { 500: 100 } });
    const { traffic, guardrails } = await planRollout(as(ctx, "viewer"), { endpointId, plan: { ...plan, slowMs: 90 } });
    expect(traffic).toMatchObject({ requestsPerSecond: 10, requests: 1000, slowMs: 90 });
    expect(traffic.rates).toMatchObject({
      errors: { units: 1000, events: 10 },
      "client-errors": { units: 1000, events: 20 },
    });
    expect(traffic.rates.slow?.events).toBeGreaterThan(80);
    expect(traffic.rates.slow?.events).toBeLessThan(120);
    expect(traffic.rates["label-errors"]).toBeUndefined();
    expect(guardrails[0]?.detections.map(({ seconds }) => seconds !== null)).toEqual([true, true, true]);
  }),
);

test(
  "counts what failed days ago at the request rate of now, and knows no rate after a day without requests",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const earlier = new Date(Date.now() - 3 * dayMs);
    await addTraffic(ctx, endpointId, { windowStart: earlier, gatewayId: "early", failures: { 500: 50 } });
    await addTraffic(ctx, endpointId, { windowStart: new Date(Date.now() - 8 * dayMs), failures: { 500: 100 } });
    const old = (await planRollout(ctx, { endpointId, plan })).traffic;
    expect(old).toMatchObject({
      requestsPerSecond: null,
      requests: 100,
      rates: { errors: { units: 100, events: 50 } },
    });
    expect(old.rates.errors?.unitsPerSecond).toBe(0);
    await addTraffic(ctx, endpointId);
    const { traffic } = await planRollout(ctx, { endpointId, plan });
    expect(traffic).toMatchObject({ requestsPerSecond: 10, requests: 1100 });
    expect(traffic.rates.errors).toEqual({ units: 1100, events: 60, unitsPerSecond: 10 });
    expect(traffic.profile.map(({ requestsPerSecond }) => requestsPerSecond)).toEqual([10, 10]);
  }),
);

test(
  "reports missing traffic, and rejects a simulation without it",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const estimate = await planRollout(ctx, { endpointId, plan });
    expect(estimate).toMatchObject({ seconds: null, weights: [], advice: [{ code: "no-traffic" }] });
    await expect(simulateRolloutPlan(ctx, { endpointId, plan })).rejects.toMatchObject({ code: "conflict" });
    await addTraffic(ctx, endpointId);
    const found = await simulateRolloutPlan(ctx, { endpointId, plan, runs: 50 });
    expect(found).toMatchObject({ runs: 50, metric: "errors", baseRate: 0.01, requestsPerSecond: 10 });
  }),
);

test(
  "rejects an inconsistent plan by field, and does not find an endpoint of another workspace",
  inWorkspace(async (ctx) => {
    const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
    const falling = { ...plan, steps: [{ weight: 0.5 }, { weight: 0.1 }] };
    await expect(planRollout(ctx, { endpointId, plan: falling })).rejects.toMatchObject({
      issues: [{ path: ["plan", "steps"] }],
    });
    const other = await newWorkspace(ctx.db);
    await expect(planRollout(other, { endpointId, plan })).rejects.toMatchObject({ code: "not-found" });
  }),
);
