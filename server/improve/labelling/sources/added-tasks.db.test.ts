import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { artifactFiles, datasetVersions, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import { newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { newLogged, newServed } from "#server/testing/fixtures/slo/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import { openTaskFile } from "../tasks/open-task-file.ts";
import { addDatasetRows } from "./add-dataset-rows.ts";
import { sendToLabels } from "./send-to-labels.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-sources-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(folder);

const tasksOf = (ctx: Context, projectId: number) =>
  ctx.db.select().from(labelTasks).where(eq(labelTasks.projectId, projectId)).orderBy(labelTasks.id);

test(
  "sends a request to its endpoint's project, with its picture in the artifact store, once",
  inWorkspace(async (ctx) => {
    const { endpointId, versionId } = await newServed(ctx);
    const pixels = {
      name: "pixels",
      datatype: "FP32",
      shape: [1, 1, 8, 8],
      data: Array.from({ length: 64 }, (_, at) => at),
    };
    const base = { endpointId, versionId, at: new Date(), answer: "cat", confidence: 0.9 };
    await newLogged(ctx, { ...base, requestId: "r1", inputs: [pixels], loggedReason: "low-confidence" });
    await newLogged(ctx, { ...base, requestId: "hidden", inputs: [{ ...pixels, data: undefined, sha256: "ab" }] });
    const send = (requestId: string, by = ctx) => sendToLabels(by, { endpointId, requestId }, artifacts);
    await expect(send("r1")).rejects.toThrow('No active label project labels "digits". Create one under Labels.');
    const shown = [{ name: "picture", kind: "image" as const, field: "image" }];
    const { id: projectId } = await newAnimalProject(ctx, { endpoint: "digits", shown });
    const sent = await send("r1");
    expect(sent).toMatchObject({ projectId, project: "animals", isNew: true });
    expect(await send("r1")).toEqual({ ...sent, isNew: false });
    const [task] = await tasksOf(ctx, projectId);
    expect(task).toMatchObject({ source: "playground", selection: "chosen", requestId: "r1", item: "r1" });
    const file = await openTaskFile(ctx, artifacts, { taskId: sent.taskId, field: "image" });
    expect(file).toMatchObject({ mimeType: "image/png" });
    const bytes = Buffer.concat(await file.content.toArray());
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    // It is named for backups, by its content.
    expect(await ctx.db.$count(artifactFiles)).toBe(1);
    await expect(send("hidden")).rejects.toMatchObject({ code: "invalid" });
    await expect(send("gone")).rejects.toMatchObject({ code: "not-found" });
    await expect(send("r1", as(ctx, "viewer"))).rejects.toMatchObject({ code: "forbidden" });
    await expect(send("r1", await newWorkspace(ctx.db))).rejects.toMatchObject({ code: "not-found" });
  }),
);

test(
  "makes tasks of the rows of a dataset version, each row once, or of a random part of them",
  inWorkspace(async (ctx) => {
    const rows = Array.from({ length: 300 }, (_, at) => `${at},animal ${at},cat`).join("\n");
    const text = `weight,note,label\n${rows}\n0,animal 0,dog\n`;
    const upload = await uploadDataset(ctx, { name: "zoo", fileName: "zoo.csv" }, Readable.from([text]), {
      artifacts,
      maxBytes: 100_000,
    });
    await readDataset(ctx, upload.id, artifacts);
    const [version] = await ctx.db.select().from(datasetVersions).where(eq(datasetVersions.name, "zoo"));
    const { id: projectId } = await newAnimalProject(ctx);
    const of = { projectId, dataset: "zoo", digest: version?.digest ?? "", columns: ["weight", "note"] };
    const drawn = await addDatasetRows(ctx, { ...of, sample: 100 }, artifacts);
    expect(drawn.read).toBe(301);
    expect(drawn.added).toBeGreaterThan(60);
    expect(drawn.added).toBeLessThan(140);
    const all = await addDatasetRows(ctx, of, artifacts);
    // The first and the last row show the same.
    expect(all).toMatchObject({ added: 300 - drawn.added, known: drawn.added, leftOut: 0 });
    expect(await addDatasetRows(ctx, of, artifacts)).toMatchObject({ added: 0, known: 300 });
    const [task] = await tasksOf(ctx, projectId);
    expect(task).toMatchObject({ source: "imported", selection: "chosen", datasetVersionId: version?.id });
    expect(task?.data).toEqual({ row: { weight: expect.any(Number), note: expect.stringMatching(/^animal/) } });
    await expect(addDatasetRows(ctx, { ...of, columns: ["age"] }, artifacts)).rejects.toThrow('no column "age"');
    const other = await newWorkspace(ctx.db);
    await expect(addDatasetRows(other, of, artifacts)).rejects.toMatchObject({ code: "not-found" });
    await expect(addDatasetRows(as(ctx, "viewer"), of, artifacts)).rejects.toMatchObject({ code: "forbidden" });
  }),
);

test(
  "takes no request as drawn by chance that someone chose",
  inWorkspace(async (ctx) => {
    const { id: projectId } = await newAnimalProject(ctx);
    const add = (task: object) =>
      addTasks(ctx, { projectId, tasks: [{ item: "r1", data: {}, requestId: "r1", ...task }] });
    const refused = 'Only Leeway draws logged requests for the random audit. Send "r1" with the selection "chosen".';
    await expect(add({ source: "audit" })).rejects.toThrow(refused);
    await expect(add({ selection: "audit" })).rejects.toThrow(refused);
    await add({ source: "audit", selection: "chosen" });
    await addTasks(ctx, { projectId, tasks: [{ item: "own sample", data: {}, source: "audit" }] });
    expect((await tasksOf(ctx, projectId)).map(({ selection }) => selection)).toEqual(["chosen", "audit"]);
  }),
);
