import { z } from "zod";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { findUploadedVersion } from "#server/develop/datasets/lookups.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { Value } from "#server/develop/datasets/rows/value.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { permit } from "#server/platform/permissions/permit.ts";
import { LabelConfig } from "../contract.ts";
import { findLiveLabelProject } from "../projects/find-label-project.ts";
import { hashShare } from "../queue/hash-share.ts";
import { addTasks } from "../tasks/add-tasks.ts";
import type { NewTask } from "../tasks/contract.ts";
import { rowKeyer } from "./row-key.ts";

/** Tasks of one call. */
const maxRows = 50_000;
const batch = 2_000;

export const AddDatasetRows = z.object({
  projectId: z.number().int().positive(),
  dataset: z.string().min(1).max(500),
  digest: z.string().min(1).max(500),
  /** Columns that tasks show; all when left out. Leave a column with an earlier label out, or people will copy it. */
  columns: z.array(z.string().min(1).max(500)).min(1).max(500).optional(),
  /** Number of rows to draw at random, by the hash of the row; all when left out. */
  sample: z.number().int().min(1).max(maxRows).optional(),
});
export type AddDatasetRows = z.input<typeof AddDatasetRows>;

/**
 * Makes tasks of the rows of a dataset version, each with a copy of what it shows. A row that has a task already, also from another version, gets no
 * second one, so a repeated call adds nothing.
 * @returns rows that were read, tasks that were added and that were there, and rows beyond the 50,000 of one call
 * @throws DomainError "not-found" for rows that Leeway does not have, "conflict" for an archived project, "invalid" for a missing column
 */
export async function addDatasetRows(
  ctx: Context,
  input: AddDatasetRows,
  artifacts: Pick<ArtifactStore, "open" | "stat">,
): Promise<{ read: number; added: number; known: number; leftOut: number }> {
  permit(ctx, "addDatasetRows");
  const { projectId, dataset, digest, columns: wanted, sample } = AddDatasetRows.parse(input);
  const project = await findLiveLabelProject(ctx, projectId);
  const version = await findUploadedVersion(ctx, { name: dataset, digest });
  const table = await openTable(artifacts as ArtifactStore, version);
  const shown = wanted ?? table.columns;
  const missing = shown.find((name) => !table.columns.includes(name));
  if (missing) throw new DomainError("invalid", `"${dataset}" has no column "${missing}".`, { field: "columns" });
  const dataOf = shownBy(LabelConfig.parse(project.config).objects, table.columns, shown);
  const keyOf = rowKeyer(table.columns, shown);
  const share = sample === undefined ? 1 : Math.min(1, sample / Math.max(1, version.rows));
  const result = { read: 0, added: 0, known: 0, leftOut: 0 };
  let tasks = new Map<string, NewTask>();
  const flush = async () => {
    if (tasks.size === 0) return;
    const { added, known } = await addTasks(ctx, { projectId, tasks: [...tasks.values()] });
    result.added += added;
    result.known += known;
    tasks = new Map();
  };
  try {
    for await (const { values } of table.rows) {
      result.read += 1;
      const item = keyOf(values);
      if (share < 1 && hashShare(`rows ${projectId} ${item}`) >= share) continue;
      if (result.added + result.known + tasks.size >= maxRows) result.leftOut += 1;
      else
        tasks.set(item, {
          item,
          data: dataOf(values),
          datasetVersionId: version.id,
          groupKey: item,
          source: "imported",
        });
      if (tasks.size >= batch) await flush();
    }
    await flush();
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error;
    throw new DomainError("invalid", `The file of "${dataset}" cannot be read: ${error.message}`);
  }
  return result;
}

/** Returns how a row becomes what the project shows: a row of the columns, or a text of the column with the field's name. */
function shownBy(
  objects: LabelConfig["objects"],
  all: readonly string[],
  shown: readonly string[],
): (values: readonly Value[]) => Record<string, unknown> {
  const places = shown.map((name) => [name, all.indexOf(name)] as const);
  const cell = (value: Value | undefined) => {
    if (!value) return null;
    return value.kind === "integer" || value.kind === "number"
      ? value.number
      : value.kind === "boolean"
        ? value.number === 1
        : value.text;
  };
  for (const { kind, field } of objects) {
    if (kind === "image")
      throw new DomainError(
        "invalid",
        "Pictures cannot be read from a dataset. Import them, or label an endpoint's requests.",
      );
    if (kind === "text" && !shown.includes(field))
      throw new DomainError("invalid", `The dataset has no column "${field}", which the project shows.`);
  }
  return (values) =>
    Object.fromEntries(
      objects.map(({ kind, field }) => {
        if (kind === "text") return [field, values[all.indexOf(field)]?.text ?? ""];
        return [field, Object.fromEntries(places.map(([name, at]) => [name, cell(values[at])]))];
      }),
    );
}
