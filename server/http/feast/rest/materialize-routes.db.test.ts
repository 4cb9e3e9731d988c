import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { afterAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { readConfig } from "#server/admin/settings/config.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { defineViewSource } from "#server/develop/features/definitions/define-view-source.ts";
import { materialiseView } from "#server/develop/features/materialisations/materialise-view.ts";
import { listMaterialisations } from "#server/develop/features/materialisations/queries.ts";
import { createServer } from "#server/http/server.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { OnlineFeatures } from "#server/serve/features/online-features.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { feastPlugin } from "./plugin.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-materialize-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
let ctx: Context;
const app = createServer(readConfig({}));
const features = new OnlineFeatures({ db, feed: { subscribe: () => () => {} }, cacheBytes: 2 ** 20 });
await app.register((scope) => feastPlugin(scope, { features, authenticate: () => ctx }));
afterAll(() => app.close());

const csv =
  "driver_id,event_timestamp,trips\n1,2026-03-01T12:00:00Z,7\n1,2026-03-01T13:00:00Z,8\n2,2026-03-01T14:00:00Z,9\n";

/** A workspace with a view over a dataset, one over rows that are pushed, and one of a kind that is not read. */
async function begin(): Promise<void> {
  ctx = await newWorkspace(db);
  const body = Readable.from([Buffer.from(csv)]);
  const { id } = await uploadDataset(ctx, { name: "trips", fileName: "trips.csv" }, body, {
    artifacts,
    maxBytes: 10_000,
  });
  await readDataset(ctx, id, artifacts);
  await defineFeatureEntity(ctx, { name: "driver", joinKey: "driver_id", type: "int64" });
  await defineViewSource(ctx, { name: "file", kind: "file", options: { path: "dataset:trips" } });
  await defineViewSource(ctx, { name: "push", kind: "push", options: { batchSource: "file" } });
  const common = { entities: ["driver"], features: [{ name: "trips", type: "int64" as const }] };
  await defineFeatureView(ctx, { ...common, name: "stats", source: "file" });
  await defineFeatureView(ctx, { ...common, name: "batched", source: "push" });
  await defineFeatureView(ctx, { ...common, name: "written" });
}

const post = (path: string, payload: object) => app.inject({ method: "POST", url: `/feast${path}`, payload });
const range = { start_ts: "2026-03-01T00:00:00", end_ts: "2026-03-01T13:00:00" };

/** Works as the worker would, until told to stop. */
async function withWorker<Result>(work: () => Promise<Result>): Promise<Result> {
  const stop = new AbortController();
  const worker = (async () => {
    while (!stop.signal.aborted) {
      for (const { id } of await listMaterialisations(ctx, { state: "waiting" })) {
        await materialiseView(ctx, id, {
          artifacts,
          scratch: join(folder, "scratch"),
          network: { allowsPrivate: false },
        });
      }
      await setTimeout(20);
    }
  })();
  try {
    return await work();
  } finally {
    stop.abort();
    await worker;
  }
}

async function tripsOf(view: string): Promise<unknown[]> {
  const found = await post("/get-online-features", { features: [`${view}:trips`], entities: { driver_id: [1, 2] } });
  return found.json().results[1].values;
}

test("waits until the rows are there, of a file and of the history of a push source", async () => {
  await begin();
  const done = await withWorker(() =>
    post("/materialize", { ...range, feature_views: ["stats", "batched", "written"] }),
  );
  expect([done.statusCode, done.body]).toEqual([200, "null"]);
  expect(await tripsOf("stats")).toEqual([8, null]);
  expect(await tripsOf("batched")).toEqual([8, null]);
  expect((await listMaterialisations(ctx)).map(({ view }) => view).sort()).toEqual(["batched", "stats"]);
  const increment = await withWorker(() => post("/materialize-incremental", { end_ts: "2026-03-02T00:00:00" }));
  expect([increment.statusCode, increment.body]).toEqual([200, "null"]);
  // The gateway believes a row for a second.
  await setTimeout(1_100);
  expect(await tripsOf("stats")).toEqual([8, 9]);
  // The rows of the moment at which the last one ended, and what came after.
  expect((await listMaterialisations(ctx, { view: "stats" }))[0]).toMatchObject({ rowsRead: 2, rowsWritten: 2 });
  const before = (await listMaterialisations(ctx)).length;
  const none = await post("/materialize-incremental", { end_ts: "2026-02-01T00:00:00", feature_views: ["stats"] });
  expect([none.statusCode, none.body, (await listMaterialisations(ctx)).length]).toEqual([200, "null", before]);
});

test("starts at the first row without a TTL, and one TTL ago with one", async () => {
  await begin();
  await withWorker(() => post("/materialize-incremental", { end_ts: "2026-03-01T12:30:00", feature_views: ["stats"] }));
  expect((await listMaterialisations(ctx))[0]).toMatchObject({ fromEventAt: null, rowsRead: 1 });
  const hour = 3_600_000_000;
  const definition = { entities: ["driver"], source: "file", features: [{ name: "trips", type: "int64" as const }] };
  await defineFeatureView(ctx, { ...definition, name: "hourly", ttlUs: hour });
  const asked = Date.now() * 1000;
  await withWorker(() => post("/materialize-incremental", { end_ts: "2100-01-01", feature_views: ["hourly"] }));
  const [{ fromEventAt } = { fromEventAt: null }] = await listMaterialisations(ctx);
  expect(Math.abs((fromEventAt ?? 0) - (asked - hour))).toBeLessThan(60_000_000);
  await withWorker(() => post("/materialize", { disable_event_timestamp: true, feature_views: ["stats"] }));
  expect(await tripsOf("stats")).toEqual([8, 9]);
});

test("answers 202 when asked, 409 while one runs, and restarts by force", async () => {
  await begin();
  const asked = { ...range, feature_views: ["stats"] };
  const accepted = await post("/materialize?async=true", asked);
  expect([accepted.statusCode, accepted.json()]).toEqual([202, { status: "accepted", feature_views: ["stats"] }]);
  const again = await post("/materialize?async=true", { ...asked, feature_views: ["stats", "batched"] });
  expect(again.statusCode).toBe(409);
  expect(again.json()).toEqual({ error: expect.stringContaining("stats"), feature_views: ["stats"] });
  // None of them began.
  expect(await listMaterialisations(ctx)).toHaveLength(1);
  const other = await post("/materialize", { ...asked, end_ts: "2026-03-01T14:00:00" });
  expect(other.statusCode).toBe(409);
  const forced = await post("/materialize?async=true&force=true", asked);
  expect(forced.statusCode).toBe(202);
  expect((await listMaterialisations(ctx)).map(({ state }) => state)).toEqual(["waiting", "cancelled"]);
});

test("goes on when the connection is cut, and a request that is sent again waits for the same one", async () => {
  await begin();
  const asked = { ...range, feature_views: ["stats"] };
  const address = await app.listen({ port: 0, host: "127.0.0.1" });
  const cut = new AbortController();
  const headers = { "content-type": "application/json" };
  const sent = fetch(`${address}/feast/materialize`, {
    method: "POST",
    headers,
    body: JSON.stringify(asked),
    signal: cut.signal,
  });
  while ((await listMaterialisations(ctx)).length === 0) await setTimeout(20);
  cut.abort();
  await expect(sent).rejects.toThrow();
  const done = await withWorker(() => post("/materialize", asked));
  expect([done.statusCode, done.body]).toEqual([200, "null"]);
  expect(await listMaterialisations(ctx)).toMatchObject([{ state: "done", rowsWritten: 1 }]);
});

test("says why it failed", async () => {
  await begin();
  await defineViewSource(ctx, {
    name: "file",
    kind: "file",
    options: { path: "dataset:trips", fieldMapping: { rides: "trips" } },
  });
  const failed = await withWorker(() => post("/materialize", { ...range, feature_views: ["stats"] }));
  expect(failed.statusCode).toBe(422);
  expect(JSON.parse(failed.json())).toMatchObject({
    module: "feast.errors",
    class: "FeastError",
    message: expect.stringContaining('The source "file" has no column "rides" for the feature "trips"'),
  });
  const missing = await post("/materialize", { ...range, feature_views: ["none"] });
  expect(missing.statusCode).toBe(404);
});
