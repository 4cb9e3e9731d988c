import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { eq } from "drizzle-orm";
import { afterAll, expect, test } from "vitest";
import { datasetVersions, evaluationSets, labelGolds, labelProjects, labelTasks } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { dayMs, minuteMs } from "#server/base/durations.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import { openLocalStore } from "#server/platform/artifacts/local-store.ts";
import type { EvaluationSet } from "#server/release/evaluation/contract.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { freezeEvaluationSet } from "#server/release/evaluation/sets/freeze-evaluation-set.ts";
import { getEvaluationSet } from "#server/release/evaluation/sets/set-queries.ts";
import { addLabelled, classValue, newAnimalProject } from "#server/testing/fixtures/label-flows/testing.ts";
import { as, inWorkspace, newWorkspace } from "#server/testing/testing.ts";
import type { LabelTaskKind, LabelValue } from "../contract.ts";
import type { LabelExport } from "./contract.ts";
import { exportNightly } from "./export-nightly.ts";
import { readSettled } from "./export-queries.ts";
import { exportToDataset } from "./export-to-dataset.ts";
import { findFrozenKeys } from "./find-frozen-keys.ts";
import { freezeAudit } from "./freeze-audit.ts";
import { markExportFailed, performExport } from "./perform-export.ts";

const folder = await mkdtemp(join(tmpdir(), "leeway-labels-"));
afterAll(() => rm(folder, { recursive: true, force: true }));
const artifacts = await openLocalStore(folder);
const place = { artifacts, maxBytes: 10_000_000 };

const exportOf = async (ctx: Context, projectId: number, id: string) => {
  const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, projectId));
  return row?.progress?.exports?.find((one) => one.id === id) as LabelExport;
};

async function made(ctx: Context, projectId: number, { id: exportId }: LabelExport) {
  await performExport(ctx, { projectId, exportId }, place);
  return exportOf(ctx, projectId, exportId);
}

/** Rows of a dataset version as texts by column. */
async function rowsOf(ctx: Context, name: string, digest: string | null) {
  const rows = await ctx.db.select().from(datasetVersions).where(eq(datasetVersions.name, name));
  const version = rows.find((one) => one.digest === digest);
  const table = await openTable(artifacts, version as NonNullable<typeof version>);
  const found: Record<string, string | null>[] = [];
  for await (const { values } of table.rows) {
    found.push(Object.fromEntries(table.columns.map((column, at) => [column, values[at]?.text ?? null])));
  }
  return found;
}

async function animals(ctx: Context) {
  const { id: projectId } = await newAnimalProject(ctx);
  const row = (weight: number, note = '-1 kg, "small"') => ({ data: { row: { weight, note, label: "shown" } } });
  const both = { ada: "cat", ben: "cat" };
  await addLabelled(ctx, projectId, { item: "a", ...row(4.5), given: both, label: "cat" });
  await addLabelled(ctx, projectId, {
    item: "b",
    ...row(30),
    given: { ada: "dog" },
    label: "dog",
    selection: "chosen",
  });
  const gold = await addLabelled(ctx, projectId, {
    item: "g",
    ...row(7),
    given: both,
    label: "fox",
    selection: "chosen",
  });
  const { workspaceId } = ctx.actor;
  await ctx.db
    .insert(labelGolds)
    .values({ taskId: gold, workspaceId, projectId, value: classValue("fox"), createdBy: "x" });
  await addLabelled(ctx, projectId, { item: "open", ...row(1) });
  return { projectId };
}

test(
  "exports settled labels as a dataset version with what is known of them, in both formats alike",
  inWorkspace(async (ctx) => {
    const { projectId } = await animals(ctx);
    const wanted = { projectId, dataset: "animal-labels" };
    const csv = await made(ctx, projectId, await exportToDataset(ctx, wanted));
    expect(csv).toMatchObject({ state: "done", rows: 2, gold: 1, frozen: 0, problem: null });
    expect(await rowsOf(ctx, wanted.dataset, csv.digest)).toEqual([
      {
        weight: "4.5",
        note: '-1 kg, "small"',
        shown_label: "shown",
        label: "cat",
        label_posterior: "0.97",
        label_people: "2",
        label_guideline: "1",
        label_selection: "audit",
        label_project: String(projectId),
        label_item: "a",
      },
      expect.objectContaining({ label: "dog", label_selection: "chosen", label_item: "b" }),
    ]);
    const parquet = await made(ctx, projectId, await exportToDataset(ctx, { ...wanted, format: "parquet" }));
    expect(parquet.digest).toBe(csv.digest);
    // Not for training: gold items are labels as well.
    const all = await made(ctx, projectId, await exportToDataset(ctx, { ...wanted, forTraining: false }));
    expect(all).toMatchObject({ rows: 3, gold: 0 });
  }),
);

