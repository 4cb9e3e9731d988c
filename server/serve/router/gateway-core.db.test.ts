import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { gatewayHeartbeats, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { listen } from "#server/platform/events/listen.ts";
import { mlpModel } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { archiveEndpoint } from "../../release/endpoints/archive-endpoint.ts";
import { deployVersion } from "../../release/endpoints/deploy-version.ts";
import { newTestGateway, newToken, type TestGateway } from "../../testing/fixtures/serving/router/testing.ts";
import { newModelFolder, newVersion } from "../../testing/fixtures/serving/testing.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { getEndpoint } from "../endpoints/endpoint-queries.ts";
import { updateEndpoint } from "../endpoints/update-endpoint.ts";
import { readInferRequest } from "../protocol/infer-request.ts";
import type { GatewayCore } from "./gateway-core.ts";

const { db, url } = await freshDatabase();

/** Starts a gateway with one endpoint "digits" that serves version 1. */
async function serving(): Promise<{ ctx: Context; gateway: TestGateway; endpointId: string }> {
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 0 });
  await newVersion(ctx, {}, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  await gateway.core.start();
  await isReady(gateway.core);
  return { ctx, gateway, endpointId };
}

const isReady = (core: GatewayCore) => vi.waitFor(() => expect(core.unreadyReason).toBeUndefined(), { interval: 20 });

const body = Buffer.from(
  JSON.stringify({ inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }] }),
);
/** Sends one request; returns the version that served it. */
async function infer(core: GatewayCore, ctx: Context): Promise<string> {
  const attempt = core.startRequest(ctx, "digits", undefined, "request");
  const request = readInferRequest(body, Buffer.alloc(0));
  await attempt.run(request, () => false);
  await attempt.settle({ status: 200, reason: "" });
  return attempt.modelVersion;
}

test("switches versions under load without a failed request, and unloads the old version", async () => {
  const { ctx, gateway, endpointId } = await serving();
  const { core } = gateway;
  const feed = listen(url, "test");
  onTestFinished(() => feed.close());
  feed.subscribe(gateway.emit);
  await feed.ready;
  await newVersion(ctx, { version: 2, bytes: mlpModel([4, 8, 3]) }, gateway.models);
  const seen: string[] = [];
  let isRunning = true;
  const clients = Array.from({ length: 4 }, async () => {
    while (isRunning) seen.push(await infer(core, ctx));
  });
  const before = core.table.find(ctx.actor.workspaceId, "digits")?.serving;
  await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
  await vi.waitFor(() => expect(seen.at(-1)).toBe("2"));
  isRunning = false;
  await expect(Promise.all(clients)).resolves.toHaveLength(4);
  expect(new Set(seen)).toEqual(new Set(["1", "2"]));
  const oldAfterNew = seen.slice(seen.indexOf("2")).filter((version) => version === "1");
  expect(oldAfterNew.length).toBeLessThan(clients.length); // at most those that were under way at the switch
  await vi.waitFor(() => expect(before?.opened?.pool.state.workers).toBe(0));
});

test("runs a request on the version that it was given, however long after the endpoint has another", async () => {
  const { ctx, gateway, endpointId } = await serving();
  const { core } = gateway;
  const attempt = core.startRequest(ctx, "digits", undefined, undefined);
  const before = core.table.find(ctx.actor.workspaceId, "digits")?.serving;
  await newVersion(ctx, { version: 2, bytes: mlpModel([4, 8, 3]) }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
  gateway.emit("missed");
  await vi.waitFor(async () => expect(await infer(core, ctx)).toBe("2"));
  expect(before?.opened?.pool.state.workers).toBe(1);
  const { tensors } = await attempt.run(readInferRequest(body, Buffer.alloc(0)), () => false);
  expect([attempt.modelVersion, tensors[0]?.shape]).toEqual(["1", [1, 3]]);
  await attempt.settle({ status: 200, reason: "" });
  await vi.waitFor(() => expect(before?.opened?.pool.state.workers).toBe(0));
});

test("stays ready while a version that was deployed later hangs in its loading, and loads others beside it", async () => {
  const hanging = new Set<string>();
  const models = newModelFolder();
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db, {
    models: {
      path: models.path,
      localPath: (key, folder) => (hanging.has(key) ? new Promise<never>(() => {}) : models.localPath(key, folder)),
    },
  });
  const { core } = gateway;
  onTestFinished(() => gateway.close());
  const deploy = async (where: Context, name: string, hangs: boolean) => {
    const { id: endpointId } = await createEndpoint(where, { name, captureShare: 0 });
    const { artifactKey } = await newVersion(where, { model: name }, models);
    if (hangs) hanging.add(artifactKey as string);
    await deployVersion(where, { endpointId, model: name, version: 1 });
    onTestFinished(async () => void (await archiveEndpoint(where, { endpointId })));
  };
  await deploy(ctx, "digits", false);
  await core.start();
  await isReady(core);
  const other = await newWorkspace(db);
  for (const name of ["one", "two", "three"]) await deploy(other, name, true);
  gateway.emit("missed");
  await vi.waitFor(() => expect(core.table.find(other.actor.workspaceId, "three")?.wanted.state).toBe("loading"));
  expect(core.unreadyReason).toBeUndefined();
  expect(await infer(core, ctx)).toBe("1");
  await deploy(ctx, "late", false);
  gateway.emit("missed");
  await vi.waitFor(() => expect(core.table.find(ctx.actor.workspaceId, "late")?.serving).toBeDefined(), {
    timeout: 20_000,
  });
});

