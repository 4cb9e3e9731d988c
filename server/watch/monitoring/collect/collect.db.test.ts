import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { monitors, referenceFeatures, referenceProfiles } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { Pipeline } from "#server/develop/registry/pipeline/definition.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { updateEndpoint } from "#server/serve/endpoints/update-endpoint.ts";
import { readInferRequest } from "#server/serve/protocol/infer-request.ts";
import { node, onnxModel, tensorValue } from "#server/testing/fixtures/registry/onnx/fixture-models.ts";
import { pngFile } from "#server/testing/fixtures/serving/pipeline/testing.ts";
import { newTestGateway, type TestGateway } from "#server/testing/fixtures/serving/router/testing.ts";
import { mlpSignature, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { listSegments, readStates } from "../history/queries.ts";
import type { CategoricalProfile, NumericProfile, ProfiledFeature } from "../state/contract.ts";
import { emptyState } from "../state/empty-state.ts";
import { MinuteStates } from "./minute-states.ts";
import { ProfileBook } from "./profile-book.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();

const counts = { count: 4, nulls: 0, nans: 0, posInf: 0, negInf: 0, zeros: 0 };
const numeric: NumericProfile = {
  kind: "numeric",
  ...counts,
  min: 0,
  max: 1000,
  mean: 0,
  m2: 0,
  edges: [Math.fround(0.1), 200, 500],
  bins: [1, 1, 1, 1],
  isInteger: false,
  values: null,
};
const levels = (...names: string[]): CategoricalProfile => ({
  kind: "categorical",
  count: 100,
  nulls: 0,
  levels: names.map((name) => [name, 10]),
  other: 1,
  otherLevels: ["HA"],
  once: 1,
});
const features: ProfiledFeature[] = [
  { name: "distance", role: "input", profile: numeric },
  { name: "carrier", role: "input", profile: levels("UA", "DL") },
  { name: "gone", role: "input", profile: numeric },
  { name: "prediction", role: "output", profile: levels("low", "middle", "high") },
];
const pipeline = Pipeline.parse({
  before: [
    {
      kind: "columns",
      into: "x",
      columns: [
        { name: "distance", datatype: "FP32" },
        { name: "carrier", datatype: "BYTES" },
      ],
      steps: [{ step: "one-hot", column: "carrier", levels: ["UA", "DL", "AA"], unknown: "zeros" }],
    },
  ],
});

async function addProfile(ctx: Context, versionId: string, profiled: readonly ProfiledFeature[]) {
  const { workspaceId } = ctx.actor;
  const value = { workspaceId, versionId, source: {} as never, state: "ready" as const, rows: 100, createdBy: "test" };
  const [made] = await db.insert(referenceProfiles).values(value).returning();
  const profileId = made?.id as string;
  const rows = profiled.map((feature, ordinal) => ({ workspaceId, profileId, ordinal, ...feature }));
  await db.insert(referenceFeatures).values(rows);
  return profileId;
}

/** Starts a gateway with an endpoint "flights" whose version has a reference. */
async function serving(settings: object = {}) {
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "flights", captureShare: 0 });
  const signature = { ...mlpSignature, labels: ["low", "middle", "high"] };
  const version = await newVersion(ctx, { model: "flights", pipeline, signature }, gateway.models);
  await deployVersion(ctx, { endpointId, model: "flights", version: 1 });
  const profileId = await addProfile(ctx, version.id, features);
  await db.insert(monitors).values({ endpointId, workspaceId: ctx.actor.workspaceId, settings, updatedBy: "test" });
  await gateway.core.start();
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined(), { interval: 20 });
  return { ctx, gateway, endpointId, versionId: version.id, profileId };
}

interface Sent {
  distance: (number | string)[];
  carrier: string[];
  id?: string;
  tags?: string;
}

async function request({ core }: TestGateway, ctx: Context, { distance, carrier, id = "request", tags }: Sent) {
  const inputs = [
    { name: "distance", datatype: "FP32", shape: [distance.length], data: distance },
    { name: "carrier", datatype: "BYTES", shape: [carrier.length], data: carrier },
  ];
  const json = Buffer.from(JSON.stringify({ id, inputs, ...(tags && { parameters: { tags } }) }));
  const attempt = core.startRequest(ctx, "flights", undefined, id);
  await attempt.run(readInferRequest(json, Buffer.alloc(0)), () => false);
  await attempt.settle({ status: 200, reason: "" });
  return attempt;
}

const span = () => ({ from: new Date(Date.now() - 600_000), to: new Date(Date.now() + 60_000) });

