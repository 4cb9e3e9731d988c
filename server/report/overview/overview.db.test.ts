import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { apiTokens, experiments, gatewayHeartbeats, predictions, runs, servingWindows } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs } from "#server/base/durations.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { getGettingStarted } from "./getting-started.ts";
import { getOverview } from "./queries.ts";

async function newRun(ctx: Context, name: string, status: "RUNNING" | "FINISHED" | "FAILED", daysAgo: number) {
  const { workspaceId } = ctx.actor;
  const experiment = { workspaceId, id: 1, name: "digits", artifactLocation: "", createdAt: 1, updatedAt: 1 };
  await ctx.db.insert(experiments).values(experiment).onConflictDoNothing();
  const startedAt = Date.now() - daysAgo * dayMs;
  const id = randomUUID().replaceAll("-", "");
  const run = { workspaceId, id, experimentId: 1, name, userName: "ana", status, startedAt, artifactUri: "" };
  await ctx.db.insert(runs).values({ ...run, updatedAt: startedAt, endedAt: status === "RUNNING" ? null : startedAt });
}

async function serve(ctx: Context, name: string, version: number) {
  const { id: versionId, modelName } = await newVersion(ctx, { model: name, version });
  const endpoint = await createEndpoint(ctx, { name }).catch(() => undefined);
  return { versionId, modelName, endpointId: endpoint?.id ?? "" };
}

async function addTraffic(
  ctx: Context,
  ids: { endpointId: string; versionId: string },
  requests: number,
  failures = {},
) {
  const counters = { latencySumMs: 0, queueSumMs: 0, computeSumMs: 0, latencyBuckets: {} };
  await ctx.db.insert(servingWindows).values({
    ...ids,
    ...counters,
    failures,
    requests,
    rows: requests,
    workspaceId: ctx.actor.workspaceId,
    arm: "stable",
    gatewayId: "g1",
    windowStart: new Date(Date.now() - 60_000),
  });
}

test(
  "completes only the first step in an empty workspace",
  inWorkspace(async (ctx) => {
    const { steps, isEmpty, arrivals } = await getGettingStarted(ctx);
    expect(steps.map(({ key, doneAt }) => [key, doneAt !== null])).toEqual([
      ["workspace", true],
      ["token", false],
      ["run", false],
      ["version", false],
      ["endpoint", false],
      ["prediction", false],
    ]);
    expect(isEmpty).toBe(true);
    expect(arrivals).toMatchObject({ lastToken: null, unservable: null, lastFailure: null });
  }),
);

test(
  "completes each step automatically, with the name of its object",
  inWorkspace(async (ctx) => {
    const { workspaceId, id: userId } = ctx.actor;
    const token = { workspaceId, userId, name: "ci-training", hash: randomUUID(), prefix: "lw_", scopes: [] };
    await ctx.db.insert(apiTokens).values({ ...token, lastUsedAt: new Date() });
    await newRun(ctx, "even-keel", "FINISHED", 1);
    const ids = await serve(ctx, "digits", 1);
    await deployVersion(ctx, { endpointId: ids.endpointId, model: "digits", version: 1 });
    await addTraffic(ctx, ids, 3);
    const { steps, isEmpty, arrivals, names } = await getGettingStarted(ctx);
    expect(steps.slice(1).map(({ detail }) => detail)).toEqual([
      "ci-training",
      "even-keel",
      "digits v1",
      "digits",
      "digits",
    ]);
    expect(isEmpty).toBe(false);
    expect(arrivals.lastToken?.name).toBe("ci-training");
    expect(names).toEqual({ model: "digits", version: 1, endpoint: "digits" });
  }),
);

test(
  "does not complete the step for an unservable version, and returns the reason",
  inWorkspace(async (ctx) => {
    await newVersion(ctx, { inspection: "unservable" });
    const { steps, arrivals } = await getGettingStarted(ctx);
    expect(steps.find(({ key }) => key === "version")?.doneAt).toBeNull();
    expect(arrivals.unservable).toEqual({ name: "digits v1", reason: "it holds no tensors" });
  }),
);

