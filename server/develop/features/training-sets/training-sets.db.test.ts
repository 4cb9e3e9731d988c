import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { Table, tableToIPC, Utf8, vectorFromArray } from "apache-arrow";
import { and, eq, sql } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import {
  artifactReleases,
  datasetUploads,
  datasetVersions,
  featureFiles,
  featureTrainingSets,
  featureUses,
} from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { configureLog } from "#server/base/log.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { writeRestored } from "#server/platform/installation-state.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { handlers, type JobDependencies } from "#server/roles/jobs/handlers.ts";
import { driverRows, driverStats, newDriverStats } from "#server/testing/fixtures/features/testing.ts";
import { auditActions } from "#server/testing/fixtures/registry/testing.ts";
import { as, newWorkspace } from "#server/testing/testing.ts";
import { readDataset } from "../../datasets/read-dataset.ts";
import { openTable } from "../../datasets/rows/open-table.ts";
import { uploadDataset } from "../../datasets/upload-dataset.ts";
import { defineFeatureEntity } from "../definitions/define-feature-entity.ts";
import { defineFeatureService } from "../definitions/define-feature-service.ts";
import { defineFeatureView } from "../definitions/define-feature-view.ts";
import { defineViewSource } from "../definitions/define-view-source.ts";
import { packFeatures } from "../history/pack-features.ts";
import { removeFeatureKey } from "../removal/remove-feature-key.ts";
import { runKeyRemoval } from "../removal/run-key-removal.ts";
import { writeFeatures } from "../writes/write-features.ts";
import { cancelTrainingSet } from "./cancel-training-set.ts";
import type { CreateTrainingSet, TrainingSet } from "./contract.ts";
import { createTrainingSet } from "./create-training-set.ts";
import { joinFeatures } from "./join-features.ts";
import { makeTrainingSet } from "./make-training-set.ts";
import { getTrainingSet, listTrainingSets } from "./queries.ts";
import { resumeTrainingSets } from "./resume-training-sets.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const folder = await mkdtemp(join(tmpdir(), "leeway-training-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(join(folder, "artifacts"));
const place = {
  artifacts,
  scratch: join(folder, "scratch"),
  maxBytes: 10 ** 8,
  predictions: async function* () {},
};

/** Rows of two drivers at noon, one of whom has rows before and after, and one more that nobody knows. */
const csv = `driver_id,event_timestamp,label,label_time,split
1001,2026-03-01T12:00:00Z,yes,2026-03-01T13:00:00Z,train
1001,2026-03-01T12:00:00Z,no,2026-03-01T11:30:00Z,test
1002,2026-03-01T12:00:00Z,yes,2026-03-01T13:00:00Z,train
9999,2026-03-01T12:00:00Z,no,2026-03-01T13:00:00Z,train
`;

async function newSpine(ctx: Context, text = csv): Promise<{ dataset: string; digest: string }> {
  const body = Readable.from([Buffer.from(text)]);
  const { id } = await uploadDataset(ctx, { name: "trips", fileName: "trips.csv" }, body, place);
  await readDataset(ctx, id, artifacts);
  const [version] = await db
    .select()
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId));
  return { dataset: "trips", digest: version?.digest ?? "" };
}

function inDataset(ctx: Context, name: string) {
  return and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.name, name));
}

type DriverRow = Parameters<typeof driverRows>[0][number];

function write(ctx: Context, rows: readonly DriverRow[]) {
  return writeFeatures(ctx, { pushSource: "driver_push", columns: driverRows(rows) });
}

const day = "2026-03-01T";
const history: DriverRow[] = [
  [1001, `${day}11:00:00Z`, 1, `${day}11:01:00Z`],
  [1001, `${day}11:45:00Z`, 2, `${day}11:46:00Z`],
  // True before noon, and known only days later.
  [1001, `${day}11:50:00Z`, 99, "2026-03-05T00:00:00Z"],
  [1001, `${day}12:30:00Z`, 3, `${day}12:31:00Z`],
  [1002, `${day}10:00:00Z`, 4, `${day}10:01:00Z`],
];

