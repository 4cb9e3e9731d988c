import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "#db/testing.ts";
import { findHolders } from "#server/admin/collection/find-holders.ts";
import { describeModel } from "#server/develop/registry/onnx/describe-model.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { demoFile, readFlightTable } from "#server/roles/demo/recording.ts";
import { createEndpoint } from "#server/serve/endpoints/create-endpoint.ts";
import { recordLabels } from "#server/serve/labels/record-labels.ts";
import { createModelRunner } from "#server/serve/runner/model-runner.ts";
import { uploadRows } from "#server/testing/fixtures/datasets/testing.ts";
import { logRequests } from "#server/testing/fixtures/registry/gates/testing.ts";
import { newModelFolder, newVersion } from "#server/testing/fixtures/serving/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { adviseReference } from "./advise-reference.ts";
import { buildProfile } from "./build-profile.ts";
import { type LoadedProfile, loadProfile } from "./load-profile.ts";
import { getProfile, listProfiles } from "./queries.ts";
import { requestProfile } from "./request-profile.ts";
import { readSample } from "./sample.ts";
import { ensureSegments, profileOfSegment } from "./segments/reference-segments.ts";

const { db } = await freshDatabase();
const ctx = await newWorkspace(db);
const models = newModelFolder();
const folder = mkdtempSync(join(tmpdir(), "leeway-references-"));
const store = await openLocalStore(mkdtempSync(join(tmpdir(), "leeway-references-")));
const runner = createModelRunner({
  artifacts: models,
  folder,
  providers: ["cpu"],
  limits: { workers: 1, threads: 1 },
});
const key = { name: "flight-delay", version: 1 };
const table = await readFlightTable();
let versionId = "";
let digest = "";

beforeAll(async () => {
  const path = demoFile("flight-delay", "models/flight-delay-v1.onnx");
  const { signature } = await describeModel({ path, isAlone: true });
  versionId = (await newVersion(ctx, { model: key.name, bytes: readFileSync(path), signature }, models)).id;
  const lines = [table.columns, ...table.rows].map((row) => row.join(","));
  const upload = await uploadRows(ctx, store, { name: "flights", rows: `${lines.join("\n")}\n` });
  digest = upload.digest ?? "";
}, 60_000);
afterAll(async () => {
  await runner.close();
  for (const path of [models.path, folder]) rmSync(path, { recursive: true });
});

async function built(source: Parameters<typeof requestProfile>[1]["source"]): Promise<LoadedProfile> {
  const { id } = await requestProfile(ctx, { ...key, source });
  await buildProfile(ctx, id, { artifacts: store, models: runner });
  const [newest] = await listProfiles(ctx, key);
  expect(newest).toMatchObject({ id, state: "ready", problem: null });
  return (await loadProfile(db, id)) as LoadedProfile;
}

test("builds a reference with predictions, quality, calibration, importances and rows from real flights", async () => {
  const loaded = await built({
    kind: "dataset",
    name: "flights",
    digest,
    labelColumn: "delayed",
    where: null,
    columns: {},
  });
  expect(loaded.features.map(({ name, role }) => `${role} ${name}`).slice(-3)).toEqual([
    "input visibility",
    "output prediction",
    "output score",
  ]);
  const [prediction, score] = loaded.features.slice(-2).map(({ profile }) => profile);
  expect(prediction).toMatchObject({
    kind: "categorical",
    count: 4500,
    levels: [
      ["on time", expect.any(Number)],
      ["delayed", expect.any(Number)],
    ],
  });
  expect(score).toMatchObject({ kind: "numeric", count: 4500, nans: 0 });
  expect(loaded.quality).toMatchObject({ labelled: 4500, taskKind: "binary" });
  const { accuracy = 0, rocAuc = 0 } = loaded.quality?.metrics ?? {};
  expect(accuracy).toBeGreaterThan(0.8);
  expect(rocAuc).toBeGreaterThan(0.85);
  if (loaded.calibration) expect(loaded.calibration.errorAfter).toBeLessThan(loaded.calibration.errorBefore);
  const shares = Object.entries(loaded.importances ?? {}).sort(([, a], [, b]) => b - a);
  expect(shares[0]?.[0]).toBe("departure_delay");
  expect(shares.reduce((sum, [, share]) => sum + share, 0)).toBeCloseTo(1, 9);
  const sample = await readSample(store, loaded);
  expect(sample).toHaveLength(4500);
  expect(sample[0]?.outputs?.[0]?.data).toHaveLength(2);
  expect((await findHolders(ctx, [loaded.sampleKey ?? ""])).get(loaded.sampleKey ?? "")).toBe("a reference");
  expect((await getProfile(ctx, versionId))?.notes).toEqual([]);
}, 120_000);

