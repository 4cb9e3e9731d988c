import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, inArray, ne, sql } from "drizzle-orm";
import { afterAll, expect, onTestFinished, test, vi } from "vitest";
import { openDatabase } from "#db/client.ts";
import { endpoints, predictionLabels, predictions, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { dayMs } from "#server/base/durations.ts";
import { log } from "#server/base/log.ts";
import { attemptOnce } from "#server/platform/jobs/watcher.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { openFeatureStates } from "#server/watch/monitoring/collect/open-feature-states.ts";
import { CaptureSettings } from "../capture/contract.ts";
import { setCapture } from "../capture/set-capture.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import { recordLabels } from "../labels/record-labels.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import { maintainPredictions } from "./maintain-predictions.ts";
import { maintainPredictionPartitions } from "./partitions.ts";
import { storePredictions, toLine } from "./store-predictions.ts";
import { Telemetry } from "./telemetry.ts";

const { db } = await freshDatabase();
const folder = mkdtempSync(join(tmpdir(), "leeway-telemetry-"));
const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "away" });
afterAll(async () => {
  await away.close();
  rmSync(folder, { recursive: true });
});

const ctx = await newWorkspace(db);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
const key = {
  workspaceId: ctx.actor.workspaceId,
  endpointId,
  versionId: randomUUID(),
  arm: "stable" as const,
  provider: "cpu" as const,
};
const ok = { status: 200, rows: 1, latencyMs: 5, queueMs: 1, computeMs: 3 };
const options = (name: string) => ({
  db,
  folder: join(folder, name),
  flushSeconds: 3600,
  openStates: openFeatureStates,
  served: () => [],
});

const prediction = (values: Partial<LoggedPrediction> = {}): LoggedPrediction => ({
  id: randomUUID(),
  ...key,
  at: new Date().toISOString(),
  requestId: randomUUID(),
  status: 200,
  error: null,
  latencyMs: 5,
  pipelineDigest: null,
  cascade: null,
  rollout: null,
  inputs: null,
  outputs: null,
  parts: null,
  batchRows: null,
  cost: null,
  source: "model",
  loggedReason: "sampled",
  caller: null,
  traceId: null,
  answer: null,
  outputIndex: null,
  confidence: null,
  ...values,
});
const total = async (versionId: string) => {
  const rows = await db.select().from(servingWindows).where(eq(servingWindows.versionId, versionId));
  return rows.reduce((sum, row) => sum + row.requests, 0);
};

test("counts every request once when a window is flushed again or extended", async () => {
  const telemetry = new Telemetry(options("twice"));
  telemetry.observe(key, ok);
  await telemetry.flush();
  await telemetry.flush();
  expect(await total(key.versionId)).toBe(1);
  telemetry.observe(key, { ...ok, status: 500 });
  await telemetry.flush();
  expect(await total(key.versionId)).toBe(2);
  await telemetry.close();
});

test("stores counts and predictions from a Postgres outage afterwards, even from another process", async () => {
  const mine = { ...key, versionId: randomUUID() };
  const first = new Telemetry({ ...options("away"), db: away.db });
  for (let request = 0; request < 5; request += 1) first.observe(mine, ok);
  first.keep(prediction({ versionId: mine.versionId, error: "a\0b" }));
  await first.flush();
  await first.close();
  const second = new Telemetry(options("away"));
  expect(second.gatewayId).toBe(first.gatewayId);
  second.observe(mine, ok);
  await second.flush();
  expect(await total(mine.versionId)).toBe(6);
  const rows = await db.select().from(predictions).where(eq(predictions.versionId, mine.versionId));
  expect(rows).toMatchObject([{ error: "a\ufffdb", inputs: null }]);
  await second.close();
});

test("stores the data of a lost gateway through the next one, under the lost gateway's id", async () => {
  const mine = { ...key, versionId: randomUUID() };
  const [first, second] = [new Telemetry(options("gone")), new Telemetry({ ...options("gone"), db: away.db })];
  second.observe(mine, ok);
  await first.close();
  await second.close();
  const third = new Telemetry(options("gone"));
  await third.flush();
  await third.close();
  const rows = await db.select().from(servingWindows).where(eq(servingWindows.versionId, mine.versionId));
  expect(rows).toMatchObject([{ gatewayId: second.gatewayId, requests: 1 }]);
});

