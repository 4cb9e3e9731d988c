import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { datasetVersions, endpoints } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { auditActions } from "#server/testing/fixtures/registry/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { openTable } from "../../datasets/rows/open-table.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { lookUpFeatures } from "../look-up/look-up-features.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { acknowledgeLeaks } from "./acknowledge-leaks.ts";
import { cancelTrainingSet } from "./cancel-training-set.ts";
import type { CreateTrainingSet, LabelledPrediction, TrainingSet } from "./contract.ts";
import { createTrainingSet } from "./create-training-set.ts";
import { makeTrainingSet } from "./make-training-set.ts";
import { getTrainingSet } from "./queries.ts";
import { refreshTrainingSet } from "./refresh-training-set.ts";
import type { ReadLabelledPredictions } from "./resolve-rows.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-requests-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const none: ReadLabelledPredictions = async function* () {};
const placeWith = (predictions: ReadLabelledPredictions = none) => {
  return { artifacts, scratch: join(folder, "scratch"), maxBytes: 10 ** 8, predictions };
};

/** An upload that nothing has read yet. */
async function upload(ctx: Context, text: string) {
  const body = Readable.from([Buffer.from(text)]);
  const { id } = await uploadDataset(ctx, { name: "trips", fileName: "trips.csv" }, body, placeWith());
  return { dataset: "trips", upload: id };
}

async function make(ctx: Context, { id }: TrainingSet, predictions?: ReadLabelledPredictions) {
  await makeTrainingSet(ctx, id, placeWith(predictions));
  return getTrainingSet(ctx, id);
}

const ask = async (ctx: Context, input: CreateTrainingSet) => make(ctx, await createTrainingSet(ctx, input));

async function versionOf(ctx: Context, name: string, digest: string | null) {
  const [version] = await db
    .select()
    .from(datasetVersions)
    .where(
      and(
        eq(datasetVersions.workspaceId, ctx.actor.workspaceId),
        eq(datasetVersions.name, name),
        eq(datasetVersions.digest, digest ?? ""),
      ),
    );
  if (!version) throw new Error("There is no such version.");
  return version;
}

async function rowsOf(ctx: Context, { name, digest }: { name: string; digest: string | null }) {
  const table = await openTable(artifacts, await versionOf(ctx, name, digest));
  const rows: (string | null)[][] = [];
  for await (const { values } of table.rows) rows.push(values.map((value) => value?.text ?? null));
  return { columns: table.columns, rows };
}

const day = "2026-03-01T";
const micros = (time: string) => BigInt(new Date(time).getTime()) * 1000n;

/** A view with features that are computed at look-up, one of them from another view, and rows of two drivers. */
async function newFixture() {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  const expression = (name: string, type: "bool" | "float64" | "string" | "timestamp", cel: string, inputs = {}) => ({
    name,
    type,
    at: "look-up" as const,
    cel,
    inputs,
  });
  await defineFeatureView(ctx, {
    name: "load",
    entities: ["driver"],
    features: [{ name: "seats", type: "int64" }],
    requestInputs: [
      { name: "limit", type: "int64" },
      { name: "city", type: "string" },
    ],
    expressions: [
      expression("share", "float64", "double(trips) / double(seats)", { trips: "driver_stats:avg_daily_trips" }),
      expression("is_busy", "bool", "seats > limit"),
      expression("label_of", "string", "city + ':' + string(driver_id)"),
      expression("busy_share", "float64", "is_busy ? share : 0.0"),
    ],
  });
  const at = `${day}10:00:00Z`;
  await writeFeatures(ctx, {
    pushSource: "driver_push",
    columns: driverRows([
      [1001, at, 7, at],
      [1002, at, 3, at],
    ]),
  });
  await writeFeatures(ctx, {
    view: "load",
    columns: { driver_id: [1001, 1002, 1003], event_timestamp: [at, at, at], created: [at, at, at], seats: [4, 0, 2] },
  });
  return ctx;
}

const wanted = ["load:seats", "load:share", "load:is_busy", "load:label_of", "load:busy_share"];
const names = ["seats", "share", "is_busy", "label_of", "busy_share"];