test("counts the rows of a segment separately, and none for one missing from the reference", async () => {
  const [newest] = await listProfiles(ctx, key);
  const whole = (await loadProfile(db, newest?.id ?? "")) as LoadedProfile;
  await ensureSegments(db, whole, ["origin", "shop"], store);
  await ensureSegments(db, whole, ["origin"], store);
  const [origin, carrier] = ["origin", "carrier"].map((name) => table.columns.indexOf(name)) as [number, number];
  const rows = table.rows.filter((row) => row[origin] === "JFK");
  const jfk = await profileOfSegment(db, whole, "origin=JFK");
  expect(jfk?.rows).toBe(rows.length);
  const ofCarrier = jfk?.features.find(({ name }) => name === "carrier")?.profile;
  expect(ofCarrier?.count).toBe(rows.length);
  const counts = Object.fromEntries(ofCarrier?.kind === "categorical" ? ofCarrier.levels : []);
  expect(counts.B6).toBe(rows.filter((row) => row[carrier] === "B6").length);
  expect(counts.EV).toBe(rows.filter((row) => row[carrier] === "EV").length);
  expect(await profileOfSegment(db, whole, "shop=a")).toBeUndefined();
  expect(await profileOfSegment(db, whole, "")).toBe(whole);
});

test("builds a reference from logged traffic with its labels", async () => {
  const { id: endpointId } = await createEndpoint(ctx, { name: "flights" });
  const types = Object.entries(table.inputs);
  const inputs = table.rows.slice(0, 60).map((row) =>
    types.map(([name, datatype]) => ({
      name,
      datatype,
      shape: [1, 1],
      data: [row[table.columns.indexOf(name)] ?? ""],
    })),
  );
  await logRequests(ctx, { endpointId, versionId, inputs, runner });
  const index = table.columns.indexOf("delayed");
  await recordLabels(ctx, {
    endpointId,
    labels: table.rows.slice(0, 60).map((row, at) => ({ requestId: `request-${at}`, label: String(row[index]) })),
  });
  expect((await adviseReference(ctx, key)).traffic).toMatchObject([{ endpointId, requests: 60 }]);
  const span = { from: new Date(Date.now() - 3_600_000), to: new Date(Date.now() + 60_000) };
  const loaded = await built({ kind: "traffic", endpointId, ...span });
  expect(loaded).toMatchObject({ rows: 60, quality: { labelled: 60 } });
  expect(loaded.features.at(-1)).toMatchObject({ name: "score", profile: { count: 60 } });
  expect(loaded.importances?.departure_delay).toBeGreaterThan(0);
}, 120_000);

test("fails to build a reference from a time range without requests, with the reason", async () => {
  const { id: endpointId } = await createEndpoint(ctx, { name: "quiet" });
  const { id } = await requestProfile(ctx, {
    ...key,
    source: { kind: "traffic", endpointId, from: new Date(0), to: new Date() },
  });
  await buildProfile(ctx, id, { artifacts: store, models: runner });
  expect((await listProfiles(ctx, key))[0]).toMatchObject({
    state: "failed",
    problem: { message: expect.stringContaining("no requests of this version were fully recorded") },
  });
});