test("bins inputs and predictions by the active reference, with rare, unseen and invalid values separate", async () => {
  const { ctx, gateway, endpointId, profileId, versionId } = await serving({ segmentBy: ["carrier", "region"] });
  await request(gateway, ctx, { distance: [0.1, 300, 5000], carrier: ["UA", "HA", "XX"], tags: "region=EU" });
  await request(gateway, ctx, { distance: ["NaN"], carrier: ["DL"] });
  await gateway.core.flush();
  const read = await readStates(ctx, { endpointId, ...span() });
  expect(read).toMatchObject({ profileId, versionId, rows: 4 });
  const [distance, carrier, gone, prediction] = read?.state.features ?? [];
  expect(distance).toMatchObject({ count: 3, nans: 1, nulls: 0, above: 1, max: 5000 });
  // 0.1 as the model takes it, which lies on the first edge.
  expect(distance?.kind === "numeric" && [...distance.bins]).toEqual([1, 0, 1, 1]);
  expect(carrier).toMatchObject({ count: 4, unseen: 1, unseenTop: new Map([["XX", 1]]) });
  expect(carrier?.kind === "categorical" && [...carrier.levels]).toEqual([1, 1, 1]);
  expect(gone).toMatchObject({ count: 0, nulls: 0 });
  // The model returns no prediction for the row with NaN.
  expect(prediction).toMatchObject({ count: 3, unseen: 0, nulls: 1 });
  const scored = [...(read?.state.scores ?? [])].map(([, { count }]) => count.reduce((a, b) => a + b, 0));
  expect(scored.reduce((a, b) => a + b, 0)).toBe(3);
  expect(await listSegments(ctx, { endpointId, ...span() })).toEqual([
    { segment: "region=EU", rows: 3 },
    { segment: "carrier=other", rows: 2 },
    { segment: "carrier=DL", rows: 1 },
    { segment: "carrier=UA", rows: 1 },
  ]);
  const ofUnited = await readStates(ctx, { endpointId, ...span(), segment: "carrier=UA" });
  expect(ofUnited?.state.features[0]).toMatchObject({ count: 1, max: Math.fround(0.1) });
});

test("counts cached responses, but not those bypassing the pipeline or of versions without a reference", async () => {
  const { ctx, gateway, endpointId } = await serving();
  await updateEndpoint(ctx, { endpointId, captureShare: 0 });
  const { id: versionId } = await newVersion(ctx, { model: "flights", version: 2, pipeline }, gateway.models);
  const { core } = gateway;
  const route = core.table.find(ctx.actor.workspaceId, "flights")?.route;
  if (route) route.cache = { ...route.cache, ttlSeconds: 60 };
  const sources: string[] = [];
  for (let at = 0; at < 3; at++) {
    sources.push((await request(gateway, ctx, { distance: [1], carrier: ["UA"], id: `r${at}` })).source.source);
  }
  expect(sources).toEqual(["model", "cache", "cache"]);
  const past = core.startRequest(ctx, "flights", undefined, "past");
  const json = { inputs: [{ name: "x", datatype: "FP32", shape: [1, 4], data: [1, 2, 3, 4] }] };
  await past.run(readInferRequest(Buffer.from(JSON.stringify(json)), Buffer.alloc(0)), () => false);
  await past.settle({ status: 200, reason: "" });
  await core.flush();
  expect(await readStates(ctx, { endpointId, ...span() })).toMatchObject({ rows: 3 });
  await deployVersion(ctx, { endpointId, model: "flights", version: 2 });
  gateway.emit("missed");
  await vi.waitFor(
    async () => expect((await request(gateway, ctx, { distance: [1], carrier: ["UA"] })).modelVersion).toBe("2"),
    { interval: 50 },
  );
  await core.flush();
  expect(await readStates(ctx, { endpointId, versionId, ...span() })).toBeUndefined();
});

test("samples a deterministic share of requests by id, and stops when monitoring is disabled", async () => {
  const some = await serving({ share: 0.5 });
  for (let at = 0; at < 40; at++)
    await request(some.gateway, some.ctx, { distance: [1], carrier: ["UA"], id: `r${at}` });
  await some.gateway.core.flush();
  const { rows = 0 } = (await readStates(some.ctx, { endpointId: some.endpointId, ...span() })) ?? {};
  expect(rows).toBeGreaterThan(5);
  expect(rows).toBeLessThan(35);
  const off = await serving({ isOn: false });
  await request(off.gateway, off.ctx, { distance: [1], carrier: ["UA"] });
  await off.gateway.core.flush();
  expect(await readStates(off.ctx, { endpointId: off.endpointId, ...span() })).toBeUndefined();
});