async function newFixture() {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await write(ctx, history);
  return { ctx, rows: await newSpine(ctx) };
}

async function make(ctx: Context, input: CreateTrainingSet): Promise<TrainingSet> {
  const { id } = await createTrainingSet(ctx, input);
  await makeTrainingSet(ctx, id, place);
  return getTrainingSet(ctx, id);
}

/** The rows of a training set as its dataset has them, by column. */
async function rowsOf(ctx: Context, { name, digest }: TrainingSet, columns: readonly string[]) {
  const versions = await db
    .select()
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId));
  const version = versions.find((each) => each.name === name && each.digest === digest);
  if (!version) throw new Error(`There is no version ${digest} of ${name}.`);
  const table = await openTable(artifacts, version);
  const rows: (string | null)[][] = [];
  for await (const { values } of table.rows) {
    rows.push(columns.map((column) => values[table.columns.indexOf(column)]?.text ?? null));
  }
  return rows;
}

const trips = ["driver_stats:avg_daily_trips"];

test("joins features to the rows of a dataset, in order, and makes a version of the result", async () => {
  const { ctx, rows } = await newFixture();
  const asked = { name: "trips-with-features", rows, features: [...trips, "driver_stats:conv_rate"] };
  const acknowledgedLeaks = [
    { kind: "later-than-label" as const, view: "driver_stats", reason: "a test" },
    { kind: "in-two-splits" as const, reason: "a test" },
  ];
  const made = await make(ctx, { ...asked, labelTime: "label_time", split: "split", acknowledgedLeaks });
  expect(made).toMatchObject({ state: "done", problem: null, rowsTotal: 4, rowsDone: 4 });
  const columns = ["driver_id", "label", "avg_daily_trips", "conv_rate"];
  expect(await rowsOf(ctx, made, columns)).toEqual([
    ["1001", "yes", "2", "0.5"],
    ["1001", "no", "2", "0.5"],
    ["1002", "yes", "4", "0.5"],
    ["9999", "no", null, null],
  ]);
  const [view] = made.record?.views ?? [];
  expect(view).toMatchObject({ view: "driver_stats", version: 1, cutoff: "created", files: [], arrivals: 5 });
  expect(made.record?.engine).toMatch(/^DuckDB v1\.5/);
  const found = Object.fromEntries(
    made.warnings.map(({ kind, feature, count }) => [[kind, feature].join(" ").trim(), count]),
  );
  expect(found).toEqual({
    "nulls avg_daily_trips": 1,
    "nulls conv_rate": 1,
    // All rows arrived now.
    "arrived-later": 3,
    "later-than-label": 1,
    "unknown-keys": 1,
    "in-two-splits": 2,
  });
  const [use] = await db.select().from(featureUses).where(eq(featureUses.workspaceId, ctx.actor.workspaceId));
  expect(use).toMatchObject({ version: 1, userKind: "dataset-version", features: ["avg_daily_trips", "conv_rate"] });
  expect(await auditActions(ctx)).toEqual(
    expect.arrayContaining(["training-set.requested", "dataset.version-created", "training-set.made"]),
  );
  expect((await listTrainingSets(ctx, { name: "trips-with-features" })).map(({ id }) => id)).toEqual([made.id]);
});

test("takes what was true, what was known, or what had arrived, as asked", async () => {
  const { ctx, rows } = await newFixture();
  const takenBy = async (cutoff: CreateTrainingSet["cutoff"]) => {
    const made = await make(ctx, { name: `by-${cutoff}`, rows, features: trips, cutoff });
    return (await rowsOf(ctx, made, ["avg_daily_trips"]))[0];
  };
  expect(await takenBy("created")).toEqual(["2"]);
  expect(await takenBy("event")).toEqual(["99"]);
  expect(await takenBy("arrival")).toEqual([null]);
});

