import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { deployments, predictions, rolloutCounts, rollouts, rolloutUnits, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { configureLog } from "#server/base/log.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { deployVersion } from "../../../release/endpoints/deploy-version.ts";
import { newRollout, stateOf } from "../../../testing/fixtures/serving/rollout/testing.ts";
import {
  countBytes,
  infer,
  letGo,
  openRollout,
  servedBy,
  times,
  waiting,
} from "../../../testing/fixtures/serving/rollout/testing-scene.ts";
import { newTestGateway } from "../../../testing/fixtures/serving/router/testing.ts";
import { newVersion } from "../../../testing/fixtures/serving/testing.ts";
import { setCache } from "../../cache/set-cache.ts";
import { createEndpoint } from "../../endpoints/create-endpoint.ts";

configureLog({ role: "test", level: "silent" });
const { db, url } = await freshDatabase();

test("splits requests, and counts, logs and exports each of them by arm", async () => {
  const fixture = await openRollout(db, { weight: 0.5 });
  const { ctx, gateway, rolloutId, endpointId, canaryVersionId } = fixture;
  const cache = await Promise.all(times(60).map(() => infer(gateway, ctx)));
  const canary = cache.filter(({ arm }) => arm === "canary");
  expect(canary.length).toBeGreaterThan(10);
  expect(canary.length).toBeLessThan(50);
  expect(cache.every(({ arm, modelVersion }) => modelVersion === (arm === "canary" ? "2" : "1"))).toBe(true);
  expect(await countBytes(fixture)).toMatchObject({
    "errors canary": `${canary.length}/0`,
    "errors stable": `${60 - canary.length}/0`,
  });
  await gateway.core.flush();
  const logged = await db.select().from(predictions).where(eq(predictions.endpointId, endpointId));
  for (const { arm, versionId, rollout, id } of logged) {
    expect(arm === "canary").toBe(versionId === canaryVersionId);
    expect(rollout).toEqual({ id: rolloutId, step: 0, weight: 0.5, unit: id, isSampled: true });
  }
  expect(logged.length).toBe(60);
  const windows = await db.select().from(servingWindows).where(eq(servingWindows.endpointId, endpointId));
  const requests = (arm: string) =>
    windows.filter((row) => row.arm === arm).reduce((sum, row) => sum + row.requests, 0);
  expect([requests("canary"), requests("stable")]).toEqual([canary.length, 60 - canary.length]);
  const exposed = await gateway.registry.getSingleMetricAsString("leeway_inference_requests_total");
  expect(exposed).toMatch(new RegExp(`version="2",arm="canary".*} ${canary.length}$`, "m"));
});

test("moves units to the canary as the weight grows, and back on rollback, without a failed request", async () => {
  const { ctx, gateway, rolloutId } = await openRollout(db, {
    weight: 0.1,
    plan: { unit: { kind: "header", header: "x-user" } },
  });
  const send = () =>
    Promise.all(
      times(100).map(async (user) => (await infer(gateway, ctx, { headers: { "x-user": `user-${user}` } })).arm),
    );
  const first = await send();
  expect(await send()).toEqual(first);
  const set = async (phase: "stepping" | "rolled-back", weight: number) => {
    await db
      .update(rollouts)
      .set({ phase, state: stateOf(phase, weight) })
      .where(eq(rollouts.id, rolloutId));
    gateway.emit("missed");
    await vi.waitFor(
      () => expect(servedBy(gateway, ctx)?.route.rollout?.weight).toBe(phase === "stepping" ? weight : undefined),
      waiting,
    );
  };
  await set("stepping", 0.6);
  const second = await send();
  expect(first.filter((arm, user) => arm === "canary" && second[user] !== "canary")).toEqual([]);
  expect(second.filter((arm) => arm === "canary").length).toBeGreaterThan(40);
  await set("rolled-back", 0);
  expect(new Set(await send())).toEqual(new Set([undefined]));
  await gateway.core.evidence.close();
  const units = await db.select().from(rolloutUnits).where(eq(rolloutUnits.rolloutId, rolloutId));
  expect(units.length).toBe(100);
  expect(units.every(({ unit, step }) => /^[0-9a-f]{16}$/.test(unit) && step === 0)).toBe(true);
  expect(units.filter(({ arm }) => arm === "canary").length).toBe(first.filter((arm) => arm === "canary").length);
});

test.each([
  ["in the body", { id: "again" }],
  ["in the header", { headers: { "x-request-id": "again" } }],
  ["in both", { id: "again", headers: { "x-request-id": "again" } }],
])("counts and splits every request of a client that sends the same id %s", async (_, send) => {
  const fixture = await openRollout(db, { weight: 0.5 });
  const { ctx, gateway, endpointId } = fixture;
  const arms = new Set((await Promise.all(times(60).map(() => infer(gateway, ctx, send)))).map(({ arm }) => arm));
  expect(arms.size).toBe(2);
  const counts = await countBytes(fixture);
  const units = ["stable", "canary"].map((arm) => Number(counts[`errors ${arm}`]?.split("/")[0]));
  expect(units.reduce((sum, count) => sum + count, 0)).toBe(60);
  await gateway.core.flush();
  const logged = await db.select().from(predictions).where(eq(predictions.endpointId, endpointId));
  expect(new Set(logged.map(({ id }) => id)).size).toBe(60);
  expect(logged.every(({ id, rollout }) => rollout?.unit === id)).toBe(true);
});

test("does not count cached responses as evidence", async () => {
  const fixture = await openRollout(db, { weight: 0.5 });
  const { ctx, gateway, endpointId } = fixture;
  await setCache(ctx, { endpointId, cache: { ttlSeconds: 3600 } });
  gateway.emit("missed");
  await vi.waitFor(() => expect(servedBy(gateway, ctx)?.route.cache.ttlSeconds).toBe(3600), waiting);
  for (const _ of times(30)) await infer(gateway, ctx);
  const counts = await countBytes(fixture);
  const sum = (metric: string) =>
    ["stable", "canary"].reduce((total, arm) => total + Number((counts[`${metric} ${arm}`] ?? "0/0").split("/")[0]), 0);
  // The first of each arm, for which the cache is separate.
  expect(sum("errors")).toBe(2);
});

test("counts errors, invalid outputs, bins and costs in the arm that served the request", async () => {
  const metrics = ["errors", "invalid-outputs", "output-shift", "cost"] as const;
  const guardrails = metrics.map((metric) => ({ metric }));
  const range = { low: 10, high: 20 };
  const fixture = await openRollout(db, { weight: 0.5, plan: { guardrails, outputRange: range } });
  const { ctx, gateway } = fixture;
  const cache = await Promise.all(
    times(30).map((at) => infer(gateway, ctx, { values: at % 3 === 0 ? [1] : [1, 2, 3, 4] })),
  );
  const counts = await countBytes(fixture);
  for (const side of ["stable", "canary"] as const) {
    const own = cache.filter(({ arm }) => arm === side).length;
    const failed = cache.filter(({ arm }, at) => arm === side && at % 3 === 0).length;
    expect(counts[`errors ${side}`]).toBe(`${own}/${failed}`);
    expect(counts[`invalid-outputs ${side}`]).toBe(`${own}/${own - failed}`);
    expect(counts[`cost ${side}`]).toBe(`${own - failed}/0`);
    const bins = Object.entries(counts).filter(([key]) => key.startsWith(`output-shift ${side}`));
    expect(bins.map(([, value]) => value)).toEqual([`${own - failed}/${own - failed}`]);
  }
});

test("deploys the new version as the canary during monitoring, and keeps the previous one loaded", async () => {
  const fixture = await openRollout(db, { weight: 0.5 });
  const { ctx, gateway, rolloutId, endpointId, canaryVersionId } = fixture;
  const [before, warm] = [servedBy(gateway, ctx)?.serving, servedBy(gateway, ctx)?.other];
  await db.transaction(async (tx) => {
    const { workspaceId } = ctx.actor;
    await tx
      .insert(deployments)
      .values({ workspaceId, endpointId, versionId: canaryVersionId, providers: [], deployedBy: "rollout" });
    await tx
      .update(rollouts)
      .set({ phase: "watching", state: stateOf("watching", 1) })
      .where(eq(rollouts.id, rolloutId));
  });
  gateway.emit("missed");
  await vi.waitFor(() => expect(servedBy(gateway, ctx)?.route.rollout?.phase).toBe("watching"), waiting);
  // The workers are the same, so no request waited.
  expect([servedBy(gateway, ctx)?.serving, servedBy(gateway, ctx)?.other]).toEqual([warm, before]);
  expect(await infer(gateway, ctx)).toMatchObject({ arm: "canary", modelVersion: "2" });
  expect(await infer(gateway, ctx, { headers: { "leeway-arm": "stable" } })).toMatchObject({
    arm: "stable",
    modelVersion: "1",
  });
  const rows = await countBytes(fixture).then(() =>
    db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId)),
  );
  expect(rows.filter(({ metric }) => metric === "errors")).toMatchObject([
    { arm: "canary", step: 1, weight: 1, units: 1 },
  ]);
});