test(
  "does not complete the last step for a failed request, and returns the reason",
  inWorkspace(async (ctx) => {
    const ids = await serve(ctx, "digits", 1);
    await ctx.db.insert(predictions).values({
      ...ids,
      id: randomUUID(),
      workspaceId: ctx.actor.workspaceId,
      arm: "stable",
      at: new Date(),
      requestId: "r1",
      status: 400,
      error: "image is missing",
      provider: "cpu",
      latencyMs: 1,
    });
    const { steps, arrivals } = await getGettingStarted(ctx);
    expect(steps.at(-1)?.doneAt).toBeNull();
    expect(arrivals.lastFailure).toMatchObject({ endpoint: "digits", reason: "image is missing" });
  }),
);

test(
  "counts runs by start time, and sorts endpoints worst first",
  inWorkspace(async (ctx) => {
    await newRun(ctx, "a", "FINISHED", 1);
    await newRun(ctx, "b", "FAILED", 2);
    await newRun(ctx, "c", "RUNNING", 0);
    await newRun(ctx, "silent", "RUNNING", 20);
    await newRun(ctx, "d", "FAILED", 9);
    const good = await serve(ctx, "digits", 1);
    const bad = await serve(ctx, "flight-delay", 1);
    for (const { endpointId, modelName } of [good, bad]) {
      await deployVersion(ctx, { endpointId, model: modelName, version: 1 });
    }
    const loaded = [good, bad].map((ids) => ({ ...ids, state: "ready", isServing: true }));
    const state = { isDraining: false, versions: loaded };
    const gateway = { gatewayId: randomUUID(), address: "http://127.0.0.1:8080", startedAt: new Date() };
    await ctx.db.insert(gatewayHeartbeats).values({ ...gateway, seenAt: new Date(), state: state as never });
    await addTraffic(ctx, good, 100);
    await addTraffic(ctx, bad, 50, { 500: 2, 400: 7 });
    const overview = await getOverview(ctx);
    expect(overview.runs).toEqual({ running: 1, startedLast7Days: 3, failedLast7Days: 1, started7DaysBefore: 1 });
    expect(overview.latestRuns.map(({ name }) => name)).toEqual(["c", "a", "b", "d", "silent"]);
    expect(overview.registry).toEqual({ models: 2, versions: 2, registeredLast7Days: 2 });
    expect(overview.endpoints).toMatchObject([
      {
        name: "flight-delay",
        requests: 50,
        serverErrors: 2,
        availability: 0.96,
        serving: { kind: "serving" },
        state: { kind: "no-slo" },
      },
      { name: "digits", requests: 100, serverErrors: 0, availability: 1 },
    ]);
  }),
);

test(
  "marks a release that goes back to a lower version",
  inWorkspace(async (ctx) => {
    const { endpointId } = await serve(ctx, "digits", 1);
    await newVersion(ctx, { version: 2 });
    for (const version of [1, 2, 1]) await deployVersion(ctx, { endpointId, model: "digits", version });
    const { releases } = await getOverview(ctx);
    expect(releases.map(({ version, isReturn }) => [version, isReturn])).toEqual([
      [1, true],
      [2, false],
      [1, false],
    ]);
  }),
);

test(
  "counts nothing of another workspace",
  inWorkspace(async (ctx) => {
    const other = await newWorkspace(ctx.db);
    await newRun(other, "a", "RUNNING", 0);
    const { endpointId } = await serve(other, "digits", 1);
    await deployVersion(other, { endpointId, model: "digits", version: 1 });
    expect(await getOverview(ctx)).toMatchObject({
      endpoints: [],
      latestRuns: [],
      releases: [],
      runs: { running: 0 },
      registry: { versions: 0 },
    });
    expect((await getGettingStarted(ctx)).isEmpty).toBe(true);
  }),
);
