import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { eq, sql } from "drizzle-orm";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, describe, expect, test } from "vitest";
import { artifactReleases, datasetUploads, datasetVersions } from "#db/schema/index.ts";
import { findHolders } from "#server/admin/collection/find-holders.ts";
import type { Context } from "#server/base/context.ts";
import { createRegisteredModel } from "#server/develop/registry/models/create-registered-model.ts";
import { createModelVersion } from "#server/develop/registry/versions/create-model-version.ts";
import { createExperiment } from "#server/develop/tracking/experiments/create-experiment.ts";
import { createRun } from "#server/develop/tracking/runs/create-run.ts";
import { deleteRun } from "#server/develop/tracking/runs/delete-run.ts";
import { logInputs } from "#server/develop/tracking/runs/log-inputs.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { auditActions, waitingJobs } from "#server/testing/fixtures/registry/testing.ts";
import { inWorkspace } from "#server/testing/testing.ts";
import { uploadRows } from "../../testing/fixtures/datasets/testing.ts";
import { getDataset, getDatasetUpload, listDatasets, openDatasetFile } from "./queries.ts";
import { readDataset } from "./read-dataset.ts";
import { uploadDataset } from "./upload-dataset.ts";
import { getDatasetVersion } from "./version-queries.ts";

const folder = mkdtempSync(join(tmpdir(), "leeway-datasets-"));
afterAll(() => rmSync(folder, { recursive: true }));
const store = await openLocalStore(folder);
const intake = { artifacts: store, maxBytes: 1_000_000 };
const rows = "carrier,delay\nBA,12.5\nLH,-3\nBA,\n";

/** Creates a run that logs a dataset as its input. */
async function runThatRead(ctx: Context, experiment: string, dataset: { name: string; digest: string }) {
  const experimentId = await createExperiment(ctx, { name: experiment });
  const run = await createRun(ctx, { experimentId, name: `run of ${experiment}` });
  const schema = JSON.stringify({ mlflow_colspec: [{ type: "double", name: "delay", required: true }] });
  const tags = [{ key: "mlflow.data.context", value: "training" }];
  const received = { ...dataset, sourceType: "http", source: '{"url": "x"}', schema, profile: '{"num_rows": 3}', tags };
  await logInputs(ctx, { runId: run.id, datasets: [received] });
  return run;
}

