import { eq, sql } from "drizzle-orm";
import { expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { gameDayCounts, gameDayEvents, gameDays, gatewayHeartbeats, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { CacheSettings } from "#server/serve/cache/contract.ts";
import { setCache } from "#server/serve/cache/set-cache.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import type { Fault } from "#server/serve/faults/contract.ts";
import { FaultBook } from "#server/serve/faults/fault-book.ts";
import { readFaults } from "#server/serve/faults/read-faults.ts";
import { loadTestKey, signLoadTest } from "#server/serve/load-test/credential.ts";
import { readInferRequest } from "#server/serve/protocol/infer-request.ts";
import { newRunningGameDay } from "#server/testing/fixtures/drills/running-game-day.ts";
import { serveInference } from "#server/testing/fixtures/http/inference/testing.ts";
import { countBytes, infer, openRollout, times } from "#server/testing/fixtures/serving/rollout/testing-scene.ts";
import { newTestGateway, newToken, type TestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newMember, newWorkspace } from "#server/testing/testing.ts";

const { db, url } = await freshDatabase();
const ctx = await newWorkspace(db);
const ended = vi.fn();
const endProcess = vi.fn();
const tracing = {
  start: () => ({ context: { traceId: "", spanId: "", traceFlags: 1 }, isKept: true, end: ended }),
  counts: { sent: 0, lost: 0 },
  close: async () => {},
};
const gateway = newTestGateway(db, { workers: 2, tracing, endProcess });
const { core } = gateway;
const authorization = `Bearer ${await newToken(ctx)}`;
const { id: versionId } = await newVersion(ctx, {}, gateway.models);
await newVersion(ctx, { model: "letters" }, gateway.models);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits", captureShare: 1 });
await updateEndpoint(ctx, { endpointId, execution: { isolation: "thread" } });
await setCache(ctx, { endpointId, cache: CacheSettings.parse({ ttlSeconds: 3600 }) });
await deployVersion(ctx, { endpointId, model: "digits", version: 1 });
const { id: otherId } = await createEndpoint(ctx, { name: "letters", captureShare: 1 });
await deployVersion(ctx, { endpointId: otherId, model: "letters", version: 1 });
const app = await serveInference(gateway);
const wait = { timeout: 20_000, interval: 20 };
await vi.waitFor(() => expect(core.table.all.every(({ serving }) => serving)).toBe(true), wait);

async function send(data = [1, 2, 3, 4], { name = "digits", headers = {}, parameters = {} } = {}) {
  const response = await app.inject({
    method: "POST",
    url: `/v2/models/${name}/infer`,
    headers: { authorization, ...headers },
    payload: { inputs: [{ name: "x", shape: [1, 4], datatype: "FP32", data }], parameters },
  });
  const { "x-leeway-game-day": gameDay, "leeway-cache": cache, "retry-after": retryAfter } = response.headers;
  const { error, outputs } = response.json();
  return { status: response.statusCode, gameDay, cache, retryAfter, error, data: outputs?.[0].data };
}

let number = 100;

/** Starts a game day for every request of "digits", which ends with the test. */
async function start(fault: Fault, values: Partial<typeof gameDays.$inferInsert> = {}) {
  number += 1;
  const spans = { startedAt: sql`now() - interval '5 minutes'` as never };
  const day = await newRunningGameDay(ctx, endpointId, fault, { number, share: 1, ...spans, ...values });
  await core.faults.refresh();
  const end = async () => {
    await db.update(gameDays).set({ state: "ended" }).where(eq(gameDays.id, day.id));
    await core.faults.refresh();
  };
  onTestFinished(end);
  return { id: day.id, name: `GD-${number}`, end };
}

const gatewayWide = { workspaceId: ctx.actor.workspaceId, topic: "game-days", id: "" } as const;

const countsOf = async (id: string) => {
  await core.faults.refresh();
  const { affected, failed } = gameDayCounts;
  return db.select({ affected, failed }).from(gameDayCounts).where(eq(gameDayCounts.gameDayId, id));
};

const loggedBy = async (id: string) => {
  await core.flush();
  return db.select().from(predictions).where(eq(predictions.gameDayId, id));
};

test("delays responses within their own deadline, marks and counts them, and leaves another endpoint alone", async () => {
  await send();
  expect((await send()).cache).toBe("hit");
  const { id, name, end } = await start({ kind: "latency", delayMs: 300, jitterMs: 20 });
  const startedAt = performance.now();
  const delayed = await send();
  expect(performance.now() - startedAt).toBeGreaterThan(275);
  expect(delayed).toMatchObject({ status: 200, gameDay: name, cache: undefined });
  expect(ended).toHaveBeenLastCalledWith(expect.objectContaining({ gameDay: name }));
  expect(await send([1, 2, 3, 4], { parameters: { timeout: 200_000 } })).toMatchObject({ status: 504, gameDay: name });
  expect(await send([1, 2, 3, 4], { name: "letters" })).toMatchObject({ status: 200, gameDay: undefined });
  expect(await countsOf(id)).toEqual([{ affected: 2, failed: 1 }]);
  expect((await loggedBy(id)).map(({ status }) => status).sort()).toEqual([200, 504]);
  await end();
  expect(await send()).toMatchObject({ status: 200, gameDay: undefined, cache: "hit" });
  expect(ended).toHaveBeenLastCalledWith(expect.objectContaining({ gameDay: undefined }));
});

test("refuses requests before the model, and neither load tests nor tasks", async () => {
  const { id, name } = await start({ kind: "errors", status: 503 });
  expect(await send()).toMatchObject({
    status: 503,
    gameDay: name,
    retryAfter: "1",
    error: `Rejected on purpose by game day ${name}.`,
  });
  expect(await countsOf(id)).toEqual([{ affected: 1, failed: 1 }]);
  const [logged] = await loggedBy(id);
  expect(logged).toMatchObject({ status: 503, error: `Rejected on purpose by game day ${name}.`, rollout: null });
  expect(logged?.inputs).toMatchObject([{ name: "x", data: [1, 2, 3, 4] }]);
  const claim = { loadTestId: endpointId, workspaceId: ctx.actor.workspaceId, endpoint: "digits", versionId };
  const secret = signLoadTest({ ...claim, expiresAt: Date.now() + 60_000 }, await loadTestKey(db));
  const tested = await send(undefined, { headers: { authorization: `Bearer ${secret}` } });
  expect(tested).toMatchObject({ status: 200, gameDay: undefined });
  const task = core.startRequest(ctx, "digits", undefined, "task", undefined, "task");
  await task.run(request(), () => false);
  await task.settle({ status: 200, reason: "" });
  expect(task.lease.gameDay).toBeUndefined();
  expect(await countsOf(id)).toEqual([{ affected: 1, failed: 1 }]);
});

test("refuses with 429 only those that ask by the header, if their caller may start game days", async () => {
  const { name } = await start({ kind: "errors", status: 429 }, { scope: "header" });
  expect((await send()).status).toBe(200);
  const headers = { "x-leeway-game-day": name };
  expect(await send(undefined, { headers })).toMatchObject({ status: 429, gameDay: name });
  const viewer = await newMember(ctx, "viewer");
  const own = { ...headers, authorization: `Bearer ${await newToken(viewer)}` };
  expect(await send(undefined, { headers: own })).toMatchObject({ status: 200, gameDay: undefined });
});

test("removes an input before it is validated", async () => {
  const { id, name } = await start({ kind: "dropped-feature", feature: "x", as: "missing" });
  expect(await send()).toMatchObject({ status: 400, gameDay: name, error: "input 'x' is missing" });
  expect(await countsOf(id)).toEqual([{ affected: 1, failed: 1 }]);
});

test("shifts an input, and logs it as it was shifted, but caches nothing of it", async () => {
  const [plain, moved] = [await send([1, 2, 3, 4]), await send([1, 2, 13, 4])];
  expect(moved.data).not.toEqual(plain.data);
  const { id, name, end } = await start({ kind: "shifted-input", feature: "x[2]", change: { scale: 1, offset: 10 } });
  expect(await send([1, 2, 3, 4])).toMatchObject({ status: 200, gameDay: name, data: moved.data });
  expect((await loggedBy(id)).map(({ inputs }) => inputs)).toMatchObject([[{ name: "x", data: [1, 2, 13, 4] }]]);
  expect(await countsOf(id)).toEqual([{ affected: 1, failed: 0 }]);
  await end();
  expect((await send([1, 2, 3, 4])).data).toEqual(plain.data);
});

test("ends a fault with its lease, which is not renewed", async () => {
  await start({ kind: "errors", status: 503 }, { leasedUntil: sql`now() + interval '3 seconds'` as never });
  const [read] = await readFaults(db);
  if (!read) throw new Error("The fault is not in force.");
  expect((await send()).status).toBe(503);
  // As if nothing were read any more: only this gateway's own clock ends it.
  const book = new FaultBook(db, "test");
  const now = performance.now();
  book.follow([{ ...read, leftMs: 5_000 }], now - 5_000);
  expect(book.faultOf(endpointId)).toBeUndefined();
  book.follow([{ ...read, leftMs: 5_000 }], now - 4_000);
  expect(book.faultOf(endpointId)).toMatchObject({ gameDayId: read.gameDayId, endsAt: now + 1_000 });
  // What was read before comes too late.
  book.follow([], now - 4_500);
  expect(book.faultOf(endpointId)?.endsAt).toBe(now + 1_000);
  book.follow([{ ...read, leftMs: 3_600_000 }], now);
  expect(book.faultOf(endpointId)?.endsAt).toBe(now + 30_000);
  await vi.waitFor(async () => expect((await send()).status).toBe(200), wait);
});

test("makes no fault after a restart without Postgres", async () => {
  const { name } = await start({ kind: "errors", status: 503 });
  const handle = openDatabase(url, { max: 3, name: "test-restart" });
  const copied = { ...newModelFolder(), localPath: gateway.models.localPath };
  const first = newTestGateway(handle.db, { models: copied });
  await first.core.start();
  await serves(first, name);
  await first.core.stop();
  await handle.close();
  const second = newTestGateway(handle.db, { folder: first.folder, models: copied });
  onTestFinished(() => second.close());
  await second.core.start();
  await serves(second, undefined);
});

const serves = (gateway: TestGateway, gameDay: string | undefined) =>
  vi.waitFor(() => expect(inferOnce(gateway)).resolves.toBe(gameDay), wait);

/** Sends one request without a transport; returns the game day that affected it. */
async function inferOnce({ core }: TestGateway): Promise<string | undefined> {
  const attempt = core.startRequest(ctx, "digits", undefined, undefined);
  const error = await attempt
    .run(request(), () => false)
    .then(
      () => undefined,
      (cause: unknown) => cause,
    );
  await attempt.settle({ status: error ? 503 : 200, reason: "" });
  if (error && !attempt.lease.gameDay) throw error;
  return attempt.lease.gameDay?.name;
}

function request() {
  const inputs = [{ name: "x", shape: [1, 4], datatype: "FP32", data: [1, 2, 3, 4] }];
  return readInferRequest(Buffer.from(JSON.stringify({ inputs })), Buffer.alloc(0));
}

test("leaves affected requests out of the evidence of a rollout", async () => {
  // Of its own, without endpoints whose models this gateway does not have.
  const { db } = await freshDatabase();
  const fixture = await openRollout(db, { weight: 0.5 });
  const fault = { kind: "latency", delayMs: 1, jitterMs: 0 } as const;
  const values = { share: 1, startedAt: sql`now() - interval '5 minutes'` as never };
  const { id } = await newRunningGameDay(fixture.ctx, fixture.endpointId, fault, values);
  await fixture.gateway.core.faults.refresh();
  await Promise.all(times(8).map(() => infer(fixture.gateway, fixture.ctx)));
  expect(await countBytes(fixture)).toEqual({});
  await fixture.gateway.core.flush();
  const logged = await db.select().from(predictions).where(eq(predictions.gameDayId, id));
  expect(logged.map(({ rollout }) => rollout)).toEqual(times(8).map(() => null));
});

test("ends one of several workers, once", async () => {
  const serving = core.table.find(ctx.actor.workspaceId, "digits")?.serving;
  const state = () => serving?.opened?.pool.state;
  expect(state()).toMatchObject({ workers: 2, restarts: 0 });
  const { id, name } = await start({ kind: "model-worker-lost" });
  gateway.emit(gatewayWide);
  await vi.waitFor(() => expect(state()).toMatchObject({ workers: 2, restarts: 1 }), wait);
  expect(state()?.lastLoss?.reason).toBe(`Ended on purpose by game day ${name}.`);
  gateway.emit(gatewayWide);
  await core.faults.refresh();
  expect(await eventsOf(id)).toEqual([`Ended one of 2 workers of digits version 1 at the gateway ${core.gatewayId}.`]);
  expect((await send()).status).toBe(200);
});

test("unloads a version once, which the next request loads again", async () => {
  const serving = core.table.find(ctx.actor.workspaceId, "digits")?.serving;
  const before = serving?.opened;
  const { id } = await start({ kind: "cold-model" });
  gateway.emit(gatewayWide);
  await vi.waitFor(() => expect(serving?.opened).toBeUndefined(), wait);
  expect(await send([4, 3, 2, 1])).toMatchObject({ status: 200, gameDay: undefined });
  expect(serving?.opened).not.toBe(before);
  expect(await eventsOf(id)).toEqual([`Unloaded digits version 1 at the gateway ${core.gatewayId}.`]);
});

test("kills a gateway process if another one serves", async () => {
  const { id } = await start({ kind: "gateway-lost" });
  await db.delete(gatewayHeartbeats);
  gateway.emit(gatewayWide);
  await core.faults.refresh();
  expect(endProcess).not.toHaveBeenCalled();
  const state = { isDraining: false, versions: [] };
  const seenAt = sql`now()` as never;
  await db.insert(gatewayHeartbeats).values({ gatewayId: "b", startedAt: new Date(), seenAt, address: "b", state });
  gateway.emit(gatewayWide);
  await vi.waitFor(() => expect(endProcess).toHaveBeenCalledOnce(), wait);
  expect(await eventsOf(id)).toEqual([`Killed the gateway process ${core.gatewayId}.`]);
});

test("keeps a gateway from Postgres, which serves on and ends it with the lease", async () => {
  const handle = openDatabase(url, { max: 3, name: "test-away" });
  onTestFinished(() => handle.close());
  const book = new FaultBook(db, "test");
  handle.refuseWhile(() => book.isPostgresAway);
  const { end } = await start({ kind: "postgres-away" });
  expect((await send()).status).toBe(200);
  await book.refresh();
  await expect(handle.db.execute("select 1")).rejects.toMatchObject({ cause: { code: "57P03" } });
  await expect(handle.db.transaction((tx) => tx.execute("select 1"))).rejects.toThrow(
    "keeps this process from Postgres",
  );
  await end();
  await book.refresh();
  expect((await handle.db.execute("select 1 as one")).rows).toEqual([{ one: 1 }]);
});

async function eventsOf(id: string): Promise<string[]> {
  const rows = await db.select().from(gameDayEvents).where(eq(gameDayEvents.gameDayId, id));
  return rows.map(({ words }) => words);
}