test("takes values that were filled in later of a view without created times, unless by their arrival", async () => {
  const ctx = await newWorkspace(db);
  await newDriverStats(ctx);
  await defineViewSource(ctx, { name: "driver_push", kind: "push" });
  const { created: _, ...columns } = driverRows(history);
  await writeFeatures(ctx, { pushSource: "driver_push", columns });
  const rows = await newSpine(ctx);
  const made = await make(ctx, { name: "by-default", rows, features: trips });
  expect(made.record?.views[0]?.cutoff).toBe("created");
  expect(await rowsOf(ctx, made, ["avg_daily_trips"])).toEqual([["99"], ["99"], ["4"], [null]]);
  const kinds = made.warnings.map(({ kind }) => kind);
  expect(kinds).toContain("arrived-later");
  expect(kinds).not.toContain("created-later");
  const byArrival = await make(ctx, { name: "by-arrival", rows, features: trips, cutoff: "arrival" });
  expect(await rowsOf(ctx, byArrival, ["avg_daily_trips"])).toEqual([[null], [null], [null], [null]]);
  // What was asked for before this stays: a later change of the source does not reach it.
  await defineViewSource(ctx, { name: "driver_push", kind: "push", createdTimeColumn: "created" });
  expect((await make(ctx, { name: "by-default", rows, repeats: made.id })).digest).toBe(made.digest);
});

test("refuses a version whose join keys have changed since: a part of its history is gone", async () => {
  const { ctx, rows } = await newFixture();
  const before = await createTrainingSet(ctx, { name: "set", rows, features: trips });
  await defineFeatureEntity(ctx, { name: "rider", joinKey: "rider_id", type: "int64" });
  await defineFeatureView(ctx, { ...driverStats, entities: ["driver", "rider"], force: "a test" });
  await makeTrainingSet(ctx, before.id, place);
  const problem =
    'The join keys of feature view "driver_stats" have changed since version 1, and a part of its history was deleted. Use version 2.';
  expect(await getTrainingSet(ctx, before.id)).toMatchObject({ state: "failed", problem, digest: null });
  const asked = createTrainingSet(ctx, { name: "set", rows, features: ["driver_stats@v1:conv_rate"] });
  await expect(asked).rejects.toThrow(problem);
});

test("reads rows of a version that is made while it runs", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "set", rows, features: trips });
  const features = [...driverStats.features, { name: "rating", type: "float64" as const }];
  // Definitions are loaded before the rows of the dataset, and the history after them.
  const open: typeof artifacts.open = async (...key) => {
    await defineFeatureView(ctx, { ...driverStats, features });
    const columns = driverRows([[1001, `${day}11:58:00Z`, 7, `${day}11:58:00Z`]]);
    await writeFeatures(ctx, { pushSource: "driver_push", columns: { ...columns, rating: [4.5] } });
    return artifacts.open(...key);
  };
  let isFirst = true;
  const changing = Object.assign(Object.create(artifacts), {
    open: (...key: Parameters<typeof open>) => {
      const first = isFirst;
      isFirst = false;
      return first ? open(...key) : artifacts.open(...key);
    },
  });
  await makeTrainingSet(ctx, id, { ...place, artifacts: changing });
  const made = await getTrainingSet(ctx, id);
  expect(made).toMatchObject({ state: "done", problem: null });
  expect((await rowsOf(ctx, made, ["avg_daily_trips"]))[0]).toEqual(["7"]);
});

test("gives the same rows again, also after the history was packed and filled in later", async () => {
  const { ctx, rows } = await newFixture();
  const first = await make(ctx, { name: "set", rows, features: trips });
  const second = await make(ctx, { name: "set", rows, features: trips });
  expect(second.digest).toBe(first.digest);
  await write(ctx, [[1001, `${day}11:59:00Z`, 50, `${day}11:59:30Z`]]);
  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000);
  const later = await make(ctx, { name: "set", rows, features: trips });
  expect(later.digest).not.toBe(first.digest);
  expect(later.record?.views[0]).toMatchObject({ arrivals: 0, files: [{ rows: 6 }] });
  const again = await make(ctx, { name: "set", rows, repeats: first.id });
  expect(again.digest).toBe(first.digest);
});

