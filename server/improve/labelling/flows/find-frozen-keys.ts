import { and, eq, isNull } from "drizzle-orm";
import { datasetVersions, evaluationSets } from "#db/schema/index.ts";
import type { Context } from "#server/base/context.ts";
import { DomainError } from "#server/base/errors.ts";
import { openTable } from "#server/develop/datasets/rows/open-table.ts";
import { UnreadableFile } from "#server/develop/datasets/rows/rows.ts";
import type { ArtifactStore } from "#server/platform/artifacts/store.ts";
import { rowKeyer } from "../sources/row-key.ts";
import type { KeyFilter } from "./key-filter.ts";
import { itemKeysOf } from "./label-rows.ts";

/** Keys that are kept at most: some hundred megabytes. */
const maxKeys = 3_000_000;

interface Sought {
  /** Keys of the tasks. Others are not kept, so that the size of frozen sets does not matter. */
  keys: Pick<KeyFilter, "mayHave">;
  /** Columns of each kind of row that tasks show. */
  shown: readonly (readonly string[])[];
}

/**
 * Returns the keys of tasks that rows in frozen evaluation sets of the workspace have, unless the set is retired: items of label projects, and rows by
 * their hash over the columns that tasks show. No model may learn them. A few keys may be of no task.
 * @throws DomainError "invalid" for more than 3 million of them
 */
export async function findFrozenKeys(
  ctx: Context,
  sought: Sought,
  store: Pick<ArtifactStore, "open" | "stat">,
  limit = maxKeys,
): Promise<Set<string>> {
  const files = await ctx.db
    .selectDistinct({
      artifactKey: datasetVersions.artifactKey,
      format: datasetVersions.format,
    })
    .from(evaluationSets)
    .innerJoin(datasetVersions, eq(datasetVersions.id, evaluationSets.datasetVersionId))
    .where(and(eq(evaluationSets.workspaceId, ctx.actor.workspaceId), isNull(evaluationSets.retiredAt)));
  const keys = new Set<string>();
  const add = (key: string) => {
    if (!sought.keys.mayHave(key)) return;
    keys.add(key);
    if (keys.size <= limit) return;
    const message = `Frozen evaluation sets have more than ${limit} of these rows. Retire sets that are no longer used.`;
    throw new DomainError("invalid", message);
  };
  for (const file of files) await addKeys(file, sought.shown, store, add);
  return keys;
}

async function addKeys(
  file: { artifactKey: string; format: string },
  shown: readonly (readonly string[])[],
  store: Pick<ArtifactStore, "open" | "stat">,
  add: (key: string) => void,
): Promise<void> {
  try {
    const { columns, rows } = await openTable(store as ArtifactStore, file);
    const [item, project] = [columns.indexOf("label_item"), columns.indexOf("label_project")];
    const keyers = shown
      .filter((chosen) => chosen.length > 0 && chosen.every((name) => columns.includes(name)))
      .map((chosen) => rowKeyer(columns, chosen));
    if (item < 0 && keyers.length === 0) return;
    for await (const { values } of rows) {
      const name = values[item]?.text;
      if (name !== undefined) for (const key of itemKeysOf(values[project]?.text ?? null, name)) add(key);
      for (const keyOf of keyers) add(keyOf(values));
    }
  } catch (error) {
    // A set whose file can no longer be read evaluates nothing either.
    if (!(error instanceof UnreadableFile)) throw error;
  }
}
