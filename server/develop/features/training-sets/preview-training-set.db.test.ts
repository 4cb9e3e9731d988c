import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { datasetVersions } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { driverRows, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import { packFeatures } from "../history/pack-features.ts";
import { writeFeatures } from "../writes/write-features.ts";
import type { LabelledPrediction, PreviewTrainingSet } from "./contract.ts";
import { previewTrainingSet } from "./preview-training-set.ts";

const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-preview-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const noPredictions = async function* () {};
const place = { artifacts, scratch: join(folder, "scratch"), maxBytes: 10 ** 8, predictions: noPredictions };

const day = "2026-03-01T";
const micros = (time: string) => new Date(time).getTime() * 1000;

async function upload(ctx: Context, text: string, fileName = "trips.csv") {
  const { id } = await uploadDataset(ctx, { name: "trips", fileName }, Readable.from([Buffer.from(text)]), place);
  await readDataset(ctx, id, artifacts);
  const [version] = await db
    .select()
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId));
  return { dataset: "trips", digest: version?.digest ?? "" };
}

const features = ["driver_stats:avg_daily_trips", "driver_stats:busy"];
const busy = { name: "busy", type: "bool", at: "look-up", cel: "avg_daily_trips > limit" } as const;

async function newFixture() {
  const ctx = await newWorkspace(db);
  const requestInputs = [{ name: "limit", type: "int64" as const }];
  await newDriverStats(ctx, { expressions: [{ ...busy, inputs: {}, description: "" }], requestInputs });
  const columns = driverRows([
    [1001, `${day}10:00:00Z`, 1, `${day}10:01:00Z`],
    [1001, `${day}11:00:00Z`, 2, `${day}11:01:00Z`],
    // True before noon, and known only days later.
    [1001, `${day}11:50:00Z`, 99, "2026-03-05T00:00:00Z"],
    [1001, `${day}12:30:00Z`, 3, `${day}12:31:00Z`],
    [1002, "2026-02-20T10:00:00Z", 4, "2026-02-20T10:00:00Z"],
    [1003, `${day}13:00:00Z`, 5, `${day}13:00:00Z`],
  ]);
  await writeFeatures(ctx, { pushSource: "driver_push", columns });
  return ctx;
}

const csv = `driver_id,event_timestamp,limit,label_time
1001,${day}12:00:00Z,1,${day}13:00:00Z
1002,${day}12:00:00Z,1,
1003,${day}12:00:00Z,1,
9999,${day}12:00:00Z,1,
1001,${day}18:00:00Z,5,
`;

test("shows which row of the history is joined, and which were older, not known yet, or later", async () => {
  const ctx = await newFixture();
  const rows = await upload(ctx, csv);
  const asked: PreviewTrainingSet = { rows, features, labelTime: "label_time", count: 4 };
  const preview = await previewTrainingSet(ctx, asked, place);
  expect(preview.rowsTotal).toBe(5);
  expect(preview.columns.slice(4)).toEqual([
    { name: "avg_daily_trips", kind: "feature", view: 0 },
    { name: "busy", kind: "expression", view: 0 },
  ]);
  expect(preview.views).toMatchObject([{ view: "driver_stats", keys: ["driver_id"], ttlUs: 86_400_000_000 }]);
  expect(preview.rows.map(({ cells }) => cells.slice(4))).toEqual([
    ["2", "true"],
    [null, null],
    [null, null],
    [null, null],
  ]);
  const [first] = preview.rows;
  expect(first).toMatchObject({ at: micros(`${day}12:00:00Z`), labelAt: micros(`${day}13:00:00Z`) });
  expect(first?.lanes[0]).toMatchObject({
    outcome: "joined",
    ageUs: 3_600_000_000,
    points: [
      { eventAt: micros(`${day}10:00:00Z`), state: "older" },
      { eventAt: micros(`${day}11:00:00Z`), state: "joined", createdAt: micros(`${day}11:01:00Z`) },
      { eventAt: micros(`${day}11:50:00Z`), state: "not-known", knownAt: micros("2026-03-05T00:00:00Z") },
      { eventAt: micros(`${day}12:30:00Z`), state: "later" },
    ],
  });
  expect(preview.rows.map(({ lanes }) => lanes[0]?.outcome)).toEqual(["joined", "expired", "none", "unknown-key"]);

  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000);
  expect(await previewTrainingSet(ctx, asked, place)).toEqual(preview);
});

test("previews labelled predictions by their own time", async () => {
  const ctx = await newFixture();
  const read: LabelledPrediction[] = [10, 12, 20].map((hour, index) => ({
    requestId: `r${index}`,
    at: BigInt(micros(`${day}${hour}:30:00Z`)),
    label: "1",
    labelAt: BigInt(micros(`${day}23:00:00Z`)),
    cells: [1001n, 1n],
  }));
  const asked: unknown[] = [];
  const predictions = async function* (_: Context, __: unknown, inputs: readonly string[]) {
    asked.push(inputs);
    yield [undefined, ...read];
  };
  const rows = { endpoint: "11111111-1111-4111-8111-111111111111", from: `${day}00:00:00Z`, to: `${day}23:00:00Z` };
  const preview = previewTrainingSet(ctx, { rows, features, count: 2 }, { ...place, predictions });
  // The endpoint has to exist.
  await expect(preview).rejects.toThrow("Endpoint not found.");
  expect(asked).toEqual([]);
});