test("writes a zero row for an endpoint that serves without requests", async () => {
  const mine = { ...key, versionId: randomUUID() };
  const telemetry = new Telemetry({ ...options("zero"), served: () => [mine] });
  await telemetry.flush();
  await telemetry.close();
  const rows = await db.select().from(servingWindows).where(eq(servingWindows.versionId, mine.versionId));
  expect(rows).toMatchObject([{ requests: 0, failures: {}, latencyBuckets: {} }]);
});

test("stores counts of other endpoints despite those of a deleted one", async () => {
  const [mine, retired] = [
    { ...key, versionId: randomUUID() },
    { ...key, endpointId: randomUUID() },
  ];
  const telemetry = new Telemetry(options("foreign"));
  telemetry.observe(retired, ok);
  telemetry.observe(mine, ok);
  await telemetry.flush();
  await telemetry.close();
  expect(await total(mine.versionId)).toBe(1);
});

test("drops one prediction that Postgres rejects and stores the others", async () => {
  const telemetry = new Telemetry(options("poison"));
  const good = [prediction(), prediction()];
  for (const one of [good[0], prediction({ at: "not a time" }), good[1]]) telemetry.keep(one as LoggedPrediction);
  await telemetry.flush();
  await telemetry.close();
  const rows = await db.select().from(predictions);
  const ids = rows.map((row) => row.id);
  expect(good.every((one) => ids.includes(one.id))).toBe(true);
});

test("creates partitions ahead, moves earlier rows into them, and drops those beyond retention", async () => {
  const at = "2026-05-03T12:00:00.000Z";
  const early = prediction({ at });
  const telemetry = new Telemetry(options("partitions"));
  telemetry.keep(early);
  await telemetry.close();
  const run = (now: string) => maintainPredictionPartitions(db, { now: new Date(now), retentionDays: 30 });
  const { made } = await run(at);
  expect(made).toHaveLength(8);
  expect(made[0]).toBe("predictions_20260503");
  const { rows } = await db.execute(sql`select id from predictions_20260503`);
  expect(rows).toEqual([{ id: early.id }]);
  expect(await run(at)).toEqual({ made: [], dropped: [] });
  expect((await run("2026-06-02T00:00:00Z")).dropped).toEqual([]);
  expect((await run("2026-06-03T00:00:00Z")).dropped).toEqual(["predictions_20260503"]);
  expect(await db.select().from(predictions).where(eq(predictions.id, early.id))).toEqual([]);
});

test("drops old partitions and creates others although one cannot be created", async () => {
  const at = "2026-03-01T12:00:00.000Z";
  const failed: string[] = [];
  const run = (now: string) =>
    maintainPredictionPartitions(db, { now: new Date(now), retentionDays: 30 }, (item, work) =>
      attemptOnce(item, work, async () => void failed.push(item.id)),
    );
  await run(at);
  // As on a full disk, a new table is not possible.
  await db.execute(sql`create table predictions_20260502 (id uuid)`);
  await run("2026-05-01T12:00:00.000Z");
  expect(failed).toEqual(["partition predictions_20260502"]);
  const { rows } = await db.execute<{ name: string }>(
    sql`select inhrelid::regclass::text as name from pg_inherits where inhparent = 'predictions'::regclass`,
  );
  const names = rows.map(({ name }) => name);
  expect(names).not.toContain("predictions_20260301");
  expect(names).toContain("predictions_20260503");
  await db.execute(sql`drop table predictions_20260502`);
});

test("stores a record that an earlier release left on disk", async () => {
  const { loggedReason: _, source: __, parts: ___, ...earlier } = prediction({ status: 503 });
  await storePredictions(db, [toLine(earlier as LoggedPrediction)]);
  const [row] = await db.select().from(predictions).where(eq(predictions.id, earlier.id));
  expect(row).toMatchObject({ loggedReason: "failed", source: "model", parts: null });
});