test("does not serve a new endpoint by the version of an earlier one with its name", async () => {
  const { ctx, gateway, endpointId } = await serving();
  const { core } = gateway;
  const before = core.table.all.map(({ route }) => route);
  const route = before.find((each) => each.endpointId === endpointId);
  if (!route) throw new Error("The endpoint is not served.");
  // As after a partition: the gateway sees the deletion and the new endpoint at once.
  const created = { ...route, endpointId: randomUUID(), model: { ...route.model, versionId: randomUUID() } };
  core.table.apply(before.map((each) => (each === route ? created : each)));
  expect(core.table.find(ctx.actor.workspaceId, "digits")?.serving).toBeUndefined();
  core.table.apply(before);
});

test("loads a failed version again while Postgres is away", async () => {
  const ctx = await newWorkspace(db);
  const handle = openDatabase(url, { max: 3, name: "test-away" });
  const models = newModelFolder();
  const reach = { isDown: true };
  const gateway = newTestGateway(handle.db, {
    models: {
      path: models.path,
      localPath: async (key, folder) => {
        if (reach.isDown) throw new Error("The store is out of reach.");
        return models.localPath(key, folder);
      },
    },
  });
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  onTestFinished(async () => void (await archiveEndpoint(ctx, { endpointId })));
  await newVersion(ctx, {}, models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  await gateway.core.start();
  const wanted = () => gateway.core.table.find(ctx.actor.workspaceId, "digits")?.wanted;
  await vi.waitFor(() => expect(wanted()?.state).toBe("failed"));
  await handle.close();
  reach.isDown = false;
  gateway.core.versions.forgive(wanted());
  gateway.emit("missed");
  await vi.waitFor(() => expect(wanted()?.state).toBe("ready"));
});

test("keeps the previous version serving when a version cannot be loaded, and reports the reason to the console", async () => {
  const { ctx, gateway, endpointId } = await serving();
  await newVersion(ctx, { version: 2, bytes: mlpModel([5, 3]) }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
  gateway.emit("missed");
  await vi.waitFor(
    async () => {
      const { gateways } = await getEndpoint(ctx, { name: "digits" });
      const mine = gateways.find((one) => one.gatewayId === gateway.core.gatewayId);
      expect(mine?.versions).toMatchObject([
        { state: "failed", isServing: false, message: expect.stringContaining("could not be loaded") },
        { state: "ready", isServing: true, provider: "cpu", workers: 1 },
      ]);
    },
    { timeout: 20_000 },
  );
  expect(await infer(gateway.core, ctx)).toBe("1");
  expect(gateway.core.unreadyReason).toBeUndefined();
});

test("applies changed execution settings without a failed request, and reports batching to the console", async () => {
  const { ctx, gateway, endpointId } = await serving();
  const { core } = gateway;
  const before = core.table.find(ctx.actor.workspaceId, "digits")?.serving;
  expect(before?.opened?.batching).toEqual({ maxBatchSize: 32 });
  await updateEndpoint(ctx, { endpointId, execution: { maxBatchSize: 2, maxQueueDelayMicroseconds: 100 } });
  gateway.emit("missed");
  await vi.waitFor(
    async () => {
      expect(await infer(core, ctx)).toBe("1");
      expect(core.table.find(ctx.actor.workspaceId, "digits")?.serving?.opened?.batching).toEqual({ maxBatchSize: 2 });
    },
    { timeout: 20_000 },
  );
  await vi.waitFor(async () => {
    const { gateways } = await getEndpoint(ctx, { name: "digits" });
    const mine = gateways.find((one) => one.gatewayId === core.gatewayId);
    expect(mine?.versions).toMatchObject([{ state: "ready", isServing: true, batching: { maxBatchSize: 2 } }]);
  }, 10_000);
});

test("does not serve a file that has changed since registration", async () => {
  const { ctx, gateway, endpointId } = await serving();
  const { artifactKey } = await newVersion(ctx, { version: 2 }, gateway.models);
  writeFileSync(join(gateway.models.path, artifactKey as string), mlpModel([4, 8, 3]));
  await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
  gateway.emit("missed");
  await vi.waitFor(
    () => {
      const wanted = gateway.core.table.find(ctx.actor.workspaceId, "digits")?.wanted;
      expect(wanted).toMatchObject({ state: "failed", message: expect.stringContaining("SHA-256 mismatch") });
    },
    { timeout: 20_000 },
  );
});

test("removes the metrics of a version a while after it is gone, once all of it is stored", async () => {
  const { ctx, gateway, endpointId } = await serving();
  const { core, registry } = gateway;
  onTestFinished(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });
  const wait = () => vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 130_000 });
  const series = async () =>
    (await registry.metrics())
      .split("\n")
      .filter((line) => line.includes('endpoint="digits"') || line.includes('model="digits"'));
  const of = async (version: number) => (await series()).filter((line) => line.includes(`version="${version}"`));
  await infer(core, ctx);
  await core.flush();
  wait();
  await core.flush();
  // It is served, however long ago its last request was.
  expect((await of(1)).join("\n")).toMatch(/leeway_inference_requests_total.* 1\n/);
  await newVersion(ctx, { version: 2 }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 2 });
  gateway.emit("missed");
  await vi.waitFor(async () => expect(await infer(core, ctx)).toBe("2"));
  await core.flush();
  // Gauges of loaded versions are current; counters remain until they have been scraped.
  expect((await of(1)).every((line) => /^leeway_(inference|cache)_\w+_(total|bucket|sum|count)\{/.test(line))).toBe(
    true,
  );
  expect(await of(1)).not.toEqual([]);
  wait();
  const gone = new Error("Postgres is away.");
  const away = [vi.spyOn(db, "execute"), vi.spyOn(db, "transaction")].map((call) => call.mockRejectedValue(gone));
  await core.flush();
  expect(await of(1)).not.toEqual([]);
  for (const call of away) call.mockRestore();
  await core.flush();
  expect(await of(1)).toEqual([]);
  expect((await of(2)).join("\n")).toMatch(/leeway_inference_requests_total.* [1-9]/);
});

