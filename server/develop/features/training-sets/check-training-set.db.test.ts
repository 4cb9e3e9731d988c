import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { datasetVersions, featureTrainingSets } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { packFeatures } from "../history/pack-features.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { checkTrainingSet } from "./check-training-set.ts";
import { createTrainingSet } from "./create-training-set.ts";
import { previewTrainingSet } from "./preview-training-set.ts";
import { trainingSetChecks } from "./training-set-checks.ts";
import { trainingSetPreviews } from "./training-set-previews.ts";

const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-check-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const noPredictions = async function* () {};
const place = { artifacts, scratch: join(folder, "scratch"), maxBytes: 10 ** 8, predictions: noPredictions };

const day = "2026-03-01T";
const micros = (time: string) => new Date(time).getTime() * 1000;
const features = ["driver_stats:avg_daily_trips"];
const csv = `driver_id,event_timestamp,label_time,split
1001,${day}12:00:00Z,${day}13:00:00Z,train
1001,${day}14:00:00Z,${day}12:20:00Z,test
1002,${day}12:00:00Z,${day}13:00:00Z,train
9999,${day}12:00:00Z,${day}13:00:00Z,
`;

const written: Parameters<typeof driverRows>[0] = [
  [1001, `${day}11:00:00Z`, 2, `${day}11:01:00Z`],
  [1001, `${day}12:30:00Z`, 3, `${day}12:31:00Z`],
  [1002, `${day}10:00:00Z`, 4, `${day}10:01:00Z`],
];

async function newFixture(text = csv, history = written) {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  if (history.length > 0) await writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows(history) });
  const body = Readable.from([Buffer.from(text)]);
  const { id } = await uploadDataset(ctx, { name: "trips", fileName: "trips.csv" }, body, place);
  await readDataset(ctx, id, artifacts);
  const [version] = await db
    .select()
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId));
  return { ctx, rows: { dataset: "trips", digest: version?.digest ?? "" } };
}

test("checks all rows of a training set, and stores nothing", async () => {
  const { ctx, rows } = await newFixture();
  const input = { rows, features, labelTime: "label_time", split: "split" };
  const check = await checkTrainingSet(ctx, input, place);
  expect(check).toMatchObject({ rows: 4, skipped: 0, values: 3, history: { files: 0, arrivals: 3 } });
  // The label of the second row became true ten minutes before the value that it got.
  expect(check.labelMarginUs).toBe(-10 * 60_000_000);
  expect(check.splits).toEqual([
    { value: "train", rows: 2, firstAt: micros(`${day}12:00:00Z`), lastAt: micros(`${day}12:00:00Z`) },
    { value: null, rows: 1, firstAt: micros(`${day}12:00:00Z`), lastAt: micros(`${day}12:00:00Z`) },
    { value: "test", rows: 1, firstAt: micros(`${day}14:00:00Z`), lastAt: micros(`${day}14:00:00Z`) },
  ]);
  const counts = Object.fromEntries(check.warnings.map(({ kind, count }) => [kind, count]));
  expect(counts).toEqual({ nulls: 1, "unknown-keys": 1, "arrived-later": 3, "later-than-label": 1 });
  expect(await db.$count(featureTrainingSets, eq(featureTrainingSets.workspaceId, ctx.actor.workspaceId))).toBe(0);
});

test("takes keys whose rows were all too old for known ones, however the rows were packed", async () => {
  const drivers: Parameters<typeof driverRows>[0] = [
    [1001, `${day}06:00:00Z`, 2, `${day}06:01:00Z`],
    [1002, `${day}11:30:00Z`, 4, `${day}11:31:00Z`],
    [1003, `${day}20:00:00Z`, 5, `${day}20:00:00Z`],
  ];
  const text = `driver_id,event_timestamp\n${[1001, 1002, 1003, 9999, ""].map((id) => `${id},${day}12:00:00Z\n`).join("")}`;
  const checked = async (isPacked: boolean) => {
    const { ctx, rows } = await newFixture(text, []);
    await defineFeatureView(ctx, { ...driverStats, ttlUs: 3_600_000_000 });
    for (const row of drivers) {
      await writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows([row]) });
      if (isPacked) await packFeatures(ctx, place, Date.now() + 2 * 3_600_000);
    }
    const check = await checkTrainingSet(ctx, { rows, features }, place);
    const preview = await previewTrainingSet(ctx, { rows, features, count: 5 }, place);
    return { warnings: check.warnings, lanes: preview.rows.map(({ lanes }) => lanes[0]), history: check.history };
  };
  const [written, packed] = [await checked(false), await checked(true)];
  expect(packed.history).toEqual({ files: 3, arrivals: 0 });
  // The row without a key counts as well.
  expect(written.warnings.find(({ kind }) => kind === "unknown-keys")?.count).toBe(2);
  expect(packed.warnings).toEqual(written.warnings);
  const outcomes = ["expired", "joined", "none", "unknown-key", "unknown-key"];
  expect(packed.lanes.map((lane) => lane?.outcome)).toEqual(outcomes);
  const states = (lanes: typeof packed.lanes) =>
    lanes.map((lane) => lane?.points.map(({ eventAt, state }) => [eventAt, state]));
  expect(states(packed.lanes)).toEqual(states(written.lanes));
  expect(states(packed.lanes)[2]).toEqual([[micros(`${day}20:00:00Z`), "later"]]);
});

