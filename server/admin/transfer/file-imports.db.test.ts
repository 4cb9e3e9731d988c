import { readFileSync } from "node:fs";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { ZipFile } from "yazl";
import { artifactFiles, imports } from "#db/schema/index.ts";
import { freshDatabase } from "#db/testing.ts";
import type { Context } from "#server/base/context.ts";
import { configureLog } from "#server/base/log.ts";
import { createDefaultExperiment } from "#server/develop/tracking/experiments/create-default-experiment.ts";
import { getExperimentByName } from "#server/develop/tracking/experiments/queries.ts";
import { getMetricHistory } from "#server/develop/tracking/metrics/history-queries.ts";
import { searchRuns } from "#server/develop/tracking/runs/queries.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { acquireLease, maxLeases } from "#server/platform/jobs/lease.ts";
import { expectRefusal } from "#server/testing/fixtures/tracking/testing.ts";
import { newWorkspace } from "#server/testing/testing.ts";
import { newStore } from "../../testing/fixtures/transfer/testing.ts";
import type { StartFileImport } from "./contract.ts";
import { getImport, listImportItems } from "./imports/queries.ts";
import { runImport } from "./imports/run-import.ts";
import { startFileImport } from "./imports/start-file-import.ts";
import { resumeTransfers } from "./resume-transfers.ts";
import { summaryOf } from "./summary.ts";
import { openZip } from "./zip/open-zip.ts";

configureLog({ role: "test", level: "silent" });
const { db } = await freshDatabase();
const maxBytes = 1_000_000;

async function importFixture() {
  const ctx = await newWorkspace(db);
  await createDefaultExperiment(ctx);
  return { ctx, store: await newStore() };
}

/** Reads a fixture written by MLflow 3.17 and TensorBoard 2.21, see make-fixtures.py. */
function fixture(name: string): Buffer {
  return readFileSync(new URL(`./fixtures/${name}`, import.meta.url));
}

async function take(ctx: Context, artifacts: ArtifactStore, input: StartFileImport, file: Buffer) {
  const { id } = await startFileImport(ctx, input, Readable.from([file]), { artifacts, maxBytes });
  await runImport(ctx, id, { artifacts, rules: { allowsPrivate: false }, maxBytes });
  const { items } = await listImportItems(ctx, { importId: id });
  return { ...(await getImport(ctx, id)), items };
}

async function zipOf(files: Record<string, string | Buffer>): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [path, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), path);
  zip.end();
  return buffer(zip.outputStream);
}

const mlruns = { kind: "mlruns", fileName: "mlruns.zip" } as const;

test("imports everything that an mlruns folder contains", async () => {
  const { ctx, store } = await importFixture();
  const done = await take(ctx, store, mlruns, fixture("mlruns.zip"));
  expect(done).toMatchObject({
    state: "done",
    counts: { experiments: 2, runs: 2, loggedModels: 1, versions: 2, withProblems: 0, points: 24, files: 2 },
  });
  const { runs, models } = (await summaryOf(ctx, store)) as { runs: Record<string, unknown>[]; models: unknown };
  const [parent, child] = runs;
  expect(parent).toMatchObject({ name: "sweep", userName: "priya", status: "FAILED", startedAt: 1000, endedAt: 9500 });
  expect(child).toMatchObject({
    name: "first",
    status: "FINISHED",
    parentRunId: parent?.id,
    params: [
      { key: "empty", value: "" },
      { key: "lr", value: "0.1" },
      { key: "net/depth", value: "3" },
    ],
    metrics: [
      { key: "acc", value: 0.75, timestamp: 5000, step: 7 },
      { key: "loss", value: 0.05, timestamp: 3019, step: 19 },
      { key: "val/acc", value: "NaN", timestamp: 4001, step: 2 },
    ],
    datasets: [
      {
        name: "parcels",
        digest: "d1",
        schema: "{}",
        tags: [{ key: "mlflow.data.context", value: "training" }],
      },
    ],
    outputModels: [{ modelId: expect.stringMatching(/^m-/), step: 7 }],
    files: { "plots/loss.txt": "a picture" },
    models: [
      {
        name: "net",
        modelType: "classifier",
        status: "LOGGED_MODEL_READY",
        params: [{ key: "depth", value: "3" }],
        tags: [{ key: "kind", value: "small" }],
        metrics: [{ key: "acc", value: 0.75, datasetName: "parcels", datasetDigest: "d1" }],
        files: { MLmodel: "flavors: {}\n" },
      },
    ],
  });
  const histories = child?.histories as { rows: unknown[] }[] | undefined;
  expect(histories?.map(({ rows }) => rows.length)).toEqual([1, 20, 2]);
  expect(models).toMatchObject([
    {
      name: "sorter",
      description: "sorts",
      aliases: [{ alias: "champion", version: 2 }],
      versions: [
        { version: 2, source: `runs:/${child?.id}/plots`, tags: [{ key: "gate", value: "passed" }] },
        { version: 1, description: "one", source: expect.stringMatching(/^models:\/m-/), runId: child?.id },
      ],
    },
  ]);
});