test("returns not found for an archived endpoint", async () => {
  const { ctx, gateway, endpointId } = await serving();
  await archiveEndpoint(ctx, { endpointId });
  gateway.emit("missed");
  await vi.waitFor(() => expect(() => gateway.core.version(ctx, "digits")).toThrow("Model 'digits' does not exist"));
});

test("keeps serving without Postgres, as does another gateway started on the same folder with the same token", async () => {
  const ctx = await newWorkspace(db);
  const handle = openDatabase(url, { max: 3, name: "test-away" });
  const first = newTestGateway(handle.db);
  onTestFinished(() => first.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
  await newVersion(ctx, {}, first.models);
  await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
  const authorization = `Bearer ${await newToken(ctx)}`;
  await first.core.start();
  await isReady(first.core);
  await handle.close();
  first.emit("missed");
  const caller = await first.core.tokens.contextOf(authorization, "127.0.0.1");
  expect(await infer(first.core, caller)).toBe("1");
  await first.core.stop();

  const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "test-none" });
  onTestFinished(() => away.close());
  // The artifacts are out of reach too.
  const second = newTestGateway(away.db, {
    folder: first.folder,
    models: {
      path: "/nowhere",
      localPath: async () => {
        throw new Error("out of reach");
      },
    },
  });
  await second.core.start();
  await isReady(second.core);
  const known = await second.core.tokens.contextOf(authorization, "127.0.0.1");
  expect(known.actor).toMatchObject({ workspaceId: ctx.actor.workspaceId, scopes: ["infer"] });
  expect(await infer(second.core, known)).toBe("1");
  await expect(second.core.tokens.contextOf("Bearer lw_new", "127.0.0.1")).rejects.toMatchObject({
    code: "unavailable",
  });
  await second.core.stop();

  const third = newTestGateway(db, { folder: first.folder, models: first.models });
  await third.core.start();
  await third.core.flush();
  const rows = await db.select().from(servingWindows).where(eq(servingWindows.endpointId, endpointId));
  expect(rows.reduce((sum, row) => sum + row.requests, 0)).toBe(2);
  expect(new Set(rows.map((row) => row.gatewayId))).toEqual(new Set([third.core.gatewayId]));
  await third.core.stop();
});

test("reports a gateway without Postgres and without a copy as not ready, with the reason", async () => {
  const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "test-none" });
  onTestFinished(() => away.close());
  const gateway = newTestGateway(away.db);
  onTestFinished(() => gateway.close());
  await gateway.core.start();
  expect(gateway.core.unreadyReason).toContain("Postgres");
});

test("rejects new requests while draining, with the reason", async () => {
  const { ctx, gateway } = await serving();
  await gateway.core.drain();
  expect(gateway.core.unreadyReason).toContain("shutting down");
  expect(() => gateway.core.startRequest(ctx, "digits", undefined, "r")).toThrow(
    expect.objectContaining({ code: "unavailable" }),
  );
  const rows = await db.select().from(gatewayHeartbeats).where(eq(gatewayHeartbeats.gatewayId, gateway.core.gatewayId));
  expect(rows).toMatchObject([{ state: { isDraining: true } }]);
});