test("measures images once when decoded, if the reference has image features", async () => {
  const ctx = await newWorkspace(db);
  const gateway = newTestGateway(db);
  onTestFinished(() => gateway.close());
  const { id: endpointId } = await createEndpoint(ctx, { name: "flights", captureShare: 0 });
  const steps = [
    { step: "decode" },
    { step: "resize", width: 2, height: 2 },
    { step: "colour", to: "grey" },
    { step: "scale", factor: 1 / 255 },
    { step: "layout", order: "NCHW" },
  ];
  const photos = Pipeline.parse({ before: [{ kind: "image", name: "photo", into: "x", steps }] });
  const signature = { ...mlpSignature, inputs: [{ name: "x", datatype: "FP32" as const, shape: ["N", 1, 2, 2] }] };
  const bytes = onnxModel({
    nodes: [node("Identity", ["x"], ["y"])],
    inputs: [tensorValue("x", "float32", ["N", 1, 2, 2])],
    outputs: [tensorValue("y", "float32", ["N", 1, 2, 2])],
  });
  const outputs = [{ name: "y", datatype: "FP32" as const, shape: ["N", 1, 2, 2] }];
  const version = await newVersion(
    ctx,
    { model: "flights", pipeline: photos, signature: { ...signature, outputs }, bytes },
    gateway.models,
  );
  await deployVersion(ctx, { endpointId, model: "flights", version: 1 });
  await addProfile(ctx, version.id, [
    { name: "photo.brightness", role: "input", profile: numeric },
    { name: "photo.format", role: "input", profile: levels("jpeg") },
  ]);
  await gateway.core.start();
  await vi.waitFor(() => expect(gateway.core.unreadyReason).toBeUndefined(), { interval: 20 });
  const file = pngFile(2, 1, 0, [[100, 200]]).toString("base64");
  const inputs = [
    { name: "photo", datatype: "BYTES", shape: [1], data: [file], parameters: { content_type: "base64" } },
  ];
  const attempt = gateway.core.startRequest(ctx, "flights", undefined, "photo");
  await attempt.run(readInferRequest(Buffer.from(JSON.stringify({ inputs })), Buffer.alloc(0)), () => false);
  await attempt.settle({ status: 200, reason: "" });
  await gateway.core.flush();
  const read = await readStates(ctx, { endpointId, ...span() });
  expect(read?.state.features[0]).toMatchObject({ count: 1, mean: 150 });
  expect(read?.state.features[1]).toMatchObject({ count: 1, unseenTop: new Map([["png", 1]]) });
});

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "leeway-states-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test("keeps counts up to the last flush after a crash, and stores them in Postgres once", async () => {
  const { ctx, endpointId, versionId, profileId } = await serving();
  const key = {
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm: "stable",
    segment: "",
    profileId,
  } as const;
  const path = folder();
  const count = (states: MinuteStates, rows: number) => {
    states.stateOf(key, () => emptyState(features)).rows += rows;
  };
  const first = new MinuteStates(path, "g1");
  count(first, 2);
  await first.save();
  await first.store(db, true);
  count(first, 3);
  await first.save();
  count(first, 100);
  // The process is killed here. The next one continues in the same minute, and sends it again.
  const second = new MinuteStates(path, "g1");
  count(second, 1);
  await second.save();
  await second.store(db, true);
  await second.store(db, true);
  expect(await readStates(ctx, { endpointId, ...span() })).toMatchObject({ rows: 6 });
  const later = Date.now() + 120_000;
  await second.save(later);
  await second.store(db);
  expect(second.isEmpty).toBe(true);
  expect(await readStates(ctx, { endpointId, ...span() })).toMatchObject({ rows: 6 });
});

test("drops the oldest minutes of a full spool and reports the number of rows", async () => {
  const { ctx, endpointId, versionId, profileId } = await serving();
  const key = {
    workspaceId: ctx.actor.workspaceId,
    endpointId,
    versionId,
    arm: "stable",
    segment: "",
    profileId,
  } as const;
  const states = new MinuteStates(folder(), "g1", { limitBytes: 1000, now: () => 60_000 });
  for (let minute = 1; minute <= 4; minute++) {
    states.turn(minute * 60_000, () => {});
    states.stateOf(key, () => emptyState(features)).rows += minute;
    await states.save(minute * 60_000);
  }
  await states.save(5 * 60_000);
  expect(states.bytes).toBeLessThanOrEqual(1000);
  expect(states.dropped).toBeGreaterThanOrEqual(1);
  expect(states.dropped).toBeLessThan(10);
});

test("bins by references on disk on a gateway that starts without Postgres", async () => {
  const { ctx, endpointId, versionId, profileId } = await serving({ share: 0.25 });
  const version = { versionId, signature: mlpSignature, pipeline: { definition: pipeline, digest: "x" } };
  const served = () => ({ models: [version as never], endpointIds: [endpointId] });
  const path = folder();
  const first = new ProfileBook(path, served);
  await first.refresh(db);
  const second = new ProfileBook(path, served);
  expect(second.watched(versionId)).toBeUndefined();
  second.followCopy();
  expect(second.watched(versionId)).toMatchObject({ profileId, profiled: features });
  expect(second.settings(endpointId)).toMatchObject({ share: 0.25, isOn: true });
  const newer = await addProfile(ctx, versionId, features.slice(0, 2));
  await second.refresh(db);
  expect(second.watched(versionId)?.profileId).toBe(newer);
});
