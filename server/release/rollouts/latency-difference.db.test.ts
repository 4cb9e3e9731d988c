import { expect, test } from "vitest";
import { servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { addTo, type Histogram } from "#server/stats/histogram.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { stepping } from "../../testing/fixtures/rollouts/sources/testing.ts";
import { loadRollout } from "./load-rollout.ts";
import { findRollout } from "./rollout-rows.ts";

/** Adds a window of one arm with a thousand latencies around a mean. */
async function addWindow(ctx: Context, endpointId: string, versionId: string, arm: "stable" | "canary", mean: number) {
  const latencyBuckets: Histogram = {};
  for (let value = 0; value < 1000; value += 1) addTo(latencyBuckets, mean * (0.5 + value / 1000));
  await ctx.db.insert(servingWindows).values({
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm,
    gatewayId: "g",
    windowStart: new Date(Date.now() - 20_000),
    requests: 1000,
    rows: 1000,
    failures: {},
    latencySumMs: 0,
    queueSumMs: 0,
    computeSumMs: 0,
    latencyBuckets,
  });
}

test(
  "compares the p95 of both versions in the current step beside slow responses",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, stable, canary } = await stepping(ctx, [{ metric: "slow" }, { metric: "errors" }]);
    const found = await findRollout(ctx, rolloutId);
    const rollout = { ...found, state: { ...found.state, stepStartedAt: Date.now() - 60_000 } };
    const slow = async () => (await loadRollout(ctx, rollout)).evidence.guardrails.map(({ p95 }) => p95);
    expect(await slow()).toEqual([undefined, undefined]);
    await addWindow(ctx, endpointId, stable.id, "stable", 40);
    await addWindow(ctx, endpointId, canary.id, "canary", 60);
    const [p95, none] = await slow();
    expect(none).toBeUndefined();
    // 58 and 87 ms, within 1%.
    expect(p95?.stable).toBeGreaterThan(57.4);
    expect(p95?.stable).toBeLessThan(58.6);
    expect(p95?.canary).toBeGreaterThan(86.1);
    expect(p95?.canary).toBeLessThan(87.9);
    expect(p95?.low).toBeGreaterThan(20);
    expect(p95?.high).toBeLessThan(40);
    // Before the step, it says nothing about it.
    const later = { ...rollout, state: { ...rollout.state, stepStartedAt: Date.now() } };
    expect((await loadRollout(ctx, later)).evidence.guardrails[0]?.p95).toBeUndefined();
  }),
);
