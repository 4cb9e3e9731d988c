import type { Context } from "#server/base/context.ts";
import type { Archive, ArchivedFile } from "#server/base/zip/archive.ts";
import { parquetFile } from "#server/develop/tracking/export/parquet-file.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { formatName, formatVersion, type Manifest, type TableName, tables } from "../leeway/format.ts";
import { addArtifacts } from "./add-artifacts.ts";
import { evaluationDatasetLines, evaluationRecordLines } from "./read-evaluations.ts";
import { experimentLines, loggedModelLines, modelLines } from "./read-models.ts";
import { pairRows, pointRows, runDetails, runRows } from "./read-runs.ts";
import { traceLines } from "./read-traces.ts";

/**
 * Writes a workspace into an archive: tables as Parquet, data without fixed columns as JSON Lines, files unchanged. Reads page by page
 * while writing, so that memory use does not grow with the workspace; a concurrent change may be in one file and missing in another.
 */
export async function writeExport(
  ctx: Context,
  archive: Archive,
  { artifacts, workspace, hasArtifacts }: { artifacts: ArtifactStore; workspace: string; hasArtifacts: boolean },
): Promise<void> {
  const files: ArchivedFile[] = [];
  const lines = async (path: string, rows: AsyncIterable<object>) =>
    files.push(await archive.add(path, jsonLines(rows), true));
  const table = async (name: TableName, rows: ReturnType<typeof runRows>) =>
    // Parquet is compressed internally and needs random access, which a compressed file does not allow.
    files.push(await archive.add(`${name}.parquet`, parquetFile(tables[name], rows), false));
  await lines("experiments.jsonl", experimentLines(ctx));
  await table("runs", runRows(ctx));
  await table("params", pairRows(ctx, "params"));
  await table("tags", pairRows(ctx, "tags"));
  await lines("run-details.jsonl", runDetails(ctx));
  await table("points", pointRows(ctx));
  await lines("logged-models.jsonl", loggedModelLines(ctx));
  await lines("models.jsonl", modelLines(ctx));
  await lines("traces.jsonl", traceLines(ctx));
  await lines("evaluation-datasets.jsonl", evaluationDatasetLines(ctx));
  await lines("evaluation-records.jsonl", evaluationRecordLines(ctx));
  if (hasArtifacts) {
    const kept: object[] = [];
    for await (const line of addArtifacts(ctx, artifacts, archive)) kept.push(line);
    await lines("artifacts.jsonl", oneByOne(kept));
  }
  const manifest: Manifest = {
    format: formatName,
    version: formatVersion,
    workspace,
    createdAt: new Date().toISOString(),
    hasArtifacts,
    files,
  };
  await archive.add("manifest.json", oneByOne([`${JSON.stringify(manifest, null, 2)}\n`]), true);
  archive.end();
}

async function* oneByOne<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}

/** Objects as lines of JSON. */
async function* jsonLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}