test(
  "leaves rows of frozen sets out of exports for training, by item and by the hash of the row",
  inWorkspace(async (ctx) => {
    const { projectId } = await animals(ctx);
    const freeze = async (name: string, text: string) => {
      const upload = await uploadDataset(ctx, { name, fileName: "rows.csv" }, Readable.from([text]), place);
      await readDataset(ctx, upload.id, artifacts);
      const [version] = await ctx.db.select().from(datasetVersions).where(eq(datasetVersions.name, name));
      const dataset = { name, digest: version?.digest ?? "" };
      await createEvaluationSet(ctx, {
        name,
        definition: { dataset, task: { kind: "classification", label: "label" } },
      });
    };
    await freeze("by-item", "label,label_item\ncat,a\n");
    const wanted = { projectId, dataset: "training" };
    expect(await made(ctx, projectId, await exportToDataset(ctx, wanted))).toMatchObject({
      rows: 1,
      frozen: 1,
      gold: 1,
    });
    await freeze("by-row", 'note,weight,label,more\n"-1 kg, ""small""",30,shown,x\n');
    const none = await made(ctx, projectId, await exportToDataset(ctx, wanted));
    expect(none).toMatchObject({ state: "failed" });
    await ctx.db.update(evaluationSets).set({ retiredAt: new Date() });
    expect(await made(ctx, projectId, await exportToDataset(ctx, wanted))).toMatchObject({ rows: 2, frozen: 0 });
  }),
);

test(
  "keeps items of other projects that have the same name, and leaves out their requests",
  inWorkspace(async (ctx) => {
    const range = { from: new Date(Date.now() - dayMs), to: new Date() };
    const before = new Date(Date.now() - minuteMs);
    const { id: frozen } = await newAnimalProject(ctx);
    const both = { given: { ada: "cat", ben: "cat" }, label: "cat", createdAt: before };
    await addLabelled(ctx, frozen, { item: "0", data: { text: "one" }, ...both });
    await addLabelled(ctx, frozen, { item: "r1", requestId: "r1", data: { text: "two" }, ...both });
    const set = await freezeAudit(ctx, { projectId: frozen, name: "frozen-animals", ...range });
    expect(await made(ctx, frozen, set)).toMatchObject({ state: "done", rows: 2 });
    const { id: other } = await newAnimalProject(ctx, { name: "more animals" });
    await addLabelled(ctx, other, { item: "0", data: { text: "three" }, label: "dog" });
    await addLabelled(ctx, other, { item: "r1", requestId: "r1", data: { text: "four" }, label: "cat" });
    const training = { dataset: "training" };
    expect(await made(ctx, other, await exportToDataset(ctx, { projectId: other, ...training }))).toMatchObject({
      rows: 1,
      frozen: 1,
    });
    expect(await made(ctx, frozen, await exportToDataset(ctx, { projectId: frozen, ...training }))).toMatchObject({
      state: "failed",
    });
    const all = { keys: { mayHave: () => true }, shown: [] };
    expect((await findFrozenKeys(ctx, all, artifacts, 4)).size).toBe(4);
    await expect(findFrozenKeys(ctx, all, artifacts, 3)).rejects.toMatchObject({ code: "invalid" });
  }),
);

test(
  "reads settled tasks in pages that are bounded by their bytes",
  inWorkspace(async (ctx) => {
    const { id } = await newAnimalProject(ctx);
    const text = "x".repeat(200_000);
    for (let at = 0; at < 45; at += 1) await addLabelled(ctx, id, { item: `${at}`, data: { text }, label: "cat" });
    const pages: number[] = [];
    for await (const tasks of readSettled(ctx, id, null)) pages.push(tasks.length);
    expect(pages).toEqual([40, 5]);
  }),
);

