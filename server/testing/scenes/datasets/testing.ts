import { Readable } from "node:stream";
import { desc, eq } from "drizzle-orm";
import { datasetVersions } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { getDatasetUpload } from "../../../develop/datasets/queries.ts";
import { readDataset } from "../../../develop/datasets/read-dataset.ts";
import type { Table } from "../../../develop/datasets/rows/rows.ts";
import { valueOfText } from "../../../develop/datasets/rows/value.ts";
import { uploadDataset } from "../../../develop/datasets/upload-dataset.ts";

/** Uploads a file and reads it, as the worker would. @returns how it ended. */
export async function uploadRows(
  ctx: Context,
  artifacts: ArtifactStore,
  { name = "flights", fileName = "flights.csv", rows }: { name?: string; fileName?: string; rows: string | Buffer },
) {
  const intake = { artifacts, maxBytes: 1_000_000 };
  const { id } = await uploadDataset(ctx, { name, fileName }, Readable.from([Buffer.from(rows)]), intake);
  await readDataset(ctx, id, artifacts);
  return getDatasetUpload(ctx, { name, id });
}

/** Id of the newest uploaded version of this workspace. */
export async function newestVersionId(ctx: Context): Promise<string> {
  const [row] = await ctx.db
    .select({ id: datasetVersions.id })
    .from(datasetVersions)
    .where(eq(datasetVersions.workspaceId, ctx.actor.workspaceId))
    .orderBy(desc(datasetVersions.createdAt))
    .limit(1);
  return row?.id ?? "";
}

/** A table of comma-separated lines, that can be opened again and again. */
export function tableOf(...lines: string[]): () => Promise<Table> {
  const [columns = [], ...rows] = lines.map((line) => line.split(","));
  return async () => ({
    columns,
    rows: (async function* () {
      for (const [index, row] of rows.entries()) yield { at: index + 2, values: row.map(valueOfText) };
    })(),
  });
}
