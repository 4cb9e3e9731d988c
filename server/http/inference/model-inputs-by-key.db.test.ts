import { readFileSync } from "node:fs";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { gameDays } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { defineFeatureEntity } from "#server/develop/features/definitions/define-feature-entity.ts";
import { defineFeatureView } from "#server/develop/features/definitions/define-feature-view.ts";
import { writeFeatures } from "#server/develop/features/writes/write-features.ts";
import type { Signature } from "#server/develop/registry/onnx/contract.ts";
import { setPipeline } from "#server/develop/registry/pipeline/set-pipeline.ts";
import { deployVersion } from "#server/release/endpoints/deploy-version.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { newRunningGameDay } from "#server/testing/fixtures/drills/running-game-day.ts";
import { serveInference } from "#server/testing/fixtures/http/inference/testing.ts";
import { newTestGateway, newToken } from "#server/testing/fixtures/serving/router/testing.ts";
import { newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";

// A trained model that takes text and numbers, each as an input of its own.
const bytes = readFileSync(new URL("../../roles/demo/data/flight-delay/models/flight-delay-v2.onnx", import.meta.url));
const texts = ["carrier", "origin"];
const scheduled = ["departure_delay", "distance", "hour", "weekday"];
const weather = ["temperature", "wind_speed", "precipitation", "visibility"];
const numbers = [...scheduled, ...weather];
const signature: Signature = {
  inputs: [
    ...texts.map((name) => ({ name, datatype: "BYTES" as const, shape: ["N", 1] })),
    ...numbers.map((name) => ({ name, datatype: "FP32" as const, shape: ["N", 1] })),
  ],
  outputs: [{ name: "probabilities", datatype: "FP32", shape: ["N", 2] }],
  opsets: { "": 17 },
  irVersion: 8,
  producer: "leeway-tests",
  metadata: {},
};

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const gateway = newTestGateway(db);
const authorization = `Bearer ${await newToken(ctx)}`;
for (const joinKey of ["flight", "airport"]) await defineFeatureEntity(ctx, { name: joinKey, joinKey, type: "string" });
const features = (names: string[], type: "string" | "float32") => names.map((name) => ({ name, type }));
await defineFeatureView(ctx, {
  name: "carrier_schedule",
  entities: ["flight"],
  features: [...features(texts, "string"), ...features(scheduled, "float32")],
});
await defineFeatureView(ctx, {
  name: "airport_weather",
  entities: ["airport"],
  features: features(weather, "float32"),
});
await defineFeatureView(ctx, { name: "calendar", features: features(["weekday"], "float32") });
const now = new Date().toISOString();
const row = {
  carrier: "UA",
  origin: "EWR",
  departure_delay: 62,
  distance: 719,
  hour: 17,
  weekday: 5,
  temperature: 0.5,
  wind_speed: 20,
  precipitation: 0.25,
  visibility: 4,
};
const columnsOf = (names: string[]) =>
  Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (names.includes(name) ? [[name, [value]]] : [])));
await writeFeatures(ctx, {
  view: "carrier_schedule",
  columns: { flight: ["UA 1"], event_timestamp: [now], ...columnsOf([...texts, ...scheduled]) },
});
await writeFeatures(ctx, {
  view: "airport_weather",
  columns: { airport: ["EWR"], event_timestamp: [now], ...columnsOf(weather) },
});
await writeFeatures(ctx, { view: "calendar", columns: { event_timestamp: [now], weekday: [row.weekday] } });

const references = [
  ...[...texts, ...scheduled].map((name) => `carrier_schedule:${name}`),
  ...weather.map((name) => `airport_weather:${name}`),
];
async function serve(name: string, part: object) {
  await newVersion(ctx, { model: name, bytes, signature }, gateway.models);
  const pipeline = { before: [{ kind: "features", features: references, withinMs: 10_000, ...part }] };
  await setPipeline(ctx, { name, version: 1, pipeline: pipeline as never });
  const { id: endpointId } = await createEndpoint(ctx, { name, captureShare: 1 });
  await deployVersion(ctx, { endpointId, model: name, version: 1 });
}
await serve("flights", {});
await serve("strict", { override: false });
await serve("keyless", { features: ["calendar:weekday"] });
const app = await serveInference(gateway);