test("computes features on demand as a look-up does, by the same values", async () => {
  const ctx = await newFixture();
  // Rows written at ten, looked up at eleven; no TTL has passed for any of them in the training set.
  await defineFeatureView(ctx, { ...(await driverStatsWithoutTtl()) });
  const keys = {
    driver_id: [1001, 1002, 1003, 9999, 1001],
    limit: [2, -1, 2, 2, null],
    city: ["Bern", "Ulm", "Genf", "Ulm", null],
  };
  const lines = keys.driver_id.map(
    (id, row) => `${id},${day}11:00:00Z,${keys.limit[row] ?? ""},${keys.city[row] ?? ""}`,
  );
  const rows = await upload(ctx, `driver_id,event_timestamp,limit,city\n${lines.join("\n")}\n`);
  const made = await ask(ctx, { name: "set", rows, features: wanted });
  expect(made).toMatchObject({ state: "done", problem: null });
  const { columns, rows: found } = await rowsOf(ctx, made);
  expect(columns).toEqual(["driver_id", "event_timestamp", "limit", "city", ...names]);
  const online = await lookUpFeatures(ctx, { features: wanted, entities: keys });
  const text = (value: unknown) => (value === null ? null : String(value));
  expect(found.map((row) => row.slice(4))).toEqual(
    keys.driver_id.map((_, row) => online.columns.map(({ values }) => text(values[row] ?? null))),
  );
  expect(found[0]?.slice(4)).toEqual(["4", "1.75", "true", "Bern:1001", "1.75"]);
  const nulls = made.warnings.filter(({ kind }) => kind === "nulls").map(({ feature, count }) => [feature, count]);
  expect(Object.fromEntries(nulls)).toEqual({ seats: 1, share: 2, is_busy: 2, label_of: 1, busy_share: 2 });
  // The view of the input is pinned and recorded as well.
  expect(made.record?.views.map(({ view }) => view).sort()).toEqual(["driver_stats", "load"]);
});

async function driverStatsWithoutTtl() {
  const { driverStats } = await import("#server/testing/fixtures/features/testing.ts");
  return { ...driverStats, ttlUs: null };
}

test("refuses rows without a request input, or with one that is not of its type", async () => {
  const ctx = await newFixture();
  const missing = await ask(ctx, {
    name: "set",
    rows: await upload(ctx, `driver_id,event_timestamp\n1001,${day}11:00:00Z\n`),
    features: wanted,
  });
  expect(missing).toMatchObject({
    state: "failed",
    problem: 'The rows have no column "limit", which expressions of view "load" read.',
  });
  const wrong = await ask(ctx, {
    name: "set",
    rows: await upload(ctx, `driver_id,event_timestamp,limit,city\n1001,${day}11:00:00Z,1.5,x\n`),
    features: ["load:is_busy"],
  });
  expect(wrong).toMatchObject({ state: "failed", problem: 'Row 0 of "limit": 1.5 is not an integer.' });
});

test("reads an upload, and says what is wrong with one that is no table", async () => {
  const ctx = await newFixture();
  const rows = await upload(ctx, `driver_id,event_timestamp\n1001,${day}11:00:00Z\n`);
  const made = await ask(ctx, { name: "set", rows, features: ["load:seats"] });
  expect(made).toMatchObject({ state: "done", request: { resolvedRows: { dataset: "trips" } } });
  expect(made.record?.rows.version).toEqual(made.request.resolvedRows);
  const again = await ask(ctx, { name: "set", repeats: made.id });
  expect(again.digest).toBe(made.digest);
  const bad = await ask(ctx, { name: "set", rows: await upload(ctx, "a,b\n1\n"), features: ["load:seats"] });
  expect(bad).toMatchObject({ state: "failed", problem: expect.stringMatching(/^The rows cannot be read: /) });
  const absent = { dataset: "trips", upload: "11111111-1111-4111-8111-111111111111" };
  await expect(createTrainingSet(ctx, { name: "set", rows: absent, features: ["load:seats"] })).rejects.toThrow(
    "Upload not found.",
  );
});

