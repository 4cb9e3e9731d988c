import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eq, inArray } from "drizzle-orm";
import { expect, test } from "vitest";
import { endpoints, featureMaterialisations, predictionLabels, predictions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { defineViewSource } from "../definitions/define-view-source.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { materialiseView } from "../materialisations/materialise-view.ts";
import { getMaterialisation } from "../materialisations/queries.ts";
import { startMaterialisation } from "../materialisations/start-materialisation.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = join(tmpdir(), "leeway-prediction-rows");
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = { artifacts, scratch: join(folder, "scratch"), network: { allowsPrivate: false } };
const start = Date.now() - 3_600_000;

async function newEndpoint(ctx: Context): Promise<string> {
  const { workspaceId } = ctx.actor;
  const [row] = await db.insert(endpoints).values({ workspaceId, name: "risk", createdBy: "test" }).returning();
  return row?.id ?? "";
}

/** Logs requests at one minute after another: customers with their amounts, and the scores of the model. */
async function log(
  ctx: Context,
  endpointId: string,
  requests: readonly { customers: string[]; scores: number[]; label?: string; arm?: "shadow"; isRedacted?: boolean }[],
) {
  const { workspaceId } = ctx.actor;
  for (const [minute, { customers, scores, label, arm = "stable", isRedacted }] of requests.entries()) {
    const requestId = randomUUID();
    const shape = [customers.length, 1];
    await db.insert(predictions).values({
      id: randomUUID(),
      workspaceId,
      endpointId,
      versionId: randomUUID(),
      arm,
      at: new Date(start + minute * 60_000),
      requestId,
      status: 200,
      provider: "cpu",
      latencyMs: 1,
      answer: "high",
      confidence: 0.5,
      inputs: [
        { name: "customer", datatype: "BYTES", shape, ...(!isRedacted && { data: customers }) },
        { name: "pair", datatype: "FP32", shape: [customers.length, 2], data: customers.flatMap(() => [1, 2]) },
      ],
      outputs: [{ name: "score", datatype: "FP32", shape, data: scores }],
    });
    if (label === undefined) continue;
    const times = {
      observedAt: new Date(start + minute * 60_000 + 1000),
      receivedAt: new Date(start + minute * 60_000 + 2000),
    };
    await db.insert(predictionLabels).values({ workspaceId, endpointId, requestId, label, ...times });
  }
}

async function newView(ctx: Context, features: Parameters<typeof defineFeatureView>[1]["features"]) {
  await defineFeatureEntity(ctx, { name: "customer", joinKey: "customer_id", type: "string" });
  const fieldMapping = { "inputs.customer": "customer_id", "outputs.score": "last_score", "inputs.pair": "last_pair" };
  await defineViewSource(ctx, {
    name: "log",
    kind: "predictions",
    createdTimeColumn: "created",
    options: { endpoint: "risk", fieldMapping, maxRejectedShare: 1 },
  });
  await defineFeatureView(ctx, { name: "v", entities: ["customer"], source: "log", features });
}

async function materialise(ctx: Context) {
  const { id } = await startMaterialisation(ctx, { view: "v" });
  await materialiseView(ctx, id, place);
  return getMaterialisation(ctx, id);
}

const requests = [
  { customers: ["a", "b"], scores: [0.25, 0.5] },
  { customers: ["a"], scores: [0.75], label: "good" },
  { customers: ["a"], scores: [0.9], arm: "shadow" as const },
  { customers: ["b"], scores: [1], isRedacted: true },
];

test("takes the last outputs and inputs per entity from the log, without shadow copies and redacted keys", async () => {
  const ctx = await newWorkspace(db);
  await log(ctx, await newEndpoint(ctx), requests);
  await newView(ctx, [
    { name: "last_score", type: "float32" },
    { name: "last_pair", type: "list<float32>" },
    { name: "prediction", type: "string" },
  ]);
  expect(await materialise(ctx)).toMatchObject({
    state: "done",
    problem: null,
    rowsRead: 4,
    rowsRejected: 1,
    rowsWritten: 2,
    rowsOlder: 1,
  });
  const features = ["v:last_score", "v:last_pair", "v:prediction"];
  const { columns } = await lookUpFeatures(ctx, { features, entities: { customer_id: ["a", "b"] } });
  expect(columns.map(({ values }) => values)).toEqual([
    [0.75, 0.5],
    [
      [1, 2],
      [1, 2],
    ],
    // What the model said of a request is no row's when it has several.
    ["high", null],
  ]);
  expect(columns[0]?.answer.eventAt).toEqual([(start + 60_000) * 1000, start * 1000]);
  // The log of the last ten minutes before the end is read again: rows may come late.
  expect(await materialise(ctx)).toMatchObject({ state: "done", rowsRead: 0 });
});

test("takes labels when they became known, with the time at which they were observed", async () => {
  const ctx = await newWorkspace(db);
  await log(ctx, await newEndpoint(ctx), requests);
  await newView(ctx, [{ name: "label", type: "string" }]);
  expect(await materialise(ctx)).toMatchObject({ state: "done", rowsRead: 1, rowsWritten: 1 });
  const { columns } = await lookUpFeatures(ctx, { features: ["v:label"], entities: { customer_id: ["a", "b"] } });
  expect(columns[0]?.values).toEqual(["good", null]);
  expect(columns[0]?.answer).toMatchObject({
    eventAt: [(start + 61_000) * 1000, null],
    createdAt: [(start + 62_000) * 1000, null],
  });
});

test("loses no labels that were received at once when others are corrected meanwhile", async () => {
  const ctx = await newWorkspace(db);
  const endpointId = await newEndpoint(ctx);
  const names = Array.from({ length: 30 }, (_, index) => `c${String(index).padStart(3, "0")}`);
  await log(
    ctx,
    endpointId,
    names.map((name) => ({ customers: Array(250).fill(name), scores: Array(250).fill(1), label: "good" })),
  );
  const receivedAt = new Date(start);
  await db
    .update(predictionLabels)
    .set({ receivedAt, observedAt: receivedAt })
    .where(eq(predictionLabels.endpointId, endpointId));
  await newView(ctx, [
    { name: "label", type: "string" },
    { name: "last_score", type: "float32" },
  ]);
  const { id } = await startMaterialisation(ctx, { view: "v" });
  let page = 0;
  const onPage = async () => {
    page += 1;
    if (page > 1) throw new DomainError("unavailable", "The database is away.");
  };
  await materialiseView(ctx, id, { ...place, onPage });
  expect(await getMaterialisation(ctx, id)).toMatchObject({ state: "waiting", rowsRead: 5_000 });
  // Of the 20 requests of the first page, 10 get another label.
  const corrected = await db
    .select({ requestId: predictions.requestId })
    .from(predictions)
    .where(eq(predictions.endpointId, endpointId))
    .orderBy(predictions.at)
    .limit(10);
  const requestIds = corrected.map(({ requestId }) => requestId);
  await db
    .update(predictionLabels)
    .set({ receivedAt: new Date() })
    .where(inArray(predictionLabels.requestId, requestIds));
  await db.update(featureMaterialisations).set({ leasedUntil: new Date(0) });
  await materialiseView(ctx, id, place);
  expect(await getMaterialisation(ctx, id)).toMatchObject({ state: "done" });
  const { columns } = await lookUpFeatures(ctx, { features: ["v:last_score"], entities: { customer_id: names } });
  expect(columns[0]?.values).toEqual(names.map(() => 1));
});

test("ends pages by the bytes of requests", async () => {
  const ctx = await newWorkspace(db);
  const endpointId = await newEndpoint(ctx);
  await log(
    ctx,
    endpointId,
    Array.from({ length: 40 }, () => ({ customers: ["a".repeat(1_000_000)], scores: [1] })),
  );
  await log(ctx, endpointId, [{ customers: ["b"], scores: [2] }]);
  await newView(ctx, [{ name: "last_score", type: "float32" }]);
  // The key of the first requests is too long to be one.
  const { id } = await startMaterialisation(ctx, { view: "v" });
  let pages = 0;
  const onPage = async () => {
    pages += 1;
  };
  await materialiseView(ctx, id, { ...place, onPage });
  expect(await getMaterialisation(ctx, id)).toMatchObject({
    state: "done",
    rowsRead: 41,
    rowsRejected: 40,
    rowsWritten: 1,
  });
  expect(pages).toBe(3);
});

test("needs an endpoint, and a token that may read predictions", async () => {
  const ctx = await newWorkspace(db);
  await newView(ctx, [{ name: "label", type: "string" }]);
  await expectRefusal(startMaterialisation(ctx, { view: "v" }), "not-found", '"risk"');
  const scopes = ["features:write", "tracking:read"];
  const token = { ...ctx, actor: { ...ctx.actor, kind: "token" as const, scopes } };
  await expectRefusal(startMaterialisation(token, { view: "v" }), "forbidden", "serving:read");
});