const tensor = (name: string, value: unknown, rows = 1) => ({
  name,
  datatype: typeof value === "string" ? "BYTES" : "FP32",
  shape: [rows, 1],
  data: new Array(rows).fill(value),
});
const keys = (rows = 1) => [tensor("flight", "UA 1", rows), tensor("airport", "EWR", rows)];
const all = (changed: Partial<typeof row> = {}) =>
  Object.entries({ ...row, ...changed }).map(([name, value]) => tensor(name, value));
async function infer(inputs: object[], name = "flights") {
  const response = await app.inject({
    method: "POST",
    url: `/v2/models/${name}/infer`,
    headers: { authorization },
    payload: { inputs },
  });
  const { outputs, parameters, error } = response.json();
  const { "x-leeway-game-day": gameDay, "leeway-feature-age-ms": ageMs } = response.headers;
  const found = parameters?.leeway_features && JSON.parse(parameters.leeway_features);
  return { status: response.statusCode, error, data: outputs?.[0].data as number[], found, gameDay, ageMs };
}

test("fills the model's own inputs by key, for all rows", async () => {
  const own = await infer(all());
  expect([own.status, own.found]).toEqual([200, undefined]);
  expect(own.data[1]).toBeGreaterThan(0.5);
  const looked = await infer(keys(2));
  expect([looked.status, looked.data]).toEqual([200, [...own.data, ...own.data]]);
  expect(looked.found).toMatchObject({
    carrier_schedule: { status: "PRESENT" },
    airport_weather: { status: "PRESENT" },
  });
});

test("prefers the model's inputs that come with keys, and refuses them where they may not", async () => {
  const own = await infer(all({ departure_delay: -5 }));
  expect(own.data[1]).toBeLessThan(0.5);
  const inputs = [...keys(), tensor("departure_delay", -5)];
  const looked = await infer(inputs);
  expect([looked.status, looked.data]).toEqual([200, own.data]);
  expect(looked.found.carrier_schedule.request).toEqual(["departure_delay"]);
  const refused = await infer(inputs, "strict");
  expect([refused.status, refused.error]).toEqual([
    400,
    "input 'departure_delay' is looked up by key and cannot be sent",
  ]);
});

test("takes the model's inputs without keys as before", async () => {
  expect((await infer(all(), "strict")).status).toBe(200);
  const some = await infer(all().slice(1));
  expect([some.status, some.error]).toEqual([400, "input 'carrier' is missing"]);
  const response = await app.inject({ url: "/v2/models/flights", headers: { authorization } });
  const { inputs, pipeline } = response.json();
  const namesOf = (specs: { name: string }[]) => specs.map(({ name }) => name);
  expect(namesOf(pipeline.inputs)).toEqual(["flight", "airport"]);
  expect(namesOf(pipeline.optional_inputs)).toEqual(namesOf(inputs));
});

test("looks up inputs from a view without keys", async () => {
  const own = await infer(all());
  const looked = await infer(
    all().filter(({ name }) => name !== "weekday"),
    "keyless",
  );
  expect([looked.status, looked.data]).toEqual([200, own.data]);
  expect(looked.found).toMatchObject({ calendar: { status: "PRESENT" } });
});

test("pins the model's inputs only once they are known", async () => {
  const name = "later";
  await newVersion(ctx, { model: name, inspection: "pending" }, gateway.models);
  const pipeline = { before: [{ kind: "features", features: references }] } as never;
  await expect(setPipeline(ctx, { name, version: 1, pipeline })).rejects.toThrow(
    "The model's own inputs can take features once the version is inspected.",
  );
});

test("makes the rows of one view appear older while a game day says so", async () => {
  const fault = { kind: "stale-feature", view: "airport_weather", ageSeconds: 86_400 } as const;
  const { endpointId } = gateway.core.table.find(ctx.actor.workspaceId, "flights")?.route ?? { endpointId: "" };
  const day = await newRunningGameDay(ctx, endpointId, fault, { share: 1, startedAt: new Date(Date.now() - 300_000) });
  await gateway.core.faults.refresh();
  const looked = await infer(keys());
  expect(looked).toMatchObject({ status: 200, gameDay: "GD-7" });
  expect(Number(looked.ageMs)).toBeGreaterThanOrEqual(86_400_000);
  expect(looked.found.carrier_schedule.age_ms).toBeLessThan(3_600_000);
  // Features that come with the request have no age.
  expect(await infer(all())).toMatchObject({ status: 200, gameDay: undefined, data: looked.data });
  await db.update(gameDays).set({ state: "ended" }).where(eq(gameDays.id, day.id));
  await gateway.core.faults.refresh();
  expect((await infer(keys())).gameDay).toBeUndefined();
});
