import { and, eq, isNull } from "drizzle-orm";
import { datasetVersions, evaluationSets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { rowKeyer } from "../sources/row-key.ts";

/** Rows of frozen sets that are read at most. */
const maxRows = 5_000_000;

/**
 * Returns the keys of all rows in frozen evaluation sets of the workspace that are not retired: items of label projects, and rows by their hash over the
 * columns that tasks show. No model may learn them.
 * @param shown columns of each kind of row that is looked for
 */
export async function findFrozenKeys(
  ctx: Context,
  shown: readonly (readonly string[])[],
  store: Pick<ArtifactStore, "open" | "stat">,
): Promise<Set<string>> {
  const files = await ctx.db
    .selectDistinct({
      artifactKey: datasetVersions.artifactKey,
      format: datasetVersions.format,
      rows: datasetVersions.rows,
    })
    .from(evaluationSets)
    .innerJoin(datasetVersions, eq(datasetVersions.id, evaluationSets.datasetVersionId))
    .where(and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), isNull(evaluationSets.retiredAt)));
  const keys = new Set<string>();
  let read = 0;
  for (const file of files) {
    read += file.rows;
    if (read > maxRows) throw new Error(`Frozen sets have more than ${maxRows} rows.`);
    await addKeys(file, shown, store, keys);
  }
  return keys;
}

async function addKeys(
  file: { artifactKey: string; format: string },
  shown: readonly (readonly string[])[],
  store: Pick<ArtifactStore, "open" | "stat">,
  keys: Set<string>,
): Promise<void> {
  try {
    const { columns, rows } = await openTable(store as ArtifactStore, file);
    const item = columns.indexOf("label_item");
    const keyers = shown
      .filter((chosen) => chosen.length > 0 && chosen.every((name) => columns.includes(name)))
      .map((chosen) => rowKeyer(columns, chosen));
    if (item < 0 && keyers.length === 0) return;
    for await (const { values } of rows) {
      const name = values[item]?.text;
      if (name !== undefined) keys.add(name);
      for (const keyOf of keyers) keys.add(keyOf(values));
    }
  } catch (error) {
    // A set whose file can no longer be read evaluates nothing either.
    if (!(error instanceof UnreadableFile)) throw error;
  }
}