test("joins a view twice by a service, with other keys and names", async () => {
  const { ctx } = await newFixture();
  const rows = await newSpine(ctx, "o,d,event_timestamp\n1001,1002,2026-03-01T12:00:00Z\n");
  const [version] = await db
    .select()
    .from(datasetVersions)
    .where(sql`workspace_id = ${ctx.actor.workspaceId} and rows = 1`);
  const projection = (alias: string, column: string) => ({
    view: "driver_stats",
    alias,
    joinKeys: { driver_id: column },
    features: ["avg_daily_trips"],
  });
  await defineFeatureService(ctx, {
    name: "routes",
    projections: [projection("origin", "o"), projection("dest", "d")],
  });
  const made = await make(ctx, {
    name: "routes",
    rows: { ...rows, digest: version?.digest ?? "" },
    service: "routes",
    fullNames: true,
  });
  expect(await rowsOf(ctx, made, ["origin__avg_daily_trips", "dest__avg_daily_trips"])).toEqual([["2", "4"]]);
});

test("stays with the versions of views that it was asked for", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "set", rows, features: ["driver_stats@v1:avg_daily_trips"] });
  const retyped = driverStats.features.map((feature) => ({ ...feature, type: "float64" as const }));
  await defineFeatureView(ctx, { ...driverStats, features: retyped, force: "a test" });
  await makeTrainingSet(ctx, id, place);
  const made = await getTrainingSet(ctx, id);
  expect(made.record?.views[0]?.version).toBe(1);
  expect(await rowsOf(ctx, made, ["avg_daily_trips"])).toEqual([["2"], ["2"], ["4"], [null]]);
  // Rows of the version before have this feature with another type.
  const newer = await make(ctx, { name: "newer", rows, features: trips });
  expect(await rowsOf(ctx, newer, ["avg_daily_trips"])).toEqual([[null], [null], [null], [null]]);
});

test("reports a mistake in the request as its outcome", async () => {
  const { ctx, rows } = await newFixture();
  await expect(createTrainingSet(ctx, { name: "set", rows, features: ["driver_stats:absent"] })).rejects.toMatchObject({
    problem: "feature-not-present",
  });
  await expect(createTrainingSet(ctx, { name: "set", rows, features: ["nothing:x"] })).rejects.toMatchObject({
    code: "not-found",
  });
  await expect(
    createTrainingSet(ctx, { name: "set", rows: { ...rows, digest: "absent" }, features: trips }),
  ).rejects.toMatchObject({ code: "not-found" });
  const failed = await make(ctx, { name: "set", rows, features: trips, labelTime: "absent" });
  expect(failed).toMatchObject({ state: "failed", digest: null, problem: 'The rows have no column "absent".' });
});

test("refuses a result with names that differ only in case, which a file cannot hold", async () => {
  const { ctx } = await newFixture();
  const body = Readable.from([Buffer.from("driver_id,event_timestamp,Conv_Rate\n1001,2026-03-01T12:00:00Z,1\n")]);
  const { id } = await uploadDataset(ctx, { name: "rates", fileName: "rates.csv" }, body, place);
  await readDataset(ctx, id, artifacts);
  const [version] = await db.select().from(datasetVersions).where(inDataset(ctx, "rates"));
  const rows = { dataset: "rates", digest: version?.digest ?? "" };
  const asked = { name: "cases", rows, features: ["driver_stats:conv_rate"] };
  const { state, problem } = await make(ctx, asked);
  expect(state).toBe("failed");
  expect(problem).toContain('"Conv_Rate" and "conv_rate", which differ only in case. Use full feature names.');
  expect((await make(ctx, { ...asked, fullNames: true })).state).toBe("done");
});