describe("dataset upload", () => {
  test(
    "creates a version with its profile",
    inWorkspace(async (ctx) => {
      const upload = await uploadRows(ctx, store, { rows });
      expect(upload).toMatchObject({ state: "done", rowsRead: 3, format: "csv", problem: null });
      const version = await getDatasetVersion(ctx, { name: "flights", digest: upload.digest ?? "" });
      expect(version).toMatchObject({
        rows: 3,
        columns: 2,
        isUploaded: true,
        isLogged: false,
        file: { fileName: "flights.csv", sizeBytes: rows.length },
        schema: [
          { name: "carrier", type: "text", required: true },
          { name: "delay", type: "number", required: false },
        ],
        profile: [{ levels: [{ value: "BA", count: 2 }, { value: "LH" }] }, { missing: 1, numbers: { mean: 4.75 } }],
      });
      expect(version.file?.contentHash.startsWith(version.digest)).toBe(true);
      expect(await auditActions(ctx)).toEqual(["dataset.uploaded", "dataset.version-created"]);
      const file = await openDatasetFile(ctx, { name: "flights", digest: version.digest }, store);
      expect(await text(file.body)).toBe(rows);
    }),
  );

  test(
    "reuses the version for the same rows in another order and format, and releases the file after a week",
    inWorkspace(async (ctx) => {
      const { digest } = await uploadRows(ctx, store, { rows });
      const columnData = [
        { name: "delay", data: [null, -3, 12.5] },
        { name: "carrier", data: ["BA", "LH", "BA"] },
      ];
      const parquet = Buffer.from(parquetWriteBuffer({ columnData }));
      const again = await uploadRows(ctx, store, { rows: parquet, fileName: "flights.parquet" });
      expect(again).toMatchObject({ state: "done", format: "parquet", digest });
      expect((await getDataset(ctx, "flights")).list).toHaveLength(1);
      const [release] = await ctx.db.select().from(artifactReleases);
      expect(release?.prefix).toBe(`${ctx.actor.workspaceId}/datasets/${again.id}`);
      const held = () => findHolders(ctx, [release?.prefix ?? ""]);
      expect([...(await held()).values()]).toEqual(["dataset flights"]);
      await ctx.db
        .update(datasetUploads)
        .set({ finishedAt: sql`now() - interval '8 days'` })
        .where(eq(datasetUploads.id, again.id));
      expect(await held()).toEqual(new Map());
    }),
  );

  test(
    "releases a file at once whose bytes the version has already",
    inWorkspace(async (ctx) => {
      await uploadRows(ctx, store, { rows });
      const again = await uploadRows(ctx, store, { rows });
      expect(await findHolders(ctx, [`${ctx.actor.workspaceId}/datasets/${again.id}`])).toEqual(new Map());
    }),
  );

  test(
    "rejects other rows whose digest is that of a version",
    inWorkspace(async (ctx) => {
      const first = await uploadRows(ctx, store, { rows });
      await ctx.db.update(datasetVersions).set({ contentHash: "of other rows" });
      const again = await uploadRows(ctx, store, { rows: `${rows}\n` });
      expect(again).toMatchObject({
        state: "failed",
        problem: { message: expect.stringContaining(first.digest ?? "–") },
      });
    }),
  );

  test(
    "is held by its upload until read, then by its version",
    inWorkspace(async (ctx) => {
      const { id } = await uploadDataset(
        ctx,
        { name: "flights", fileName: "a.csv" },
        Readable.from([Buffer.from(rows)]),
        intake,
      );
      const prefix = `${ctx.actor.workspaceId}/datasets/${id}`;
      const holders = new Map([[prefix, "dataset flights"]]);
      expect(await findHolders(ctx, [prefix])).toEqual(holders);
      expect(await waitingJobs(ctx)).toMatchObject([{ name: "read-dataset", data: { uploadId: id } }]);
      await readDataset(ctx, id, store);
      expect(await findHolders(ctx, [prefix])).toEqual(holders);
    }),
  );

  test(
    "is read again after the reader died, and only once more",
    inWorkspace(async (ctx) => {
      const body = Readable.from([Buffer.from(rows)]);
      const { id } = await uploadDataset(ctx, { name: "flights", fileName: "a.csv" }, body, intake);
      const dead: ArtifactStore = { ...store, open: () => Promise.reject(new Error("killed")) };
      await expect(readDataset(ctx, id, dead)).rejects.toThrow("killed");
      expect(await getDatasetUpload(ctx, { name: "flights", id })).toMatchObject({ state: "running", digest: null });
      await readDataset(ctx, id, store);
      await readDataset(ctx, id, store);
      expect(await getDatasetUpload(ctx, { name: "flights", id })).toMatchObject({ state: "done", rowsRead: 3 });
      expect((await auditActions(ctx)).filter((action) => action === "dataset.version-created")).toHaveLength(1);
    }),
  );

  test.each([
    ["broken.csv", "a,b\n1,2\n3\n", { line: 3, column: "b" }],
    ["empty.csv", "", { line: 1 }],
    ["header.csv", "a,b\n", { line: 2 }],
    ["broken.parquet", "PAR1 and no more", {}],
  ])("rejects %s with the position of the error, and releases it", (fileName, content, index) =>
    inWorkspace(async (ctx) => {
      const { state, problem, digest } = await uploadRows(ctx, store, { rows: content, fileName });
      expect({ state, digest }).toEqual({ state: "failed", digest: null });
      expect(problem).toMatchObject({ message: expect.any(String), ...index });
      expect(await auditActions(ctx)).toEqual(["dataset.uploaded", "dataset.upload-refused"]);
      expect(await ctx.db.select().from(artifactReleases)).toHaveLength(1);
      expect(await getDataset(ctx, "flights")).toMatchObject({ versions: 0, newest: null, uploads: [{ fileName }] });
    })(),
  );

  test.each([
    [{ name: "flights", fileName: "a.xlsx" }, "Use .csv, .parquet, .arrow"],
    [{ name: "a/b", fileName: "a.csv" }, "cannot contain slashes"],
    [{ name: " ", fileName: "a.csv" }, "Enter a dataset name"],
  ])("rejects %j before storing it", (input, words) =>
    inWorkspace(async (ctx) => {
      await expect(uploadDataset(ctx, input, Readable.from([Buffer.from(rows)]), intake)).rejects.toThrow(words);
      expect(await store.list(`${ctx.actor.workspaceId}/datasets`)).toEqual([]);
    })(),
  );

  test(
    "stores nothing if the file is too large or the client disconnects",
    inWorkspace(async (ctx) => {
      const input = { name: "flights", fileName: "a.csv" };
      const large = uploadDataset(ctx, input, Readable.from([Buffer.alloc(20)]), { artifacts: store, maxBytes: 10 });
      await expect(large).rejects.toMatchObject({ code: "too-large" });
      const leaving = new Readable({ read() {} });
      leaving.push("carrier");
      setImmediate(() => leaving.destroy(Object.assign(new Error("gone"), { code: "ECONNRESET" })));
      await expect(uploadDataset(ctx, input, leaving, intake)).rejects.toMatchObject({ code: "invalid" });
      expect(await ctx.db.select().from(datasetUploads).where(eq(datasetUploads.name, "flights"))).toEqual([]);
      expect(await store.list(`${ctx.actor.workspaceId}/datasets`)).toEqual([]);
    }),
  );
});