test("routes no traffic to a version that cannot be loaded, and counts nothing", async () => {
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  onTestFinished(() => letGo(db, ctx, endpointId));
  await newVersion(ctx, {}, gateway.models);
  const { id: canaryVersionId } = await newVersion(ctx, { version: 2, bytes: mlpModel([5, 3]) }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const { id: rolloutId } = await newRollout(ctx, { endpointId, canaryVersionId, weight: 0.9 });
  await gateway.core.start();
  await vi.waitFor(() => expect(servedBy(gateway, ctx)?.other?.state).toBe("failed"), waiting);
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined(), waiting);
  const cache = await Promise.all(times(20).map(() => infer(gateway, ctx)));
  expect(new Set(cache.map(({ arm, modelVersion }) => `${arm} ${modelVersion}`))).toEqual(new Set(["stable 1"]));
  await gateway.core.evidence.close();
  expect(await db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId))).toEqual([]);
});

test("continues with the last weight on a gateway that starts without Postgres", async () => {
  const { ctx, gateway } = await openRollout(db, { weight: 0.3 });
  await gateway.core.stop();
  const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "test-none" });
  onTestFinished(() => away.close());
  const second = newTestGateway(away.db, { folder: gateway.folder, models: gateway.models });
  onTestFinished(() => second.core.stop());
  await second.core.start();
  await vi.waitFor(() => expect(servedBy(second, ctx)?.other?.state).toBe("ready"), waiting);
  await vi.waitFor(() => expect(second.core.unreadyReason).toBeUndefined(), waiting);
  expect(servedBy(second, ctx)?.route.rollout?.weight).toBe(0.3);
  const arms = await Promise.all(times(60).map(async () => (await infer(second, ctx)).arm));
  expect(new Set(arms)).toEqual(new Set(["stable", "canary"]));
});

test("stores pending counts in Postgres when a gateway stops", async () => {
  const { ctx, gateway, rolloutId } = await openRollout(db, {
    weight: 0.5,
    frozen: { slowMs: 60_000, outcomeAgeMs: 60_000 },
  });
  await Promise.all(times(10).map(() => infer(gateway, ctx)));
  await gateway.core.stop();
  const rows = await openDatabaseRows(rolloutId);
  expect(rows.filter(({ metric }) => metric === "errors").reduce((sum, { units }) => sum + units, 0)).toBe(10);
});

async function openDatabaseRows(rolloutId: string) {
  const handle = openDatabase(url, { max: 1, name: "test" });
  onTestFinished(() => handle.close());
  return handle.db.select().from(rolloutCounts).where(eq(rolloutCounts.rolloutId, rolloutId));
}
