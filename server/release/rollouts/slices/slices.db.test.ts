import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { deployments, predictionLabels, predictions, rollouts } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getRolloutSlices } from "./queries.ts";

const frozen = {
  slowMs: 50,
  outcomeAgeMs: 1000,
  outputBins: null,
  binnedOutput: null,
  requestsPerSecond: 10,
  record: {},
};

/** Creates an endpoint with a rollout that has ended, and a function that logs its requests. */
async function fixture(ctx: Context) {
  const { workspaceId } = ctx.actor;
  const [stable, canary] = [await newVersion(ctx, { version: 1 }), await newVersion(ctx, { version: 2 })];
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  const common = { workspaceId, endpointId };
  const [deployment] = await ctx.db
    .insert(deployments)
    .values({ ...common, versionId: stable.id, providers: [], deployedBy: "Ada" })
    .returning();
  const [rollout] = await ctx.db
    .insert(rollouts)
    .values({
      ...common,
      stableVersionId: stable.id,
      canaryVersionId: canary.id,
      stableDeploymentId: deployment?.id ?? 0,
      providers: [],
      plan: {} as never,
      frozen,
      salt: "s",
      phase: "rolled-back",
      state: {} as never,
      reason: "",
      startedBy: "Ada",
      createdAt: new Date(Date.now() - 60_000),
      endedAt: new Date(),
    })
    .returning();
  const rolloutId = rollout?.id ?? "";
  async function log(
    arm: "stable" | "canary",
    values: Partial<typeof predictions.$inferInsert>,
    rolloutOf = rolloutId,
  ) {
    const id = randomUUID();
    await ctx.db.insert(predictions).values({
      ...common,
      id,
      arm,
      versionId: arm === "stable" ? stable.id : canary.id,
      requestId: id,
      status: 200,
      at: new Date(Date.now() - 30_000),
      provider: "cpu",
      latencyMs: 3,
      caller: "north",
      ...values,
      rollout: { id: rolloutOf, step: 0, weight: 0.5, unit: id, isSampled: true },
    });
    return id;
  }
  return { rolloutId, endpointId, log };
}

test(
  "lists first the caller whose requests fail only on the new version, with counts of both arms",
  inWorkspace(async (ctx) => {
    const { rolloutId, log } = await fixture(ctx);
    for (let count = 0; count < 20; count += 1) {
      for (const caller of ["north", "south"]) {
        await log("stable", { caller });
        await log("canary", {
          caller,
          ...(caller === "south" && { status: 500, loggedReason: "failed" as const, error: "no" }),
        });
      }
    }
    await log("canary", { caller: "south", status: 500 }, randomUUID());
    const { slices, all } = await getRolloutSlices(ctx, { rolloutId });
    expect(slices[0]).toMatchObject({
      kind: "caller",
      value: "south",
      stable: { bad: 0, good: 20 },
      canary: { bad: 20, good: 0 },
    });
    expect(slices[0]?.odds?.low).toBeGreaterThan(1);
    expect(slices.some(({ value }) => value === "north")).toBe(false);
    expect(all).toMatchObject({ stable: { bad: 0, good: 40 }, canary: { bad: 20, good: 20 } });
  }),
);

test(
  "returns the first failed requests of each arm, oldest first, at most five",
  inWorkspace(async (ctx) => {
    const { rolloutId, log } = await fixture(ctx);
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      ids.push(await log("canary", { status: 503, error: `${count}`, at: new Date(Date.now() - 30_000 + count) }));
    }
    await log("stable", { status: 429, error: "too fast" });
    const { first } = await getRolloutSlices(ctx, { rolloutId });
    expect(first.canary.map(({ id }) => id)).toEqual(ids.slice(0, 5));
    expect(first.stable).toEqual([]);
  }),
);

test(
  "counts incorrect predictions by label and predicted class, and slow ones by the frozen limit",
  inWorkspace(async (ctx) => {
    const { rolloutId, endpointId, log } = await fixture(ctx);
    const wrong = await log("canary", { answer: "7", latencyMs: 80 });
    await log("canary", { answer: "1", latencyMs: 20 });
    await ctx.db.insert(predictionLabels).values({
      workspaceId: ctx.actor.workspaceId,
      endpointId,
      requestId: wrong,
      label: "1",
      observedAt: new Date(),
    });
    const labels = await getRolloutSlices(ctx, { rolloutId, metric: "label-errors" });
    expect(labels.all.canary).toEqual({ bad: 1, good: 0 });
    expect(labels.slices.find(({ kind }) => kind === "answer")).toMatchObject({ value: "7", odds: null });
    const slow = await getRolloutSlices(ctx, { rolloutId, metric: "slow" });
    expect(slow.all.canary).toEqual({ bad: 1, good: 1 });
  }),
);

test(
  "does not find a rollout of another workspace",
  inWorkspace(async (ctx) => {
    const { rolloutId } = await fixture(ctx);
    const other = await newWorkspace(ctx.db);
    await expect(getRolloutSlices(other, { rolloutId })).rejects.toMatchObject({ code: "not-found" });
  }),
);