test(
  "freezes all audit items of a time range with two people each, and refuses while any is missing",
  inWorkspace(async (ctx) => {
    const { id: projectId } = await newAnimalProject(ctx);
    const wanted = {
      projectId,
      name: "animals-march",
      from: new Date(Date.now() - dayMs),
      to: new Date(),
    };
    await expect(freezeAudit(ctx, wanted)).rejects.toThrow("No audit items");
    const row = (weight: number) => ({ data: { row: { weight } }, createdAt: new Date(Date.now() - minuteMs) });
    await addLabelled(ctx, projectId, { item: "a", ...row(1), given: { ada: "cat", ben: "cat" }, label: "cat" });
    await addLabelled(ctx, projectId, { item: "b", ...row(2), given: { ada: "dog" }, label: "dog" });
    const waiting = await addLabelled(ctx, projectId, { item: "c", ...row(3) });
    await addLabelled(ctx, projectId, {
      item: "chosen",
      ...row(4),
      given: { ada: "cat" },
      label: "cat",
      selection: "chosen",
    });
    await expect(freezeAudit(ctx, wanted)).rejects.toThrow(
      "Of 3 audit items, 1 have no label yet and 1 have one answer only",
    );
    await ctx.db.update(labelTasks).set({ state: "dropped" }).where(eq(labelTasks.id, waiting));
    await ctx.db.delete(labelTasks).where(eq(labelTasks.item, "b"));
    await addLabelled(ctx, projectId, { item: "b", ...row(2), given: { ada: "dog" }, label: "dog", method: "review" });
    // A reviewer sends one back before the job reads them.
    const early = await freezeAudit(ctx, wanted);
    await ctx.db.update(labelTasks).set({ state: "open" }).where(eq(labelTasks.item, "a"));
    expect(await made(ctx, projectId, early)).toMatchObject({
      state: "failed",
      problem: "Of 2 audit items, 1 have no label yet. Label them first.",
    });
    await ctx.db.update(labelTasks).set({ state: "settled" }).where(eq(labelTasks.item, "a"));
    const future = { ...wanted, to: new Date(Date.now() + dayMs) };
    await expect(freezeAudit(ctx, future)).rejects.toThrow("The time range must have ended");
    const frozen = await made(ctx, projectId, await freezeAudit(ctx, wanted));
    expect(frozen).toMatchObject({ state: "done", rows: 2, evaluationSetId: expect.any(String) });
    const [set] = await ctx.db.select().from(evaluationSets);
    expect(set).toMatchObject({
      name: "animals-march",
      definition: { task: { kind: "classification", label: "label" } },
    });
    // What is frozen is left out of training from now on.
    const training = await made(ctx, projectId, await exportToDataset(ctx, { projectId, dataset: "training" }));
    expect(training).toMatchObject({ rows: 1, frozen: 2 });
  }),
);

test(
  "freezes texts, boxes and several classes with the pictures that people saw",
  inWorkspace(async (ctx) => {
    const range = { from: new Date(Date.now() - dayMs), to: new Date() };
    const createdAt = new Date(Date.now() - minuteMs);
    const frozen = async (name: string, taskKind: LabelTaskKind, tasks: { label: LabelValue; data: object }[]) => {
      const { id: projectId } = await newAnimalProject(ctx, { name, taskKind });
      for (const [at, { label, data }] of tasks.entries()) {
        const task = {
          item: `${name}-${at}`,
          data: data as Record<string, unknown>,
          createdAt,
          method: "review" as const,
        };
        await addLabelled(ctx, projectId, { ...task, given: { ada: label }, label });
      }
      const asked = await freezeAudit(ctx, { projectId, name, ...range });
      const done = await made(ctx, projectId, asked);
      if (done.state === "failed") return done.problem;
      await freezeEvaluationSet(ctx, done.evaluationSetId as string, artifacts);
      return getEvaluationSet(ctx, done.evaluationSetId as string);
    };
    const text = (value: string, data: object) => ({ label: { kind: "text" as const, text: value }, data });
    const transcripts = await frozen("calls", "text", [
      text("Hello, Ada", { recording: "one" }),
      text("", { recording: "two" }),
    ]);
    expect(transcripts).toMatchObject({
      state: "ready",
      definition: { task: { kind: "transcription", label: "label" } },
      facts: { included: 2, unlabelled: 0 },
    });
    const classes = { kind: "multilabel" as const, labels: ["cat", "dog"] };
    expect(await frozen("several", "multilabel", [{ label: classes, data: {} }])).toMatchObject({
      facts: { classes: [{ name: "cat" }, { name: "dog" }] },
    });
    const picture = Buffer.from("a picture");
    const { workspaceId } = ctx.actor;
    await artifacts.put(`${workspaceId}/labels/1/shown.png`, Readable.from([picture]));
    const shown = (name: string) => ({
      picture: { artifact: `labels/1/${name}`, mimeType: "image/png", sizeBytes: picture.length },
    });
    const boxes = { kind: "boxes" as const, boxes: [{ label: "cat", x: 10, y: 20, width: 30, height: 40 }] };
    const set = await frozen("photos", "boxes", [
      { label: boxes, data: shown("shown.png") },
      { label: { kind: "boxes", boxes: [] }, data: shown("shown.png") },
    ]);
    expect(set).toMatchObject({
      state: "ready",
      definition: { task: { kind: "boxes", overlap: 0.5 } },
      facts: { included: 2, classes: [{ name: "cat", rows: 1 }] },
    });
    const [row] = await rowsOf(ctx, "photos", (set as EvaluationSet).definition.dataset.digest);
    expect(row?.picture).toBe(picture.toString("base64"));
    const gone = await frozen("gone", "boxes", [{ label: boxes, data: shown("missing.png") }]);
    expect(gone).toContain('The file of item "gone-0" no longer exists');
    // Only files of labels are read, whatever a task names.
    await artifacts.put(`${workspaceId}/models/secret.onnx`, Readable.from(["secret"]));
    const other = { picture: { artifact: "models/secret.onnx", mimeType: "image/png", sizeBytes: 6 } };
    expect(await frozen("other", "boxes", [{ label: boxes, data: other }])).toContain(
      "shows no file of this workspace",
    );
  }),
);