test("makes rows of labelled predictions, which a refresh reads again until now", async () => {
  const ctx = await newFixture();
  const [endpoint] = await db
    .insert(endpoints)
    .values({ workspaceId: ctx.actor.workspaceId, name: "eta", createdBy: "test" })
    .returning();
  const prediction = (index: number, driver: bigint, label: string): LabelledPrediction => ({
    requestId: `r${index}`,
    at: micros(`${day}11:0${index}:00Z`),
    label,
    labelAt: micros(`${day}12:00:00Z`),
    cells: [driver, 2n, "Bern"],
  });
  const log = [prediction(0, 1001n, "1"), undefined, prediction(1, 1002n, "0")];
  const asked: unknown[] = [];
  const read: ReadLabelledPredictions = async function* (_, { from, to }, inputs) {
    asked.push({ from, to, inputs });
    yield log;
  };
  const range = { from: `${day}00:00:00Z`, to: `${day}23:00:00Z` };
  const rows = { endpoint: endpoint?.id ?? "", ...range };
  const features = ["load:seats", "load:is_busy", "load:label_of"];
  const created = await createTrainingSet(ctx, { name: "set", rows, features });
  expect(created.request).toMatchObject({ label: "label", labelTime: "label_time" });
  // Nothing has read the predictions yet, so a token that may not read them cannot repeat it.
  const scopes = ["tracking", "features:read"];
  const token = { ...ctx, actor: { ...ctx.actor, kind: "token" as const, scopes } };
  const repeated = createTrainingSet(token, { name: "set", repeats: created.id });
  await expect(repeated).rejects.toThrow("serving:read");
  const made = await make(ctx, created, read);
  expect(made).toMatchObject({ state: "done", problem: null, rowsTotal: 2, record: { skipped: 1 } });
  expect(asked).toEqual([{ ...range, inputs: ["driver_id", "limit", "city"] }]);
  expect(made.record?.rows.version?.dataset).toBe("set-rows");
  const { columns, rows: found } = await rowsOf(ctx, made);
  expect(columns.slice(0, 7)).toEqual([
    "request_id",
    "event_timestamp",
    "driver_id",
    "limit",
    "city",
    "label",
    "label_time",
  ]);
  expect(found.map((row) => [row[0], ...row.slice(2)])).toEqual(
    [
      ["r0", "1001", "2", "Bern", "1", `${day}12:00:00Z`, "4", "true", "Bern:1001"],
      ["r1", "1002", "2", "Bern", "0", `${day}12:00:00Z`, "0", "false", "Bern:1002"],
    ].map((row) => row.map((cell) => expect.stringMatching(`^${cell?.replace("Z", "(\\.0+)?Z")}$`))),
  );

  log.push(prediction(2, 1003n, "1"));
  const fresh = await refreshTrainingSet(ctx, { id: made.id });
  expect(fresh.request).toMatchObject({ rows: { from: range.from }, horizon: null, views: made.request.views });
  expect(new Date((fresh.request.rows as typeof range).to).getTime()).toBeGreaterThan(Date.now() - 60_000);
  const refreshed = await make(ctx, fresh, read);
  expect(refreshed).toMatchObject({ state: "done", rowsTotal: 3, name: "set" });
  expect(refreshed.digest).not.toBe(made.digest);
  // The rows are a dataset of their own, so the first set can still be repeated.
  expect((await make(ctx, await createTrainingSet(ctx, { name: "set", repeats: made.id }), none)).digest).toBe(
    made.digest,
  );
  const empty = await make(ctx, await createTrainingSet(ctx, { name: "set", rows, features }), none);
  expect(empty).toMatchObject({ state: "failed", problem: expect.stringContaining("no labelled predictions") });
});

test("takes the newest version of a dataset with a refresh, and the history of today", async () => {
  const ctx = await newFixture();
  const made = await ask(ctx, {
    name: "set",
    rows: await upload(ctx, `driver_id,event_timestamp\n1001,${day}11:00:00Z\n`),
    features: ["load:seats"],
  });
  const at = `${day}10:30:00Z`;
  await writeFeatures(ctx, {
    view: "load",
    columns: { driver_id: [1001], event_timestamp: [at], created: [at], seats: [9] },
  });
  const second = await ask(ctx, {
    name: "other",
    rows: await upload(ctx, `driver_id,event_timestamp\n1001,${day}11:00:00Z\n1003,${day}11:00:00Z\n`),
    features: ["load:seats"],
  });
  const refreshed = await make(ctx, await refreshTrainingSet(ctx, { id: made.id }));
  expect(refreshed.request.rows).toEqual(second.record?.rows.version);
  expect((await rowsOf(ctx, refreshed)).rows.map((row) => row[2])).toEqual(["9", "2"]);
});