test("changes nothing when the same folder is imported again, and removes the uploads", async () => {
  const { ctx, store } = await importFixture();
  await take(ctx, store, mlruns, fixture("mlruns.zip"));
  const before = await summaryOf(ctx, store);
  const again = await take(ctx, store, { ...mlruns, fileName: "mlruns (1).zip" }, fixture("mlruns.zip"));
  expect(again.counts).toMatchObject({ runs: 2, unchanged: 5, withProblems: 0 });
  expect(await summaryOf(ctx, store)).toEqual(before);
  expect(await store.list(`${ctx.actor.workspaceId}/imports/${again.id}`)).toEqual([]);
  const rows = await ctx.db.select().from(imports).where(eq(imports.workspaceId, ctx.actor.workspaceId));
  expect(rows.map(({ artifactKey }) => artifactKey)).toEqual([null, null]);
  const files = await ctx.db.select().from(artifactFiles).where(eq(artifactFiles.workspaceId, ctx.actor.workspaceId));
  expect(files.filter(({ key }) => key.includes("/imports/"))).toEqual([]);
});

async function runsOf(ctx: Context, experiment: string) {
  const { id } = await getExperimentByName(ctx, experiment);
  const { rows } = await searchRuns(ctx, { experimentIds: [id], orderBy: ["attributes.run_name ASC"], limit: 100 });
  return rows;
}

test("imports event files as one run per folder, with both kinds of scalars and hparams", async () => {
  const { ctx, store } = await importFixture();
  const input = { kind: "tensorboard", fileName: "Digits.zip" } as const;
  const done = await take(ctx, store, input, fixture("tensorboard.zip"));
  expect(done).toMatchObject({ state: "done", counts: { experiments: 1, runs: 3, points: 18 } });
  const runs = await runsOf(ctx, "Digits");
  expect(runs.map(({ name }) => name)).toEqual(["run1/train", "run1/validation", "run2"]);
  for (const { id } of runs) {
    const { rows } = await getMetricHistory(ctx, { runId: id, key: "loss", limit: 10 });
    expect(rows.map(({ value }) => Number(value).toFixed(3))).toEqual(["1.000", "0.500", "0.333", "0.250", "0.200"]);
    expect(rows.map(({ step, timestamp }) => [step, timestamp])[1]).toEqual([1, 1_700_000_001_500]);
    const odd = await getMetricHistory(ctx, { runId: id, key: "epoch accuracy ___", limit: 10 });
    expect(odd.rows).toMatchObject([{ value: "NaN", step: 1 }]);
  }
  expect(runs[2]?.params.toSorted((a, b) => (a.key < b.key ? -1 : 1))).toEqual([
    { key: "lr", value: "0.1" },
    { key: "nesterov", value: "true" },
    { key: "optimizer", value: "adam" },
  ]);
  const { problems } = done.items.find(({ sourceId }) => sourceId.endsWith("run2")) ?? {};
  expect(problems).toEqual([
    "Only scalars are imported. Skipped: pic.",
    "The tag “epoch accuracy (%)” was imported as “epoch accuracy ___”.",
  ]);
  const again = await take(ctx, store, input, fixture("tensorboard.zip"));
  expect(again.counts).toMatchObject({ runs: 3, unchanged: 3, points: 0 });
});

test("imports a single event file in progress up to its last complete record", async () => {
  const { ctx, store } = await importFixture();
  const zip = fixture("tensorboard.zip");
  await store.put("w/zip", Readable.from([zip]));
  const opened = await openZip(await store.localPath("w/zip"), maxBytes);
  const [entry] = opened.below("logs/run2");
  const whole = entry ? await buffer(await entry.open()) : Buffer.alloc(0);
  opened.close();
  const input = { kind: "tensorboard", fileName: "events.out.tfevents.1" } as const;
  const done = await take(ctx, store, input, whole.subarray(0, whole.length - 100));
  expect(done).toMatchObject({ state: "done", counts: { runs: 1, points: 5 } });
  expect(done.items.flatMap(({ problems }) => problems)).toContain(
    "events.out.tfevents.1 ends in the middle of a record; it was still being written.",
  );
  const later = await take(ctx, store, input, whole);
  expect(later.counts).toMatchObject({ runs: 1, unchanged: 0 });
  expect(await runsOf(ctx, "events.out.tfevents.1")).toHaveLength(1);
});