test("refuses who may not write datasets", async () => {
  const { ctx, rows } = await newFixture();
  const asked = { name: "set", rows, features: trips };
  await expect(createTrainingSet(as(ctx, "viewer"), asked)).rejects.toMatchObject({ code: "forbidden" });
  const token = (scopes: string[]): Context => ({ ...ctx, actor: { ...ctx.actor, kind: "token", scopes } });
  await expect(createTrainingSet(token(["features:read"]), asked)).rejects.toMatchObject({ code: "forbidden" });
  // Its result would show features to who may not read them.
  await expect(createTrainingSet(token(["tracking"]), asked)).rejects.toMatchObject({ code: "forbidden" });
  await createTrainingSet(token(["tracking", "features:read"]), asked);
  await expect(createTrainingSet(await newWorkspace(db), asked)).rejects.toMatchObject({ code: "not-found" });
});

test("is cancelled before it begins, and leaves nothing behind", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "cancelled", rows, features: trips });
  expect((await cancelTrainingSet(ctx, id)).state).toBe("cancelled");
  await makeTrainingSet(ctx, id, place);
  expect((await getTrainingSet(ctx, id)).state).toBe("cancelled");
  await expect(cancelTrainingSet(ctx, id)).rejects.toMatchObject({ code: "conflict" });
  const versions = await db.select().from(datasetVersions).where(eq(datasetVersions.name, "cancelled"));
  expect(versions).toEqual([]);
});

test("is cancelled while it runs", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "stopped", rows, features: trips });
  const opened = Promise.withResolvers<void>();
  // The store begins to send the rows, and never ends.
  const open = async () => {
    opened.resolve();
    return new Readable({ read: () => {} });
  };
  const slow = Object.assign(Object.create(artifacts), { open });
  const running = makeTrainingSet(ctx, id, { ...place, artifacts: slow });
  await opened.promise;
  await cancelTrainingSet(ctx, id);
  await running;
  expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "cancelled", digest: null, problem: null });
});

test.each(["put", "open"] as const)(
  "makes no version when it is cancelled after its result was stored: %s",
  async (step) => {
    const { ctx, rows } = await newFixture();
    const name = `late-${step}`;
    const { id } = await createTrainingSet(ctx, { name, rows, features: trips });
    let isStored = false;
    let isCancelled = false;
    const cancel = async () => {
      if (!isCancelled) await cancelTrainingSet(ctx, id);
      isCancelled = true;
    };
    const cancelling = Object.assign(Object.create(artifacts), {
      put: async (...file: Parameters<typeof artifacts.put>) => {
        const stored = await artifacts.put(...file);
        isStored = true;
        if (step === "put") await cancel();
        return stored;
      },
      // Of its result, the first bytes are asked for when the rows are read.
      open: async (...key: Parameters<typeof artifacts.open>) => {
        if (step === "open" && isStored) await cancel();
        return artifacts.open(...key);
      },
    });
    await makeTrainingSet(ctx, id, { ...place, artifacts: cancelling });
    expect(isCancelled).toBe(true);
    expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "cancelled", digest: null, problem: null });
    expect(await db.select().from(datasetVersions).where(inDataset(ctx, name))).toEqual([]);
    const [upload] = await db.select().from(datasetUploads).where(eq(datasetUploads.name, name));
    expect(upload?.state).toBe("failed");
    expect(await db.$count(artifactReleases, eq(artifactReleases.workspaceId, ctx.actor.workspaceId))).toBe(1);
  },
);