describe("dataset", () => {
  test(
    "combines data logged by runs of several experiments and uploads, by digest",
    inWorkspace(async (ctx) => {
      const { digest } = await uploadRows(ctx, store, { rows });
      const first = await runThatRead(ctx, "one", { name: "flights", digest: "d1" });
      await runThatRead(ctx, "two", { name: "flights", digest: "d1" });
      await runThatRead(ctx, "three", { name: "flights", digest: digest ?? "" });
      await createRegisteredModel(ctx, { name: "delay" });
      await createModelVersion(ctx, { name: "delay", source: "s3://x", runId: first.id });
      expect(await listDatasets(ctx)).toMatchObject([{ name: "flights", versions: 2, runs: 3, modelVersions: 1 }]);
      const { list } = await getDataset(ctx, "flights");
      expect(list.find((version) => version.digest === "d1")).toMatchObject({
        isLogged: true,
        isUploaded: false,
        rows: 3,
        columns: 1,
        runs: 2,
        modelVersions: 1,
      });
      expect(list.find((version) => version.digest === digest)).toMatchObject({
        isLogged: true,
        isUploaded: true,
        rows: 3,
        columns: 2,
        runs: 1,
        modelVersions: 0,
      });
    }),
  );

  test(
    "links versions to runs and model versions",
    inWorkspace(async (ctx) => {
      const run = await runThatRead(ctx, "one", { name: "flights", digest: "d1" });
      await createRegisteredModel(ctx, { name: "delay" });
      await createModelVersion(ctx, { name: "delay", source: "s3://x", runId: run.id });
      const key = { name: "flights", digest: "d1" };
      expect(await getDatasetVersion(ctx, key)).toMatchObject({
        file: null,
        profile: null,
        source: { type: "http", text: '{"url": "x"}' },
        schema: [{ name: "delay", type: "double", required: true }],
        facts: [{ name: "num_rows", value: "3" }],
        usedByRuns: [{ id: run.id, experimentName: "one", context: "training" }],
        usedByModelVersions: [{ modelName: "delay", version: 1, runId: run.id }],
        checks: [],
      });
      await deleteRun(ctx, run.id);
      expect(await getDatasetVersion(ctx, key)).toMatchObject({ runs: 0, usedByRuns: [], usedByModelVersions: [] });
    }),
  );

  test(
    "is found by part of its name, in pages",
    inWorkspace(async (ctx) => {
      for (const name of ["b", "A flights", "c flights"]) await uploadRows(ctx, store, { name, rows });
      const names = async (input: object) => (await listDatasets(ctx, input)).map(({ name }) => name);
      expect(await names({})).toEqual(["A flights", "b", "c flights"]);
      expect(await names({ search: "FLIGHT" })).toEqual(["A flights", "c flights"]);
      expect(await names({ after: "A flights", limit: 1 })).toEqual(["b"]);
    }),
  );

  test(
    "is reported as not found if unknown",
    inWorkspace(async (ctx) => {
      await expect(getDataset(ctx, "x")).rejects.toMatchObject({ code: "not-found" });
      await expect(getDatasetVersion(ctx, { name: "x", digest: "y" })).rejects.toMatchObject({ code: "not-found" });
    }),
  );
});
