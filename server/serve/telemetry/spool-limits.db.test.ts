import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq } from "drizzle-orm";
import { Registry } from "prom-client";
import { afterAll, expect, test } from "vitest";
import { openDatabase } from "#db/client.ts";
import { predictions, servingWindows } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { openFeatureStates } from "#server/watch/monitoring/collect/open-feature-states.ts";
import { createEndpoint } from "../endpoints/create-endpoint.ts";
import type { LoggedPrediction } from "../predictions/logged-prediction.ts";
import { Telemetry } from "./telemetry.ts";
import { exposeTelemetry } from "./telemetry-metrics.ts";
import { WindowSpool } from "./window-spool.ts";

const { db } = await freshDatabase();
const away = openDatabase("postgres://leeway@127.0.0.1:1/none", { max: 1, name: "away" });
const root = mkdtempSync(join(tmpdir(), "leeway-limits-"));
afterAll(async () => {
  await away.close();
  rmSync(root, { recursive: true });
});

const ctx = await newWorkspace(db);
const { id: endpointId } = await createEndpoint(ctx, { name: "digits" });
const newKey = () => ({
  workspaceId: ctx.actor.workspaceId,
  endpointId,
  versionId: randomUUID(),
  arm: "stable" as const,
  provider: "cpu" as const,
});
const ok = { status: 200, rows: 1, latencyMs: 12, queueMs: 1, computeMs: 10 };
const start = 1_700_000_000_000;
const stored = async (versionId: string) => {
  const rows = await db.select().from(servingWindows).where(eq(servingWindows.versionId, versionId));
  return rows
    .map((row) => [(row.windowStart.getTime() - start) / 10_000, row.requests])
    .sort(([a = 0], [b = 0]) => a - b);
};

test("drops and counts the oldest windows beyond the limit while Postgres is unavailable, and stores the rest", async () => {
  const folder = join(root, "bounded");
  const key = newKey();
  let now = start;
  const limitBytes = 2_000;
  const spool = new WindowSpool(folder, "bounded", { now: () => now, limitBytes });
  for (let window = 0; window < 20; window += 1) {
    now = start + window * 10_000;
    for (let request = 0; request <= window; request += 1) await spool.add(key, ok);
    await expect(spool.flush(away.db)).rejects.toThrow();
  }
  now += 10_000;
  spool.touch(key);
  const onDisk = readdirSync(folder)
    .filter((name) => name !== `${now}.log`)
    .reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
  expect(spool.bytes).toBe(onDisk);
  expect(onDisk).toBeLessThanOrEqual(limitBytes);
  expect(onDisk).toBeGreaterThan(limitBytes / 2);
  spool.close();

  const next = new WindowSpool(folder, "bounded", { now: () => now, limitBytes });
  expect(next.bytes).toBe(onDisk);
  await next.flush(db);
  expect(next.bytes).toBe(0);
  const rows = await stored(key.versionId);
  const first = rows[0]?.[0] ?? 0;
  expect(first).toBeGreaterThan(0);
  expect(rows).toEqual([
    ...Array.from({ length: 20 - first }, (_, index) => [first + index, first + index + 1]),
    [20, 0],
  ]);
  // 1 + 2 + … up to the last one dropped.
  expect(spool.dropped).toBe((first * (first + 1)) / 2);
});

test("keeps windows in memory while the disk fails, and stores all of them in Postgres", async () => {
  const folder = join(root, "broken");
  const key = newKey();
  let now = start;
  const spool = new WindowSpool(folder, "broken", { now: () => now });
  await spool.add(key, ok);
  renameSync(folder, `${folder}.aside`);
  writeFileSync(folder, "not a folder any more");
  for (let window = 0; window < 3; window += 1) {
    now = start + window * 10_000;
    await spool.add(key, ok);
    await spool.add(key, ok);
  }
  expect(spool.isEmpty).toBe(false);
  rmSync(folder);
  renameSync(`${folder}.aside`, folder);
  now = start + 30_000;
  await spool.add(key, ok);
  await spool.flush(db);
  expect(spool.isEmpty).toBe(true);
  expect(await stored(key.versionId)).toEqual([
    [0, 3],
    [1, 2],
    [2, 2],
    [3, 1],
  ]);
  expect(spool.dropped).toBe(0);
});

test("exports the pending and dropped counts to Prometheus", async () => {
  const options = { folder: join(root, "told"), flushSeconds: 3600, openStates: openFeatureStates, served: () => [] };
  const telemetry = new Telemetry({ ...options, db: away.db });
  const registry = new Registry();
  exposeTelemetry(registry, () => telemetry.state);
  const prediction = {
    id: randomUUID(),
    ...newKey(),
    at: new Date().toISOString(),
    requestId: "r",
    status: 200,
    error: null,
    latencyMs: 5,
    pipelineDigest: null,
    cascade: null,
    inputs: null,
    outputs: null,
  } as LoggedPrediction;
  telemetry.keep(prediction);
  await telemetry.flush();
  const waiting = await registry.metrics();
  expect(waiting).toMatch(/^leeway_telemetry_spool_bytes\{kind="predictions"\} [1-9]\d+$/m);
  expect(waiting).toMatch(/^leeway_telemetry_spool_limit_bytes\{kind="windows"\} 268435456$/m);
  expect(waiting).toMatch(/^leeway_telemetry_dropped_total\{kind="predictions"\} 0$/m);
  expect(waiting).toMatch(/^leeway_telemetry_dropped_total\{kind="windows"\} 0$/m);
  expect(telemetry.state.behindSeconds).toBeGreaterThanOrEqual(0);
  await telemetry.close();

  const back = new Telemetry({ ...options, db });
  back.keep({ ...prediction, id: randomUUID(), at: "not a time" });
  await back.flush();
  expect(back.state).toMatchObject({ behindSeconds: 0, predictions: { bytes: 0, dropped: 1 } });
  expect(await db.select().from(predictions).where(eq(predictions.id, prediction.id))).toHaveLength(1);
  await back.close();
});