test("a record that was left on disk with the former names is stored with what they say", async () => {
  const { loggedReason: _, outputIndex: __, ...same } = prediction({ status: 200 });
  const former = { ...same, kept: "low-confidence", answerIndex: 7 };
  await storePredictions(db, [toLine(former as unknown as LoggedPrediction)]);
  const [row] = await db.select().from(predictions).where(eq(predictions.id, former.id));
  expect(row).toMatchObject({ loggedReason: "low-confidence", outputIndex: 7 });
});

test("deletes predictions and labels after the endpoint's retention, and keeps those of other endpoints", async () => {
  const { id: shortId } = await createEndpoint(ctx, { name: "short" });
  await setCapture(ctx, { endpointId: shortId, capture: CaptureSettings.parse({ share: 1, retentionDays: 2 }) });
  const now = new Date("2026-05-10T12:00:00Z");
  const daysAgo = (days: number) => new Date(now.getTime() - days * dayMs).toISOString();
  const [old, young, other] = [
    prediction({ endpointId: shortId, at: daysAgo(2.1), requestId: "old" }),
    prediction({ endpointId: shortId, at: daysAgo(1.9), requestId: "young" }),
    prediction({ at: daysAgo(2.1), requestId: "other" }),
  ];
  await storePredictions(db, [old, young, other].map(toLine));
  const labelled = ["old", "young", "lost", "late"].map((requestId) => ({ requestId, label: "1" }));
  await recordLabels(ctx, { endpointId: shortId, labels: labelled });
  const receivedAt = new Date(daysAgo(2.1));
  await db.update(predictionLabels).set({ receivedAt }).where(ne(predictionLabels.requestId, "late"));
  await maintainPredictions(ctx, now);
  const kept = await db
    .select()
    .from(predictions)
    .where(inArray(predictions.requestId, ["old", "young", "other"]));
  expect(kept.map((row) => row.requestId).sort()).toEqual(["other", "young"]);
  const labels = await db.select().from(predictionLabels).where(eq(predictionLabels.endpointId, shortId));
  expect(labels.map((row) => row.requestId).sort()).toEqual(["late", "young"]);
  await maintainPredictions(ctx, now);
  expect(await db.$count(predictionLabels, eq(predictionLabels.endpointId, shortId))).toBe(2);
});

test("maintains the log although the rules of one endpoint cannot be read, and drops none of its days", async () => {
  const { id: brokenId } = await createEndpoint(ctx, { name: "broken" });
  const { id: shortId } = await createEndpoint(ctx, { name: "shorter" });
  await setCapture(ctx, { endpointId: shortId, capture: CaptureSettings.parse({ share: 1, retentionDays: 2 }) });
  await db
    .update(endpoints)
    .set({ capture: { retentionDays: "all" } as never })
    .where(eq(endpoints.id, brokenId));
  onTestFinished(async () => {
    await db.delete(endpoints).where(eq(endpoints.id, brokenId));
  });
  const now = new Date("2026-05-10T12:00:00Z");
  const at = new Date(now.getTime() - 40 * dayMs).toISOString();
  const rows = [brokenId, shortId].map((endpointId) => prediction({ endpointId, at, requestId: endpointId }));
  await storePredictions(db, rows.map(toLine));
  await maintainPredictions(ctx, now);
  const kept = await db
    .select()
    .from(predictions)
    .where(inArray(predictions.requestId, [brokenId, shortId]));
  expect(kept.map(({ endpointId }) => endpointId)).toEqual([brokenId]);
});

test("logs a disk that takes no predictions once, with their number at the end, and counts each", async () => {
  const error = vi.spyOn(log, "error").mockImplementation(() => {});
  onTestFinished(() => error.mockRestore());
  const telemetry = new Telemetry(options("disk-failure"));
  const spool = join(folder, "disk-failure", "0", "predictions");
  rmSync(spool, { recursive: true });
  writeFileSync(spool, "not a folder any more");
  for (let request = 0; request < 500; request += 1) telemetry.keep(prediction());
  expect(telemetry.state.predictions.dropped).toBe(500);
  expect(error.mock.calls).toEqual([
    ["prediction.not_spooled", { cause: expect.objectContaining({ code: "ENOTDIR" }), count: 1 }],
  ]);
  rmSync(spool);
  mkdirSync(spool);
  await telemetry.close();
  expect(error.mock.calls[1]).toMatchObject(["prediction.not_spooled", { count: 499 }]);
});