test("makes no version of a file that a runner stored and did not read, once nobody wants it", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "orphan", rows, features: trips });
  let isStored = false;
  const failing = Object.assign(Object.create(artifacts), {
    put: async (...file: Parameters<typeof artifacts.put>) => {
      isStored = true;
      return artifacts.put(...file);
    },
    open: async (...key: Parameters<typeof artifacts.open>) => {
      if (isStored) throw new DomainError("unavailable", "The store cannot be reached.");
      return artifacts.open(...key);
    },
  });
  await makeTrainingSet(ctx, id, { ...place, artifacts: failing });
  expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "waiting" });
  await cancelTrainingSet(ctx, id);
  // The job that looks after such files, an hour later.
  const [upload] = await db.select().from(datasetUploads).where(eq(datasetUploads.name, "orphan"));
  const { rows: jobs } = await db.execute(
    sql`select data from pgboss.job where name = 'read-dataset' and data->>'uploadId' = ${upload?.id}`,
  );
  const { data } = jobs[0] as { data: JobData["read-dataset"] };
  await handlers["read-dataset"](ctx, data, { artifacts } as JobDependencies);
  expect(await db.select().from(datasetVersions).where(inDataset(ctx, "orphan"))).toEqual([]);
  const [after] = await db.select().from(datasetUploads).where(eq(datasetUploads.name, "orphan"));
  expect(after).toMatchObject({ state: "failed", versionId: null });
});

test("is tried again if a key was removed from a file that it had listed and not copied", async () => {
  const { ctx, rows } = await newFixture();
  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000);
  const { id } = await createTrainingSet(ctx, { name: "set", rows, features: trips });
  const removing = Object.assign(Object.create(artifacts), {
    open: async (key: string, ...range: [{ start: number; end: number }?]) => {
      if (key.includes("/features/")) {
        const reason = "asked for by the driver";
        const removal = await removeFeatureKey(ctx, { view: "driver_stats", key: { driver_id: 1002 }, reason });
        await runKeyRemoval(ctx, removal.id, place);
        await artifacts.remove(key);
      }
      return artifacts.open(key, ...range);
    },
  });
  await makeTrainingSet(ctx, id, { ...place, artifacts: removing });
  const problem = expect.stringContaining("was rewritten because a key was removed");
  expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "waiting", problem, endedAt: null });
  const aMinuteLater = { leasedUntil: new Date(Date.now() - 1000) };
  await db.update(featureTrainingSets).set(aMinuteLater).where(eq(featureTrainingSets.id, id));
  await makeTrainingSet(ctx, id, place);
  const made = await getTrainingSet(ctx, id);
  expect(made).toMatchObject({ state: "done", problem: null });
  expect(await rowsOf(ctx, made, ["avg_daily_trips"])).toEqual([["2"], ["2"], [null], [null]]);
});

test("fails if a file of the history is lost", async () => {
  const { ctx, rows } = await newFixture();
  await packFeatures(ctx, place, Date.now() + 2 * 3_600_000);
  const [file] = await db.select().from(featureFiles).where(eq(featureFiles.workspaceId, ctx.actor.workspaceId));
  await artifacts.remove(file?.artifactKey ?? "");
  expect(await make(ctx, { name: "set", rows, features: trips })).toMatchObject({ state: "failed" });
});

test("waits as long as the store is unavailable, says so, and is not taken for too large", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "patient", rows, features: trips });
  const ofThis = eq(featureTrainingSets.id, id);
  const open = async () => {
    throw new DomainError("unavailable", "The store cannot be reached.");
  };
  const away = Object.assign(Object.create(artifacts), { open });
  for (let runner = 0; runner < 6; runner++) {
    await makeTrainingSet(ctx, id, { ...place, artifacts: away });
    const problem = "The store cannot be reached.";
    expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "waiting", problem });
    await db
      .update(featureTrainingSets)
      .set({ leasedUntil: new Date(Date.now() - 1000) })
      .where(ofThis);
    await resumeTrainingSets(ctx);
  }
  await makeTrainingSet(ctx, id, place);
  expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "done", problem: null });
});

test("waits while Postgres is out of reach", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "restarted", rows, features: trips });
  const open = async () => {
    throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED", syscall: "connect" });
  };
  await makeTrainingSet(ctx, id, { ...place, artifacts: Object.assign(Object.create(artifacts), { open }) });
  const problem = expect.stringContaining("unavailable");
  expect(await getTrainingSet(ctx, id)).toMatchObject({ state: "waiting", problem, endedAt: null });
});