test("reports files that are no zip, damaged or of another kind", async () => {
  const { ctx, store } = await importFixture();
  const whole = fixture("mlruns.zip");
  const cases: [StartFileImport["kind"], Buffer, string][] = [
    ["mlruns", Buffer.from("no zip"), "Not a valid zip file"],
    ["mlruns", whole.subarray(0, 5000), "Not a valid zip file"],
    ["mlruns", await zipOf({ "a/b.txt": "x" }), "No mlruns folder"],
    ["mlruns", await zipOf({ "mlruns/0/meta.yaml": "name: [" }), "mlruns/0/meta.yaml cannot be read"],
    ["tensorboard", await zipOf({ "a/b.txt": "x" }), "No event files"],
  ];
  for (const [kind, file, message] of cases) {
    const done = await take(ctx, store, { kind, fileName: "x.zip" }, file);
    expect(done).toMatchObject({ state: "failed", message: expect.stringContaining(message) });
  }
});

test("rejects path traversal and zips that unpack to too much", async () => {
  const { ctx, store } = await importFixture();
  const climbing = Buffer.from(
    (await zipOf({ "mlruns/0/meta.yaml": "x", "xx/xx/xx/etc": "y" }))
      .toString("latin1")
      .replaceAll("xx/xx/xx/", "../../../"),
    "latin1",
  );
  expect(await take(ctx, store, mlruns, climbing)).toMatchObject({
    state: "failed",
    message: expect.stringContaining("invalid relative path"),
  });
  const bomb = await zipOf({ "mlruns/0/meta.yaml": Buffer.alloc(30_000_000) });
  expect(bomb.length).toBeLessThan(100_000);
  expect(await take(ctx, store, mlruns, bomb)).toMatchObject({
    state: "failed",
    message: expect.stringContaining("too many files or is too large"),
  });
  await expectRefusal(take(ctx, store, mlruns, Buffer.alloc(maxBytes + 1)), "too-large");
  expect(
    (await ctx.db.select().from(imports).where(eq(imports.workspaceId, ctx.actor.workspaceId))).map(
      ({ state }) => state,
    ),
  ).toEqual(["failed", "failed", "failed"]);
});

test.each([
  ["folders", "a/".repeat(30_000)],
  ["characters", "a".repeat(60_000)],
])("rejects a zip with a path of too many %s before it fills the memory", async (_, path) => {
  const store = await newStore();
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from("x"), `${path}x`);
  zip.end();
  await store.put("w/zip", Readable.from([await buffer(zip.outputStream)]));
  const before = process.memoryUsage().heapUsed;
  await expect(openZip(await store.localPath("w/zip"), maxBytes)).rejects.toMatchObject({ code: "invalid" });
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
});

test("fails an import on which several runners died, and removes its file", async () => {
  const { ctx, store } = await importFixture();
  const input = { kind: "mlruns", fileName: "mlruns.zip" } as const;
  const { id } = await startFileImport(ctx, input, Readable.from([fixture("mlruns.zip")]), {
    artifacts: store,
    maxBytes,
  });
  const isThis = eq(imports.id, id);
  for (let runner = 1; runner <= maxLeases; runner += 1) {
    await resumeTransfers(ctx, store);
    expect((await getImport(ctx, id)).state).not.toBe("failed");
    const lease = await acquireLease(ctx, "imports", id);
    lease?.stop();
    await ctx.db
      .update(imports)
      .set({ leasedUntil: new Date(0) })
      .where(isThis);
  }
  await resumeTransfers(ctx, store);
  expect(await getImport(ctx, id)).toMatchObject({ state: "failed", message: expect.stringContaining("5 times") });
  const [row] = await ctx.db.select().from(imports).where(isThis);
  expect(row).toMatchObject({ artifactKey: null, endedAt: expect.any(Date) });
});

test("counts the runners of an import from its last progress", async () => {
  const { ctx, store } = await importFixture();
  const input = { kind: "mlruns", fileName: "mlruns.zip" } as const;
  const { id } = await startFileImport(ctx, input, Readable.from([fixture("mlruns.zip")]), {
    artifacts: store,
    maxBytes,
  });
  await ctx.db
    .update(imports)
    .set({ attempts: maxLeases - 1 })
    .where(eq(imports.id, id));
  await runImport(ctx, id, { artifacts: store, rules: { allowsPrivate: false }, maxBytes });
  const [row] = await ctx.db.select().from(imports).where(eq(imports.id, id));
  expect(row).toMatchObject({ state: "done", attempts: 0 });
});