test("creates no version while a feature predicts the label alone, until someone gives a reason", async () => {
  const ctx = await newFixture();
  // The label is whether the driver has seats: 1001 has four, 1002 has none. The share is unknown for 1002 alone.
  const lines = Array.from(
    { length: 200 },
    (_, row) => `${row % 2 ? 1001 : 1002},${day}11:00:00Z,${row % 2 ? "yes" : "no"}`,
  );
  const rows = await upload(ctx, `driver_id,event_timestamp,outcome\n${lines.join("\n")}\n`);
  const asked = { name: "set", rows, features: ["load:seats", "driver_stats:conv_rate"], label: "outcome" };
  const held = await ask(ctx, asked);
  expect(held).toMatchObject({
    state: "held",
    digest: null,
    problem: expect.stringContaining("seats predicts the label alone (AUC 1.000)"),
    unacknowledgedLeaks: [{ kind: "predicts-label", view: "load", feature: "seats", count: 200, auc: 1 }],
  });
  // Written after the check: the rows that were checked are those of the version.
  const at = `${day}10:30:00Z`;
  await writeFeatures(ctx, {
    view: "load",
    columns: { driver_id: [1001], event_timestamp: [at], created: [at], seats: [9] },
  });
  const leak = { kind: "predicts-label" as const, view: "load" };
  const other = await acknowledgeLeaks(ctx, {
    id: held.id,
    leaks: [{ ...leak, feature: "share", reason: "unrelated" }],
  });
  expect(other.state).toBe("held");
  await expect(
    acknowledgeLeaks(ctx, { id: held.id, leaks: [{ ...leak, feature: "seats", reason: " " }] }),
  ).rejects.toThrow();
  const leaks = [{ ...leak, feature: "seats", reason: "Seats are known before the trip." }];
  expect((await acknowledgeLeaks(ctx, { id: held.id, leaks })).state).toBe("waiting");
  const done = await make(ctx, held);
  expect(done).toMatchObject({ state: "done", unacknowledgedLeaks: [], record: { horizon: held.record?.horizon } });
  expect((await rowsOf(ctx, done)).rows[1]?.[3]).toBe("4");
  expect(await auditActions(ctx)).toEqual(
    expect.arrayContaining(["training-set.held", "training-set.leaks-acknowledged", "training-set.made"]),
  );
  await expect(acknowledgeLeaks(ctx, { id: held.id, leaks })).rejects.toThrow("does not need a reason");
  // Given beforehand, a reason needs no second step.
  expect(await ask(ctx, { ...asked, acknowledgedLeaks: leaks })).toMatchObject({ state: "done" });
  const second = await ask(ctx, asked);
  expect(await cancelTrainingSet(ctx, second.id)).toMatchObject({ state: "cancelled" });
});

test("writes the split by time into the result, also when it is repeated, and moves it with a refresh", async () => {
  const ctx = await newFixture();
  const lines = [10, 11, 12].map((hour) => `1001,${day}${hour}:30:00Z\n`);
  const rows = await upload(ctx, `driver_id,event_timestamp\n${lines.join("")}`);
  const splitByTime = { parts: [{ name: "train", until: `${day}11:30:00Z` }, { name: "test" }] };
  const made = await ask(ctx, { name: "set", rows, features: ["load:seats"], splitByTime });
  const found = await rowsOf(ctx, made);
  expect(found.columns).toEqual(["driver_id", "event_timestamp", "split", "seats"]);
  expect(found.rows.map((row) => row[2])).toEqual(["train", "test", "test"]);
  expect((await ask(ctx, { name: "set", repeats: made.id })).digest).toBe(made.digest);
  const later = { column: "split", parts: [{ name: "train", until: `${day}12:30:00Z` }, { name: "test" }] };
  const moved = await make(ctx, await refreshTrainingSet(ctx, { id: made.id, splitByTime: later }));
  expect((await rowsOf(ctx, moved)).rows.map((row) => row[2])).toEqual(["train", "train", "test"]);
});

test("is held for rows of a frozen set, until someone gives a reason for that set", async () => {
  const ctx = await newFixture();
  const rows = await upload(ctx, `driver_id,event_timestamp\n1001,${day}11:00:00Z\n1002,${day}11:00:00Z\n`);
  const first = await ask(ctx, { name: "set", rows, features: ["load:seats"] });
  const [frozen, other] = [first.request.resolvedRows, { dataset: "set", digest: first.digest ?? "" }];
  if (!frozen) throw new Error("The rows have no version.");
  const held = await ask(ctx, { name: "set", rows, features: ["load:seats"], frozenSets: [frozen, other] });
  expect(held).toMatchObject({
    state: "held",
    problem: expect.stringContaining(`2 rows are in the frozen set trips ${frozen.digest}`),
    unacknowledgedLeaks: [{ frozenSet: frozen }, { frozenSet: other }],
  });
  const leak = { kind: "in-frozen-set" as const, reason: "a rehearsal" };
  const half = await acknowledgeLeaks(ctx, { id: held.id, leaks: [{ ...leak, frozenSet: frozen }] });
  expect(half).toMatchObject({ state: "held", unacknowledgedLeaks: [{ frozenSet: other }] });
  expect((await acknowledgeLeaks(ctx, { id: held.id, leaks: [{ ...leak, frozenSet: other }] })).state).toBe("waiting");
  expect((await make(ctx, held)).digest).toBe(first.digest);
});