test("has no margin without label times, and no splits without their column", async () => {
  const { ctx, rows } = await newFixture();
  expect(await checkTrainingSet(ctx, { rows, features }, place)).toMatchObject({ labelMarginUs: null, splits: [] });
});

test("checks rows with columns that are named like those of the join", async () => {
  const { ctx, rows } = await newFixture(`driver_id,event_timestamp,t,k0,value
1001,${day}12:00:00Z,1,1,train
1001,${day}12:00:00Z,2,2,test
1002,${day}12:00:00Z,3,3,test
`);
  const check = await checkTrainingSet(ctx, { rows, features, split: "value" }, place);
  expect(check.splits.map(({ value, rows }) => [value, rows])).toEqual([
    ["test", 2],
    ["train", 1],
  ]);
  expect(check.warnings.find(({ kind }) => kind === "in-two-splits")?.count).toBe(2);
});

test("ends a check that its caller no longer waits for, and the next one runs", async () => {
  const { ctx, rows } = await newFixture();
  const check = trainingSetChecks(place);
  const superseded = new AbortController();
  const first = check(ctx, { rows, features }, superseded.signal);
  const second = check(ctx, { rows, features });
  superseded.abort();
  await expect(first).rejects.toThrow();
  expect(await second).toMatchObject({ rows: 4 });
});

const byTime = {
  parts: [
    { name: "train", until: `${day}13:00:00Z` },
    { name: "validation", until: `${day}14:00:00Z` },
    { name: "test" },
  ],
};

test("splits rows by their time, each part until the next one begins", async () => {
  const { ctx, rows } = await newFixture();
  const check = await checkTrainingSet(ctx, { rows, features, splitByTime: { column: "part", ...byTime } }, place);
  expect(check.splits.map(({ value, rows }) => [value, rows])).toEqual([
    ["train", 3],
    ["test", 1],
  ]);
  // The column is one of the rows; theirs is not overwritten.
  const preview = trainingSetPreviews(place, trainingSetChecks(place));
  const asked = { rows, features, splitByTime: { column: "part", ...byTime }, count: 2, check: true };
  const shown = await preview(ctx, asked);
  expect(shown.columns.map(({ name }) => name)).toEqual([
    "driver_id",
    "event_timestamp",
    "label_time",
    "split",
    "part",
    "avg_daily_trips",
  ]);
  expect(shown.rows.map(({ cells }) => cells.slice(-2))).toEqual([
    ["train", "2"],
    ["test", "3"],
  ]);
  // One call shows rows and the leak check.
  expect({ ...shown.check, durationMs: 0 }).toEqual({ ...check, durationMs: 0 });
  expect((await preview(ctx, { rows, features })).check).toBeNull();
  await expect(checkTrainingSet(ctx, { rows, features, splitByTime: byTime }, place)).rejects.toThrow(
    'The rows already have a column "split".',
  );
});

test("finds rows that are in a frozen set, by their keys and time", async () => {
  const { ctx, rows } = await newFixture();
  const frozen = async (name: string, text: string) => {
    const { id } = await uploadDataset(ctx, { name, fileName: "a.csv" }, Readable.from([Buffer.from(text)]), place);
    await readDataset(ctx, id, artifacts);
    const [version] = await db
      .select()
      .from(datasetVersions)
      .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, name)));
    return { dataset: name, digest: version?.digest ?? "" };
  };
  // Columns in another order, numbers with fractions, another label; the second row differs by a millisecond.
  const audit = await frozen(
    "audit",
    `label,event_timestamp,driver_id
no,${day}12:00:00.000Z,1001.0
no,${day}12:00:00.001Z,1002.0
no,${day}14:00:00Z,1001.0
no,${day}14:00:00Z,0.5
`,
  );
  const other = await frozen("other", `driver_id,event_timestamp\n7,${day}12:00:00Z\n`);
  const check = await checkTrainingSet(ctx, { rows, features, frozenSets: [audit, other] }, place);
  expect(check.warnings.filter(({ kind }) => kind === "in-frozen-set")).toEqual([
    { kind: "in-frozen-set", view: null, feature: null, frozenSet: audit, count: 2, share: 0.5 },
  ]);
  const places = await frozen("places", `place,event_timestamp\n7,${day}12:00:00Z\n`);
  await expect(checkTrainingSet(ctx, { rows, features, frozenSets: [places] }, place)).rejects.toThrow(
    `Frozen set places ${places.digest}: The rows have no column "driver_id"`,
  );
  const absent = { dataset: "audit", digest: "absent" };
  await expect(checkTrainingSet(ctx, { rows, features, frozenSets: [absent] }, place)).rejects.toMatchObject({
    code: "not-found",
  });
  // How many rows are shared tells what is in it.
  const token = {
    ...ctx,
    actor: { ...ctx.actor, kind: "token" as const, scopes: ["features:read", "datasets:write"] },
  };
  await expect(createTrainingSet(token, { name: "set", rows, features, frozenSets: [audit] })).rejects.toMatchObject({
    code: "forbidden",
  });
});