test("goes on after a runner died, and ends after several did", async () => {
  const { ctx, rows } = await newFixture();
  const { id } = await createTrainingSet(ctx, { name: "set", rows, features: trips });
  const ofThis = eq(featureTrainingSets.id, id);
  const died = { state: "running" as const, leasedUntil: new Date(Date.now() - 1000), runner: crypto.randomUUID() };
  await db
    .update(featureTrainingSets)
    .set({ ...died, attempts: 1 })
    .where(ofThis);
  const waiting = () =>
    db.execute(sql`select from pgboss.job where name = 'make-training-set' and data->>'trainingSetId' = ${id}`);
  await resumeTrainingSets(ctx);
  expect((await waiting()).rowCount).toBe(2);
  await makeTrainingSet(ctx, id, place);
  expect((await getTrainingSet(ctx, id)).state).toBe("done");
  await db
    .update(featureTrainingSets)
    .set({ ...died, attempts: 5 })
    .where(ofThis);
  await resumeTrainingSets(ctx);
  expect((await getTrainingSet(ctx, id)).state).toBe("failed");
});

test("joins features to rows of a caller, batch by batch", async () => {
  const { ctx } = await newFixture();
  const count = 45_000;
  const noon = `${day}12:00:00Z`;
  const table = new Table({
    driver_id: vectorFromArray(Array.from({ length: count }, (_, row) => BigInt(row % 2 === 0 ? 1001 : 9999))),
    event_timestamp: vectorFromArray(Array.from({ length: count }, () => new Date(noon))),
    note: vectorFromArray(
      Array.from({ length: count }, (_, row) => `n${row}`),
      new Utf8(),
    ),
  });
  const selections = [
    { view: "driver_stats", version: null, alias: null, joinKeys: {}, features: ["avg_daily_trips", "conv_rate"] },
  ];
  const request = { rows: Readable.from([Buffer.from(tableToIPC(table, "stream"))]), selections, fullNames: true };
  const joined = await joinFeatures(ctx, request, place);
  try {
    expect(joined.columns).toEqual([
      { name: "driver_stats__avg_daily_trips", type: "int64" },
      { name: "driver_stats__conv_rate", type: "float32" },
    ]);
    expect(joined.rows).toBe(count);
    for (let start = 0; start < count; start += 20_000) {
      const rows = Math.min(20_000, count - start);
      const [trips] = await joined.read(rows);
      if (!trips || !("nulls" in trips) || !(trips.values instanceof BigInt64Array)) throw new Error("No integers.");
      const { values, nulls } = trips;
      const cells = Array.from({ length: rows }, (_, row) => (nulls?.[row] ? null : values[row]));
      expect(cells.every((cell, row) => cell === ((start + row) % 2 === 0 ? 2n : null))).toBe(true);
    }
  } finally {
    await joined.close();
  }
});

// The last one: it is about the installation.
test("does not repeat a state of the history from before a restore, and begins with the present one instead", async () => {
  const { ctx, rows } = await newFixture();
  const first = await make(ctx, { name: "set", rows, features: trips });
  const repeating = await createTrainingSet(ctx, { name: "set", rows, repeats: first.id });
  const under = await createTrainingSet(ctx, { name: "under-way", rows, features: trips });
  const record = { ...first.record, horizon: "4" } as NonNullable<TrainingSet["record"]>;
  await db.update(featureTrainingSets).set({ record }).where(eq(featureTrainingSets.id, under.id));
  const now = new Date(Date.now() + 1000).toISOString();
  await writeRestored(db, { restoredAt: now, createdAt: now, isPaused: false });
  await expect(createTrainingSet(ctx, { name: "set", rows, repeats: first.id })).rejects.toThrow("was restored");
  await makeTrainingSet(ctx, repeating.id, place);
  expect(await getTrainingSet(ctx, repeating.id)).toMatchObject({ state: "failed", digest: null });
  await makeTrainingSet(ctx, under.id, place);
  const made = await getTrainingSet(ctx, under.id);
  expect(await rowsOf(ctx, made, ["avg_daily_trips"])).toEqual([["2"], ["2"], ["4"], [null]]);
});