test(
  "exports each night only where labels were settled since, and repeats an export whose worker died",
  inWorkspace(async (ctx) => {
    const { projectId } = await animals(ctx);
    expect(await exportNightly(ctx, projectId)).toBe(false);
    await ctx.db
      .update(labelProjects)
      .set({ settings: { dataset: "nightly" } })
      .where(eq(labelProjects.id, projectId));
    expect(await exportNightly(ctx, projectId)).toBe(true);
    expect(await exportNightly(ctx, projectId)).toBe(false);
    const [row] = await ctx.db.select().from(labelProjects).where(eq(labelProjects.id, projectId));
    const [first] = row?.progress?.exports ?? [];
    // The worker dies before the export is noted as made; the next one makes the same version.
    const upload = await made(ctx, projectId, first as LabelExport);
    await ctx.db.update(labelProjects).set({ progress: { exports: [first as LabelExport] } });
    expect((await made(ctx, projectId, first as LabelExport)).digest).toBe(upload.digest);
    expect(await ctx.db.$count(datasetVersions)).toBe(1);
    expect(await exportNightly(ctx, projectId)).toBe(false);
    await addLabelled(ctx, projectId, { item: "new", label: "cat" });
    expect(await exportNightly(ctx, projectId)).toBe(true);
  }),
);

test(
  "exports again where an export waits whose job is gone",
  inWorkspace(async (ctx) => {
    const { projectId } = await animals(ctx);
    const { id } = await exportToDataset(ctx, { projectId, dataset: "nightly" });
    const lost = {
      ...(await exportOf(ctx, projectId, id)),
      requestedAt: new Date(Date.now() - 2 * dayMs).toISOString(),
    };
    await ctx.db
      .update(labelProjects)
      .set({ settings: { dataset: "nightly" }, progress: { exports: [lost] } })
      .where(eq(labelProjects.id, projectId));
    expect(await exportNightly(ctx, projectId)).toBe(true);
    expect(await exportOf(ctx, projectId, id)).toMatchObject({
      state: "failed",
      problem: "The export was lost. Export the labels again.",
    });
    expect(await exportNightly(ctx, projectId)).toBe(false);
  }),
);

test(
  "reports an export that failed, and exports nothing of another workspace",
  inWorkspace(async (ctx) => {
    const { projectId } = await animals(ctx);
    const asked = await exportToDataset(ctx, { projectId, dataset: "labels" });
    await markExportFailed(ctx, { projectId, exportId: asked.id, reason: "No space left." });
    expect(await exportOf(ctx, projectId, asked.id)).toMatchObject({
      state: "failed",
      problem: "The export failed repeatedly. No space left. Export the labels again.",
    });
    await expect(exportToDataset(as(ctx, "viewer"), { projectId, dataset: "x" })).rejects.toMatchObject({
      code: "forbidden",
    });
    const other = await newWorkspace(ctx.db);
    await expect(exportToDataset(other, { projectId, dataset: "x" })).rejects.toMatchObject({ code: "not-found" });
    await expect(performExport(other, { projectId, exportId: asked.id }, place)).rejects.toMatchObject({
      code: "not-found",
    });
  }),
);
