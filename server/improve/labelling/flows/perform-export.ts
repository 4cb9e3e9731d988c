import { Readable } from "node:stream";
import { and, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { UploadProblem } from "#server/develop/datasets/contract.ts";
import { findUpload } from "#server/develop/datasets/lookups.ts";
import { readDataset } from "#server/develop/datasets/read-dataset.ts";
import { uploadDataset } from "#server/develop/datasets/upload-dataset.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import type { JobData } from "#server/platform/jobs/kinds.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { createEvaluationSet } from "#server/release/evaluation/sets/create-evaluation-set.ts";
import { LabelTaskKind } from "../contract.ts";
import { findLabelProject, type LabelProjectRow } from "../projects/find-label-project.ts";
import type { LabelExport } from "./contract.ts";
import { embedFiles } from "./embed-files.ts";
import { exportNote } from "./export-note.ts";
import { readSettled } from "./export-queries.ts";
import { findFrozenKeys } from "./find-frozen-keys.ts";
import { frozenTask } from "./frozen-task.ts";
import { KeyFilter } from "./key-filter.ts";
import { updateExport } from "./label-exports.ts";
import { csvOf, parquetOf } from "./label-file.ts";
import { keysOf, type LabelRow, labelRow, shownRows } from "./label-rows.ts";
import { requireCompleteAudit } from "./require-complete-audit.ts";

interface ExportPlace {
  artifacts: ArtifactStore;
  maxBytes: number;
}

/** Rows of a Parquet file, whose columns are in memory until it is written. */
const maxParquetRows = 500_000;

/** What an export leaves out. */
interface LeftOut {
  rows: number;
  frozen: number;
  gold: number;
}

/**
 * Makes the dataset version of an export, and the evaluation set where it freezes the audit. A repeated one begins again, and equal rows are the version
 * that exists. A mistake, such as a project without labels, is an outcome; any other failure is thrown, so that it is retried.
 */
export async function performExport(ctx: Context, data: JobData["export-labels"], place: ExportPlace): Promise<void> {
  permit(ctx, "performExport");
  const project = await findLabelProject(ctx, data.projectId);
  const wanted = project.progress?.exports?.find(({ id, state }) => id === data.exportId && state === "waiting");
  if (!wanted) return;
  try {
    // By the name of who asked for it.
    const asker: Context = { ...ctx, actor: { ...ctx.actor, name: wanted.requestedBy } };
    await updateExport(ctx, data, { ...(await make(asker, project, wanted, place)), state: "done" });
  } catch (cause) {
    if (!(cause instanceof DomainError) || cause.code === "unavailable") throw cause;
    await updateExport(ctx, data, { state: "failed", problem: cause.message });
  }
}

/** Marks an export as failed after its last attempt. It can be asked for again. */
export async function markExportFailed(ctx: Context, data: JobData["give-up-label-export"]): Promise<void> {
  permit(ctx, "performExport");
  const problem = `The export failed repeatedly. ${data.reason} Export the labels again.`;
  await updateExport(ctx, data, { state: "failed", problem });
}

async function make(ctx: Context, project: LabelProjectRow, wanted: LabelExport, place: ExportPlace) {
  const { artifacts, maxBytes } = place;
  const leftOut: LeftOut = { rows: 0, frozen: 0, gold: 0 };
  await requireAudit(ctx, project, wanted);
  const { columns, shown, keys } = await survey(ctx, project, wanted);
  if (columns.length === 0) throw new DomainError("invalid", "No settled labels to export yet.");
  const frozen = wanted.forTraining ? await findFrozenKeys(ctx, { keys, shown }, artifacts) : new Set<string>();
  const rows = rowsOf(ctx, project, wanted, { frozen, leftOut, artifacts });
  const body = wanted.format === "csv" ? csvOf(columns, rows) : [await parquetOf(columns, limited(rows))];
  const upload = await uploadDataset(
    ctx,
    {
      name: wanted.dataset,
      fileName: `labels.${wanted.format}`,
      note: exportNote(project),
    },
    Readable.from(body),
    { artifacts, maxBytes },
  );
  await readDataset(ctx, upload.id, artifacts);
  const row = await findUpload(ctx, { name: wanted.dataset, id: upload.id });
  if (row.state === "failed") {
    throw new DomainError("invalid", `The labels are not a valid dataset: ${UploadProblem.parse(row.problem).message}`);
  }
  const digest = await digestOf(ctx, row.versionId);
  // Items may have lost their labels while the rows were read.
  if ((await requireAudit(ctx, project, wanted)) > leftOut.rows) {
    throw new DomainError("conflict", "Labels of audit items changed while they were read. Freeze the audit again.");
  }
  return { ...leftOut, digest, evaluationSetId: wanted.audit ? await freeze(ctx, project, wanted, digest) : null };
}

/** Checks again what was checked when the audit was frozen. @returns how many items it has, 0 where it is none */
async function requireAudit(ctx: Context, { id }: LabelProjectRow, { audit }: LabelExport): Promise<number> {
  if (!audit) return 0;
  return requireCompleteAudit(ctx, id, { from: new Date(audit.from), to: new Date(audit.to) });
}

/** Reads the tasks once for their keys and columns: those of all rows together, and those of each kind of row that is shown. */
async function survey(ctx: Context, { id }: LabelProjectRow, { audit }: LabelExport) {
  const keys = new KeyFilter();
  const columns = new Set<string>();
  const shown = new Map<string, string[]>();
  for await (const tasks of readSettled(ctx, id, audit)) {
    for (const task of tasks) {
      for (const key of keysOf(task, id)) keys.add(key);
      for (const name of Object.keys(labelRow(task, id))) columns.add(name);
      for (const row of shownRows(task)) {
        const names = Object.keys(row).sort();
        shown.set(JSON.stringify(names), names);
      }
    }
  }
  return { columns: [...columns], shown: [...shown.values()], keys };
}

async function* rowsOf(
  ctx: Context,
  { id }: LabelProjectRow,
  { audit, forTraining }: LabelExport,
  { frozen, leftOut, artifacts }: { frozen: ReadonlySet<string>; leftOut: LeftOut; artifacts: ArtifactStore },
): AsyncGenerator<LabelRow> {
  for await (const tasks of readSettled(ctx, id, audit)) {
    for (const task of tasks) {
      if (keysOf(task, id).some((key) => frozen.has(key))) leftOut.frozen += 1;
      else if (forTraining && task.isGold) leftOut.gold += 1;
      else {
        leftOut.rows += 1;
        const row = labelRow(task, id);
        yield audit ? await embedFiles(ctx, artifacts, task, row) : row;
      }
    }
  }
}

async function* limited(rows: AsyncIterable<LabelRow>): AsyncGenerator<LabelRow> {
  let count = 0;
  for await (const row of rows) {
    count += 1;
    if (count > maxParquetRows) {
      throw new DomainError("invalid", "At most 500,000 labels fit into a Parquet file. Export them as CSV.");
    }
    yield row;
  }
}

async function digestOf(ctx: Context, versionId: string | null): Promise<string> {
  const [version] = await ctx.db
    .select({ digest: datasetVersions.digest })
    .from(datasetVersions)
    .where(and(eq(datasetVersions.workspaceId, ctx.actor.workspaceId), eq(datasetVersions.id, versionId ?? "")));
  if (!version) throw new DomainError("unavailable", "The dataset version was not read yet.");
  return version.digest;
}

/** Freezes the rows as an evaluation set, in which no model votes. */
async function freeze(
  ctx: Context,
  project: LabelProjectRow,
  { dataset: name }: LabelExport,
  digest: string,
): Promise<string> {
  const set = await createEvaluationSet(ctx, {
    name,
    definition: { dataset: { name, digest }, task: frozenTask(LabelTaskKind.parse(project.taskKind)) },
    note: `Random audit of label project "${project.name}" (${project.id}).`,
  });
  return set.id;
}
